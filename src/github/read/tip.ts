import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { FileFacts, TipFacts } from '../../lifecycle/facts.ts';
import { repositoryParameters, type RepositoryContext } from '../context.ts';
import { RetryLater, Truncated } from '../errors.ts';
import { submoduleMode, type GitTree } from '../git-objects.ts';
import { filesOf, treesOf, type TreeFile } from '../git-trees.ts';
import { oid } from '../schema.ts';
import {
  codeownersFile,
  isTrustedDirectory,
  sharing,
  treeFacts,
  trustedFiles,
  type TreeFacts,
} from '../tip-files.ts';
import { readBlobs, readTrees, type Opinion } from './objects.ts';
import type { TipId } from './repository.ts';

const listingShape = z.object({
  truncated: z.boolean(),
  tree: z.array(z.object({ path: z.string(), mode: z.string(), sha: oid })),
});

/** Directories below each other; what Curfew looks after lies three deep. */
const deepest = 32;

const keptBytes = 128 * 1024 * 1024;

/**
 * Tips of all repositories of the App by the id of their tree: two commits with the same files are the same tip but for
 * their name.
 */
export class TipCache {
  readonly #facts = new LRUCache<string, TreeFacts>({ maxSize: keptBytes, sizeCalculation: sizeOf });

  get(tree: string): TreeFacts | undefined {
    return this.#facts.get(tree);
  }

  keep(tree: string, facts: TreeFacts): void {
    this.#facts.set(tree, facts);
  }
}

function sizeOf({ policy, codeowners, templates, roles, requests, grants, clusters }: TreeFacts): number {
  const files = [policy, codeowners, ...templates, ...roles, ...requests, ...grants, ...clusters];
  return files.reduce((sum, file) => sum + 300 + 2 * (file?.text?.length ?? 0), 0);
}

/**
 * The trusted files at a tip. No request where its tree is known; else one for the list of files and one for every
 * forty texts that are new.
 */
export async function readTip(context: RepositoryContext, tip: TipId, branch: string): Promise<TipFacts> {
  const { tips, memory } = context;
  const known = tips.get(tip.tree);
  const files = known === undefined ? trustedFiles(await listFiles(context, tip.tree)) : [];
  const codeowners = known === undefined ? codeownersFile(files)?.oid : known.codeowners?.sha;
  const remembered = codeowners === undefined ? [] : memory.codeownersErrors.get(codeowners);
  const texts = files.filter(({ mode }) => mode !== submoduleMode).map((file) => file.oid);
  const { blobs, opinion } = await readBlobs(context, texts, remembered === undefined ? branch : null);
  if (texts.some((each) => !blobs.has(each))) {
    throw new RetryLater(`GitHub does not yet show every file of ${context.fullName} at ${tip.commit}`);
  }
  const facts = known ?? sharing(memory.files, treeFacts(files, blobs));
  memory.files = facts;
  tips.keep(tip.tree, facts);
  memory.suggestTeams(teamsIn(context.owner, [facts.codeowners, facts.policy]));
  const errorLines = remembered ?? errorLinesOf(opinion, facts.codeowners);
  if (codeowners !== undefined && opinion !== 'failed') memory.codeownersErrors.set(codeowners, errorLines);
  return { sha: tip.commit, codeownersErrorLines: errorLines, ...facts };
}

/** While GitHub fails to say what it thinks of the file, every line of it may be wrong: nothing is granted on it. */
function errorLinesOf(opinion: Opinion | null, codeowners: FileFacts | null): readonly number[] {
  if (opinion === null || opinion === 'hidden') return [];
  return opinion === 'failed' ? (codeowners?.text ?? '').split('\n').map((_, index) => index + 1) : opinion;
}

/** Names of teams, as far as one can tell without understanding the files: whatever looks like `owner/slug`. */
function teamsIn(owner: string, files: readonly (FileFacts | null)[]): readonly string[] {
  const words = files.flatMap((file) => (file?.text ?? '').toLowerCase().split(/[^a-z0-9_./-]+/));
  return [...new Set(words.filter((word) => word.startsWith(`${owner.toLowerCase()}/`)))];
}

/** All files of the trusted directories. */
async function listFiles(context: RepositoryContext, root: string): Promise<readonly TreeFile[]> {
  const { objects } = context;
  const known = filesOf(root, (each) => objects.tree(each), isTrustedDirectory);
  if (known.missing.length === 0) return known.files;
  const data = await context.client.get(
    `list the files of ${context.fullName}`,
    'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
    { ...repositoryParameters(context), tree_sha: root, recursive: '1' },
    listingShape,
  );
  if (data.truncated) return walkTree(context, root);
  const listing = data.tree.map(({ path, mode, sha }) => ({ path, mode, oid: sha }));
  const trees = treesOf(root, listing, isTrustedDirectory);
  for (const [tree, entries] of trees) context.objects.keepTree(tree, entries);
  return filesOf(root, (each) => trees.get(each), isTrustedDirectory).files;
}

/** The files of a repository with so much in it that GitHub cuts the list: directory by directory, level by level. */
async function walkTree(context: RepositoryContext, root: string): Promise<readonly TreeFile[]> {
  const trees = new Map<string, GitTree>();
  for (let depth = 0; depth < deepest; depth += 1) {
    const { files, missing } = filesOf(root, (each) => trees.get(each), isTrustedDirectory);
    if (missing.length === 0) return files;
    for (const [tree, entries] of await readTrees(context, missing)) trees.set(tree, entries);
  }
  throw new Truncated(
    `Could not list the files of ${context.fullName}: its directories are more than ${deepest} deep`,
  );
}
