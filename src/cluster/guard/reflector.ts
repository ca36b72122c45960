/**
 * What there is of a kind, kept up to date: listed, then watched for about a minute, then listed again.
 *
 * No watch is ever resumed. A watch that ended, stalled, or missed something (410) leads to a list, and so does one that
 * is well, because nothing tells a quiet watch from a dead one: bookmarks are only sent where something happens. So the
 * longest time in which the guard does not know of a new object is a minute, the shortest that a grant can have.
 * The price is small: the list is of labelled objects, of metadata, and without a limit the API server answers it from
 * its cache, at the state of that moment (KEP-2340); a page at a time it would read every pod from etcd.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { grantLabel } from '../../base/grant-marks.ts';
import { isJsonObject } from '../../base/json-type.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { metadataListOnly, Refused, Unreachable, type Api } from './api.ts';
import { retryDelay } from './core/backoff.ts';
import { collectionPath, type GuardedKind } from './core/kinds.ts';
import { readObserved, type GuardedObject } from './core/observed.ts';

export interface Sink {
  /** Everything that there is of the kind. */
  listed(kind: GuardedKind, objects: readonly GuardedObject[]): void;
  /** An object is new, or is no longer as it was. */
  changed(object: GuardedObject): void;
  /** An object is gone, or carries the label no more. */
  left(object: GuardedObject): void;
  failed(kind: GuardedKind, error: unknown): void;
}

/** In seconds. */
export interface Pace {
  /** That a watch lives, give or take a tenth: so the kinds, and the replicas, do not list all at once. */
  readonly watch: number;
  /** Beyond them, for the API server to end it. Then it is given up: it has stalled. */
  readonly grace: number;
}

const usual: Pace = { watch: 55, grace: 5 };

/** A watch that ends sooner, in milliseconds, counts as a failure. */
const shortWatch = 1000;

/** Goes on until `signal` says otherwise. Whatever fails is told to the sink and tried again. */
export async function reflect(
  kind: GuardedKind,
  api: Api,
  sink: Sink,
  signal: AbortSignal,
  pace: Pace = usual,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const { objects, resourceVersion } = await listObjects(kind, api);
      sink.listed(kind, objects);
      const listedAt = performance.now();
      await watchObjects(kind, api, sink, { resourceVersion, pace, stop: signal });
      // An API server that ends watches at once, as one does that is shutting down, is not asked in a tight loop.
      if (performance.now() - listedAt >= shortWatch) failures = 0;
      else throw new Unreachable(`the API server ended a watch of ${kind.resource} at once`);
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      sink.failed(kind, error);
      await sleep(retryDelay(failures, Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Every labelled object of a kind, in every namespace. @throws Unreachable, Refused */
async function listObjects(
  kind: GuardedKind,
  api: Api,
): Promise<{ readonly objects: readonly GuardedObject[]; readonly resourceVersion: string }> {
  const path = `${collectionPath(kind)}?${query({ labelSelector: grantLabel })}`;
  const answer = await api.ask({ method: 'GET', path, accept: metadataListOnly });
  const { body } = answer;
  const resourceVersion = isJsonObject(body) ? metadataOf(body)['resourceVersion'] : undefined;
  if (answer.status !== 200 || !isJsonObject(body) || typeof resourceVersion !== 'string') {
    throw new Refused(`cannot list ${kind.resource}`, answer);
  }
  const items = Array.isArray(body['items']) ? body['items'] : [];
  return { objects: items.flatMap((item: Json) => readObserved(kind, item) ?? []), resourceVersion };
}

interface WatchOptions {
  readonly resourceVersion: string;
  readonly pace: Pace;
  readonly stop: AbortSignal;
}

async function watchObjects(
  kind: GuardedKind,
  api: Api,
  sink: Sink,
  { resourceVersion, pace, stop }: WatchOptions,
): Promise<void> {
  const seconds = Math.ceil(pace.watch * (0.9 + 0.2 * Math.random()));
  const path = `${collectionPath(kind)}?${query({
    labelSelector: grantLabel,
    watch: 'true',
    resourceVersion,
    timeoutSeconds: String(seconds),
  })}`;
  const overdue = AbortSignal.timeout((seconds + pace.grace) * 1000);
  try {
    for await (const event of api.watch(path, AbortSignal.any([stop, overdue]))) {
      if (!isJsonObject(event)) return;
      // Whatever an ERROR says, most often 410: the answer is a new list.
      if (event['type'] === 'ERROR') return;
      const object = readObserved(kind, event['object'] ?? null);
      if (object === null) continue;
      if (event['type'] === 'DELETED') sink.left(object);
      else sink.changed(object);
    }
  } catch (error) {
    // A watch that stalled is no failure that has to be waited out.
    if (!overdue.aborted) throw error;
  }
}

function query(parameters: Readonly<Record<string, string>>): string {
  return new URLSearchParams(parameters).toString();
}

function metadataOf(body: JsonObject): JsonObject {
  const metadata = body['metadata'];
  return isJsonObject(metadata) ? metadata : {};
}
