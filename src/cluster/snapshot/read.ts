/** Reads from an API server what a snapshot keeps, page by page: what is not kept is forgotten with its page. */
import {
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  RequestContext,
  type KubeConfig,
} from '@kubernetes/client-node';
import { z } from 'zod';
import { grantLabel } from '../../base/grant-marks.ts';
import type { Json, JsonObject, KubernetesObject } from '../../base/json.ts';
import { kinds, type Kind } from './kinds.ts';
import { reduce, type GrantedObject } from './reduce.ts';

export interface LiveCluster {
  /** `v1.36.3`, with whatever a vendor adds. */
  readonly gitVersion: string;
  /** Reduced. */
  readonly objects: readonly KubernetesObject[];
  /** Everything that carries the label of a grant. */
  readonly granted: readonly GrantedObject[];
}

/** The API server could not be asked, or refused. */
export class ClusterUnreadable extends Error {
  override readonly name = 'ClusterUnreadable';
}

const versionShape = z.object({ gitVersion: z.string() });
const statusShape = z.object({ message: z.string() });
const listShape = z.object({
  metadata: z.object({ continue: z.string().optional() }),
  items: z.array(z.record(z.string(), z.custom<Json>())),
});

const pageSize = 500;

/** A list that takes longer than the server remembers its state (five minutes) is begun anew this often. */
const mostAttempts = 3;

const timeout = 60_000;

/** Reads everything with the current context. @throws ClusterUnreadable */
export async function readCluster(config: KubeConfig): Promise<LiveCluster> {
  const version = parse('/version', versionShape, await ask(config, '/version'));
  const objects: KubernetesObject[] = [];
  const granted: GrantedObject[] = [];
  for (const kind of kinds) {
    for (const reduced of await readKind(config, kind)) {
      if (reduced.kind === 'kept') objects.push(reduced.object);
      if (reduced.kind === 'granted') granted.push(reduced.object);
    }
  }
  return { gitVersion: version.gitVersion, objects, granted };
}

type Reduction = ReturnType<typeof reduce>;

async function readKind(config: KubeConfig, kind: Kind): Promise<readonly Reduction[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readPages(config, kind);
    } catch (error) {
      if (!(error instanceof Expired) || attempt === mostAttempts) throw error;
    }
  }
}

async function readPages(config: KubeConfig, kind: Kind): Promise<readonly Reduction[]> {
  const prefix = kind.apiVersion.includes('/') ? '/apis' : '/api';
  const found: Reduction[] = [];
  let page: string | undefined;
  do {
    const path = `${prefix}/${kind.apiVersion}/${kind.resource}`;
    const list = parse(path, listShape, await ask(config, path, queryOf(kind, page)));
    found.push(...list.items.map((item: JsonObject) => reduce(kind, item)));
    page = list.metadata.continue;
  } while (page !== undefined && page !== '');
  return found;
}

function queryOf({ kept }: Kind, page: string | undefined): Readonly<Record<string, string>> {
  return {
    limit: String(pageSize),
    ...(page === undefined ? {} : { continue: page }),
    ...(kept === null ? { labelSelector: grantLabel } : {}),
  };
}

/** The server has forgotten the state that the list was begun in. */
class Expired extends ClusterUnreadable {}

async function ask(
  config: KubeConfig,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const server = config.getCurrentCluster()?.server ?? '';
  const request = new RequestContext(`${server.replace(/\/$/, '')}${path}`, HttpMethod.GET);
  for (const [key, value] of Object.entries(query)) request.setQueryParam(key, value);
  request.setHeaderParam('accept', 'application/json');
  request.setSignal(AbortSignal.timeout(timeout));
  const { status, text } = await send(config, request).catch((error: unknown) => {
    throw new ClusterUnreadable(`${server} does not answer: ${describe(error)}`);
  });
  if (status === 200) return json(path, text);
  if (status === 410) throw new Expired(`${path} changes faster than it can be read`);
  const refused = statusShape.safeParse(json(path, text));
  const why = refused.success ? refused.data.message : `status ${status}`;
  const remedy = status === 403 ? '; "curfew manifests snapshot" prints the ClusterRole that this needs' : '';
  throw new ClusterUnreadable(`${server}${path}: ${why}${remedy}`);
}

async function send(
  config: KubeConfig,
  request: RequestContext,
): Promise<{ readonly status: number; readonly text: string }> {
  await config.applySecurityAuthentication(request);
  const response = await new IsomorphicFetchHttpLibrary().send(request).toPromise();
  return { status: response.httpStatusCode, text: await response.body.text() };
}

function json(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ClusterUnreadable(`${path} does not answer in JSON; is this an API server?`);
  }
}

function parse<T extends z.ZodType>(path: string, shape: T, answer: unknown): z.output<T> {
  const parsed = shape.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new ClusterUnreadable(`${path} does not answer as an API server does`);
}

/** `fetch failed` says nothing; what caused it does. */
function describe(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
