/** What the shape of a policy cannot say: names that must exist, and people who must not be confused. */
import type { Fault } from '../base/fault.ts';
import { compilePattern } from '../base/pattern.ts';
import { didYouMean } from '../base/suggest.ts';
import { describeField } from '../request/schema-faults.ts';
import type { YamlDocument } from '../request/yaml.ts';
import type { YamlPath } from '../request/yaml-value.ts';
import { matchesGlob } from './glob.ts';
import { identityByLogin, kubernetesUser } from './identity.ts';
import type { Policy, Principal } from './policy.ts';
import { approvers, approversOfRule } from './principals.ts';

type Report = (path: YamlPath, value: unknown, text: string) => void;

/** Every fault of a policy whose shape is right. */
export function checkPolicy(file: string, policy: Policy, document: YamlDocument): readonly Fault[] {
  const faults: Fault[] = [];
  const report: Report = (path, value, text) => {
    faults.push({
      file,
      ...document.at(['spec', ...path]),
      ...describeField(['spec', ...path], value, text),
    });
  };
  checkReporters(policy, report);
  checkScopes(policy, report);
  checkIdentities(policy, report);
  checkPrincipals(policy, report);
  checkNames(policy, report);
  return faults.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The account of every workflow on github.com; the id is another one on Enterprise Server. */
const workflows = { login: 'github-actions[bot]', id: 41_898_282 };

/** Whoever may push has a workflow say whatever they like. */
function checkReporters({ clusters }: Policy, report: Report): void {
  for (const [cluster, { reporter }] of Object.entries(clusters)) {
    if (reporter === undefined) continue;
    const { login, id } = reporter;
    if (id !== workflows.id && login.toLowerCase() !== workflows.login) continue;
    const text =
      'speaks for every workflow, and so for whoever may push; name an account of the GitOps engine alone';
    report(['clusters', cluster, 'reporter', 'login'], login, text);
  }
}

function checkScopes(policy: Policy, report: Report): void {
  const clusters = Object.keys(policy.clusters);
  for (const list of ['allow', 'limits'] as const) {
    for (const [index, { scopes }] of policy[list].entries()) {
      for (const [position, scope] of scopes.entries()) {
        const [cluster = ''] = scope.split('/');
        if (clusters.some((name) => matchesGlob(cluster, name))) continue;
        report(
          [list, index, 'scopes', position],
          scope,
          `reaches no cluster of spec.clusters; ${didYouMean(cluster, clusters)}`,
        );
      }
    }
  }
}

/** One person, one Kubernetes user per cluster, and the reverse: or one could act, or approve, as another. */
function checkIdentities(policy: Policy, report: Report): void {
  const clusters = Object.keys(policy.clusters);
  const ids = new Set<number>();
  const logins = new Set<string>();
  const users = new Map<string, string>();
  for (const [index, identity] of policy.identities.entries()) {
    const path = (field: string): YamlPath => ['identities', index, field];
    const login = identity.login.toLowerCase();
    if (ids.has(identity.id)) report(path('id'), identity.id, 'stands twice; one account has one identity');
    if (logins.has(login))
      report(path('login'), identity.login, 'stands twice; one account has one identity');
    ids.add(identity.id);
    logins.add(login);
    for (const cluster of Object.keys(identity.users)) {
      if (clusters.includes(cluster)) continue;
      report(
        [...path('users'), cluster],
        cluster,
        `is not a cluster of spec.clusters; ${didYouMean(cluster, clusters)}`,
      );
    }
    for (const cluster of clusters) {
      // Directories tell e-mail addresses apart by case or do not; here two that differ in case only are one person.
      const user = kubernetesUser(identity, cluster);
      const key = `${cluster}/${user.toLowerCase()}`;
      const other = users.get(key);
      users.set(key, identity.login);
      if (other === undefined) continue;
      report(
        path('user'),
        user,
        `on ${cluster} is also the user of ${other}; give each person a user of their own`,
      );
      break;
    }
  }
}

/** A login counts by the account id that the identities give it, so it has to be among them. */
function checkPrincipals(policy: Policy, report: Report): void {
  const logins = policy.identities.map(({ login }) => login);
  const check = (path: YamlPath, principals: readonly Principal[]): void => {
    for (const principal of principals) {
      if (principal.kind === 'team' || identityByLogin(policy, principal.login) !== null) continue;
      report(
        path,
        principal.login,
        `has no entry in spec.identities; ${didYouMean(principal.login, logins)}`,
      );
    }
  };
  check(['onBehalf'], policy.onBehalf);
  check(['revokers'], policy.revokers);
  for (const [index, { requesters, approvals }] of policy.allow.entries()) {
    check(['allow', index, 'requesters'], requesters);
    check(['allow', index, 'approvals'], approvers(approvals));
  }
  for (const [index, { approvals, dangers, network }] of policy.limits.entries()) {
    check(['limits', index, 'approvals'], approvers(approvals));
    check(['limits', index, 'dangers'], Object.values(dangers).flatMap(approversOfRule));
    check(['limits', index, 'network'], approversOfRule(network?.newlyIsolated));
  }
}

function checkNames(policy: Policy, report: Report): void {
  const names = new Set<string>();
  for (const [index, { name }] of policy.allow.entries()) {
    if (names.has(name))
      report(['allow', index, 'name'], name, 'stands twice; evidence has to name one entry');
    names.add(name);
  }
  for (const [index, { ticket }] of policy.limits.entries()) {
    if (ticket === null || compilePattern(ticket) !== null) continue;
    report(
      ['limits', index, 'ticket'],
      ticket,
      'is not a pattern; use the syntax of RE2, at most 200 characters',
    );
  }
}
