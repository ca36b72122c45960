/** One cluster, judged by both engines, flow by flow. */
import type { Json, KubernetesObject } from '../../../src/base/json.ts';
import { familyOf, formatAddress, parseAddress } from '../../../src/effect/network/addresses.ts';
import { connections } from '../../../src/effect/network/connections.ts';
import { loadNetwork } from '../../../src/effect/network/load.ts';
import { protocols } from '../../../src/effect/network/ports.ts';
import type { End, Port } from '../../../src/effect/network/verdict.ts';
import type { NetworkWorld, Pod } from '../../../src/effect/network/world.ts';
import { asObject } from '../../../src/effect/rbac/tree.ts';
import { indexed } from '../../effect/network/listed.ts';
import { ask } from './oracle.ts';
import { departures, rewrite, type Departure, type Policy } from './rewrite.ts';
import type { NamedCluster } from './worlds.ts';

/** Ports on both sides of every number that the policies name. */
const probes: readonly Port[] = protocols.flatMap((protocol) =>
  [1, 79, 80, 81, 82, 8080, 8081].map((number) => ({ protocol, number })),
);

/** Addresses on both sides of every block that the policies name. */
const outside: readonly End[] = [
  '0.0.0.0',
  '9.255.255.255',
  '10.0.0.0',
  '10.0.0.3',
  '10.0.0.5',
  '10.0.0.6',
  '10.2.0.3',
  '11.0.0.0',
  '192.0.2.127',
  '192.0.2.128',
  '::',
  'fd00::3',
  'fd00::4',
  'fd00::8',
  'fd00::1:0:0:0',
  'fd00:0:0:1::',
  'ffff::',
].map((text) => ({ kind: 'address', address: parseAddress(text) ?? -1n }));

/** One departure alone, or several that only together make up for the disagreement. */
export type Cause = Departure | 'several';

export interface Comparison {
  readonly name: string;
  readonly flows: number;
  /** How many flows each known departure explains. */
  readonly explained: ReadonlyMap<Cause, number>;
  /** One line for each flow on which the engines disagree for no known reason. */
  readonly unexplained: readonly string[];
  readonly objects: readonly KubernetesObject[];
}

interface Flow {
  readonly text: string;
  readonly ours: boolean;
  /** Where the oracle's answer has it. */
  readonly index: number;
}

/** Judges the clusters; asks the oracle once for all of them, and again for those on which it disagrees. */
export function compare(clusters: readonly NamedCluster[]): readonly Comparison[] {
  const worlds = clusters.map(({ name, objects }) => ({ name, objects, world: loadNetwork(objects) }));
  const raw = judge(worlds, new Set());
  const comparisons = worlds.map(({ name, objects, world }, number) => {
    const flows = ourVerdicts(world);
    const wrong = flows.filter(({ ours, index }) => ours !== (raw[number]?.[index] === '1'));
    return { name, objects, world, flows, wrong };
  });
  const doubtful = comparisons.filter(({ wrong }) => wrong.length > 0);
  const all = judge(doubtful, new Set(departures));
  const single = departures.map((departure) => ({
    departure,
    verdicts: judge(doubtful, new Set([departure])),
  }));
  return comparisons.map(({ name, objects, world, flows, wrong }) => {
    const number = doubtful.findIndex((each) => each.world === world);
    const agrees = ({ ours, index }: Flow, verdicts: readonly string[]): boolean =>
      ours === (verdicts[number]?.[index] === '1');
    const explained = new Map<Cause, number>();
    for (const flow of wrong) {
      const cause = single.find(({ verdicts }) => agrees(flow, verdicts))?.departure ?? 'several';
      explained.set(cause, (explained.get(cause) ?? 0) + 1);
    }
    const left = number === -1 ? [] : flows.filter((flow) => !agrees(flow, all));
    const unexplained = left.map(({ text, ours }) => `${text}: Curfew ${ours ? 'allows' : 'denies'}`);
    return { name, flows: flows.length, explained, unexplained, objects };
  });
}

function endsOf(world: NetworkWorld): readonly End[] {
  return [...world.pods.map((pod): End => ({ kind: 'pod', pod })), ...outside];
}

/** What the list by classes says of every flow; a pod to itself and addresses of another family are left out. */
function ourVerdicts(world: NetworkWorld): readonly Flow[] {
  const isListed = indexed([...connections(world, { by: 'pod' })], 'pod');
  const speaksIPv6 = world.pods.some(({ ipv6 }) => ipv6 !== null);
  const ends = endsOf(world);
  const isJudged = (end: End): boolean => end.kind === 'pod' || (familyOf(end.address) === 6) === speaksIPv6;
  const flows: Flow[] = [];
  for (const [from, source] of ends.entries()) {
    for (const [to, destination] of ends.entries()) {
      const isOutside = source.kind === 'address' && destination.kind === 'address';
      if (from === to || isOutside || !isJudged(source) || !isJudged(destination)) continue;
      for (const [probe, port] of probes.entries()) {
        const text = `${textOf(source)} > ${textOf(destination)} ${port.protocol}/${port.number}`;
        const index = (from * ends.length + to) * probes.length + probe;
        flows.push({ text, ours: isListed({ source, destination, port }), index });
      }
    }
  }
  return flows;
}

function textOf(end: End): string {
  return end.kind === 'pod' ? `${end.pod.namespace}/${end.pod.name}` : formatAddress(end.address);
}

function judge(
  worlds: readonly { readonly world: NetworkWorld; readonly objects: readonly KubernetesObject[] }[],
  without: ReadonlySet<Departure>,
): readonly string[] {
  const questions = worlds.map(({ world, objects }): Json => ({
    Policies: rewrite(policiesOf(objects), without).map(({ namespace, name, spec }) => ({
      metadata: { namespace, name },
      spec,
    })),
    Ends: endsOf(world).map((end) =>
      end.kind === 'pod' ? podEnd(end.pod, world) : { IP: formatAddress(end.address) },
    ),
    Probes: probes.map(({ protocol, number }) => ({ Port: number, Protocol: protocol })),
  }));
  return ask('judge', questions).map((line): string => JSON.parse(line));
}

function podEnd(pod: Pod, world: NetworkWorld): Json {
  return {
    IP: formatAddress(pod.ipv4 ?? pod.ipv6 ?? -1n),
    Namespace: pod.namespace,
    NamespaceLabels: Object.fromEntries(world.namespaces.get(pod.namespace) ?? []),
    PodLabels: Object.fromEntries(pod.labels),
    Ports: pod.namedPorts.map(({ name, protocol, port }) => ({ Name: name, Port: port, Protocol: protocol })),
  };
}

/** From the objects and not from what was read of them, so that reading is compared too. */
function policiesOf(objects: readonly KubernetesObject[]): readonly Policy[] {
  return objects
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ metadata: { namespace, name }, ...fields }) => ({
      namespace: typeof namespace === 'string' ? namespace : 'default',
      name,
      spec: asObject(fields['spec']) ?? {},
    }));
}
