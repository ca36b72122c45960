/** Whom a requirement asks. */
import type { ApprovalQuestion, Owner, Requirement, TeamFacts } from './approval.ts';
import { isEffective } from './requirements.ts';

type Teams = ReadonlyMap<string, TeamFacts>;

/** Whether a requirement asks this account; a team that could not be read asks nobody. */
export function isAsked(
  requirement: Requirement,
  account: { readonly id: number; readonly login: string },
  teams: Teams,
): boolean {
  return parties(requirement, teams).some((party) =>
    party.kind === 'team'
      ? (teams.get(party.team)?.members.has(account.id) ?? false)
      : party.kind === 'user' && party.login === account.login.toLowerCase(),
  );
}

/** The users and teams that a requirement names, without owners whom GitHub ignores. */
function parties(requirement: Requirement, teams: Teams): readonly Owner[] {
  if (requirement.kind !== 'owners') return [requirement];
  return requirement.owners.filter((owner) => isEffective(owner, teams));
}

/** The logins that a requirement asks, with the account's id where a team or a review tells it. */
export function everybodyAsked(
  requirement: Requirement,
  { teams, reviews }: Pick<ApprovalQuestion, 'teams' | 'reviews'>,
): readonly { readonly login: string; readonly id: number | null }[] {
  const known = [
    ...[...teams.values()].flatMap(({ members }) => [...members].map(([id, login]) => ({ id, login }))),
    ...reviews.map(({ reviewer }) => reviewer),
  ];
  const asked = known.filter((account) => isAsked(requirement, account, teams));
  const logins = new Map<string, { login: string; id: number | null }>();
  for (const { id, login } of asked) logins.set(login.toLowerCase(), { login, id });
  for (const party of parties(requirement, teams)) {
    if (party.kind === 'user' && !logins.has(party.login))
      logins.set(party.login, { login: party.login, id: null });
  }
  return [...logins.values()];
}
