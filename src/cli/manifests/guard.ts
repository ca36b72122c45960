/** The guard, and when to look after it. */
import { stringify } from 'yaml';
import { deliveryName } from '../../cluster/manifests/delivery.ts';
import { guardAlerts } from '../../cluster/manifests/guard-alerts.ts';
import { guardObjects } from '../../cluster/manifests/guard.ts';
import { parseArguments } from '../arguments.ts';
import { exitCode, UsageError, type CommandIo } from '../command.ts';
import type { ManifestKind } from './kind.ts';
import { clusterNamed, clusterOption, dirOption, printObjects, readAccessRepository } from './repository.ts';

export const guardKind: ManifestKind = {
  name: 'guard',
  synopsis: '--image IMAGE [--cluster NAME [--dir DIR]]',
  help: `the guard: a Deployment of two, its service account and the least rights that it can work with.

  --image IMAGE  as built from Dockerfile.guard, with its digest
  --cluster NAME the cluster, as the policy names it: where "curfew manifests flux" is installed, the guard also
                 removes what git no longer grants
  --dir DIR      the access repository (default: the nearest one from here upwards)

  curfew manifests guard --image example.com/curfew-guard@sha256:… --cluster prod-eu | kubectl apply -f -
`,
  run: printGuard,
};

export const guardAlertsKind: ManifestKind = {
  name: 'guard-alerts',
  synopsis: '',
  help: `alert rules on the guard, as Prometheus reads them from a file; also the "spec" of a PrometheusRule.

  curfew manifests guard-alerts > curfew-guard.rules.yaml
`,
  run: (args, io) => {
    parseArguments(args, {}, { max: 0 });
    io.stdout.write(stringify(guardAlerts(), { lineWidth: 0 }));
    return exitCode.ok;
  },
};

async function printGuard(args: readonly string[], io: CommandIo): Promise<number> {
  const options = { image: { type: 'string' }, ...clusterOption, ...dirOption } as const;
  const { values } = parseArguments(args, options, { max: 0 });
  const { image, cluster, dir } = values;
  if (image === undefined) throw new UsageError('--image is missing');
  if (!/^[\w.:/@-]{1,500}$/.test(image)) throw new UsageError(`--image: "${image}" is no name of an image`);
  const git = cluster === undefined ? null : await gitOf(cluster, dir, io);
  printObjects(guardObjects({ image, git }), io);
  return exitCode.ok;
}

async function gitOf(
  name: string,
  dir: string | undefined,
  io: CommandIo,
): Promise<{ readonly cluster: string; readonly repository: string }> {
  const cluster = clusterNamed(name, (await readAccessRepository(dir, io)).policy);
  return { cluster, repository: deliveryName({ cluster }) };
}
