/** The Contents API: files and directories by path. */
import type { components } from '@octokit/openapi-types';
import { z } from 'zod';
import { authorize } from '../access.ts';
import { ApiError, notFound, unprocessable } from '../errors.ts';
import type { TreeEntry } from '../git/objects.ts';
import { putContents } from '../operations/commits.ts';
import { gitCommit } from '../represent/commit.ts';
import { repositoryApiUrl, repositoryPageUrl } from '../represent/links.ts';
import type { Repository } from '../state.ts';
import { base64Lines, rawAnswer } from './git.ts';
import { signatureBody, toSignature } from './signature.ts';
import { json, param, parseBody, repositoryOf, route } from './route.ts';
import type { Answer, Call } from './route.ts';

type Schemas = components['schemas'];

const read = { app: ['contents:read'], role: 'read' } as const;

export const contentsRoutes = [
  route('GET /repos/{owner}/{repo}/contents/{path}', getContents),
  route('GET /repos/{owner}/{repo}/contents', getContents),
  route('PUT /repos/{owner}/{repo}/contents/{path}', putFile),
  route('DELETE /repos/{owner}/{repo}/contents/{path}', deleteFile),
];

/** A file or a directory; symlinks inside the repository are followed (facts §3). */
function getContents(call: Call): Answer {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, read);
  const ref = call.query.get('ref') ?? repository.defaultBranch;
  const sha = repository.git.resolve(ref, repository.defaultBranch);
  const tree = sha === undefined ? undefined : repository.git.readCommit(sha)?.tree;
  if (tree === undefined) throw new ApiError(404, `No commit found for the ref ${ref}`);
  const path = (call.params['path'] ?? '').replace(/\/$/, '');
  const entry = path === '' ? undefined : followed(repository, tree, path);
  if (path !== '' && entry === undefined) throw notFound();
  if (entry === undefined || entry.type === 'tree')
    return json(directory(call, repository, ref, entry?.sha ?? tree, path));
  const content = repository.git.readBlob(entry.sha);
  if (content !== undefined && call.accept.includes('raw')) return rawAnswer(content);
  return json(fileJson(call, repository, ref, path, entry));
}

function followed(repository: Repository, tree: string, path: string): TreeEntry | undefined {
  const entry = repository.git.entryAt(tree, path);
  if (entry?.mode !== '120000') return entry;
  const target = repository.git.readBlob(entry.sha)?.toString('utf8') ?? '';
  const resolved = new URL(target, `file:///${path}`).pathname.slice(1);
  const behind = repository.git.entryAt(tree, decodeURIComponent(resolved));
  return behind?.type === 'blob' ? behind : entry;
}

function links(call: Call, repository: Repository, ref: string, path: string, entry: TreeEntry) {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const self = repositoryApiUrl(
    call.context,
    repository,
    `/contents/${encoded}?ref=${encodeURIComponent(ref)}`,
  );
  const git = repositoryApiUrl(call.context, repository, `/git/${entry.type}s/${entry.sha}`);
  const html = repositoryPageUrl(
    call.context,
    repository,
    `/${entry.type === 'tree' ? 'tree' : 'blob'}/${ref}/${encoded}`,
  );
  const raw =
    entry.type === 'blob' ? repositoryPageUrl(call.context, repository, `/raw/${ref}/${encoded}`) : null;
  return { url: self, git_url: git, html_url: html, download_url: raw, _links: { self, git, html } };
}

function directory(call: Call, repository: Repository, ref: string, tree: string, path: string) {
  const kinds = { tree: 'dir', commit: 'submodule', blob: 'file' } as const;
  return (repository.git.readTree(tree) ?? []).map((entry) => {
    const entryPath = path === '' ? entry.name : `${path}/${entry.name}`;
    return {
      type: entry.mode === '120000' ? ('symlink' as const) : kinds[entry.type],
      size: entry.type === 'blob' ? (repository.git.readBlob(entry.sha)?.length ?? 0) : 0,
      name: entry.name,
      path: entryPath,
      sha: entry.sha,
      ...links(call, repository, ref, entryPath, entry),
    };
  });
}

/** Over one megabyte the content is left out (facts §3). */
const maxContent = 1 << 20;

function fileJson(call: Call, repository: Repository, ref: string, path: string, entry: TreeEntry) {
  const common = {
    name: path.split('/').at(-1) ?? '',
    path,
    sha: entry.sha,
    ...links(call, repository, ref, path, entry),
  };
  if (entry.type === 'commit') return { type: 'submodule', size: 0, submodule_git_url: null, ...common };
  const content = repository.git.readBlob(entry.sha) ?? Buffer.alloc(0);
  if (entry.mode === '120000') {
    return { type: 'symlink', target: content.toString('utf8'), size: content.length, ...common };
  }
  const small = content.length <= maxContent;
  return {
    type: 'file' as const,
    encoding: small ? 'base64' : 'none',
    size: content.length,
    content: small ? base64Lines(content) : '',
    ...common,
  } satisfies Schemas['content-file'];
}

const fileBody = z.object({
  message: z.string(),
  content: z.base64(),
  sha: z.string().optional(),
  branch: z.string().optional(),
  author: signatureBody.optional(),
  committer: signatureBody.optional(),
});

function putFile(call: Call): Answer {
  const { content, ...body } = parseBody(call, fileBody);
  return writeFile(call, body, Buffer.from(content, 'base64'));
}

function deleteFile(call: Call): Answer {
  const body = parseBody(call, fileBody.omit({ content: true }));
  if (body.sha === undefined) throw unprocessable(`Invalid request.\n\n"sha" wasn't supplied.`);
  return writeFile(call, body, null);
}

function writeFile(
  call: Call,
  body: Omit<z.infer<typeof fileBody>, 'content'>,
  content: Buffer | null,
): Answer {
  const repository = repositoryOf(call);
  const path = param(call, 'path');
  const branch = body.branch ?? repository.defaultBranch;
  const { commit: sha, created } = putContents(call.context, call.actor, repository, {
    path,
    branch,
    message: body.message,
    content,
    ...(body.sha === undefined ? {} : { sha: body.sha }),
    author: toSignature(body.author),
    committer: toSignature(body.committer),
  });
  const commit = repository.git.commit(sha);
  const entry = repository.git.entryAt(commit.tree, path);
  const file = entry === undefined ? null : fileJson(call, repository, branch, path, entry);
  return json({ content: file, commit: gitCommit(call.context, repository, commit) }, created ? 201 : 200);
}
