/** The page of the sandbox: which request gets which page, who may ask, and what every answer carries. */
import { ApiError, notFound } from '../errors.ts';
import type { SandboxContext } from '../context.ts';
import type { PageHandler } from '../handler.ts';
import { avatarImage } from './avatar.ts';
import { branchesPage } from './branches.ts';
import { moveClock } from './clock.ts';
import { commitPage, commitsPage } from './commits.ts';
import { choosePage, comparePage, proposeBranch } from './compare.ts';
import { contentPage, rawPage, repositoryPage } from './content.ts';
import { errorPage } from './error.ts';
import { readForm } from './form.ts';
import type { Form } from './form.ts';
import { homePage } from './home.ts';
import { favicon } from './icons.ts';
import { document } from './layout.ts';
import { createFile, newFilePage } from './new-file.ts';
import type { PageOptions } from './options.ts';
import { actOnPullRequest } from './pull-request-actions.ts';
import { checksPage, commitsTabPage, conversationPage, filesPage } from './pull-request.ts';
import { pullsPage } from './pulls.ts';
import { script } from './script.ts';
import { Sessions } from './session.ts';
import { changeSession, signInPage } from './sign-in.ts';
import { style } from './style.ts';
import type { Reply, SignedVisit, Submit, Visit } from './visit.ts';

interface Route {
  readonly path: RegExp;
  /** Left out where a form is only ever sent there. */
  readonly show?: (visit: SignedVisit) => Reply;
  readonly submit?: Submit;
}

const repository = '^/(?<owner>[^/]+)/(?<name>[^/]+)';

/** A page below a repository: `/pull/(?<number>\d+)`. */
function below(path: string, pages: Omit<Route, 'path'>): Route {
  return { path: new RegExp(`${repository}${path}/?$`), ...pages };
}

const routes: readonly Route[] = [
  { path: /^\/$/, show: homePage },
  { path: /^\/-\/clock$/, submit: moveClock },
  below('', { show: repositoryPage }),
  below('/(?:tree|blob)/(?<rest>.+?)', { show: contentPage }),
  below('/raw/(?<rest>.+?)', { show: rawPage }),
  below('/commits/(?<rest>.+?)', { show: commitsPage }),
  below('/commit/(?<sha>[0-9a-f]{40})', { show: commitPage }),
  below('/branches', { show: branchesPage }),
  below('/new/(?<rest>.+?)', { show: newFilePage, submit: createFile }),
  below('/compare', { show: choosePage }),
  below('/compare/(?<rest>.+?)', { show: comparePage, submit: proposeBranch }),
  below('/pulls', { show: pullsPage }),
  below('/pull/(?<number>\\d{1,9})', { show: (visit) => conversationPage(visit), submit: actOnPullRequest }),
  below('/pull/(?<number>\\d{1,9})/commits', { show: commitsTabPage }),
  below('/pull/(?<number>\\d{1,9})/checks', { show: checksPage }),
  below('/pull/(?<number>\\d{1,9})/files', { show: filesPage }),
];

/** Builds the page of a sandbox: what `createSandbox` takes as `page`. */
export function createPage(context: SandboxContext, options: PageOptions): PageHandler {
  const sessions = new Sessions();
  return async (request) => {
    const url = new URL(request.url);
    if (!isVisit(request, url)) return undefined;
    const asset = assetAt(context, url.pathname);
    if (asset !== undefined) return assetResponse(asset);
    const viewer = sessions.viewer(context.state, request);
    const csrfToken = sessions.csrfToken(viewer);
    const visit: Visit = { context, options, url, now: context.clock.now(), viewer, csrfToken, params: {} };
    try {
      return respond(visit, request.method, await reply(sessions, visit, request));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return respond(visit, request.method, errorPage(visit, error));
    }
  };
}

/** Whoever brings a token, or asks below the API's address, is a program: it gets no page, but the API's own 404. */
function isVisit(request: Request, { pathname }: URL): boolean {
  return !request.headers.has('authorization') && !pathname.startsWith('/api/');
}

async function reply(sessions: Sessions, visit: Visit, request: Request): Promise<Reply> {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (reads) return show(visit);
  if (request.method !== 'POST') throw new ApiError(405, `A page takes no ${request.method}.`);
  const sent = await readForm(request);
  if (!sessions.csrfValid(visit.viewer, sent.text('csrf_token'))) {
    throw new ApiError(403, 'This form is not from this page, or from before you changed who you are.');
  }
  return submit(sessions, visit, sent);
}

function show(visit: Visit): Reply {
  const found = find(visit.url.pathname, 'show');
  const { viewer } = visit;
  if (found?.route.show === undefined) throw notFound();
  if (viewer === null) return signInPage(visit);
  return found.route.show({ ...visit, viewer, params: found.params });
}

function submit(sessions: Sessions, visit: Visit, sent: Form): Reply {
  if (visit.url.pathname === '/-/session') return changeSession(sessions, visit, sent);
  const found = find(visit.url.pathname, 'submit');
  const { viewer } = visit;
  if (viewer === null) throw new ApiError(403, 'Sign in first.');
  if (found?.route.submit === undefined) throw notFound();
  return found.route.submit({ ...visit, viewer, params: found.params }, sent);
}

function find(
  pathname: string,
  does: 'show' | 'submit',
): { readonly route: Route; readonly params: Record<string, string> } | undefined {
  for (const route of routes) {
    const match = route[does] === undefined ? null : route.path.exec(pathname);
    if (match === null) continue;
    const params = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decode(value)]);
    return { route, params: Object.fromEntries(params) };
  }
  return undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw notFound();
  }
}

type Asset = Extract<Reply, { kind: 'asset' }>;

/** What looks the same for everybody. */
function assetAt(context: SandboxContext, pathname: string): Asset | undefined {
  switch (pathname) {
    case '/-/style.css':
      return { kind: 'asset', type: 'text/css; charset=utf-8', body: style };
    case '/-/script.js':
      return { kind: 'asset', type: 'text/javascript; charset=utf-8', body: script };
    case '/-/icon.svg':
      return { kind: 'asset', type: 'image/svg+xml', body: favicon };
    default: {
      const id = /^\/avatars\/u\/(\d{1,9})$/.exec(pathname)?.[1];
      const account = id === undefined ? undefined : context.state.accounts.get(Number(id));
      if (account === undefined) return undefined;
      return { kind: 'asset', type: 'image/svg+xml', body: avatarImage(account) };
    }
  }
}

/** Nothing from elsewhere, nothing inline, no frames; and nothing is kept, for everything changes. */
const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  // Without a referrer, a browser would send `Origin: null` with the forms, and they would be refused.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

function respond(visit: Visit, method: string, reply: Reply): Response {
  switch (reply.kind) {
    case 'asset':
      return assetResponse(reply);
    case 'redirect': {
      const cookie = reply.cookie === undefined ? {} : { 'set-cookie': reply.cookie };
      return new Response(null, { status: 303, headers: { ...headers, ...cookie, location: reply.to } });
    }
    case 'page': {
      const { status = 200, title, main } = reply;
      const live = status === 200 && method === 'GET';
      const { text, version } = document(visit, { title, main, live });
      return new Response(method === 'HEAD' ? null : text, {
        status,
        headers: { ...headers, 'content-type': 'text/html; charset=utf-8', 'x-page-version': version },
      });
    }
  }
}

function assetResponse({ type, body }: Asset): Response {
  return new Response(body, { headers: { ...headers, 'content-type': type } });
}
