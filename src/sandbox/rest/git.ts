/** The Git Data API: refs, commits, trees, blobs. */
import type { components } from '@octokit/openapi-types';
import { z } from 'zod';
import { authorize, authorizeWrite } from '../access.ts';
import { ApiError, notFound, unprocessable } from '../errors.ts';
import { isFastForward } from '../git/history.ts';
import { modes } from '../git/objects.ts';
import type { TreeChange } from '../git/write-tree.ts';
import { createCommit } from '../operations/commits.ts';
import { changeRef } from '../operations/refs.ts';
import { gitCommit } from '../represent/commit.ts';
import { repositoryApiUrl } from '../represent/links.ts';
import { gitRef } from '../represent/repository.ts';
import type { Repository } from '../state.ts';
import { signatureBody, toSignature } from './signature.ts';
import { json, noContent, paginate, param, parseBody, repositoryOf, route } from './route.ts';
import type { Answer, Call } from './route.ts';

type Schemas = components['schemas'];

const read = { app: ['contents:read'], role: 'read' } as const;
const write = { app: ['contents:write'], role: 'write' } as const;

export const gitRoutes = [
  route('GET /repos/{owner}/{repo}/git/ref/{ref}', getRef),
  route('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', listMatchingRefs),
  route('POST /repos/{owner}/{repo}/git/refs', postRef),
  route('PATCH /repos/{owner}/{repo}/git/refs/{ref}', patchRef),
  route('DELETE /repos/{owner}/{repo}/git/refs/{ref}', deleteRef),
  route('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', getCommit),
  route('POST /repos/{owner}/{repo}/git/commits', postCommit),
  route('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', getTree),
  route('POST /repos/{owner}/{repo}/git/trees', postTree),
  route('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', getBlob),
  route('POST /repos/{owner}/{repo}/git/blobs', postBlob),
];

function readable(call: Call): Repository {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, read);
  return repository;
}

function getRef(call: Call): Answer {
  const repository = readable(call);
  const ref = `refs/${param(call, 'ref')}`;
  const sha = repository.git.refs.get(ref);
  if (sha === undefined) throw notFound();
  return json(gitRef(call.context, repository, ref, sha));
}

function listMatchingRefs(call: Call): Answer {
  const repository = readable(call);
  const prefix = `refs/${param(call, 'ref')}`;
  const refs = [...repository.git.refs].filter(([ref]) => ref.startsWith(prefix));
  return paginate(call, refs, ([ref, sha]) => gitRef(call.context, repository, ref, sha));
}

function postRef(call: Call): Answer {
  const repository = repositoryOf(call);
  const actor = authorizeWrite(call.context.state, call.actor, repository, write);
  const { ref, sha } = parseBody(call, z.object({ ref: z.string(), sha: z.string() }));
  if (!/^refs\/(heads|tags)\/./.test(ref)) throw unprocessable('Reference name is not valid: ' + ref);
  assertFits(repository, ref, sha);
  if (repository.git.refs.has(ref)) throw unprocessable('Reference already exists');
  changeRef(call.context, actor, { repository, ref, before: null, after: sha });
  return json(gitRef(call.context, repository, ref, sha), 201);
}

/** Branches point at commits, tags at anything. */
function assertFits(repository: Repository, ref: string, sha: string): void {
  const { git } = repository;
  const fits = ref.startsWith('refs/heads/') ? git.readCommit(sha) !== undefined : git.objects.has(sha);
  if (!fits) throw unprocessable('Object does not exist');
}

/** Compare-and-swap: without `force` only a fast-forward goes through (facts §6). */
function patchRef(call: Call): Answer {
  const repository = repositoryOf(call);
  const actor = authorizeWrite(call.context.state, call.actor, repository, write);
  const { sha, force } = parseBody(call, z.object({ sha: z.string(), force: z.boolean().default(false) }));
  const ref = `refs/${param(call, 'ref')}`;
  const before = repository.git.refs.get(ref);
  if (before === undefined) throw unprocessable('Reference does not exist');
  assertFits(repository, ref, sha);
  if (!force && !isFastForward(repository.git, before, sha))
    throw unprocessable('Update is not a fast forward');
  if (before !== sha) changeRef(call.context, actor, { repository, ref, before, after: sha });
  return json(gitRef(call.context, repository, ref, sha));
}

function deleteRef(call: Call): Answer {
  const repository = repositoryOf(call);
  const actor = authorizeWrite(call.context.state, call.actor, repository, write);
  const ref = `refs/${param(call, 'ref')}`;
  const before = repository.git.refs.get(ref);
  if (before === undefined || ref.startsWith('refs/pull/')) throw unprocessable('Reference does not exist');
  if (ref === `refs/heads/${repository.defaultBranch}`)
    throw unprocessable('Cannot delete the default branch');
  changeRef(call.context, actor, { repository, ref, before, after: null });
  return noContent;
}

function getCommit(call: Call): Answer {
  const repository = readable(call);
  const commit = repository.git.readCommit(param(call, 'commit_sha'));
  if (commit === undefined) throw notFound();
  return json(gitCommit(call.context, repository, commit));
}

const commitBody = z.object({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: signatureBody.optional(),
  committer: signatureBody.optional(),
});

