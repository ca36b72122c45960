/** `curfew rbac`: RBAC of any folder of manifests, with no cluster to ask. */
import type { KubernetesObject } from '../base/json.ts';
import { bySeverity, severities } from '../base/severity.ts';
import { didYouMean } from '../base/suggest.ts';
import { can, who } from '../effect/rbac/can.ts';
import { checkRbac } from '../effect/rbac/check.ts';
import { compareRbac } from '../effect/rbac/compare.ts';
import type { Binding } from '../effect/rbac/objects.ts';
import { permissionsOf } from '../effect/rbac/permission.ts';
import { labelOf } from '../effect/rbac/say.ts';
import { subjectFor } from '../effect/rbac/subject.ts';
import { loadRbac, type RbacWorld } from '../effect/rbac/world.ts';
import { parseArguments } from './arguments.ts';
import { type Command, type CommandIo, exitCode, InputError, UsageError } from './command.ts';
import { readManifestFiles } from './manifest-files.ts';
import { paint } from './paint.ts';
import { readQuestion } from './rbac-question.ts';
import { printDangers, printDifferences, printHolders, printPermissions } from './rbac-text.ts';

const none: string[] = [];
const paths = { type: 'string', multiple: true, default: none } as const;

/** The options of each action; those that several share, by what they are for. */
const json = { json: { type: 'boolean', default: false } } as const;
const files = { filename: { ...paths, short: 'f' } } as const;
const subject = { as: { type: 'string' }, 'as-group': paths } as const;
const place = {
  namespace: { type: 'string', short: 'n' },
  'all-namespaces': { type: 'boolean', short: 'A', default: false },
  subresource: { type: 'string', default: '' },
} as const;

type Action = (args: readonly string[], io: CommandIo) => Promise<number>;

const actions: Readonly<Record<string, Action>> = {
  can: runCan,
  list: runList,
  who: runWho,
  diff: runDiff,
  check: runCheck,
};

export const rbacCommand: Command = {
  name: 'rbac',
  summary: 'Say who may do what in Kubernetes, from manifests alone',
  usage: `curfew rbac can VERB TYPE[.GROUP][/NAME] -f PATH
       curfew rbac can VERB /URL -f PATH
       curfew rbac list --as USER -f PATH
       curfew rbac who VERB TYPE[.GROUP][/NAME] -f PATH
       curfew rbac diff --before PATH --after PATH
       curfew rbac check -f PATH [--fail-on SEVERITY]

Reads Roles, ClusterRoles and their bindings from files and answers as an API server would that holds nothing else:
Kubernetes' own roles are there only if they are among the files. Words and flags are those of "kubectl auth can-i".

  can     print yes or no; exit 0 or 1
  list    print everything that the user may do
  who     print everyone who may do it; exit 1 where nobody may
  diff    print what each subject, or the one of --as, gains and loses; exit 1 where there is a difference
  check   print what is dangerous; exit 1 where something is, of --fail-on or worse

Options:
  -f, --filename PATH       a file, a folder with all that is below it, or - for standard input; may be repeated
  --as USER                 the user; every user is in system:authenticated. A service account is
                            system:serviceaccount:NAMESPACE:NAME. Left out: anyone who is signed in
  --as-group GROUP          a further group; may be repeated
  -n, --namespace NAME      where (default: default); for list: only what applies there
  -A, --all-namespaces      in every namespace
  --subresource NAME        such as log, exec, scale
  --before, --after PATH    as -f
  --fail-on SEVERITY        critical, high or medium (default: medium, which is everything)
  --json                    print JSON; docs/rbac.md has its schema

Exits with 2 on wrong use, and on files that cannot be read or hold no object at all.

Examples:
  curfew rbac can create pods --subresource exec --as alice@example.com -n payments -f clusters/prod-eu
  kubectl get clusterroles,roles,clusterrolebindings,rolebindings -A -o yaml | curfew rbac check -f - --fail-on high
`,
  run: async ([name = '', ...args], io) => {
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action !== undefined) return action(args, io);
    const known = Object.keys(actions);
    const missing = name === '' || name.startsWith('-');
    throw new UsageError(
      missing
        ? `say what to do: ${known.join(', ')}`
        : `there is no "rbac ${name}"; ${didYouMean(name, known)}`,
    );
  },
};

async function runCan(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArguments(
    args,
    { ...files, ...subject, ...place, ...json },
    { min: 2, max: 2 },
  );
  const { asked, warnings } = readQuestion(positionals, values);
  const world = await readWorld(values.filename, io);
  warn(warnings, io);
  const { allowed, by } = can(world, subjectFor(values.as ?? '', values['as-group']), asked);
  if (values.json) printJson({ allowed, by: by === null || typeof by === 'string' ? by : reference(by) }, io);
  else io.stdout.write(`${allowed ? 'yes' : 'no'}\n`);
  return allowed ? exitCode.ok : exitCode.finding;
}

