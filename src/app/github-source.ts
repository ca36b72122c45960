/** What the app itself needs of GitHub: where to look, and how to get there. */
import type { Instant } from '../base/instant.ts';
import type { BudgetFigures } from '../github/limiter.ts';
import type { RepositoryPort } from '../github/port.ts';
import type { RepositoryAddress } from './work.ts';

export interface GitHubSource {
  readonly appId: number;
  /** The account id of the App's bot user. */
  readonly botId: number;
  /** Ids of all installations that are not suspended. */
  installations(): Promise<readonly number[]>;
  repositories(installation: number): Promise<readonly RepositoryAddress[]>;
  repository(address: RepositoryAddress): RepositoryPort;
  /** Has GitHub deliver again what it could not deliver since then; gives how many. */
  redeliver(since: Instant): Promise<number>;
  /** By installation. */
  budgets(): ReadonlyMap<number, BudgetFigures>;
}
