/** The applier's identity and rights, and the catalog. */
import { roleObjects } from '../../cluster/manifests/roles.ts';
import { parseArguments } from '../arguments.ts';
import { exitCode, type CommandIo } from '../command.ts';
import type { ManifestKind } from './kind.ts';
import { dirOption, printObjects, readAccessRepository } from './repository.ts';

export const rolesKind: ManifestKind = {
  name: 'roles',
  synopsis: '[--dir DIR]',
  help: `the namespace curfew-system, the ClusterRoles of the catalog, and the service account with which Flux or Argo CD
applies grants. It may bind the roles of the catalog by their names, and no other.

  --dir DIR      the access repository (default: the nearest one from here upwards)

  curfew manifests roles | kubectl apply -f -
`,
  run: printRoles,
};

async function printRoles(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseArguments(args, dirOption, { max: 0 });
  printObjects(roleObjects((await readAccessRepository(values.dir, io)).roles), io);
  return exitCode.ok;
}
