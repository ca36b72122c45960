/**
 * Every file of an access repository, judged from the files alone: what `curfew validate` prints. Who asks, what GitHub
 * protects and what time it is are not known here, so a repository without faults may still refuse a request.
 */
import { codeownersPaths, ownersOf, parseCodeowners, type Codeowners } from '../approval/codeowners.ts';
import { formatFault, type Fault } from '../base/fault.ts';
import { lookup } from '../base/lookup.ts';
import { success, type Result } from '../base/result.ts';
import { didYouMean } from '../base/suggest.ts';
import { quote } from '../base/text.ts';
import { isCeilingsPath, parseCeilings } from '../policy/ceilings.ts';
import type { Policy } from '../policy/policy.ts';
import { readManifests } from '../request/manifests.ts';
import { isRequestFile } from '../request/path.ts';
import { tryOut } from '../template/check.ts';
import { parseCatalogRole, parseTemplate } from '../template/parse.ts';
import { readGrantFile } from './grant.ts';
import { unownedPaths } from './protection.ts';
import { readPolicyFile } from './read-policy.ts';
import { policyPath } from './trusted-paths.ts';
import { statementFaults, type Manifests } from './validate-statements.ts';
import { validateRequest, type Repository } from './validate-request.ts';

/** Files by path from the root; null where a file is no plain UTF-8 text (a symbolic link, say). */
export type RepositoryFiles = ReadonlyMap<string, string | null>;

