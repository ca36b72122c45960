/** From what a policy demands and who owns the path to the things that must be approved. */
import type { Owner, Requirement, TeamFacts } from './approval.ts';
import type { Ownership } from './codeowners.ts';

/** How many approvals of the code owners and of further people are demanded; all zero for none. */
export interface Demand {
  readonly owners: number;
  readonly others: readonly {
    readonly who:
      { readonly kind: 'team'; readonly team: string } | { readonly kind: 'user'; readonly login: string };
    readonly count: number;
  }[];
}

/** What GitHub makes of the owners that CODEOWNERS names. */
export interface OwnerFacts {
  /** A team that cannot be seen is absent. */
  readonly teams: ReadonlyMap<string, TeamFacts>;
  /** Lines in which GitHub itself finds an error, an unknown owner among them. */
  readonly codeownersErrorLines: readonly number[];
}

/** Why a path has no owner who could approve. */
export type NoOwner = 'no-line' | 'line-in-error' | 'no-owners' | 'email-only' | 'ignored-by-github';

/** What has to be approved, or why nobody could. */
export type Requirements =
  | { readonly ok: true; readonly requirements: readonly Requirement[] }
  | { readonly ok: false; readonly why: NoOwner; readonly message: string };

/**
 * The requirements of a demand, owners first. Where approvals of owners are demanded and nobody is an owner in
 * GitHub's eyes, nothing can ever be approved: the caller refuses.
 *
 * Owners are kept as CODEOWNERS names them, teams that GitHub ignores included (`judgeApprovals` counts nobody for
 * them): so the requirements, and the digest over them, depend on the file and not on what could be read just now.
 */
export function requirementsFor(
  demand: Demand,
  owned: Pick<Ownership, 'line' | 'owners'>,
  facts: OwnerFacts,
): Requirements {
  const others = demand.others
    .filter(({ count }) => count > 0)
    .map(({ who, count }): Requirement => ({ ...who, count }));
  if (demand.owners === 0) return { ok: true, requirements: others };

  const { line } = owned;
  if (line === null) return none('no-line', 'No line of CODEOWNERS matches the path of the request');
  if (facts.codeownersErrorLines.includes(line)) {
    return none(
      'line-in-error',
      `GitHub finds an error in line ${line} of CODEOWNERS, which is the one for this path`,
    );
  }
  if (owned.owners.length === 0) {
    return none('no-owners', `Line ${line} of CODEOWNERS names nobody for the path of the request`);
  }
  const owners = owned.owners.filter(({ kind }) => kind !== 'email');
  if (owners.length === 0) {
    return none(
      'email-only',
      `Line ${line} of CODEOWNERS names e-mail addresses only; name users or teams instead`,
    );
  }
  if (!owners.some((owner) => isEffective(owner, facts.teams))) {
    const names = owners.flatMap((owner) => (owner.kind === 'team' ? [`@${owner.team}`] : [])).join(', ');
    return none(
      'ignored-by-github',
      `Line ${line} of CODEOWNERS names only teams that GitHub ignores, for they have no write access here or cannot be seen: ${names}`,
    );
  }
  return { ok: true, requirements: [{ kind: 'owners', count: demand.owners, owners, line }, ...others] };
}

function none(why: NoOwner, message: string): Requirements {
  return { ok: false, why, message };
}

/** Whether GitHub asks this owner: teams need write access of their own; a user's is judged with the review. */
export function isEffective(owner: Owner, teams: ReadonlyMap<string, TeamFacts>): boolean {
  if (owner.kind === 'team') return teams.get(owner.team)?.canWrite === true;
  return owner.kind === 'user';
}
