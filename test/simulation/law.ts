/**
 * What the policy of the scenery says, by heart: a second reading of it, by a person, in the plainest words. Nothing here
 * parses YAML or knows how the engine decides.
 */
import type { Files } from './chronicle.ts';
import { hoursOf, type Asked } from './scenery.ts';

/** Whether somebody was in a team when it was asked. */
export type IsMember = (login: string, team: string) => boolean;

/** Teams of which each has to send a person of its own. */
export type Demand = readonly (readonly string[])[];

/** What stands against a request for `subject` by `requester`; null where the policy lets it. */
export function refusal(
  asked: Asked,
  { requester, subject }: { readonly requester: string; readonly subject: string },
  { policy, owners, template, role }: Files,
  isMember: IsMember,
): string | null {
  const hours = hoursOf(asked.duration);
  const debugs = asked.template === 'debug-pod';
  const longest = asked.cluster === 'staging' ? 4 : debugs ? 2 : 4;
  if (policy.grantsNothing === true) return 'the policy grants nothing';
  if (policy.unknown === subject) return 'the policy does not know them';
  const skipped = owners.skipped === true && asked.cluster === 'staging' && asked.namespace === 'payments';
  if (skipped) return 'its line of CODEOWNERS is skipped';
  if (asked.namespace === 'vault') return 'the namespace is closed';
  if (asked.cluster === 'staging' && policy.closed === asked.namespace) return 'the namespace is closed';
  if (hours > longest || (debugs && hours > (template.max ?? 0))) return 'it is too long';
  if (debugs && role.level === null) return 'there is no such role';
  if (debugs && role.level === 2) return 'the role is refused';
  if (!isMember(subject, teamFor(asked))) return `they are not in ${teamFor(asked)}`;
  if (subject === requester) return null;
  if (policy.nobodyElse === true || !isMember(requester, 'leads')) return 'another asked';
  return null;
}

/** The team whose members may have what is asked for. */
function teamFor({ cluster }: Pick<Asked, 'cluster'>): string {
  return cluster === 'staging' ? 'engineers' : 'oncall';
}

/** Whether the policy still lets somebody have what they have. */
export function isEntitled(
  asked: Asked,
  subject: string,
  { policy }: Pick<Files, 'policy'>,
  isMember: IsMember,
): boolean {
  if (policy.unreadable === true) return true;
  if (policy.unknown === subject) return false;
  if (asked.cluster === 'staging' && policy.closed === asked.namespace) return false;
  return isMember(subject, teamFor(asked));
}

/** Who owns the path of a request. */
export function ownersOf(
  { cluster, namespace }: Asked,
  { owners }: Pick<Files, 'owners'>,
): readonly string[] {
  if (namespace === 'orders') return ['orders', 'sre'];
  return cluster === 'staging' ? owners.payments : ['payments'];
}

/**
 * Whose approvals are demanded; null where nobody could give them. `at most` adds what a danger of the grant may demand,
 * for whoever wants to be sure that it is enough.
 */
export function demandOf(asked: Asked, files: Files, size: 'at least' | 'at most'): Demand | null {
  const owning = ownersOf(asked, files);
  const debugs = asked.template === 'debug-pod';
  if (asked.cluster === 'staging' && !debugs && hoursOf(asked.duration) <= 1) return [];
  if (owning.length === 0) return null;
  const also = size === 'at most' && debugs && asked.cluster === 'prod-eu';
  return [
    owning,
    ...(asked.cluster === 'prod-eu' && debugs ? [['sre']] : []),
    ...(asked.cluster === 'staging' && files.policy.staging === 'with security' ? [['security']] : []),
    ...(also ? [['security']] : []),
  ];
}

/** Whether each demand finds a person of its own. */
export function canPair(demand: Demand, people: readonly string[], isMember: IsMember): boolean {
  const [teams, ...others] = demand;
  if (teams === undefined) return true;
  return people.some(
    (login) =>
      teams.some((team) => isMember(login, team)) &&
      canPair(
        others,
        people.filter((other) => other !== login),
        isMember,
      ),
  );
}

/** Milliseconds from the opening of a pull request in which it has to be merged. */
export function approveWithin({ cluster }: Asked, { policy }: Pick<Files, 'policy'>): number {
  return Math.min(policy.approveWithin ?? 24, cluster === 'prod-eu' ? 8 : 24) * 3600_000;
}

/** Milliseconds after the merge, or after the start that is asked for, in which it has to be granted. */
export const grantWithin = 3600_000;

/** How many grants the subject of a request may have. */
export function openPerPerson({ cluster }: Asked, { policy }: Pick<Files, 'policy'>): number {
  return Math.min(policy.open ?? 5, cluster === 'prod-eu' ? 2 : 5);
}
