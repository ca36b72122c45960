/** What every read and write of one repository works with. */
import type { Logger } from 'pino';
import type { Client } from './client.ts';
import type { ObjectCache } from './git-objects.ts';
import type { RepositoryMemory } from './memory.ts';
import type { TipCache } from './read/tip.ts';

/** A repository, the client that reaches it, and what is remembered of it. */
export interface RepositoryContext {
  readonly client: Client;
  readonly owner: string;
  readonly name: string;
  /** `acme/access`, for messages. */
  readonly fullName: string;
  readonly app: AppIdentity;
  readonly objects: ObjectCache;
  readonly tips: TipCache;
  readonly memory: RepositoryMemory;
  readonly log: Logger;
}

/** Who the App is on this GitHub. */
export interface AppIdentity {
  readonly appId: number;
  /** The account id of the App's bot user. */
  readonly botId: number;
  readonly slug: string;
  /** `curfew[bot]` */
  readonly botLogin: string;
  /** Whether this server signs what the App commits. */
  readonly signsCommits: boolean;
}

/** The variables that every query about the repository takes. */
export function repositoryVariables({ owner, name }: RepositoryContext): {
  readonly owner: string;
  readonly name: string;
} {
  return { owner, name };
}

/** The parameters that every REST route below `/repos/{owner}/{repo}` takes. */
export function repositoryParameters({ owner, name }: RepositoryContext): {
  readonly owner: string;
  readonly repo: string;
} {
  return { owner, repo: name };
}
