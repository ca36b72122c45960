/** Repositories: settings, branches, activity. */
import type { components } from '@octokit/openapi-types';
import { z } from 'zod';
import { formatInstant } from '../../base/instant.ts';
import { authorize, canSee } from '../access.ts';
import type { Actor } from '../auth.ts';
import { readCodeowners } from '../codeowners.ts';
import type { SandboxContext } from '../context.ts';
import { notFound } from '../errors.ts';
import { renameBranch, updateRepository } from '../operations/repositories.ts';
import { simpleUser } from '../represent/account.ts';
import { listedCommit } from '../represent/commit.ts';
import { repositoryApiUrl, repositoryPageUrl } from '../represent/links.ts';
import { fullRepository, simpleRepository } from '../represent/repository.ts';
import { effectiveRules } from '../rules.ts';
import type { Activity, MergeMethod, Repository, User } from '../state.ts';
import { json, paginate, param, parseBody, repositoryOf, route } from './route.ts';
import type { Answer, Call } from './route.ts';

type Schemas = components['schemas'];

const metadata = { app: ['metadata:read'], role: 'read' } as const;
const contents = { app: ['contents:read'], role: 'read' } as const;

export const repositoryRoutes = [
  route('GET /repos/{owner}/{repo}', getRepository),
  route('PATCH /repos/{owner}/{repo}', patchRepository),
  route('GET /repositories/{repository_id}', (call) => {
    const repository = call.context.state.repositories.get(Number(param(call, 'repository_id')));
    if (repository === undefined) throw notFound();
    return showRepository(call, repository);
  }),
  route('GET /user/repos', (call) => listRepositories(call, () => true)),
  route('GET /orgs/{org}/repos', (call) => listOwned(call, param(call, 'org'))),
  route('GET /users/{username}/repos', (call) => listOwned(call, param(call, 'username'))),
  route('GET /repos/{owner}/{repo}/branches', listBranches),
  route('POST /repos/{owner}/{repo}/branches/{branch}/rename', rename),
  route('GET /repos/{owner}/{repo}/branches/{branch}', getBranch),
  route('GET /repos/{owner}/{repo}/activity', listActivity),
  route('GET /repos/{owner}/{repo}/codeowners/errors', listCodeownersErrors),
];

/** The account that looks; undefined for nobody and for an App by its JWT. */
export function viewerOf(actor: Actor): User | undefined {
  return actor.kind === 'user' || actor.kind === 'installation' ? actor.user : undefined;
}

function showRepository(call: Call, repository: Repository): Answer {
  authorize(call.context.state, call.actor, repository, metadata);
  return json(fullRepository(call.context, repository, viewerOf(call.actor)));
}

function getRepository(call: Call): Answer {
  return showRepository(call, repositoryOf(call));
}

const repositoryBody = z.object({
  name: z.string().optional(),
  description: z.string().nullable().optional(),
  default_branch: z.string().optional(),
  archived: z.boolean().optional(),
  private: z.boolean().optional(),
  allow_merge_commit: z.boolean().optional(),
  allow_squash_merge: z.boolean().optional(),
  allow_rebase_merge: z.boolean().optional(),
  delete_branch_on_merge: z.boolean().optional(),
});

function patchRepository(call: Call): Answer {
  const repository = repositoryOf(call);
  const body = parseBody(call, repositoryBody);
  const allowed: Record<MergeMethod, boolean | undefined> = {
    merge: body.allow_merge_commit,
    squash: body.allow_squash_merge,
    rebase: body.allow_rebase_merge,
  };
  const methods = (['merge', 'squash', 'rebase'] as const).filter(
    (method) => allowed[method] ?? repository.mergeMethods.includes(method),
  );
  updateRepository(call.context, call.actor, repository, {
    ...pick(body, 'name', 'description', 'archived', 'private'),
    ...(body.default_branch === undefined ? {} : { defaultBranch: body.default_branch }),
    ...(body.delete_branch_on_merge === undefined
      ? {}
      : { deleteBranchOnMerge: body.delete_branch_on_merge }),
    mergeMethods: methods,
  });
  return json(fullRepository(call.context, repository, viewerOf(call.actor)));
}

/** The named fields that are there; so that what was left out stays as it is. */
export function pick<T extends object, K extends keyof T>(
  source: T,
  ...keys: readonly K[]
): { [P in K]?: Exclude<T[P], undefined> } {
  const picked: { [P in K]?: Exclude<T[P], undefined> } = {};
  for (const key of keys) {
    const value = source[key];
    if (isGiven(value)) picked[key] = value;
  }
  return picked;
}

