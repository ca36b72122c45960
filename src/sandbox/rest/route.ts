/** Routes of the REST API: what a handler is given, what it answers, and how a request finds it. */
import { z } from 'zod';
import type { Instant } from '../../base/instant.ts';
import type { Actor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import { ApiError, notFound } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { pullRequestOf } from '../state.ts';
import type { PullRequest, Repository } from '../state.ts';
import type { Deliveries } from '../webhooks/deliveries.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** `2026-03-10` leaves `merge_commit_sha` out (facts §10). */
export const apiVersions = ['2022-11-28', '2026-03-10'] as const;
export type ApiVersion = (typeof apiVersions)[number];

/** One request, as a handler sees it. */
export interface Call {
  readonly context: SandboxContext;
  readonly actor: Actor;
  /** Decoded parts of the path by the names of the route. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly url: URL;
  /** Media types of `Accept`. */
  readonly accept: string;
  readonly version: ApiVersion;
  /** The parsed JSON body; undefined without one. */
  readonly body: unknown;
  /** The real clock, by which tokens expire. */
  readonly realNow: Instant;
  readonly deliveries: Deliveries;
  readonly limits: Limits;
}

export interface Answer {
  readonly status: number;
  /** Sent as JSON; a string or buffer as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: Method;
  /** GitHub's own notation: `/repos/{owner}/{repo}/git/ref/{ref}`. */
  readonly template: string;
  readonly handle: (call: Call) => Answer;
}

/** Declares a route: `route('GET /repos/{owner}/{repo}', getRepository)`. */
export function route(name: `${Method} /${string}`, handle: Route['handle']): Route {
  const [method, template = ''] = name.split(' ');
  const known = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).parse(method);
  return { method: known, template, handle };
}

/** Parameters that may hold slashes, for clients send some of them unencoded. */
const greedy = new Set(['ref', 'path', 'branch', 'basehead']);

/** Finds the route of a request. Of several that fit, the one that was declared first wins. */
export class Router {
  readonly #routes: readonly (Route & { readonly pattern: RegExp; readonly names: readonly string[] })[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ ...route, ...compile(route.template) }));
  }

  find(
    method: string,
    pathname: string,
  ): { readonly route: Route; readonly params: Record<string, string> } | undefined {
    for (const route of this.#routes) {
      if (route.method !== (method === 'HEAD' ? 'GET' : method)) continue;
      const match = route.pattern.exec(pathname);
      if (match === null) continue;
      const params = decoded(route.names, match);
      return params === undefined ? undefined : { route, params };
    }
    return undefined;
  }
}

function compile(template: string): { pattern: RegExp; names: string[] } {
  const names: string[] = [];
  const source = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    return greedy.has(name) ? '(.+?)' : '([^/]+)';
  });
  return { pattern: new RegExp(`^${source}/?$`), names };
}

/** The parts of a path by name; undefined where one is not properly encoded. */
function decoded(names: readonly string[], match: RegExpExecArray): Record<string, string> | undefined {
  try {
    return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]));
  } catch {
    return undefined;
  }
}

export function json(body: unknown, status = 200): Answer {
  return { status, body };
}

export const noContent: Answer = { status: 204 };

/** A part of the path; routes are written so that it is there. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`the route has no parameter ${name}`);
  return value;
}

/** A number in the path; whatever is none is not found. */
export function numberParam(call: Call, name: string): number {
  const value = Number(param(call, name));
  if (!Number.isSafeInteger(value)) throw notFound();
  return value;
}

/** @throws ApiError 422 naming what is wrong in the body */
export function parseBody<T>(call: Call, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(call.body ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new ApiError(422, `Invalid request.\n\n${problems.join('\n')}`);
}

/** The repository of the path. @throws ApiError 404; the handler or operation then checks what the actor may do */
export function repositoryOf(call: Call): Repository {
  const repository = call.context.state.repository(param(call, 'owner'), param(call, 'repo'));
  if (repository === undefined) throw notFound();
  return repository;
}

/** The pull request of the path. */
export function pullRequestOfCall(call: Call): PullRequest {
  const pullRequest = pullRequestOf(repositoryOf(call), numberParam(call, 'pull_number'));
  if (pullRequest === undefined) throw notFound();
  return pullRequest;
}

const defaultPage = 30;
const maxPage = 100;

/** The page that the request asks for: `per_page` (at most 100) and `page`, with the `Link` header to the others. */
export function paginate<T>(call: Call, items: readonly T[], show: (item: T) => unknown): Answer {
  const { body, headers } = slice(call, items, show);
  return { status: 200, body, headers };
}

/** The same for answers that wrap their list: `{total_count, check_runs: […]}`. */
export function paginateAs<T>(
  call: Call,
  name: string,
  items: readonly T[],
  show: (item: T) => unknown,
  more: Readonly<Record<string, unknown>> = {},
): Answer {
  const { body, headers } = slice(call, items, show);
  return { status: 200, body: { total_count: items.length, ...more, [name]: body }, headers };
}

function slice<T>(call: Call, items: readonly T[], show: (item: T) => unknown) {
  const perPage = Math.min(maxPage, positive(call.query.get('per_page')) ?? defaultPage);
  const page = positive(call.query.get('page')) ?? 1;
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const link = (to: number, rel: string): string => {
    const url = new URL(call.url);
    url.searchParams.set('page', String(to));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ];
  const body = items.slice((page - 1) * perPage, page * perPage).map(show);
  const headers: Record<string, string> = links.length === 0 ? {} : { link: links.join(', ') };
  return { body, headers };
}

function positive(text: string | null): number | undefined {
  const value = Number(text ?? Number.NaN);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
