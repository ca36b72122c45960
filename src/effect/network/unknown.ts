/** What a plan of the network cannot know, or did not read: said with every plan, for silence reads as safety. */
import { describePeer } from './describe-policy.ts';
import { peersOf } from './look.ts';
import { sayPlaces } from './say-rights.ts';
import type { NetworkRights } from './rights.ts';
import { sayEnds } from './sentences.ts';
import { meansPod } from './verdict.ts';
import { count, joinSome, joinWords } from './words.ts';
import { podText, type NetworkWorld } from './world.ts';

export interface UnknownQuestion {
  readonly cluster: string;
  /** Null without a snapshot. */
  readonly before: NetworkWorld | null;
  readonly after: NetworkWorld;
  /** The grant alone. */
  readonly grant: NetworkWorld;
  readonly rights: NetworkRights;
}

/** One sentence each. */
export function sayUnknown(question: UnknownQuestion): readonly string[] {
  const { cluster, before, grant, rights } = question;
  return [
    ...(before === null ? withoutSnapshot(question) : sayGaps(before, `the snapshot of ${cluster}`)),
    ...(before === null ? [] : unmatched(question)),
    ...rights.voids.map(
      (what) =>
        `the grant lets its holder change ${what}: what is said of connections holds only until that is done`,
    ),
    ...(grant.policies.length === 0
      ? []
      : [
          'whether connections that are open when the grant ends are cut depends on the network plugin; those of the access pod end with it',
        ]),
    'admin-tier policies, policies of the network plugin and a service mesh are not read: they may allow or deny more than networking.k8s.io/v1 says',
  ];
}

function withoutSnapshot({ cluster, grant, rights }: UnknownQuestion): readonly string[] {
  const isOpening = grant.policies.length > 0;
  return [
    ...(isOpening
      ? [
          `there is no snapshot of ${cluster}: which pods the policies select, and what is open or isolated today, is not known`,
        ]
      : []),
    ...(rights.enters.length === 0
      ? []
      : [
          `a shell in ${sayPlaces(rights.enters)} has the connections of those pods; which, is not known without a snapshot of ${cluster}`,
        ]),
  ];
}

/** What manifests leave open; `source` names them: `the snapshot of prod-eu`. */
export function sayGaps(world: NetworkWorld, source: string): readonly string[] {
  const foreign = [...world.skipped].filter(([kind]) =>
    /NetworkPolic|NetworkSet|AuthorizationPolicy/.test(kind),
  );
  const hosts = world.pods.filter(({ hostNetwork }) => hostNetwork).map(podText);
  const hasBlocks = world.policies.flatMap(peersOf).some(({ kind }) => kind === 'addresses');
  const unaddressed = world.pods.filter(({ ipv4, ipv6 }) => ipv4 === null && ipv6 === null);
  const gaps = [
    ...world.problems.map(({ object, message }) => `in ${source}, ${object} counts for nothing: ${message}`),
    foreign.length > 0 &&
      `${source} holds ${joinWords(foreign.map(([kind, number]) => `${number} ${kind}`))}, which are not read`,
    world.undeclared.length > 0 &&
      `${source} does not declare ${joinSome(world.undeclared, 3)}: labels of ${world.undeclared.length === 1 ? 'this namespace' : 'these namespaces'} are not known`,
    hosts.length > 0 &&
      `how policies treat ${sayEnds(hosts)} is undefined, for they use the network of their node; they are read like other pods`,
    hasBlocks &&
      unaddressed.length > 0 &&
      `the addresses of ${count(unaddressed.length, 'pod')} are not known: whether address ranges reach them is not either`,
  ];
  return gaps.filter((gap) => gap !== false);
}

/** Policies of the grant that select nothing, and peers that nothing is. */
function unmatched({ cluster, after, grant }: UnknownQuestion): readonly string[] {
  const meant = grant.policies.flatMap((policy) => [
    { policy, peer: { kind: 'pods', namespaces: null, pods: policy.selector } as const },
    ...peersOf(policy).flatMap((peer) => (peer.kind === 'pods' ? [{ policy, peer }] : [])),
  ]);
  const nobody = meant.filter(
    ({ policy, peer }) => !after.pods.some((pod) => meansPod(peer, policy.namespace, pod, after.namespaces)),
  );
  const texts = new Set(nobody.map(({ policy, peer }) => describePeer(peer, policy.namespace)));
  return [...texts].map(
    (text) =>
      `the snapshot of ${cluster} has no ${text.replace(/^every pod/, 'pods')}: what the grant opens for them is not known`,
  );
}
