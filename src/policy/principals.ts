/** Teams and people as the policy names them. */
import { identityByLogin } from './identity.ts';
import type { ApprovalDemand, DangerRule, PersonInTeams, Policy, Principal } from './policy.ts';

/** `acme/sre` is a team, `alice` a person. GitHub compares both without case. */
export function toPrincipal(text: string): Principal {
  const name = text.toLowerCase();
  return name.includes('/') ? { kind: 'team', team: name } : { kind: 'user', login: name };
}

/** `acme/sre` or `alice`. */
export function formatPrincipal(principal: Principal): string {
  return principal.kind === 'team' ? principal.team : principal.login;
}

/** Whether both name the same team or person. */
export function samePrincipal(a: Principal, b: Principal): boolean {
  return a.kind === b.kind && formatPrincipal(a) === formatPrincipal(b);
}

/**
 * Whether a person is meant by a principal. Of a login only the account counts that the policy's identities give it:
 * a login can be renamed and registered again by somebody else.
 */
export function isPrincipal(policy: Policy, principal: Principal, person: PersonInTeams): boolean {
  if (principal.kind === 'team') return person.teams.has(principal.team);
  return identityByLogin(policy, principal.login)?.id === person.id;
}

/** Every team that the policy names, `org/slug` in lower case, sorted: whose members must be known to decide. */
export function principalTeams(policy: Policy): readonly string[] {
  const teams = namedPrincipals(policy).flatMap((principal) =>
    principal.kind === 'team' ? [principal.team] : [],
  );
  return [...new Set(teams)].sort();
}

function namedPrincipals(policy: Policy): readonly Principal[] {
  return [
    ...policy.onBehalf,
    ...policy.revokers,
    ...policy.allow.flatMap(({ requesters, approvals }) => [...requesters, ...approvers(approvals)]),
    ...policy.limits.flatMap(({ approvals, dangers, network }) => [
      ...approvers(approvals),
      ...[...Object.values(dangers), network?.newlyIsolated].flatMap(approversOfRule),
    ]),
  ];
}

/** Whose approval a demand asks for beside the owners'. */
export function approvers(demand: ApprovalDemand | null): readonly Principal[] {
  return demand === null ? [] : demand.others.map(({ who }) => who);
}

/** Whose approval a rule about dangers asks for. */
export function approversOfRule(rule: DangerRule | null | undefined): readonly Principal[] {
  return rule?.kind === 'approvals' ? approvers(rule.approvals) : [];
}
