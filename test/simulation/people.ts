/** Who was in which team, and who could write, since the last look: whoever races with the app is judged by both. */
import { includes, repositoryPermission } from '../../src/sandbox/access.ts';
import type { User } from '../../src/sandbox/state.ts';
import type { Stage } from './stage.ts';

export class People {
  readonly #stage: Stage;
  /** `login team` and `login` of writers, at each look since the last `forget`. */
  #looks: ReadonlySet<string>[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  look(): void {
    const { world, context } = this.#stage.world.sandbox;
    const { repository } = this.#stage;
    const seen = new Set<string>();
    for (const team of world.organization('acme').teams) {
      for (const { user } of team.members.values()) seen.add(`${user.login} ${team.slug}`);
    }
    for (const account of context.state.accounts.values()) {
      if (account.type === 'Organization') continue;
      if (includes(repositoryPermission(context.state, repository, account), 'write'))
        seen.add(account.login);
    }
    this.#looks.push(seen);
  }

  /** Keeps the last look alone. */
  forget(): void {
    this.#looks = this.#looks.slice(-1);
  }

  /** Who is where at the last look. */
  now(): readonly string[] {
    return [...(this.#looks.at(-1) ?? [])];
  }

  /** At some time since the last look but one. */
  wasMember = (login: string, team: string): boolean =>
    this.#looks.some((seen) => seen.has(`${login} ${team}`));

  /** All the time since then. */
  isMember = (login: string, team: string): boolean =>
    this.#looks.every((seen) => seen.has(`${login} ${team}`));

  couldWrite({ login }: User): boolean {
    return this.#looks.some((seen) => seen.has(login));
  }

  canWrite({ login }: User): boolean {
    return this.#looks.every((seen) => seen.has(login));
  }
}
