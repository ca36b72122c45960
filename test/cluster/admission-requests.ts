/** Requests to the API server as proofs and attacks send them: said in a word, sent as somebody. */
import { z } from 'zod';
import type { Json, KubernetesObject } from '../../src/base/json.ts';
import { applier } from '../../src/cluster/identities.ts';
import type { TestCluster } from './cluster.ts';
import { collectionOf, pathOf, record } from './grants.ts';

export interface Request {
  readonly as: string;
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly body?: Json;
  readonly type?: string;
}

/** Somebody with every right on the kinds of grants, and none over the rules. */
export const owner = 'mallory@example.com';

export function create(object: KubernetesObject, as = applier.user): Request {
  return { as, method: 'POST', path: collectionOf(object), body: object };
}

/** Server-side, as Flux does. */
export function apply(
  object: KubernetesObject,
  as = applier.user,
  manager = 'kustomize-controller',
): Request {
  const query = `fieldManager=${manager}&force=true`;
  return {
    as,
    method: 'PATCH',
    path: pathOf(object),
    query,
    body: object,
    type: 'application/apply-patch+yaml',
  };
}

export function patch(object: KubernetesObject, body: Json, as = applier.user, subresource = ''): Request {
  return {
    as,
    method: 'PATCH',
    path: `${pathOf(object)}${subresource}`,
    body,
    type: 'application/merge-patch+json',
  };
}

export function remove(object: KubernetesObject, as: string, options: Json = {}): Request {
  return { as, method: 'DELETE', path: pathOf(object), body: options };
}

export interface Outcome {
  readonly status: number;
  readonly message: string;
}

const status = z.object({ message: z.string() });

/** Sends a request; with `dryRun` all is asked and nothing is kept. */
export async function send(cluster: TestCluster, request: Request, dryRun: boolean): Promise<Outcome> {
  const { as, method, path, query = '', body, type } = dryRun ? dry(request) : request;
  const api = await cluster.api(as);
  const answer = await api(method, query === '' ? path : `${path}?${query}`, body, type);
  const said = status.safeParse(answer.body);
  return { status: answer.status, message: said.success ? said.data.message : '' };
}

/** Where a deletion has options, they say all: the query is not looked at. */
function dry(request: Request): Request {
  const { method, query, body } = request;
  if (method === 'DELETE') return { ...request, body: { ...record(body), dryRun: ['All'] } };
  return { ...request, query: `${query === undefined ? '' : `${query}&`}dryRun=All` };
}
