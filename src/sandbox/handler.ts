/** One request from end to end: who asks, faults, budgets, the route, and the headers of the answer. */
import { setTimeout as wait } from 'node:timers/promises';
import { accountKey, authenticate } from './auth.ts';
import type { Actor } from './auth.ts';
import type { SandboxContext } from './context.ts';
import { ApiError, notFound } from './errors.ts';
import { ConnectionDropped } from './faults.ts';
import type { Faults, RequestReport, RequestSummary } from './faults.ts';
import { matchGit, serveGit } from './git-routes.ts';
import type { GitRequest } from './git-routes.ts';
import type { GitBackend } from './git/http.ts';
import { executeGraphQL } from './graphql/execute.ts';
import type { GraphQLRequest, PartialAnswer } from './graphql/execute.ts';
import { RateLimited } from './limits.ts';
import type { Limits, RateStatus, Resource } from './limits.ts';
import { conditional, errorResponse, faultResponse, jsonResponse, toResponse } from './responses.ts';
import { restRouter } from './rest/index.ts';
import { apiVersions } from './rest/route.ts';
import type { ApiVersion, Call, Route } from './rest/route.ts';
import type { Deliveries } from './webhooks/deliveries.ts';

/** Answers what is neither API nor git: the page. Undefined for what it does not know. */
export type PageHandler = (request: Request) => Promise<Response | undefined>;

/** What the handler works with. */
export interface Services {
  readonly context: SandboxContext;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly deliveries: Deliveries;
  readonly backend: GitBackend;
  readonly realNow: () => number;
  readonly observers: ReadonlySet<(report: RequestReport) => void>;
  readonly page: PageHandler | undefined;
}

/** What a path of API or git leads to. */
type Destination =
  | { readonly kind: 'git'; readonly asked: GitRequest; readonly route: string }
  | { readonly kind: 'graphql'; readonly route: string; readonly body: GraphQLRequest }
  | {
      readonly kind: 'rest';
      readonly found: { readonly route: Route; readonly params: Record<string, string> };
      readonly route: string;
    }
  | { readonly kind: 'nothing'; readonly route: string };

/** A path that the page looks after. */
interface PageDestination {
  readonly kind: 'page';
  readonly answer: PageHandler;
}

/** Answers requests; every answer goes through `handle`. */
export class Handler {
  readonly #services: Services;
  #requests = 0;

  constructor(services: Services) {
    this.#services = services;
  }

  /** @throws ConnectionDropped where a fault swallows the answer */
  async handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const destination = await this.#destination(request, url);
    if (destination.kind === 'page') {
      const response = await destination.answer(request);
      return response ?? this.#stamp(errorResponse(notFound()));
    }
    let actor: Actor = { kind: 'anonymous' };
    let refused: ApiError | undefined;
    try {
      actor = authenticate(
        this.#services.context.state,
        request.headers.get('authorization'),
        this.#services.realNow(),
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused = error;
    }
    const summary = summarize(request, url, destination, actor);
    const response =
      refused === undefined
        ? this.#faulted(request, url, destination, actor, summary)
        : errorResponse(refused);
    return await this.#report(summary, response);
  }

  async #report(summary: RequestSummary, response: Promise<Response> | Response): Promise<Response> {
    const tell = (status: number): void => {
      for (const observer of this.#services.observers) observer({ ...summary, status });
    };
    try {
      const answered = this.#stamp(await response);
      tell(answered.status);
      return answered;
    } catch (error) {
      tell(0);
      throw error;
    }
  }

  /** The headers that every answer of GitHub carries. */
  #stamp(response: Response): Response {
    this.#requests += 1;
    response.headers.set('date', new Date(this.#services.context.clock.now()).toUTCString());
    response.headers.set('server', 'github.com');
    response.headers.set(
      'x-github-request-id',
      `SBX:${this.#requests.toString(16).toUpperCase().padStart(8, '0')}`,
    );
    return response;
  }

  async #destination(request: Request, url: URL): Promise<Destination | PageDestination> {
    const { pathname } = url;
    const asked = matchGit(url);
    if (asked !== undefined) return { kind: 'git', asked, route: `/{owner}/{repo}.git${asked.path}` };
    if (pathname === '/graphql' || pathname === '/api/graphql') {
      if (request.method === 'POST')
        return { kind: 'graphql', route: '/graphql', body: await graphqlBody(request) };
    }
    const api = pathname.startsWith('/api/v3');
    const path = api ? pathname.slice('/api/v3'.length) || '/' : pathname;
    const answer = api ? undefined : this.#services.page;
    if (answer !== undefined && path === '/') return { kind: 'page', answer };
    const found = restRouter.find(request.method, path);
    if (found !== undefined) return { kind: 'rest', found, route: found.route.template };
    return answer === undefined ? { kind: 'nothing', route: path } : { kind: 'page', answer };
  }