async function runList(args: readonly string[], io: CommandIo): Promise<number> {
  const { namespace } = place;
  const { values } = parseArguments(args, { ...files, ...subject, namespace, ...json }, { max: 0 });
  if (values.as === undefined) throw new UsageError('--as says whose permissions to list');
  const world = await readWorld(values.filename, io);
  const all = permissionsOf(world, subjectFor(values.as, values['as-group']));
  const places = [null, values.namespace];
  const permissions = all.filter(
    (each) => values.namespace === undefined || each.kind === 'url' || places.includes(each.namespace),
  );
  if (values.json) printJson({ permissions }, io);
  else printPermissions(permissions, io);
  return exitCode.ok;
}

async function runWho(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArguments(args, { ...files, ...place, ...json }, { min: 2, max: 2 });
  const { asked, warnings } = readQuestion(positionals, values);
  const found = who(await readWorld(values.filename, io), asked);
  warn(warnings, io);
  if (values.json)
    printJson({ holders: found.map((holder) => ({ ...holder, by: reference(holder.by) })) }, io);
  else printHolders(found, io);
  return found.length === 0 ? exitCode.finding : exitCode.ok;
}

async function runDiff(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseArguments(args, { before: paths, after: paths, ...subject, ...json }, { max: 0 });
  const { before, after, as, 'as-group': groups } = values;
  if (before.length === 0 || after.length === 0)
    throw new UsageError('--before and --after say what to compare');
  const whom = as === undefined && groups.length === 0 ? null : subjectFor(as ?? '', groups);
  // What is empty may be compared: everything is gained then, or lost.
  const [was, is] = [await readManifestFiles(before, io), await readManifestFiles(after, io)];
  const worlds = [worldOf(was, io), worldOf(is, io)] as const;
  const differences = compareRbac(...worlds, whom, { minor: null });
  if (values.json) printJson({ differences }, io);
  else printDifferences(differences, io);
  return differences.length === 0 ? exitCode.ok : exitCode.finding;
}

async function runCheck(args: readonly string[], io: CommandIo): Promise<number> {
  const failOn = { 'fail-on': { type: 'string', default: 'medium' } } as const;
  const { values } = parseArguments(args, { ...files, ...failOn, ...json }, { max: 0 });
  const least = severities.find((each) => each === values['fail-on']);
  if (least === undefined)
    throw new UsageError(`--fail-on is one of ${severities.join(', ')}, not "${values['fail-on']}"`);
  const { dangers, problems } = checkRbac(await readObjects(values.filename, io), { minor: null });
  warn(problems, io);
  if (values.json) printJson({ dangers, problems }, io);
  else printDangers(dangers, io);
  const fails = dangers.some((danger) => bySeverity(danger, { severity: least }) <= 0);
  return fails ? exitCode.finding : exitCode.ok;
}

async function readObjects(paths: readonly string[], io: CommandIo): Promise<readonly KubernetesObject[]> {
  if (paths.length === 0) throw new UsageError('-f says which manifests to read');
  const objects = await readManifestFiles(paths, io);
  // As where what was to be piped in failed: that nothing is dangerous among nothing is no answer.
  if (objects.length === 0) throw new InputError(`there is no Kubernetes object in ${paths.join(', ')}`);
  return objects;
}

async function readWorld(paths: readonly string[], io: CommandIo): Promise<RbacWorld> {
  return worldOf(await readObjects(paths, io), io);
}

function worldOf(objects: readonly KubernetesObject[], io: CommandIo): RbacWorld {
  const world = loadRbac(objects);
  const dangling = world.dangling.map(
    (binding) =>
      `${labelOf(binding)}: its ${binding.roleRef.kind} ${binding.roleRef.name} is not among the files`,
  );
  warn([...world.problems, ...dangling], io);
  return world;
}

/** A binding without its subjects, who are not asked for. */
function reference({ kind, namespace, name, roleRef }: Binding): Omit<Binding, 'subjects'> {
  return { kind, namespace, name, roleRef };
}

function warn(warnings: readonly string[], { stderr }: CommandIo): void {
  for (const warning of new Set(warnings))
    stderr.write(`${paint(stderr, 'yellow', 'Warning:')} ${warning}\n`);
}

function printJson(value: object, { stdout }: CommandIo): void {
  stdout.write(`${JSON.stringify(value)}\n`);
}
