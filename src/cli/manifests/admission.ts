/** The cluster's admission, and whether what is installed still fits what git grants. */
import { admissionObjects } from '../../cluster/manifests/admission.ts';
import { ceilingsConfigMap, ceilingsOf, neverGranted } from '../../cluster/manifests/ceilings.ts';
import { checkAdmission } from '../../cluster/manifests/check.ts';
import { parseArguments } from '../arguments.ts';
import { exitCode, type CommandIo } from '../command.ts';
import { readManifestFiles } from '../manifest-files.ts';
import { paint } from '../paint.ts';
import type { ManifestKind } from './kind.ts';
import { clusterNamed, clusterOption, dirOption, printObjects, readAccessRepository } from './repository.ts';

export const admissionKind: ManifestKind = {
  name: 'admission',
  synopsis: '--cluster NAME [--dir DIR] [--check PATH]',
  help: `the rules that the API server holds for every object of a grant, and the ceilings of the cluster: how long a grant
may be, which roles may be bound, who may get access, which namespaces are out of reach. The policy gives their first
version; from then on they are the administrators', and git may only be narrower.

  --cluster NAME the cluster, as the policy names it
  --dir DIR      the access repository (default: the nearest one from here upwards)
  --check PATH   compare what is installed (a file, or - for standard input) instead of printing; exit 1 where a rule is
                 missing or different, or where git is wider than the ceilings

  curfew manifests admission --cluster prod-eu | kubectl apply -f -
  curfew manifests admission --cluster prod-eu | kubectl apply -f - -l app.kubernetes.io/component=rules   # keeps the ceilings
  kubectl get validatingadmissionpolicies,validatingadmissionpolicybindings,configmaps -A -o yaml \\
    -l app.kubernetes.io/part-of=curfew | curfew manifests admission --cluster prod-eu --check -
`,
  run: admission,
};

async function admission(args: readonly string[], io: CommandIo): Promise<number> {
  const options = { ...clusterOption, ...dirOption, check: { type: 'string' } } as const;
  const { values } = parseArguments(args, options, { max: 0 });
  const { policy, templates } = await readAccessRepository(values.dir, io);
  const cluster = clusterNamed(values.cluster, policy);
  const git = ceilingsOf(policy, templates, cluster);
  for (const entry of neverGranted(policy, cluster))
    io.stderr.write(`${paint(io.stderr, 'yellow', 'Never granted:')} ${entry}\n`);
  if (values.check === undefined) {
    printObjects([...admissionObjects(), ceilingsConfigMap(git)], io);
    return exitCode.ok;
  }
  const findings = checkAdmission(await readManifestFiles([values.check], io), git);
  for (const finding of findings) io.stdout.write(`${finding}\n`);
  if (findings.length === 0)
    io.stdout.write(`The rules are those of this version, and git is within the ceilings of ${cluster}.\n`);
  return findings.length === 0 ? exitCode.ok : exitCode.finding;
}
