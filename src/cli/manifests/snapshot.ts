/** Who may take snapshots of the cluster. */
import { snapshotObjects } from '../../cluster/snapshot/role.ts';
import { parseArguments } from '../arguments.ts';
import { exitCode } from '../command.ts';
import type { ManifestKind } from './kind.ts';
import { printObjects } from './repository.ts';

export const snapshotKind: ManifestKind = {
  name: 'snapshot',
  synopsis: '',
  help: `a service account for "curfew snapshot" that may list what a snapshot is made of: no Secret, and nothing to change.

  curfew manifests snapshot | kubectl apply -f -
`,
  run: (args, io) => {
    parseArguments(args, {}, { max: 0 });
    printObjects(snapshotObjects(), io);
    return exitCode.ok;
  },
};
