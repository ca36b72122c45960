/**
 * Writes what Kubernetes itself brings, as data for the RBAC evaluator:
 *
 * - `src/effect/rbac/default-roles.json`: the roles and bindings that every API server creates at start, asked from a
 *   live one, the test cluster;
 * - `src/effect/rbac/api-resources.json`: the resources of the built-in APIs, from Kubernetes' golden discovery
 *   documents, which also name what a server does not serve by default.
 *
 * Both are of the version that `test/cluster/go-kubernetes` pins; Go must be installed. `npx node scripts/default-roles.ts`
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { z } from 'zod';
import { bootstrapRoles } from '../test/cluster/bootstrap-roles.ts';
import { startCluster } from '../test/cluster/cluster.ts';

const modules = new URL('../test/cluster/go-kubernetes', import.meta.url);

const verbs = z.array(z.string());
const discovery = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      versions: z.array(
        z.object({
          resources: z.array(
            z.object({
              resource: z.string(),
              singularResource: z.string(),
              scope: z.enum(['Namespaced', 'Cluster']),
              shortNames: z.array(z.string()).default([]),
              verbs,
              responseKind: z.object({ kind: z.string() }),
              subresources: z.array(z.object({ subresource: z.string(), verbs })).default([]),
            }),
          ),
        }),
      ),
    }),
  ),
});
const coreDiscovery = z.object({
  resources: z.array(
    z.object({
      name: z.string(),
      singularName: z.string(),
      namespaced: z.boolean(),
      kind: z.string(),
      shortNames: z.array(z.string()).default([]),
      verbs,
    }),
  ),
});

/** In the order in which a short name is resolved: the core group first, then as the API server ranks the groups. */
function apiResources(folder: string): unknown {
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(join(folder, 'api/discovery', file), 'utf8'));
  const core = coreDiscovery.parse(read('api__v1.json')).resources;
  const found = core
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, singularName, namespaced, kind, shortNames, verbs }) => ({
      group: '',
      name,
      singular: singularName,
      kind,
      shortNames,
      namespaced,
      verbs,
      subresources: Object.fromEntries(
        core
          .filter((other) => other.name.startsWith(`${name}/`))
          .map((other) => [other.name.slice(name.length + 1), other.verbs]),
      ),
    }));
  for (const { metadata, versions } of discovery.parse(read('aggregated_v2.json')).items)
    for (const resource of versions.flatMap((version) => version.resources)) {
      if (found.some(({ group, name }) => group === metadata.name && name === resource.resource)) continue;
      found.push({
        group: metadata.name,
        name: resource.resource,
        singular: resource.singularResource,
        kind: resource.responseKind.kind,
        shortNames: resource.shortNames,
        namespaced: resource.scope === 'Namespaced',
        verbs: resource.verbs,
        subresources: Object.fromEntries(resource.subresources.map((sub) => [sub.subresource, sub.verbs])),
      });
    }
  return found;
}

async function write(name: string, data: unknown): Promise<void> {
  const text = await format(JSON.stringify(data), { parser: 'json', printWidth: 110 });
  writeFileSync(new URL(`../src/effect/rbac/${name}`, import.meta.url), text);
}

/** Kubernetes' own module, in Go's module cache. */
function kubernetesModule(): { readonly version: string; readonly folder: string } {
  const { status, stdout, stderr } = spawnSync('go', ['mod', 'download', '-json', 'k8s.io/kubernetes'], {
    cwd: modules,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`go mod download failed\n${stderr}`);
  const { Dir: folder, Version: version } = z
    .object({ Dir: z.string(), Version: z.string() })
    .parse(JSON.parse(stdout));
  return { version, folder };
}

const cluster = await startCluster();
const objects = await bootstrapRoles(cluster);
await cluster.stop();
const { version, folder } = kubernetesModule();
await write('default-roles.json', { source: `a live kube-apiserver ${version}`, objects });
await write('api-resources.json', {
  source: `k8s.io/kubernetes@${version}/api/discovery`,
  resources: apiResources(folder),
});
