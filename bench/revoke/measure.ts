/** From the end of a grant to the API server's no. */
import { Api } from '../../src/cluster/guard/api.ts';
import { guardedKinds } from '../../src/cluster/guard/core/kinds.ts';
import { reflect, type Sink } from '../../src/cluster/guard/reflector.ts';
import { connect } from '../../src/cluster/guard/connection.ts';
import type { TestCluster } from '../../test/cluster/cluster.ts';

/** One person who has access by one RoleBinding. */
export interface Access {
  readonly namespace: string;
  readonly binding: string;
  readonly user: string;
  /** When it ends, in milliseconds since the epoch. */
  readonly end: number;
}

/** Milliseconds, of all of them. */
export interface Lags {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

export interface Measured {
  /** From the end until the binding is absent, as a watch tells it. */
  readonly absent: Lags;
  /** From the end until a SubjectAccessReview says no, of a sample that is asked all the time. */
  readonly denied: Lags;
  /** Bindings that were gone before their end. */
  readonly early: number;
}

const sampled = 10;
const pause = 20;

/** What sees bindings go; to be made before they are. */
export interface Observer {
  /** When each was seen to be gone. */
  readonly gone: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export async function observe(cluster: TestCluster): Promise<Observer> {
  const api = new Api(await connect({ KUBECONFIG: await cluster.kubeconfig() }), () => undefined);
  const stop = new AbortController();
  const gone = new Map<string, number>();
  const there = new Set<string>();
  const left = (name: string): void => {
    there.delete(name);
    if (!gone.has(name)) gone.set(name, Date.now());
  };
  let listed: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    listed = resolve;
  });
  // A busy API server ends a watch that does not keep up; then a list tells what went.
  const sink: Sink = {
    listed: (_, objects) => {
      const names = new Set(objects.map(({ name }) => name));
      for (const name of there) if (!names.has(name)) left(name);
      for (const name of names) there.add(name);
      listed();
    },
    changed: ({ name }) => void there.add(name),
    left: ({ name }) => left(name),
    failed: () => undefined,
  };
  const watching = guardedKinds
    .filter(({ kind }) => kind === 'RoleBinding')
    .map(async (kind) => reflect(kind, api, sink, stop.signal));
  await ready;
  return {
    gone,
    stop: async () => {
      stop.abort();
      await Promise.all(watching);
      api.close();
    },
  };
}

/** Waits until every access is gone. `limit`: milliseconds after the last end. */
export async function measure(
  cluster: TestCluster,
  { gone }: Observer,
  accesses: readonly Access[],
  limit: number,
): Promise<Measured> {
  const last = Math.max(...accesses.map(({ end }) => end)) + limit;
  const stride = Math.ceil(accesses.length / sampled);
  const sample = accesses.filter((_, index) => index % stride === 0);
  const denied = await Promise.all(sample.map(async (access) => deniedAt(cluster, access, last)));
  while (gone.size < accesses.length && Date.now() < last) await sleep(pause);
  if (gone.size < accesses.length)
    throw new Error(
      `${accesses.length - gone.size} of ${accesses.length} were still there after ${limit} ms`,
    );
  const lags = accesses.map(({ binding, end }) => (gone.get(binding) ?? Infinity) - end);
  return {
    absent: summary(lags),
    denied: summary(sample.map(({ end }, index) => (denied[index] ?? Infinity) - end)),
    early: lags.filter((lag) => lag < 0).length,
  };
}

/** Asks in turns whether the user may still do it. */
async function deniedAt(
  cluster: TestCluster,
  { user, namespace, end }: Access,
  limit: number,
): Promise<number> {
  await sleep(Math.max(0, end - Date.now() - 200));
  while (Date.now() < limit) {
    if (!(await cluster.allows({ user }, { verb: 'list', resource: 'pods', namespace }))) return Date.now();
    await sleep(pause);
  }
  return Infinity;
}

function summary(lags: readonly number[]): Lags {
  const sorted = lags.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, min: at(0.000001), median: at(0.5), p99: at(0.99), max: at(1) };
}

async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