  async #faulted(
    request: Request,
    url: URL,
    destination: Destination,
    actor: Actor,
    summary: RequestSummary,
  ): Promise<Response> {
    const effect = this.#services.faults.effectOn(summary);
    if (effect?.kind === 'drop')
      throw new ConnectionDropped('the connection was lost before the request had any effect');
    if (effect?.kind === 'status') return faultResponse(effect);
    if (effect?.kind === 'delay') await wait(effect.milliseconds);
    const partial = effect?.kind === 'partial' ? effect.answer : null;
    const response = await this.#answer(request, url, destination, actor, partial);
    if (effect?.kind === 'drop-after-effect')
      throw new ConnectionDropped('the connection was lost after the request had taken effect');
    return effect?.kind === 'status-after-effect' ? faultResponse(effect) : response;
  }

  async #answer(
    request: Request,
    url: URL,
    destination: Destination,
    actor: Actor,
    partial: PartialAnswer | null,
  ): Promise<Response> {
    const { context, backend } = this.#services;
    try {
      switch (destination.kind) {
        case 'git':
          return await serveGit(context, backend, actor, destination.asked, request);
        case 'graphql':
          return this.#graphql(destination.body, actor, partial);
        case 'rest':
          return await this.#rest(request, url, destination, actor);
        case 'nothing':
          throw notFound();
        default:
          return destination satisfies never;
      }
    } catch (error) {
      if (error instanceof ApiError) return this.#refusal(error, destination, actor);
      // A defect of the sandbox; it says so instead of ending the process of whoever tests with it.
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return jsonResponse(500, { message: `Server Error (a defect of the sandbox): ${message}` });
    }
  }

  #refusal(error: ApiError, destination: Destination, actor: Actor): Response {
    // GraphQL tells of its hourly budget in an answer of its own (facts §5).
    const inAnswer =
      destination.kind === 'graphql' && error instanceof RateLimited && error.retryAfter === null;
    const response = inAnswer
      ? jsonResponse(200, { errors: [{ type: error.type, message: error.message }] })
      : errorResponse(error);
    if (destination.kind !== 'git')
      this.#addRate(response, actor, destination.kind === 'graphql' ? 'graphql' : 'core');
    return response;
  }

  #graphql(body: GraphQLRequest, actor: Actor, partial: PartialAnswer | null): Response {
    const { context, limits } = this.#services;
    const account = accountKey(actor);
    const now = context.clock.now();
    limits.charge(account, 'graphql', { writes: isMutation(body) }, now);
    const rateLimit = limits.status(account, 'graphql', now);
    const { answer, cost } = executeGraphQL(context, actor, body, { rateLimit, partial });
    limits.addGraphqlCost(account, cost, now);
    const response = jsonResponse(200, answer);
    this.#addRate(response, actor, 'graphql');
    return response;
  }

  async #rest(
    request: Request,
    url: URL,
    { found: { route, params } }: Extract<Destination, { kind: 'rest' }>,
    actor: Actor,
  ): Promise<Response> {
    const { context, limits, deliveries, realNow } = this.#services;
    const account = accountKey(actor);
    const now = context.clock.now();
    const free = route.template === '/rate_limit';
    if (!free) limits.charge(account, 'core', { writes: createsContent(route) }, now);
    const version = apiVersion(request);
    const call: Call = {
      context,
      actor,
      params,
      query: url.searchParams,
      url,
      accept: request.headers.get('accept') ?? '',
      version,
      body: await jsonBody(request),
      realNow: realNow(),
      deliveries,
      limits,
    };
    const response = conditional(request, toResponse(route.handle(call)));
    if (response.status === 304 && !free) limits.refund(account, now);
    response.headers.set('x-github-api-version-selected', version);
    response.headers.set('x-github-media-type', 'github.v3; format=json');
    this.#addRate(response, actor, 'core');
    return response;
  }

  #addRate(response: Response, actor: Actor, resource: Resource): void {
    const { limits, context } = this.#services;
    const status: RateStatus = limits.status(accountKey(actor), resource, context.clock.now());
    const { headers } = response;
    headers.set('x-ratelimit-limit', String(status.limit));
    headers.set('x-ratelimit-remaining', String(Math.max(0, status.limit - status.used)));
    headers.set('x-ratelimit-used', String(status.used));
    headers.set('x-ratelimit-reset', String(Math.ceil(status.resetAt / 1000)));
    headers.set('x-ratelimit-resource', resource);
  }
}

function summarize(request: Request, url: URL, destination: Destination, actor: Actor): RequestSummary {
  return {
    method: request.method,
    route: destination.route,
    path: url.pathname,
    operation: destination.kind === 'graphql' ? operationName(destination.body) : null,
    actor: actor.kind === 'anonymous' ? null : actor.kind === 'app' ? actor.app.slug : actor.user.login,
  };
}

async function graphqlBody(request: Request): Promise<GraphQLRequest> {
  const body = await jsonBody(request).catch(() => undefined);
  return typeof body === 'object' && body !== null ? body : {};
}

function operationName({ query, operationName }: GraphQLRequest): string | null {
  if (typeof operationName === 'string') return operationName;
  return (typeof query === 'string' ? /\b(?:query|mutation)\s+(\w+)/.exec(query)?.[1] : undefined) ?? null;
}

function isMutation({ query }: GraphQLRequest): boolean {
  return typeof query === 'string' && /^\s*mutation\b/m.test(query);
}

/** Tokens and redeliveries are no content; everything else that is not read counts. */
function createsContent({ method, template }: Route): boolean {
  return method !== 'GET' && !template.startsWith('/app/');
}

function apiVersion(request: Request): ApiVersion {
  const asked = request.headers.get('x-github-api-version') ?? apiVersions[0];
  const version = apiVersions.find((known) => known === asked);
  if (version === undefined) throw new ApiError(400, `${asked} is not a supported API version`);
  return version;
}

async function jsonBody(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, 'Problems parsing JSON');
  }
}
