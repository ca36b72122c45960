/** The access repository that manifests for a cluster are made of, and how they are printed. */
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { formatFault } from '../../base/fault.ts';
import type { KubernetesObject } from '../../base/json.ts';
import { didYouMean } from '../../base/suggest.ts';
import { readTrusted } from '../../lifecycle/trusted.ts';
import { policyPath } from '../../lifecycle/trusted-paths.ts';
import type { Policy } from '../../policy/policy.ts';
import type { CatalogRole, Template } from '../../template/template.ts';
import { InputError, UsageError, type CommandIo } from '../command.ts';
import { readFolderTip, rootAbove } from '../plan-folder.ts';

export const dirOption = { dir: { type: 'string' } } as const;
export const clusterOption = { cluster: { type: 'string' } } as const;

export interface AccessRepository {
  readonly policy: Policy;
  readonly templates: ReadonlyMap<string, Template>;
  readonly roles: readonly CatalogRole[];
}

/** Reads policy, templates and catalog. Throws `InputError` where one is in fault: less would be installed than is meant. */
export async function readAccessRepository(
  dir: string | undefined,
  io: CommandIo,
): Promise<AccessRepository> {
  const root = dir === undefined ? await rootAbove(join(io.cwd, policyPath)) : resolve(io.cwd, dir);
  if (root === null)
    throw new InputError(
      `no folder from here upwards holds ${policyPath}; say with --dir where the access repository is`,
    );
  const trusted = readTrusted(await readFolderTip({ root, file: root, path: '' }));
  if (trusted.faults.length > 0)
    throw new InputError(`the access repository is in fault\n${trusted.faults.map(formatFault).join('\n')}`);
  if (trusted.policy === null) throw new InputError(`there is no ${policyPath} in ${root}`);
  const values = <T>(
    sourced: ReadonlyMap<string, { readonly value: T }>,
  ): readonly (readonly [string, T])[] => [...sourced].map(([name, { value }]) => [name, value]);
  return {
    policy: trusted.policy.value,
    templates: new Map(values(trusted.templates)),
    roles: values(trusted.roles).map(([, role]) => role),
  };
}

/** The cluster that was named, which has to be one of the policy. */
export function clusterNamed(cluster: string | undefined, { clusters }: Policy): string {
  const known = Object.keys(clusters);
  if (cluster === undefined) throw new UsageError(`--cluster is missing; one of ${known.join(', ')}`);
  if (!known.includes(cluster))
    throw new UsageError(
      `--cluster: the policy knows no cluster "${cluster}"; ${didYouMean(cluster, known)}`,
    );
  return cluster;
}

/** YAML documents, with texts of several lines as they are read. kubectl reads YAML 1.1, in which `no` is no text. */
export function printObjects(objects: readonly KubernetesObject[], { stdout }: CommandIo): void {
  const documents = objects.map((object) =>
    stringify(object, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }),
  );
  stdout.write(documents.join('---\n'));
}
