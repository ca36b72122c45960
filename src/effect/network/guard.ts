/** All guard rails, over the grant itself, what it changes, and the limits of the policy. */
import { grantLabel } from '../../base/grant-marks.ts';
import type { Danger } from '../effect.ts';
import type { Case } from './case.ts';
import { refused } from './danger.ts';
import { describePods } from './describe-policy.ts';
import { guardEnvironments, type ClusterWorld } from './environments.ts';
import {
  guardBaseline,
  guardIsolation,
  guardUnknownIsolation,
  maxAddresses,
  type Guarded,
} from './guard-effects.ts';
import { guardOpenPods } from './guard-pods.ts';
import { guardPolicies } from './guard-policies.ts';
import { guardRoles } from './guard-roles.ts';
import type { Grouped } from './groups.ts';
import { loadNetwork } from './load.ts';
import type { NetworkWorld } from './world.ts';

/** Everything that stands against the grant, or that more people should look at. */
export function guard(one: Case): Guarded {
  const { question, grant, before, grouped } = one;
  const { limits } = question;
  const isolation =
    before === null
      ? guardUnknownIsolation(foreignSelections(grant), limits)
      : guardIsolation(one.isolation, grouped.groups, limits);
  const invalid = grant.problems.map(({ object, message }) =>
    refused('network-invalid', `no API server would accept ${object} of the grant: ${message}`),
  );
  return {
    dangers: [
      ...invalid,
      ...guardPolicies(grant.policies, maxAddresses(limits)),
      ...guardReplaced(one),
      ...isolation.dangers,
      ...baselineDangers(one),
      ...guardUnseen(grouped),
      ...guardEnvironments(grouped.groups, ...environments(one)),
      ...guardOpenPods(grant),
      ...guardRoles(one),
    ],
    approvals: isolation.approvals,
  };
}

/** Among changes that nobody looks at could be any of those that are refused. */
function guardUnseen({ cut, changes }: Grouped): readonly Danger[] {
  const message = `changes more than ${changes.length} connections, of which no more are looked at`;
  return cut ? [refused('network-too-complex', message)] : [];
}

/** A namespace in which policies of a grant mean less than they seem to; only a grant with policies asks. */
export function baselineDangers({ question, grant, before }: Case): readonly Danger[] {
  const { namespace } = question.scope;
  if (grant.policies.length === 0 || namespace === null) return [];
  return guardBaseline(before?.policies ?? null, namespace, question.limits);
}

/** The cluster with the grant, whose namespaces are known all the same, and the other clusters. */
function environments({ question, after }: Case): readonly [ClusterWorld, readonly ClusterWorld[]] {
  const { scope, clusters } = question;
  // A cluster that the policy does not name gets no grant; here it is no production.
  const environment = clusters.find(({ name }) => name === scope.cluster)?.environment ?? 'unknown';
  const others = clusters
    .filter(({ name, snapshot }) => name !== scope.cluster && snapshot !== null)
    .map((other) => ({ ...other, world: loadNetwork(other.snapshot ?? []) }));
  return [{ name: scope.cluster, environment, world: after }, others];
}

/** An object of somebody else that the grant's would take the place of. */
function guardReplaced({ replaced }: Case): readonly Danger[] {
  return replaced.map(({ kind, metadata }) =>
    refused('network-replaces', `takes the place of ${kind} ${metadata.name}, which is not of this grant`),
  );
}

/** Whom the grant's policies select beside the grant's own pods. */
function foreignSelections({ policies }: NetworkWorld): readonly string[] {
  const foreign = policies.filter(
    ({ selector }) => !selector.some(({ key, operator }) => key === grantLabel && operator === 'In'),
  );
  return [...new Set(foreign.map(({ selector, namespace }) => describePods(selector, `of ${namespace}`)))];
}
