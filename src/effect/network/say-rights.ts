/** What the roles of a grant add to its network part, in a person's words. */
import { connectionsFrom, type Connection } from './connections.ts';
import { podsByEndpoint } from './endpoints.ts';
import { groupChanges } from './groups.ts';
import { formatPorts, noPorts } from './ports.ts';
import { reaches, type NetworkRights, type Reach } from './rights.ts';
import { sayEnds } from './sentences.ts';
import { joinSome, joinWords } from './words.ts';
import type { NetworkWorld, Pod } from './world.ts';

export interface SaidRights {
  readonly gains: readonly string[];
  readonly exact: readonly string[];
}

/** `own` are the pods of the grant, whose connections are said already. */
export function sayRights(
  { enters, forwards, proxies, nodes }: NetworkRights,
  world: NetworkWorld,
  own: readonly Pod[],
): SaidRights {
  const isOwn = (pod: Pod): boolean =>
    own.some(({ namespace, name }) => namespace === pod.namespace && name === pod.name);
  const entered = world.pods.filter((pod) => !isOwn(pod) && enters.some((right) => reaches(right, pod)));
  const inherited = connectionsFrom(world, entered);
  const workloads = podsByEndpoint(entered, 'workload').map(([name]) => name);
  const said = [
    inherited.length === 0
      ? null
      : `has the connections of ${sayEnds(workloads)} by a shell there: ${sayConnections(inherited)}`,
    forwards.length === 0
      ? null
      : `reaches every port of ${sayPlaces(forwards)} by port-forward, past every network policy`,
    proxies.length === 0
      ? null
      : `reaches ${sayPlaces(proxies)} through the API server, past policies that do not name its address`,
    nodes
      ? 'reaches every pod of the cluster through the kubelets, and has the connections of all of them'
      : null,
  ];
  return {
    gains: said.filter((sentence) => sentence !== null),
    exact: inherited.map(({ dst, ports }) => `by a shell -> ${dst}: ${formatPorts(ports)}`),
  };
}

/** `pods of payments`, `pod a of payments`, `pods of every namespace`. */
export function sayPlaces(rights: readonly Reach[]): string {
  const places = rights.map(({ namespace, names }) => {
    const place = namespace === null ? 'of every namespace' : `of ${namespace}`;
    return names.length === 0 ? `pods ${place}` : `the pods ${joinWords(names)} ${place}`;
  });
  return joinWords([...new Set(places)]);
}

function sayConnections(list: readonly Connection[]): string {
  const changes = list.map(({ src, dst, ports }) => ({ src, dst, opened: ports, closed: noPorts }));
  const parts = groupChanges(changes).groups.map(
    ({ ports, destinations }) => `${formatPorts(ports)} to ${sayEnds(destinations)}`,
  );
  return joinSome(parts, 3);
}
