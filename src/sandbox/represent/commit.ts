/** Commits and changed files as JSON. */
import type { components } from '@octokit/openapi-types';
import { formatInstant } from '../../base/instant.ts';
import type { SandboxContext } from '../context.ts';
import type { FileChange } from '../git/diff.ts';
import type { Commit, Signature } from '../git/objects.ts';
import { isWebFlow } from '../identity.ts';
import { nodeId } from '../state.ts';
import type { Repository } from '../state.ts';
import { simpleUser, webFlow } from './account.ts';
import { repositoryApiUrl, repositoryPageUrl } from './links.ts';

type Schemas = components['schemas'];

function gitUser(signature: Signature) {
  return { name: signature.name, email: signature.email, date: formatInstant(signature.date) };
}

/** The account behind a signature; null for an address of nobody. */
function accountOf(context: SandboxContext, signature: Signature) {
  if (isWebFlow(signature)) return webFlow(context);
  const user = context.state.userByEmail(signature.email);
  return user === undefined ? null : simpleUser(context, user);
}

/** Whether GitHub vouches for the commit. */
function verification(repository: Repository, commit: Commit) {
  const verified = repository.signedByGitHub.has(commit.sha);
  const unsigned = commit.gpgsig === null;
  const reason = unsigned ? 'unsigned' : 'unknown_key';
  return {
    verified,
    reason: verified ? 'valid' : reason,
    signature: verified
      ? '-----BEGIN PGP SIGNATURE-----\n\nsandbox\n-----END PGP SIGNATURE-----'
      : commit.gpgsig,
    payload: verified || !unsigned ? commit.payload : null,
    verified_at: verified ? formatInstant(commit.committer.date) : null,
  };
}

/** A commit as `git/commits` shows it. */
export function gitCommit(context: SandboxContext, repository: Repository, commit: Commit) {
  const api = (path: string): string => repositoryApiUrl(context, repository, path);
  return {
    sha: commit.sha,
    node_id: nodeId('C', `${repository.id}:${commit.sha}`),
    url: api(`/git/commits/${commit.sha}`),
    html_url: repositoryPageUrl(context, repository, `/commit/${commit.sha}`),
    author: gitUser(commit.author),
    committer: gitUser(commit.committer),
    tree: { sha: commit.tree, url: api(`/git/trees/${commit.tree}`) },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: api(`/git/commits/${sha}`),
      html_url: repositoryPageUrl(context, repository, `/commit/${sha}`),
    })),
    verification: verification(repository, commit),
  } satisfies Schemas['git-commit'];
}

/** A commit as lists show it, with the accounts behind author and committer. */
export function listedCommit(context: SandboxContext, repository: Repository, commit: Commit) {
  const url = repositoryApiUrl(context, repository, `/commits/${commit.sha}`);
  const { message, tree, parents, verification: verified, ...git } = gitCommit(context, repository, commit);
  return {
    sha: commit.sha,
    node_id: git.node_id,
    commit: {
      author: git.author,
      committer: git.committer,
      message,
      tree,
      url: git.url,
      comment_count: 0,
      verification: verified,
    },
    url,
    html_url: git.html_url,
    comments_url: `${url}/comments`,
    author: accountOf(context, commit.author),
    committer: accountOf(context, commit.committer),
    parents: parents.map((parent) => ({
      ...parent,
      url: repositoryApiUrl(context, repository, `/commits/${parent.sha}`),
    })),
  } satisfies Schemas['commit'];
}

/** The answer to `GET /repos/{owner}/{repo}/commits/{ref}`, with what the commit changed. */
export function fullCommit(
  context: SandboxContext,
  repository: Repository,
  commit: Commit,
  files: readonly FileChange[],
) {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return {
    ...listedCommit(context, repository, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: files.map((file) => diffEntry(context, repository, commit.sha, file)),
  } satisfies Schemas['commit'];
}

/** A changed file of a commit, comparison or pull request; `head` is the commit after the change. */
export function diffEntry(context: SandboxContext, repository: Repository, head: string, file: FileChange) {
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: repositoryPageUrl(context, repository, `/blob/${head}/${path}`),
    raw_url: repositoryPageUrl(context, repository, `/raw/${head}/${path}`),
    contents_url: repositoryApiUrl(context, repository, `/contents/${path}?ref=${head}`),
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  } satisfies Schemas['diff-entry'];
}
