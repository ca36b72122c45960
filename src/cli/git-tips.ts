/** The trusted files as they were at commits of the first-parent history, each text read once. */
import { posix } from 'node:path';
import { isTrustedDirectory, treeFacts, trustedFiles } from '../github/tip-files.ts';
import { submoduleMode } from '../github/git-objects.ts';
import type { TreeFile } from '../github/git-trees.ts';
import type { BlobTexts, MainlineCommit } from '../lifecycle/access-history.ts';
import type { FileFacts, TipFacts } from '../lifecycle/facts.ts';
import { readTexts } from './git-objects.ts';

export interface Tips {
  /** By commit. */
  readonly tips: ReadonlyMap<string, TipFacts>;
  /** Of everything in the tips, and of `further` blobs. */
  readonly texts: BlobTexts;
}

/**
 * The files at these commits.
 *
 * @param mainline oldest first
 * @param further blobs whose text is wanted too
 */
export async function readTips(
  folder: string,
  mainline: readonly MainlineCommit[],
  wanted: ReadonlySet<string>,
  further: readonly string[],
): Promise<Tips> {
  const listings = listFiles(mainline, wanted);
  // A submodule is a commit of another repository: it has no text here.
  const files = [...listings.values()].flat().filter(({ mode }) => mode !== submoduleMode);
  const texts = await readTexts(folder, [...files.map(({ oid }) => oid), ...further]);
  const blobs = new Map([...texts].map(([sha, text]) => [sha, { text }]));
  const shared = sharing();
  const tips = [...listings].map(([sha, listing]): readonly [string, TipFacts] => {
    const facts = treeFacts(listing, blobs);
    return [
      sha,
      {
        sha,
        policy: facts.policy === null ? null : shared(facts.policy),
        codeowners: facts.codeowners === null ? null : shared(facts.codeowners),
        // GitHub's own opinion is not kept in git.
        codeownersErrorLines: [],
        templates: facts.templates.map(shared),
        roles: facts.roles.map(shared),
        requests: facts.requests.map(shared),
        grants: facts.grants.map(shared),
        clusters: facts.clusters.map(shared),
      },
    ];
  });
  return { tips: new Map(tips), texts };
}

/** The trusted files at the wanted commits: the trees follow from the changes that led to them. */
function listFiles(
  mainline: readonly MainlineCommit[],
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, readonly TreeFile[]> {
  const files = new Map<string, TreeFile>();
  const listings = new Map<string, readonly TreeFile[]>();
  for (const { sha, changes } of mainline) {
    for (const { path, after } of changes) {
      if (after === null) files.delete(path);
      else if (isTrusted(path)) files.set(path, { path, mode: after.mode, oid: after.sha });
    }
    if (wanted.has(sha)) listings.set(sha, trustedFiles([...files.values()].toSorted(byPath)));
  }
  return listings;
}

function isTrusted(path: string): boolean {
  const directory = posix.dirname(path);
  return isTrustedDirectory(directory === '.' ? '' : directory);
}

function byPath(a: TreeFile, b: TreeFile): number {
  return a.path < b.path ? -1 : 1;
}

/** One object for one file, however many tips hold it: what is read out of it is remembered by the object. */
function sharing(): (file: FileFacts) => FileFacts {
  const known = new Map<string, FileFacts>();
  return (file) => {
    const key = `${file.mode} ${file.sha} ${file.path}`;
    const first = known.get(key) ?? file;
    known.set(key, first);
    return first;
  };
}
