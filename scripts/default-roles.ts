/**
 * Writes what Kubernetes itself brings, as data for the RBAC evaluator:
 *
 * - `src/effect/rbac/default-roles.json`: the roles and bindings that every API server creates at start, from the
 *   golden files of Kubernetes' own test of its bootstrap policy;
 * - `src/effect/rbac/api-resources.json`: the resources of the built-in APIs, from its golden discovery documents.
 *
 * Both come from the public Go module of the version below; Go must be installed. `node scripts/default-roles.ts`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { parse } from 'yaml';
import { z } from 'zod';

const kubernetes = 'v1.36.3';
const policy = 'plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata';
const files = [
  'cluster-roles.yaml',
  'cluster-role-bindings.yaml',
  'controller-roles.yaml',
  'controller-role-bindings.yaml',
  'namespace-roles.yaml',
  'namespace-role-bindings.yaml',
];

const bootstrapObject = z.looseObject({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
});

/** The bootstrap objects, without the annotation that tells the API server to keep them up to date. */
function defaultRoles(module: string): unknown {
  const objects = files.flatMap((file) => {
    const list = z
      .object({ items: z.array(bootstrapObject) })
      .parse(parse(readFileSync(join(module, policy, file), 'utf8')));
    return list.items;
  });
  return { source: `k8s.io/kubernetes@${kubernetes}/${policy}: ${files.join(', ')}`, objects };
}

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
function apiResources(module: string): unknown {
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(join(module, 'api/discovery', file), 'utf8'));
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
  return { source: `k8s.io/kubernetes@${kubernetes}/api/discovery`, resources: found };
}

async function write(name: string, data: unknown): Promise<void> {
  const text = await format(JSON.stringify(data), { parser: 'json', printWidth: 110 });
  writeFileSync(new URL(`../src/effect/rbac/${name}`, import.meta.url), text);
}

/** Downloads the module and gives its folder in Go's module cache. */
function download(): string {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-kubernetes-'));
  const options = { cwd: folder, env: { ...process.env, GOFLAGS: '-mod=mod' }, encoding: 'utf8' } as const;
  const { error, status, stdout } = spawnSync(
    'go',
    ['mod', 'download', '-json', `k8s.io/kubernetes@${kubernetes}`],
    options,
  );
  rmSync(folder, { recursive: true });
  if (error !== undefined)
    throw new Error('there is no command "go"; install Go 1.26 or later', { cause: error });
  if (status !== 0) throw new Error(`go mod download failed\n${stdout}`);
  return z.object({ Dir: z.string() }).parse(JSON.parse(stdout)).Dir;
}

const module = download();
await write('default-roles.json', defaultRoles(module));
await write('api-resources.json', apiResources(module));
