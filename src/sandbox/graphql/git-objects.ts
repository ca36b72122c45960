/** From names and ids to the objects of a repository, as resolvers hand them on. */
import type { TreeEntry as GitTreeEntry } from '../git/objects.ts';
import type { Repository } from '../state.ts';
import type { Blob, Commit, Ref, Tree } from './context.ts';

export type GitObject = Commit | Tree | Blob;

/** The ref with this full name; null where there is none, or where it is the sandbox's own. */
export function refNamed(
  repository: Repository,
  name: string,
  prefix = /^refs\/(?:heads|tags)\//.exec(name)?.[0] ?? 'refs/',
): Ref | null {
  const sha = repository.git.refs.get(name);
  if (sha === undefined || name.startsWith('refs/sandbox/')) return null;
  return { __typename: 'Ref', repository, name, prefix, sha };
}

export function commitWith(repository: Repository, sha: string): Commit | null {
  const commit = repository.git.readCommit(sha);
  return commit === undefined ? null : { __typename: 'Commit', repository, commit };
}

export function treeWith(repository: Repository, sha: string, path: string): Tree {
  return { __typename: 'Tree', repository, sha, path };
}

/** The object with this id, whatever its type; null where there is none. */
export function objectWith(repository: Repository, sha: string): GitObject | null {
  const { git } = repository;
  const commit = commitWith(repository, sha);
  if (commit !== null) return commit;
  if (git.readTree(sha) !== undefined) return treeWith(repository, sha, '');
  const data = git.readBlob(sha);
  return data === undefined ? null : { __typename: 'Blob', repository, sha, data };
}

/** What an entry of a tree stands for; null for a submodule, whose commit lies elsewhere. */
export function objectOf(repository: Repository, entry: GitTreeEntry, path: string): GitObject | null {
  if (entry.type === 'tree') return treeWith(repository, entry.sha, path);
  return entry.type === 'blob' ? objectWith(repository, entry.sha) : null;
}

/**
 * What git's `<revision>` or `<revision>:<path>` names; null where there is nothing. Of revisions, names of refs and
 * whole ids are understood.
 */
export function objectNamed(repository: Repository, expression: string): GitObject | null {
  const { git, defaultBranch } = repository;
  const colon = expression.indexOf(':');
  const sha = git.resolve(colon === -1 ? expression : expression.slice(0, colon), defaultBranch);
  if (sha === undefined) return null;
  if (colon === -1) return objectWith(repository, sha);
  const path = expression.slice(colon + 1).replace(/\/$/, '');
  const tree = git.readCommit(sha)?.tree ?? sha;
  if (path === '') return treeWith(repository, tree, '');
  const entry = git.entryAt(tree, path);
  return entry === undefined ? null : objectOf(repository, entry, path);
}
