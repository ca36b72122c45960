/** Addresses within the page: those of GitHub, so that links in comments and in the API's answers lead here. */
import type { PullRequest, Repository } from '../state.ts';

/** `/acme/access`, with what follows: `/pulls`. */
export function repositoryPath(repository: Repository, rest = ''): string {
  return `/${encodeURIComponent(repository.owner.login)}/${encodeURIComponent(repository.name)}${rest}`;
}

export function pullRequestPath({ repository, number }: PullRequest, rest = ''): string {
  return repositoryPath(repository, `/pull/${number}${rest}`);
}

export function commitPath(repository: Repository, sha: string): string {
  return repositoryPath(repository, `/commit/${sha}`);
}

/** A file or folder as it was at a ref. */
export function contentPath(
  repository: Repository,
  kind: 'tree' | 'blob' | 'raw',
  ref: string,
  path: string,
): string {
  const segments = [...ref.split('/'), ...path.split('/')].filter((segment) => segment !== '');
  return repositoryPath(repository, `/${kind}/${segments.map(encodeURIComponent).join('/')}`);
}

/** GitHub's own address for a new file that is filled in already. */
export function newFilePath(
  repository: Repository,
  prefill: { readonly path: string; readonly text: string; readonly title: string },
): string {
  const query = new URLSearchParams({ filename: prefill.path, value: prefill.text, message: prefill.title });
  return repositoryPath(
    repository,
    `/new/${encodeURIComponent(repository.defaultBranch)}?${query.toString()}`,
  );
}

/** `acme/access`. */
export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

/** The first seven digits. */
export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}
