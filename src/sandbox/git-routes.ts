/** Git over HTTP at `/<owner>/<repo>.git/…`, for people with a personal token and for Apps with an installation token. */
import { canSee, includes, permits, repositoryPermission } from './access.ts';
import type { AccountActor, Actor } from './auth.ts';
import type { SandboxContext } from './context.ts';
import type { GitBackend, PushedRef } from './git/http.ts';
import { refMoved } from './operations/refs.ts';
import { violations } from './rules.ts';
import type { Repository } from './state.ts';

export interface GitRequest {
  readonly owner: string;
  readonly name: string;
  /** `/info/refs`, `/git-upload-pack` or `/git-receive-pack`. */
  readonly path: string;
  readonly pushes: boolean;
}

/** What a path asks of git; undefined for other paths. */
export function matchGit(url: URL): GitRequest | undefined {
  const match = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/.exec(
    url.pathname,
  );
  if (match === null) return undefined;
  const [, owner = '', name = '', path = ''] = match;
  const service = path === '/info/refs' ? (url.searchParams.get('service') ?? '') : path.slice(1);
  return { owner, name, path, pushes: service === 'git-receive-pack' };
}

/** Answers one request of git's smart HTTP protocol. */
export async function serveGit(
  context: SandboxContext,
  backend: GitBackend,
  actor: Actor,
  asked: GitRequest,
  request: Request,
): Promise<Response> {
  const repository = context.state.repository(asked.owner, asked.name);
  if (actor.kind === 'anonymous' && (asked.pushes || repository?.private !== false)) return challenge();
  if (repository === undefined || !canSee(context.state, actor, repository))
    return plain(404, 'Repository not found.');
  const refused = refusal(context, actor, repository, asked.pushes);
  if (refused !== null) return plain(403, refused);
  if (!asked.pushes || asked.path === '/info/refs') {
    const login = actor.kind === 'anonymous' || actor.kind === 'app' ? null : actor.user.login;
    return await backend.serve(repository.git, asked.path, request, login);
  }
  if (actor.kind === 'anonymous' || actor.kind === 'app') return challenge();
  return await receive(context, backend, actor, repository, request);
}

async function receive(
  context: SandboxContext,
  backend: GitBackend,
  actor: AccountActor,
  repository: Repository,
  request: Request,
): Promise<Response> {
  const { git } = repository;
  const answer = await backend.receive(git, request, actor.user.login, (pushed) =>
    complaints(context, actor, repository, pushed),
  );
  for (const [ref, moved] of git.reloadRefs()) refMoved(context, actor.user, { repository, ref, ...moved });
  return answer;
}

function complaints(
  context: SandboxContext,
  actor: AccountActor,
  repository: Repository,
  pushed: PushedRef,
): readonly string[] {
  const violated = violations(context, actor, { repository, ...pushed });
  if (violated.length === 0) return [];
  return [
    `error: GH013: Repository rule violations found for ${pushed.ref}.`,
    '',
    ...violated.map((violation) => `- ${violation}`),
  ];
}

function refusal(
  context: SandboxContext,
  actor: Actor,
  repository: Repository,
  pushes: boolean,
): string | null {
  if (pushes && repository.archived) return 'This repository was archived so it is read-only.';
  if (actor.kind === 'installation') {
    const permitted = permits(actor.permissions, [pushes ? 'contents:write' : 'contents:read']);
    return permitted ? null : 'Resource not accessible by integration';
  }
  if (!pushes || actor.kind !== 'user') return null;
  const mayWrite = includes(repositoryPermission(context.state, repository, actor.user), 'write');
  const name = `${repository.owner.login}/${repository.name}`;
  return mayWrite ? null : `Permission to ${name}.git denied to ${actor.user.login}.`;
}

function challenge(): Response {
  return new Response('Authentication required.', {
    status: 401,
    headers: { 'www-authenticate': 'Basic realm="GitHub"' },
  });
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain' } });
}
