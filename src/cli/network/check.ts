/** `curfew network check`: whether network statements hold. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatFault } from '../../base/fault.ts';
import type { Json } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import {
  checkInvariants,
  invariantsFor,
  sayViolation,
  type Violation,
} from '../../effect/network/check-invariants.ts';
import type { Invariant } from '../../effect/network/invariant.ts';
import { parseInvariants } from '../../effect/network/parse-invariants.ts';
import { portRanges } from '../../effect/network/ports.ts';
import { count } from '../../effect/network/words.ts';
import type { NetworkWorld } from '../../effect/network/world.ts';
import { asObject } from '../../effect/rbac/tree.ts';
import { policyPath } from '../../lifecycle/trusted-paths.ts';
import { policyLimits } from '../../request/yaml-limits.ts';
import { readYaml } from '../../request/yaml.ts';
import { parseArguments } from '../arguments.ts';
import { exitCode, InputError, UsageError, type CommandIo } from '../command.ts';
import { paint } from '../paint.ts';
import { readWorld } from './manifests.ts';

/** Statements, and the world that they are checked in. */
interface Subject {
  /** Null where manifests of no particular cluster are checked. */
  readonly cluster: string | null;
  readonly world: NetworkWorld;
  readonly invariants: readonly Invariant[];
}

interface Checked extends Subject {
  readonly violations: readonly Violation[];
}

export async function runCheck(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArguments(
    args,
    { invariants: { type: 'string' }, json: { type: 'boolean', default: false } },
    { max: 1 },
  );
  const [path = '.'] = positionals;
  const subjects =
    values.invariants === undefined
      ? await clustersOf(path, io)
      : [await manifestsOf(path, values.invariants, io)];
  const checked = subjects.map((subject) => ({
    ...subject,
    violations: checkInvariants(subject.world, subject.invariants),
  }));
  if (values.json) io.stdout.write(`${JSON.stringify(toJson(checked))}\n`);
  else print(checked, io);
  return checked.every(({ violations }) => violations.length === 0) ? exitCode.ok : exitCode.finding;
}

/** Any manifests. That no statement is broken among none is no answer: what was to be piped in may have failed. */
async function manifestsOf(path: string, invariants: string, io: CommandIo): Promise<Subject> {
  const world = await readWorld([path], io);
  const { pods, policies, namespaces } = world;
  if (pods.length + policies.length + namespaces.size === 0)
    throw new InputError(`there is no namespace, pod or network policy in ${path}`);
  return { cluster: null, world, invariants: await readInvariants(invariants, io) };
}

/** The clusters of an access repository: what stands in each, with the grants in force. */
async function clustersOf(path: string, io: CommandIo): Promise<readonly Subject[]> {
  const folder = resolve(io.cwd, path);
  if (!(await exists(join(folder, policyPath)))) {
    throw new UsageError(`${path} has no ${policyPath}; say with --invariants what has to hold`);
  }
  const invariants = await readInvariants(join(path, policyPath), io);
  const entries = await readdir(join(folder, 'clusters'), { withFileTypes: true }).catch(() => []);
  const clusters = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (clusters.length === 0) throw new InputError(`${path} has no snapshot of a cluster below clusters/`);
  const subjects: Subject[] = [];
  for (const cluster of clusters.toSorted()) {
    const grants = join(path, 'grants', cluster);
    const sources = [
      join(path, 'clusters', cluster),
      ...((await exists(resolve(io.cwd, grants))) ? [grants] : []),
    ];
    subjects.push({
      cluster,
      world: await readWorld(sources, io),
      invariants: invariantsFor(cluster, invariants),
    });
  }
  return subjects;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** The `invariants` of a policy, or a list of statements in a file of its own. */
async function readInvariants(file: string, { cwd }: CommandIo): Promise<readonly Invariant[]> {
  const document = valueOf(file, readYaml(file, await readFile(resolve(cwd, file), 'utf8'), policyLimits));
  const policy = asObject(document.value);
  const prefix = policy === null ? [] : ['spec', 'invariants'];
  const list: Json = policy === null ? document.value : (asObject(policy['spec'])?.['invariants'] ?? []);
  return valueOf(
    file,
    parseInvariants(list, (path) => ({ file, ...document.at([...prefix, ...path]) })),
  );
}

function valueOf<T>(file: string, result: Result<T>): T {
  if (result.ok) return result.value;
  throw new InputError(`cannot read ${file}\n${result.faults.map(formatFault).join('\n')}`);
}

function print(checked: readonly Checked[], { stdout }: CommandIo): void {
  for (const { cluster, invariants, violations } of checked) {
    for (const violation of violations) {
      const where = cluster === null ? '' : `${cluster}: `;
      stdout.write(`${where}${paint(stdout, 'red', violation.invariant)}: ${sayViolation(violation)}\n`);
      for (const line of violation.because) stdout.write(`  ${line}\n`);
    }
    const broken = new Set(violations.map(({ invariant }) => invariant)).size;
    const summary = `${count(invariants.length, 'statement')}, ${broken} broken`;
    stdout.write(`${cluster === null ? '' : `${cluster}: `}${summary}\n`);
  }
}

function toJson(checked: readonly Checked[]): object {
  return {
    violations: checked.flatMap(({ cluster, violations }) =>
      violations.map((violation) =>
        violation.kind === 'flow'
          ? {
              cluster,
              kind: violation.kind,
              invariant: violation.invariant,
              src: violation.src,
              dst: violation.dst,
              connections: portRanges(violation.ports),
              because: violation.because,
            }
          : { cluster, ...violation },
      ),
    ),
  };
}