/** Every fault of an access repository, by file and line, each once. Files that are not Curfew's are not looked at. */
export function validateRepository(files: RepositoryFiles): readonly Fault[] {
  const reader = new Reader(files);
  const policyFile = reader.read(policyPath, readPolicyFile);
  const repository = readRepository(reader, files, policyFile?.policy ?? null);
  const { policy, codeowners, templates, roles } = repository;
  const manifests: Manifests[] = [];
  const paths = [...files.keys()];
  if (codeowners !== null) reader.faults.push(...checkOwnership(codeowners, paths));
  if (policy !== null)
    reader.faults.push(...checkTemplates(policy, repository, paths), ...checkClusters(policy, paths));
  // A role that is there in fault has its own faults.
  const byFile = paths.flatMap((path) => /^templates\/roles\/([^/]+)\.yaml$/.exec(path)?.[1] ?? []);
  const roleNames = [...new Set([...roles.keys(), ...byFile.map((name) => `curfew:${name}`)])];
  for (const [name, template] of templates) {
    reader.faults.push(...tryOut(`templates/${name}.yaml`, template, roleNames));
  }
  for (const [path, text] of files) {
    if (text === null)
      reader.faults.push(
        wholeFile(path, 'this is not a plain text file', 'commit it as an ordinary file of UTF-8 text'),
      );
    else if (isRequestFile(path)) reader.faults.push(...validateRequest(path, text, repository));
    else if (isYamlOf(path, 'clusters/'))
      manifests.push({ path, objects: reader.read(path, readManifests) ?? [] });
    else if (isYamlOf(path, 'grants/'))
      manifests.push({ path, objects: reader.read(path, readGrantFile)?.objects ?? [] });
  }
  if (policyFile !== null) reader.faults.push(...statementFaults(policyPath, policyFile, manifests));
  const once = new Map(reader.faults.map((fault) => [formatFault(fault), fault]));
  return [...once.values()].sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function wholeFile(file: string, message: string, remedy: string): Fault {
  return { file, line: 1, column: 1, message, remedy };
}

/** Whether a path lies in a folder and is not documentation: what is named otherwise is a fault of its reader. */
function isYamlOf(path: string, folder: string): boolean {
  return path.startsWith(folder) && !path.endsWith('.md');
}

/** Reads files and keeps the faults. */
class Reader {
  readonly faults: Fault[] = [];
  readonly #files: RepositoryFiles;

  constructor(files: RepositoryFiles) {
    this.#files = files;
  }

  /** What a file says; null where it is missing, no text, or in fault. */
  read<T>(path: string, parse: (file: string, text: string) => Result<T>): T | null {
    const text = this.#files.get(path) ?? null;
    if (text === null) return null;
    const result = parse(path, text);
    if (result.ok) return result.value;
    this.faults.push(...result.faults);
    return null;
  }

  /** The same for every file directly in a folder; those in fault are left out. */
  readAll<T>(folder: string, parse: (file: string, text: string) => Result<T>): readonly T[] {
    return [...this.#files.keys()]
      .filter((path) => isYamlOf(path, folder) && !path.slice(folder.length).includes('/'))
      .flatMap((path) => this.read(path, parse) ?? []);
  }
}

function readRepository(reader: Reader, files: RepositoryFiles, policy: Policy | null): Repository {
  const codeownersPath = codeownersPaths.find((path) => files.has(path));
  if (codeownersPath === undefined) {
    const remedy = 'write it: nothing is granted where nobody owns the path';
    reader.faults.push(wholeFile(codeownersPaths[0], 'CODEOWNERS is missing', remedy));
  }
  if (!files.has(policyPath)) {
    const remedy = 'write it: who may get what, where, for how long';
    reader.faults.push(wholeFile(policyPath, 'the policy is missing', remedy));
  }
  const templates = reader.readAll('templates/', parseTemplate);
  const roles = reader.readAll('templates/roles/', parseCatalogRole);
  const ceilings = [...files.keys()]
    .filter(isCeilingsPath)
    .flatMap((path) => reader.read(path, parseCeilings) ?? []);
  return {
    policy,
    codeowners: reader.read(codeownersPath ?? '', (file, text) => success(parseCodeowners(file, text))),
    templates: new Map(templates.map((template) => [template.name, template])),
    roles: new Map(roles.map((role) => [role.name, role])),
    ceilings: new Map(ceilings.map((each) => [each.cluster, each])),
  };
}

/** Lines that GitHub skips, and what decides who gets what but belongs to nobody. */
function checkOwnership(codeowners: Codeowners, paths: readonly string[]): readonly Fault[] {
  const deciding = paths.filter((path) => /^(?:\.github|templates|clusters|grants)\//.test(path));
  const unowned = Map.groupBy(unownedPaths(codeowners, deciding), (path) => ownersOf(codeowners, path).line);
  const faults = [...unowned].map(([line, [first = '', ...others]]) => {
    const which = others.length === 0 ? first : `${first} and ${others.length} more`;
    const message =
      line === null ? `no line gives an owner to ${which}` : `this line leaves ${which} without an owner`;
    return {
      file: codeowners.file,
      line: line ?? 1,
      column: 1,
      message,
      remedy: 'name a team that has write access',
    };
  });
  return [...codeowners.faults, ...faults];
}

/** Templates that the policy names and that are not there. One that is there in fault has its own faults. */
function checkTemplates(
  policy: Policy,
  { templates }: Repository,
  paths: readonly string[],
): readonly Fault[] {
  return policy.allow.flatMap((entry) =>
    entry.templates
      .filter((name) => !paths.includes(`templates/${name}.yaml`))
      .map((name) => {
        const message = `${quote(entry.name)} allows the template ${quote(name)}, which does not exist`;
        return {
          file: policyPath,
          line: entry.line,
          column: 1,
          message,
          remedy: didYouMean(name, templates.keys()),
        };
      }),
  );
}

/** Snapshots of clusters that the policy does not know: nothing would ever look at them. */
function checkClusters(policy: Policy, paths: readonly string[]): readonly Fault[] {
  return paths
    .filter((path) => isYamlOf(path, 'clusters/'))
    .flatMap((path) => {
      const cluster = path.split('/')[1] ?? '';
      if (lookup(policy.clusters, cluster) !== undefined) return [];
      const message = `${quote(cluster)} is not a cluster of the policy`;
      return [wholeFile(path, message, didYouMean(cluster, Object.keys(policy.clusters)))];
    });
}