function postCommit(call: Call): Answer {
  const repository = repositoryOf(call);
  const { author, committer, ...body } = parseBody(call, commitBody);
  const sha = createCommit(call.context, call.actor, repository, {
    ...body,
    author: toSignature(author),
    committer: toSignature(committer),
  });
  return json(gitCommit(call.context, repository, repository.git.commit(sha)), 201);
}

/** GitHub cuts a recursive answer at 100,000 entries or 7 MB (facts §10). */
const maxEntries = 100_000;
const maxBytes = 7 << 20;

function getTree(call: Call): Answer {
  const repository = readable(call);
  const { git } = repository;
  const sha = git.resolve(param(call, 'tree_sha'), repository.defaultBranch);
  const tree = sha === undefined ? undefined : (git.readCommit(sha)?.tree ?? sha);
  if (tree === undefined || git.readTree(tree) === undefined) throw notFound();
  return json(treeJson(call, repository, tree, call.query.has('recursive')));
}

function treeJson(call: Call, repository: Repository, sha: string, recursive: boolean) {
  const { git } = repository;
  const entries = recursive
    ? git.listTree(sha, { directories: true })
    : (git.readTree(sha) ?? []).map((entry) => ({ ...entry, path: entry.name }));
  const shown: Schemas['git-tree']['tree'] = [];
  let bytes = 0;
  for (const { path, mode, type, sha } of entries) {
    const size = type === 'blob' ? { size: git.readBlob(sha)?.length ?? 0 } : {};
    const entry = {
      path,
      mode,
      type,
      sha,
      ...size,
      url: repositoryApiUrl(call.context, repository, `/git/${type}s/${sha}`),
    };
    bytes += JSON.stringify(entry).length;
    if (shown.length >= maxEntries || bytes > maxBytes) break;
    shown.push(entry);
  }
  return {
    sha,
    url: repositoryApiUrl(call.context, repository, `/git/trees/${sha}`),
    tree: shown,
    truncated: shown.length < entries.length,
  } satisfies Schemas['git-tree'];
}

const treeBody = z.object({
  base_tree: z.string().optional(),
  tree: z.array(
    z.object({
      path: z.string(),
      mode: z.enum(modes),
      type: z.enum(['blob', 'tree', 'commit']).optional(),
      sha: z.string().nullable().optional(),
      content: z.string().optional(),
    }),
  ),
});

function postTree(call: Call): Answer {
  const repository = repositoryOf(call);
  authorizeWrite(call.context.state, call.actor, repository, write);
  const { git } = repository;
  const { base_tree: base, tree } = parseBody(call, treeBody);
  // A commit may be named in place of its tree.
  const baseTree = base === undefined ? null : (git.readCommit(base)?.tree ?? base);
  if (baseTree !== null && git.readTree(baseTree) === undefined)
    throw unprocessable('base_tree is not a valid tree oid');
  const changes = tree.map((entry): TreeChange => {
    const { path, mode } = entry;
    if (path === '' || /(^|\/)(\.{0,2}|\.git)(\/|$)/i.test(path)) {
      throw unprocessable('tree.path contains a malformed path component');
    }
    if (entry.content !== undefined) return { path, mode, sha: git.objects.writeBlob(entry.content) };
    if (entry.sha === undefined) throw unprocessable('Must supply either tree.sha or tree.content');
    if (entry.sha !== null && mode !== '160000' && !git.objects.has(entry.sha)) {
      throw unprocessable(`tree.sha ${entry.sha} is not a valid blob`);
    }
    return { path, mode, sha: entry.sha };
  });
  return json(treeJson(call, repository, git.writeChangedTree(baseTree, changes), false), 201);
}

const maxBlob = 100 << 20;

function getBlob(call: Call): Answer {
  const repository = readable(call);
  const sha = param(call, 'file_sha');
  const blob = repository.git.readBlob(sha);
  if (blob === undefined) throw notFound();
  if (blob.length > maxBlob) throw new ApiError(403, 'This API returns blobs up to 100 MB in size.');
  if (call.accept.includes('raw')) return rawAnswer(blob);
  return json({
    content: base64Lines(blob),
    encoding: 'base64',
    url: repositoryApiUrl(call.context, repository, `/git/blobs/${sha}`),
    sha,
    size: blob.length,
    node_id: '',
  } satisfies Schemas['blob']);
}

/** A file's bytes for who asks with `Accept: application/vnd.github.raw+json`. */
export function rawAnswer(content: Buffer): Answer {
  return {
    status: 200,
    body: content,
    headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' },
  };
}

/** Base64 in lines of sixty characters, as GitHub sends it. */
export function base64Lines(content: Buffer): string {
  return content.toString('base64').replaceAll(/.{60}/g, '$&\n') + '\n';
}

const blobBody = z.object({ content: z.string(), encoding: z.enum(['utf-8', 'base64']).default('utf-8') });

function postBlob(call: Call): Answer {
  const repository = repositoryOf(call);
  authorizeWrite(call.context.state, call.actor, repository, write);
  const { content, encoding } = parseBody(call, blobBody);
  const sha = repository.git.objects.writeBlob(
    Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'),
  );
  const url = repositoryApiUrl(call.context, repository, `/git/blobs/${sha}`);
  return json({ sha, url } satisfies Schemas['short-blob'], 201);
}