function isGiven<V>(value: V): value is Exclude<V, undefined> {
  return value !== undefined;
}

function listRepositories(call: Call, fits: (repository: Repository) => boolean): Answer {
  const { context, actor } = call;
  const visible = [...context.state.repositories.values()].filter(
    (repository) => fits(repository) && canSee(context.state, actor, repository),
  );
  return paginate(call, visible, (repository) => simpleRepository(context, repository));
}

function listOwned(call: Call, login: string): Answer {
  const account = call.context.state.account(login);
  if (account === undefined) throw notFound();
  return listRepositories(call, ({ owner }) => owner === account);
}

function isProtected(repository: Repository, branch: string): boolean {
  return effectiveRules(repository, `refs/heads/${branch}`).length > 0;
}

function listBranches(call: Call): Answer {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, contents);
  return paginate(call, repository.git.branches(), (name) => {
    const sha = repository.git.branch(name) ?? '';
    const url = repositoryApiUrl(call.context, repository, `/commits/${sha}`);
    return {
      name,
      commit: { sha, url },
      protected: isProtected(repository, name),
    } satisfies Schemas['short-branch'];
  });
}

function getBranch(call: Call): Answer {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, contents);
  return json(branchJson(call.context, repository, param(call, 'branch')));
}

function branchJson(context: SandboxContext, repository: Repository, name: string) {
  const sha = repository.git.branch(name);
  if (sha === undefined) throw notFound();
  const url = repositoryApiUrl(context, repository, `/branches/${encodeURIComponent(name)}`);
  return {
    name,
    commit: listedCommit(context, repository, repository.git.commit(sha)),
    _links: { self: url, html: repositoryPageUrl(context, repository, `/tree/${name}`) },
    protected: isProtected(repository, name),
    protection: { enabled: false },
    protection_url: `${url}/protection`,
  } satisfies Schemas['branch-with-protection'];
}

function rename(call: Call): Answer {
  const repository = repositoryOf(call);
  const { new_name: name } = parseBody(call, z.object({ new_name: z.string() }));
  renameBranch(call.context, call.actor, repository, param(call, 'branch'), name);
  return json(branchJson(call.context, repository, name), 201);
}

/** Newest first, filtered by ref (short or full), actor and type; by cursor, not by page. */
function listActivity(call: Call): Answer {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, contents);
  const { query } = call;
  const [ref, login, type] = [query.get('ref'), query.get('actor'), query.get('activity_type')];
  const all = repository.activities.filter(
    (activity) =>
      (ref === null || activity.ref === ref || activity.ref === `refs/heads/${ref}`) &&
      (login === null || activity.actor.login === login) &&
      (type === null || activity.type === type),
  );
  const ordered = query.get('direction') === 'asc' ? all : all.toReversed();
  const after = query.get('after');
  const start = after === null ? 0 : ordered.findIndex(({ id }) => String(id) === after) + 1;
  const perPage = Math.min(100, Number(query.get('per_page') ?? 30) || 30);
  const shown = ordered.slice(start, start + perPage);
  const last = shown.at(-1);
  const url = new URL(call.url);
  if (last !== undefined) url.searchParams.set('after', String(last.id));
  const more = start + perPage < ordered.length;
  return {
    status: 200,
    body: shown.map((activity) => activityJson(call.context, activity)),
    ...(more ? { headers: { link: `<${url.href}>; rel="next"` } } : {}),
  };
}

function activityJson(context: SandboxContext, activity: Activity) {
  return {
    id: activity.id,
    node_id: activity.nodeId,
    before: activity.before,
    after: activity.after,
    ref: activity.ref,
    timestamp: formatInstant(activity.timestamp),
    activity_type: activity.type,
    actor: simpleUser(context, activity.actor),
  } satisfies Schemas['activity'];
}

function listCodeownersErrors(call: Call): Answer {
  const repository = repositoryOf(call);
  const { state } = call.context;
  authorize(state, call.actor, repository, contents);
  const sha = repository.git.resolve(call.query.get('ref') ?? 'HEAD', repository.defaultBranch);
  const codeowners = sha === undefined ? undefined : readCodeowners(state, repository, sha);
  if (codeowners === undefined) throw notFound();
  const errors = codeowners.errors.map((error) => ({ ...error, path: codeowners.path }));
  return json({ errors } satisfies Schemas['codeowners-errors']);
}
