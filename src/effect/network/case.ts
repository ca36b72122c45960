/** A grant to be judged, and the cluster without it and with it. */
import { grantLabel } from '../../base/grant-marks.ts';
import type { Json, KubernetesObject } from '../../base/json.ts';
import type { NetworkLimits } from '../../policy/policy.ts';
import type { Scope } from '../../request/request.ts';
import { asObject } from '../rbac/tree.ts';
import { difference, type IsolationChange } from './difference.ts';
import { groupChanges, type Grouped } from './groups.ts';
import { identityOf, loadNetwork } from './load.ts';
import type { NetworkRights } from './rights.ts';
import type { NetworkWorld } from './world.ts';

/** What is known of a cluster that the policy names. */
export interface KnownCluster {
  readonly name: string;
  /** As the policy names it. */
  readonly environment: string;
  /** What stands in the cluster, the grants in force among it where they are known; null without a snapshot. */
  readonly snapshot: readonly KubernetesObject[] | null;
}

export interface NetworkQuestion {
  /** The rendered objects. */
  readonly grant: readonly KubernetesObject[];
  /** The catalog, for what the grant's bindings give. */
  readonly roles: readonly { readonly object: KubernetesObject }[];
  readonly scope: Scope;
  /** The cluster of the scope, and the others, whose pods an address of the grant may belong to. */
  readonly clusters: readonly KnownCluster[];
  readonly limits: readonly NetworkLimits[];
}

/** The question with everything worked out that its answers need. */
export interface Case {
  readonly question: NetworkQuestion;
  /** The grant alone. */
  readonly grant: NetworkWorld;
  /** Null without a snapshot. */
  readonly before: NetworkWorld | null;
  readonly after: NetworkWorld;
  readonly rights: NetworkRights;
  readonly grouped: Grouped;
  readonly isolation: readonly IsolationChange[];
  /** Objects of the snapshot whose place the grant's take, and that are not of this grant. */
  readonly replaced: readonly KubernetesObject[];
}

/** Works the question out; `grant` and `rights` are what its objects say. */
export function caseOf(question: NetworkQuestion, grant: NetworkWorld, rights: NetworkRights): Case {
  const { scope, clusters } = question;
  const snapshot = clusters.find(({ name }) => name === scope.cluster)?.snapshot ?? null;
  // A snapshot taken while the grant is in force holds it already.
  const own = new Map(question.grant.map((object) => [identityOf(object), object]));
  const standing = (snapshot ?? []).filter((object) => !own.has(identityOf(object)));
  const replaced = (snapshot ?? []).filter((object) => {
    const successor = own.get(identityOf(object));
    return successor !== undefined && grantOf(successor) !== grantOf(object);
  });
  const before = loadNetwork(standing);
  const after = loadNetwork([...standing, ...question.grant]);
  const found = difference(before, after, { by: 'workload' });
  return {
    question,
    grant,
    before: snapshot === null ? null : before,
    after,
    rights,
    grouped: groupChanges(found.changes()),
    isolation: found.isolation,
    replaced,
  };
}

/** The grant that an object belongs to, by its label. */
function grantOf({ metadata }: KubernetesObject): Json {
  return asObject(metadata['labels'])?.[grantLabel] ?? null;
}
