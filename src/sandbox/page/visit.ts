/** One request for a page: who looks, at what, when. */
import type { Instant } from '../../base/instant.ts';
import { canSee } from '../access.ts';
import type { Actor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import { notFound } from '../errors.ts';
import type { Repository, User } from '../state.ts';
import type { Form } from './form.ts';
import type { Html } from './html.ts';
import type { PageOptions } from './options.ts';

export interface Visit {
  readonly context: SandboxContext;
  readonly options: PageOptions;
  readonly url: URL;
  /** The sandbox's time. */
  readonly now: Instant;
  /** Null for whoever has not signed in yet. */
  readonly viewer: User | null;
  /** What every form on the page has to carry. */
  readonly csrfToken: string;
  /** Parts of the path, by the names that the route gives them. */
  readonly params: Readonly<Record<string, string>>;
}

/** A visit of somebody who has signed in. */
export interface SignedVisit extends Visit {
  readonly viewer: User;
}

/** What a page is answered with. */
export type Reply =
  | {
      readonly kind: 'page';
      readonly status?: number;
      readonly title: string;
      readonly main: Html;
    }
  | { readonly kind: 'redirect'; readonly to: string; readonly cookie?: string }
  | { readonly kind: 'asset'; readonly type: string; readonly body: string };

/** Answers a form of a page: by another page, or by the same one with what went wrong. */
export type Submit = (visit: SignedVisit, form: Form) => Reply;

/** The viewer as an actor of operations. */
export function actorOf({ viewer }: SignedVisit): Extract<Actor, { kind: 'user' }> {
  return { kind: 'user', user: viewer };
}

/** A part of the path; routes are written so that it is there. */
export function param(visit: Visit, name: string): string {
  const value = visit.params[name];
  if (value === undefined) throw new Error(`the route has no part ${name}`);
  return value;
}

/** The repository of the path. @throws ApiError 404 where there is none, or where the viewer may not see it */
export function repositoryOf(visit: SignedVisit): Repository {
  const { state } = visit.context;
  const repository = state.repository(param(visit, 'owner'), param(visit, 'name'));
  if (repository === undefined || !canSee(state, actorOf(visit), repository)) throw notFound();
  return repository;
}

/** Repositories that the viewer may see, by name. */
export function visibleRepositories(visit: SignedVisit): Repository[] {
  const { state } = visit.context;
  return [...state.repositories.values()]
    .filter((repository) => canSee(state, actorOf(visit), repository))
    .sort((a, b) => a.name.localeCompare(b.name));
}
