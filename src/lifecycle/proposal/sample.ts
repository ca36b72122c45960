/** A request that stands for all others: where a template is tried out, and with which values. */
import type { KubernetesObject } from '../../base/json.ts';
import { lookup } from '../../base/lookup.ts';
import { loadNetwork } from '../../effect/network/load.ts';
import type { Pod } from '../../effect/network/world.ts';
import { entriesFor } from '../../policy/entries.ts';
import type { Policy } from '../../policy/policy.ts';
import type { RequestPath, Scalar } from '../../request/request.ts';
import { objectionTo, sampleValues } from '../../template/parameters.ts';
import { renderTemplate } from '../../template/render.ts';
import type { Parameter, Template } from '../../template/template.ts';
import { readSnapshot } from '../trusted.ts';
import type { TipFacts } from '../facts.ts';
import type { Side } from './side.ts';

/** Whoever it is, they hold nothing but what everybody does. */
export const somebody = 'somebody@example.com';

/** Environments that are looked at; an organization has a handful. */
const mostEnvironments = 4;

/** For each environment one place where the policy lets somebody ask for the template. */
export function placesFor(template: Template, { tip, policy }: Side): readonly RequestPath[] {
  if (policy === null) return [];
  const environments = Map.groupBy(Object.entries(policy.clusters), ([, { environment }]) => environment);
  return [...environments.values()].slice(0, mostEnvironments).flatMap((clusters) => {
    const places = clusters.flatMap(([cluster]) =>
      (template.scope === 'cluster' ? [null] : namespacesOf(cluster, tip, policy)).map((namespace) => ({
        cluster,
        namespace,
        name: 'any',
      })),
    );
    return places.find((place) => entriesFor(policy, place, template.name).length > 0) ?? [];
  });
}

/** Namespaces that the policy names, then those that the snapshot knows. */
function namespacesOf(cluster: string, tip: TipFacts, { allow }: Policy): readonly string[] {
  const named = allow
    .flatMap(({ scopes }) => scopes.map((scope) => scope.split('/')))
    .flatMap(([, namespace = '']) => (/^[a-z0-9-]+$/.test(namespace) ? [namespace] : []));
  const known = readSnapshot(tip, cluster).objects.flatMap(({ apiVersion, kind, metadata }) =>
    apiVersion === 'v1' && kind === 'Namespace' ? [metadata.name] : [],
  );
  return [...new Set([...named, ...known])];
}

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
      id: 'grant-000000000000',
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
  const there = readSnapshot(tip, cluster).objects.filter(
    ({ metadata }) => namespace !== null && metadata['namespace'] === namespace,
  );
  const { pods } = loadNetwork(there);
  return Object.fromEntries(
    Object.entries(template.parameters).map(([name, parameter]) => [name, sample(name, parameter, pods)]),
  );
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
