/** A request that stands for all others: where a template is tried out, and with which values. */
import type { KubernetesObject } from '../../base/json.ts';
import { lookup } from '../../base/lookup.ts';
import { loadNetwork } from '../../effect/network/load.ts';
import type { Pod } from '../../effect/network/world.ts';
import { entriesFor } from '../../policy/entries.ts';
import type { Policy } from '../../policy/policy.ts';
import { dnsLabel } from '../../request/names.ts';
import type { RequestPath, Scalar } from '../../request/request.ts';
import { objectionTo, sampleValues } from '../../template/parameters.ts';
import { renderTemplate } from '../../template/render.ts';
import type { Parameter, Template } from '../../template/template.ts';
import { blankGrantId } from '../grant.ts';
import { readSnapshot } from '../trusted.ts';
import type { FileFacts, TipFacts } from '../facts.ts';
import type { Side } from './side.ts';

/** Whoever it is, they hold nothing but what everybody does. */
export const somebody = 'somebody@example.com';

/** Environments that are looked at; an organization has a handful. */
const mostEnvironments = 4;

/** Places that are tried in an environment before it counts as one where nobody may ask. */
const mostCandidates = 200;

/** For each environment one place where the policy lets somebody ask for the template. */
export function placesFor(template: Template, { tip, policy }: Side): readonly RequestPath[] {
  if (policy === null) return [];
  const environments = Map.groupBy(Object.entries(policy.clusters), ([, { environment }]) => environment);
  return [...environments.values()].slice(0, mostEnvironments).flatMap((clusters) => {
    let tried = 0;
    for (const place of candidates(
      template,
      clusters.map(([cluster]) => cluster),
      tip,
      policy,
    )) {
      if (entriesFor(policy, place, template.name).length > 0) return [place];
      tried += 1;
      if (tried === mostCandidates) break;
    }
    return [];
  });
}

/** In each cluster the namespaces that the policy names, then those that the snapshot knows. */
function* candidates(
  { scope }: Template,
  clusters: readonly string[],
  tip: TipFacts,
  { allow }: Policy,
): Generator<RequestPath> {
  const named = allow
    .flatMap(({ scopes }) => scopes.map((pattern) => pattern.split('/')))
    .flatMap(([, namespace = '']) => (dnsLabel.test(namespace) ? [namespace] : []));
  for (const cluster of clusters) {
    const namespaces = scope === 'cluster' ? [null] : [...named, ...knownNamespaces(tip, cluster)];
    for (const namespace of new Set(namespaces)) yield { cluster, namespace, name: 'any' };
  }
}

/** The namespaces that the snapshot of a cluster declares. */
export function knownNamespaces(tip: TipFacts, cluster: string): readonly string[] {
  return readSnapshot(tip, cluster).objects.flatMap(({ apiVersion, kind, metadata }) =>
    apiVersion === 'v1' && kind === 'Namespace' && dnsLabel.test(metadata.name) ? [metadata.name] : [],
  );
}

/** A template tried out. */
export interface Sample {
  readonly objects: readonly KubernetesObject[];
  /** Why nothing could be rendered, which the faults of the files say; else null. */
  readonly fault: string | null;
}

/** What a grant of the template would consist of there. */
export function renderSample(
  { value: template }: { readonly value: Template },
  place: RequestPath,
  { tip, trusted }: Side,
): Sample {
  const rendered = renderTemplate(
    template,
    sampleParameters(template, place, tip),
    {
      id: blankGrantId,
      user: somebody,
      namespace: place.namespace,
      duration: template.duration.default,
    },
    new Map([...trusted.roles].map(([name, role]) => [name, role.value])),
  );
  return rendered.ok
    ? { objects: rendered.value, fault: null }
    : { objects: [], fault: rendered.faults[0]?.message ?? '' };
}

/** Values that mean something there: labels and ports of the namespace's pods, where the template takes them. */
export function sampleParameters(
  template: Template,
  { cluster, namespace }: RequestPath,
  tip: TipFacts,
): Readonly<Record<string, Scalar>> {
  const pods = namespace === null ? [] : podsIn(tip, cluster, namespace);
  return Object.fromEntries(
    Object.entries(template.parameters).map(([name, parameter]) => [name, sample(name, parameter, pods)]),
  );
}

/** One namespace is asked about with every template. */
const memory = new WeakMap<readonly FileFacts[], Map<string, readonly Pod[]>>();

function podsIn(tip: TipFacts, cluster: string, namespace: string): readonly Pod[] {
  const known = memory.get(tip.clusters) ?? new Map<string, readonly Pod[]>();
  memory.set(tip.clusters, known);
  const key = `${cluster}/${namespace}`;
  const there = () =>
    readSnapshot(tip, cluster).objects.filter((object) => object.metadata['namespace'] === namespace);
  const pods = known.get(key) ?? loadNetwork(there()).pods;
  known.set(key, pods);
  return pods;
}

function sample(name: string, parameter: Parameter, pods: readonly Pod[]): Scalar {
  const candidates: readonly Scalar[] = [
    ...(parameter.default === null ? [] : [parameter.default]),
    ...(parameter.type === 'string' ? pods.flatMap(({ labels }) => labels.get(name) ?? []) : []),
    ...(parameter.type === 'integer'
      ? pods.flatMap(({ namedPorts }) => namedPorts.map(({ port }) => port))
      : []),
    ...sampleValues(parameter),
  ];
  return candidates.find((value) => objectionTo(parameter, value) === null) ?? candidates[0] ?? '';
}

/** `payments on prod-eu (production)`. */
export function describePlace({ cluster, namespace }: RequestPath, policy: Policy | null): string {
  const environment = lookup(policy?.clusters ?? {}, cluster)?.environment ?? 'unknown';
  return `${namespace ?? 'the whole cluster'} on ${cluster} (${environment})`;
}
