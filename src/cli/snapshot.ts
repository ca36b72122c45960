/** `curfew snapshot`: what the plan has to know of a cluster, from the cluster itself. */
import { join, resolve } from 'node:path';
import { formatFault } from '../base/fault.ts';
import { formatInstant } from '../base/instant.ts';
import type { KubernetesObject } from '../base/json.ts';
import { catalogDrift, type CatalogDrift } from '../cluster/snapshot/catalog.ts';
import { driftBetween, type Drift } from '../cluster/snapshot/drift.ts';
import { snapshotFiles, versionObject } from '../cluster/snapshot/files.ts';
import { grantDrift, type GrantDrift } from '../cluster/snapshot/grants.ts';
import { loadContext } from '../cluster/snapshot/kube-config.ts';
import { ClusterUnreadable, readCluster, type LiveCluster } from '../cluster/snapshot/read.ts';
import { parseArguments } from './arguments.ts';
import { exitCode, InputError, UsageError, type Command, type CommandIo } from './command.ts';
import {
  objectsOf,
  readCatalog,
  readGrantFiles,
  readSnapshotFiles,
  snapshotFolder,
  writeSnapshotFiles,
  type SnapshotFolder,
} from './snapshot-folder.ts';
import { printCatalog, printDrift, printMissing, printOrphans } from './snapshot-text.ts';

export const snapshotCommand: Command = {
  name: 'snapshot',
  summary: 'Write down what the plan has to know of a cluster, or how far that has drifted',
  usage: `curfew snapshot --context NAME --out clusters/NAME [--kubeconfig FILE] [--check] [--json]

Reads a live cluster and writes what plans are made from: its version, namespaces with labels, workloads, network policies,
roles and bindings. Of a workload it keeps the labels, ports, service account and host network of its pods: never an
environment variable, an argument, an image, an annotation or a Secret. The same cluster gives the same bytes, so that a
scheduled job can commit them; what nothing changed is not written. Objects of grants are left out; those that no grant
in git has are named on standard error.

Options:
  --context NAME      context of the kubeconfig; in a pod, inClusterContext
  --out DIR           clusters/<name> of a clone of the access repository; the name is the policy's for the cluster
  --kubeconfig FILE   (default: where kubectl looks)
  --check             write nothing; say how far the cluster is from what is committed, its roles from templates/roles,
                      and its grants from grants/<name>. What is being granted or ended just now shows too
  --json              print {"cluster", "written": [PATH], "removed": [PATH], "orphans"}, or with --check
                      {"cluster", "drift": [{"change": "added"|"removed"|"changed", "kind", "namespace", "name",
                      "fields": [TEXT]}], "catalog": [{"change": "missing"|"unknown"|"changed", "name", "fields"}],
                      "orphans": [{"kind", "namespace", "name", "grant"}], "missing": [as orphans, "expiresAt"]}

With --check exits with 1 where anything differs; always with 2 where the cluster or the folder cannot be read, and where
a namespace holds more than the engine reads. "curfew manifests snapshot" prints the ClusterRole that this needs.

Examples:
  curfew snapshot --context prod-eu --out ../access/clusters/prod-eu
  curfew snapshot --context prod-eu --out ../access/clusters/prod-eu --check
`,
  run: async (args, io) => {
    const { values } = parseArguments(
      args,
      {
        context: { type: 'string' },
        out: { type: 'string' },
        kubeconfig: { type: 'string' },
        check: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
      { max: 0 },
    );
    if (values.context === undefined) throw new UsageError('--context says which cluster to read');
    if (values.out === undefined) throw new UsageError('--out says where the snapshot belongs');
    const folder = snapshotFolder(values.out, io.cwd);
    const live = await readLive(values.context, values.kubeconfig, io);
    const snapshot: Snapshot = {
      live,
      objects: [versionObject(folder.cluster, live.gitVersion), ...live.objects],
      before: await readSnapshotFiles(folder),
      grants: grantDrift(live.granted, await readGrantFiles(folder)),
    };
    return values.check ? check(folder, snapshot, values.json, io) : write(folder, snapshot, values.json, io);
  },
};

interface Snapshot {
  readonly live: LiveCluster;
  readonly objects: readonly KubernetesObject[];
  /** The files as they are. */
  readonly before: ReadonlyMap<string, string>;
  readonly grants: GrantDrift;
}

async function readLive(context: string, file: string | undefined, { cwd }: CommandIo): Promise<LiveCluster> {
  try {
    return await readCluster(loadContext(context, file === undefined ? undefined : resolve(cwd, file)));
  } catch (error) {
    throw error instanceof ClusterUnreadable ? new InputError(error.message) : error;
  }
}

async function write(
  folder: SnapshotFolder,
  { objects, before, grants: { orphans } }: Snapshot,
  asJson: boolean,
  io: CommandIo,
): Promise<number> {
  const after = snapshotFiles(folder.cluster, objects);
  if (!after.ok) throw new InputError(after.faults.map(formatFault).join('\n'));
  const { written, removed } = await writeSnapshotFiles(folder, before, after.value);
  if (asJson) {
    io.stdout.write(`${JSON.stringify({ cluster: folder.cluster, written, removed, orphans })}\n`);
    return exitCode.ok;
  }
  for (const path of written) io.stdout.write(`wrote ${join(folder.folder, path)}\n`);
  for (const path of removed) io.stdout.write(`removed ${join(folder.folder, path)}\n`);
  if (written.length + removed.length === 0) io.stdout.write(`nothing has changed in ${folder.cluster}\n`);
  printOrphans(orphans, folder.cluster, io.stderr);
  return exitCode.ok;
}

async function check(
  folder: SnapshotFolder,
  { live, objects, before, grants }: Snapshot,
  asJson: boolean,
  io: CommandIo,
): Promise<number> {
  const drift = driftBetween(objectsOf(folder, before), objects);
  const catalog = catalogDrift(await readCatalog(folder), live.objects);
  if (asJson) printJson(folder, drift, catalog, grants, io);
  else {
    printDrift(drift, io.stdout);
    printCatalog(catalog, io.stdout);
    printOrphans(grants.orphans, folder.cluster, io.stdout);
    printMissing(grants.missing, io.now(), io.stdout);
  }
  const found = [drift, catalog, grants.orphans, grants.missing].some((list) => list.length > 0);
  if (!found && !asJson) io.stdout.write(`${folder.cluster} is as git says\n`);
  return found ? exitCode.finding : exitCode.ok;
}

function printJson(
  { cluster }: SnapshotFolder,
  drift: readonly Drift[],
  catalog: readonly CatalogDrift[],
  { orphans, missing }: GrantDrift,
  { stdout }: CommandIo,
): void {
  const ends = missing.map((object) => ({ ...object, expiresAt: formatInstant(object.expiresAt) }));
  stdout.write(`${JSON.stringify({ cluster, drift, catalog, orphans, missing: ends })}\n`);
}
