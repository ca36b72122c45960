/** Teams: of which ones the members decide, and in which of them somebody is. */
import type { TeamFacts } from '../approval/approval.ts';
import { ownersOf } from '../approval/codeowners.ts';
import { principalTeams } from '../policy/principals.ts';
import type { TipFacts } from './facts.ts';
import { readTrusted } from './trusted.ts';

/** `org/slug` of the teams whose members decide about these request paths; none without a policy. */
export function decidingTeams(tip: TipFacts, paths: readonly string[]): readonly string[] {
  const { policy, codeowners } = readTrusted(tip);
  if (paths.length === 0 || policy === null) return [];
  const owners = paths.flatMap((path) =>
    codeowners === null ? [] : ownersOf(codeowners.value, path).owners,
  );
  const teams = owners.flatMap((owner) => (owner.kind === 'team' ? [owner.team] : []));
  return [...new Set([...principalTeams(policy.value), ...teams])].sort();
}

/** The teams, of those that were read, in which an account is an active member. */
export function teamsOf(account: number, teams: ReadonlyMap<string, TeamFacts>): ReadonlySet<string> {
  return new Set([...teams].filter(([, team]) => team.members.has(account)).map(([name]) => name));
}
