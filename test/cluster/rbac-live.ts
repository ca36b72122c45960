/** Putting roles and bindings on a live server, and questions to it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { KubernetesObject } from '../../src/base/json.ts';
import type { Attributes } from '../../src/effect/rbac/compiled.ts';
import type { PolicyRule } from '../../src/effect/rbac/rule.ts';
import type { Subject } from '../../src/effect/rbac/world.ts';
import type { TestCluster } from './cluster.ts';
import type { Api } from './connection.ts';

const group = '/apis/rbac.authorization.k8s.io/v1';

/** The seed of everything random here, which the tables name: `SEED=7 npm run test:cluster -- rbac`. */
export const seed = Number(process.env['SEED'] ?? 20_261_201);

/** Where objects of its kind are created. */
export function collection({ kind, metadata }: KubernetesObject): string {
  const plural = `${kind.toLowerCase()}s`;
  const namespace = metadata['namespace'];
  if (kind === 'Namespace') return '/api/v1/namespaces';
  return typeof namespace === 'string' ? `${group}/namespaces/${namespace}/${plural}` : `${group}/${plural}`;
}

/** Creates all, in any order; throws where one is refused. */
export async function create(api: Api, objects: readonly KubernetesObject[]): Promise<void> {
  await concurrently(objects, async (object) => {
    const { status, body } = await api('POST', collection(object), object);
    if (status !== 201) throw new Error(`${JSON.stringify(object)}\nis refused: ${JSON.stringify(body)}`);
  });
}

export function namespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** Sixteen at a time. */
export async function concurrently<T, R>(
  items: readonly T[],
  task: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const left = [...items.entries()].reverse();
  const work = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [index, item] = next;
      results[index] = await task(item);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return results;
}

const versions = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string(), resourceVersion: z.string() }) })),
});

/** Resolves once the aggregation controller has left the ClusterRoles alone for two seconds. */
export async function aggregated(api: Api): Promise<void> {
  let [before, quiet] = ['', 0];
  while (quiet < 4) {
    await sleep(500);
    const { items } = versions.parse((await api('GET', `${group}/clusterroles`)).body);
    const now = items.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`).join('\n');
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
}

/** The answer of a SubjectAccessReview. */
export async function ask(cluster: TestCluster, subject: Subject, asked: Attributes): Promise<boolean> {
  return await cluster.allows(
    subject,
    'nonResourceURL' in asked ? { verb: asked.verb, path: asked.nonResourceURL } : asked,
  );
}

const strings = z.array(z.string()).default([]);
const rulesReview = z.object({
  status: z.object({
    resourceRules: z.array(
      z.object({ verbs: strings, apiGroups: strings, resources: strings, resourceNames: strings }),
    ),
    nonResourceRules: z.array(z.object({ verbs: strings, nonResourceURLs: strings })),
  }),
});

/** The answer of a SelfSubjectRulesReview, as rules; of resources and of URLs. */
export async function rulesOf(
  cluster: TestCluster,
  { user, groups }: Subject,
  namespace: string,
): Promise<{ readonly resources: readonly PolicyRule[]; readonly urls: readonly PolicyRule[] }> {
  const api = await cluster.api('admin', { user, groups });
  const { body } = await api('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    spec: { namespace },
  });
  const { resourceRules, nonResourceRules } = rulesReview.parse(body).status;
  return {
    resources: resourceRules.map((rule) => ({ ...rule, nonResourceURLs: [] })),
    urls: nonResourceRules.map((rule) => ({ ...rule, apiGroups: [], resources: [], resourceNames: [] })),
  };
}
