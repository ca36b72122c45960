/** `curfew manifests`: what GitHub and the clusters need to know of Curfew, as files. */
import { didYouMean } from '../base/suggest.ts';
import { UsageError, type Command } from './command.ts';
import { admissionKind } from './manifests/admission.ts';
import { appKind } from './manifests/app.ts';
import { argocdKind } from './manifests/argocd.ts';
import { fluxKind } from './manifests/flux.ts';
import { guardAlertsKind, guardKind } from './manifests/guard.ts';
import type { ManifestKind } from './manifests/kind.ts';
import { rolesKind } from './manifests/roles.ts';
import { rulesetsKind } from './manifests/rulesets.ts';
import { snapshotKind } from './manifests/snapshot.ts';

/** For GitHub, then for a cluster in the order in which they are installed. To add one: its file, and a line here. */
const kinds: readonly ManifestKind[] = [
  appKind,
  rulesetsKind,
  rolesKind,
  admissionKind,
  fluxKind,
  argocdKind,
  guardKind,
  guardAlertsKind,
  snapshotKind,
];

const names = kinds.map(({ name }) => name);

export const manifestsCommand: Command = {
  name: 'manifests',
  summary: 'Print what GitHub and the clusters need to know of Curfew, as files',
  usage: `${kinds.map(({ name, synopsis }) => `curfew manifests ${name} ${synopsis}`.trimEnd()).join('\n       ')}

Prints files to be looked at and installed; changes nothing. docs/cluster.md says who installs what in a cluster.

${kinds.map(({ name, help }) => `${name} prints ${help}`).join('\n')}
Exits with 2 on wrong use and on files that cannot be read.
`,
  run: async (args, io) => {
    const [name, ...rest] = args;
    const kind = kinds.find((each) => each.name === name);
    if (kind !== undefined) return kind.run(rest, io);
    throw new UsageError(
      name === undefined
        ? `say which: ${names.join(', ')}`
        : `there is no manifest "${name}"; ${didYouMean(name, names)}`,
    );
  },
};
