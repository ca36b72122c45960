/**
 * The trusted files of the default branch, read once per tip: policy, CODEOWNERS, templates, catalog, snapshots. What
 * a pull request brings along of these is never looked at.
 */
import { parseCodeowners, type Codeowners } from '../approval/codeowners.ts';
import type { Fault } from '../base/fault.ts';
import type { KubernetesObject } from '../base/json.ts';
import { success, type Result } from '../base/result.ts';
import type { Invariant } from '../effect/network/invariant.ts';
import { ceilingsPath, parseCeilings, type Ceilings } from '../policy/ceilings.ts';
import type { Policy } from '../policy/policy.ts';
import { readManifests } from '../request/manifests.ts';
import { parseCatalogRole, parseTemplate } from '../template/parse.ts';
import type { CatalogRole, Template } from '../template/template.ts';
import type { FileFacts, TipFacts } from './facts.ts';
import { readGrantFile } from './grant.ts';
import { readPolicyFile } from './read-policy.ts';

/** A parsed file together with the blob that it was parsed from: evidence names the blob. */
export interface Sourced<T> {
  readonly value: T;
  readonly sha: string;
}

/** The trusted files of a tip, parsed. */
export interface Trusted {
  readonly policy: Sourced<Policy> | null;
  /** The network statements of the policy; none without a policy. */
  readonly invariants: readonly Invariant[];
  readonly codeowners: Sourced<Codeowners> | null;
  /** By name. */
  readonly templates: ReadonlyMap<string, Sourced<Template>>;
  /** By name with prefix: `curfew:read-logs`. */
  readonly roles: ReadonlyMap<string, Sourced<CatalogRole>>;
  /** Everything that could not be read; a template in fault is missing above. */
  readonly faults: readonly Fault[];
}

const memory = new WeakMap<TipFacts, Trusted>();

/** Parses the trusted files of a tip; the same tip is parsed once. */
export function readTrusted(tip: TipFacts): Trusted {
  const known = memory.get(tip);
  if (known !== undefined) return known;
  const trusted = parseTip(tip);
  memory.set(tip, trusted);
  return trusted;
}

/** Reads a file once, however many tips it is a part of. */
function onceForEachFile<T>(read: (path: string, text: string) => Result<T>): (file: FileFacts) => Result<T> {
  const results = new WeakMap<FileFacts, Result<T>>();
  return (file) => {
    const result = results.get(file) ?? readPlainFile(file, read);
    results.set(file, result);
    return result;
  };
}

const readers = {
  policy: onceForEachFile(readPolicyFile),
  codeowners: onceForEachFile((path, text) => success(parseCodeowners(path, text))),
  template: onceForEachFile(parseTemplate),
  role: onceForEachFile(parseCatalogRole),
  manifests: onceForEachFile(readManifests),
  ceilings: onceForEachFile(parseCeilings),
};

/** A role of the catalog, by its name with prefix, from a blob of another time; null where that holds no such role. */
export function readRoleBlob(name: string, text: string): CatalogRole | null {
  const role = parseCatalogRole(`templates/roles/${name.replace(/^curfew:/, '')}.yaml`, text);
  return role.ok ? role.value : null;
}

/** The grant in a file of the tip. */
export const readGrant = onceForEachFile(readGrantFile);

function parseTip(tip: TipFacts): Trusted {
  const faults: Fault[] = [];
  const parse = <T>(file: FileFacts | null, read: (file: FileFacts) => Result<T>): Sourced<T> | null => {
    if (file === null) return null;
    const result = read(file);
    if (result.ok) return { value: result.value, sha: file.sha };
    faults.push(...result.faults);
    return null;
  };
  const policy = parse(tip.policy, readers.policy);
  const codeowners = parse(tip.codeowners, readers.codeowners);
  const templates = tip.templates.flatMap((file) => parse(file, readers.template) ?? []);
  const roles = tip.roles.flatMap((file) => parse(file, readers.role) ?? []);
  return {
    policy: policy === null ? null : { value: policy.value.policy, sha: policy.sha },
    invariants: policy?.value.invariants ?? [],
    codeowners,
    templates: new Map(templates.map((template) => [template.value.name, template])),
    roles: new Map(roles.map((role) => [role.value.name, role])),
    faults,
  };
}

/**
 * Hands an ordinary file to its reader. A symlink, a submodule, an executable, and a blob that is no text are
 * refused: what GitHub shows of them is not what they are.
 */
export function readPlainFile<T>(
  file: FileFacts,
  read: (path: string, text: string) => Result<T>,
): Result<T> {
  const fault = (message: string, remedy: string): Result<T> => ({
    ok: false,
    faults: [{ file: file.path, line: 1, column: 1, message, remedy }],
  });
  if (file.mode !== '100644') {
    return fault(
      `this is not an ordinary file (its mode is ${file.mode})`,
      'commit it as a plain, non-executable file',
    );
  }
  if (file.text === null)
    return fault('this is not a text file of reasonable size', 'commit it as UTF-8 text');
  return read(file.path, file.text);
}

/** What the plan knows of a cluster, and which of its files could not be read. */
export interface Snapshot {
  /** False where `clusters/<cluster>/` holds nothing. */
  readonly present: boolean;
  readonly objects: readonly KubernetesObject[];
  readonly faults: readonly Fault[];
}

/** What is wrong with a file below `clusters/`. */
export function readSnapshotFile(file: FileFacts): readonly Fault[] {
  const result = readers.manifests(file);
  return result.ok ? [] : result.faults;
}

/** The objects of `clusters/<cluster>/**.yaml` at a tip. */
export function readSnapshot(tip: TipFacts, cluster: string): Snapshot {
  const files = tip.clusters.filter(
    (file) => file.path.startsWith(`clusters/${cluster}/`) && /\.ya?ml$/.test(file.path),
  );
  const results = files.map(readers.manifests);
  return {
    present: files.length > 0,
    objects: results.flatMap((result) => (result.ok ? result.value : [])),
    faults: results.flatMap((result) => (result.ok ? [] : result.faults)),
  };
}

/** The ceilings of a cluster as they are committed; null where they are not. */
export function readCommittedCeilings(tip: TipFacts, cluster: string): Result<Ceilings | null> {
  const file = tip.clusters.find(({ path }) => path === ceilingsPath(cluster));
  return file === undefined ? success(null) : readers.ceilings(file);
}
