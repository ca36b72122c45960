/** A guard against the test cluster, and objects for it to look after. */
import { Writable } from 'node:stream';
import { z } from 'zod';
import { grantAnnotations, grantLabel } from '../../src/base/grant-marks.ts';
import { guard as guardIdentity } from '../../src/cluster/identities.ts';
import { connect } from '../../src/cluster/guard/connection.ts';
import { createLog } from '../../src/cluster/guard/log.ts';
import { runGuard, type GuardOptions } from '../../src/cluster/guard/run.ts';
import type { TestCluster } from './cluster.ts';
import { eventually } from './component.ts';

const line = z.looseObject({
  level: z.string(),
  msg: z.string(),
  url: z.string().optional(),
  alert: z.string().optional(),
  name: z.string().optional(),
  kind: z.string().optional(),
  reason: z.string().optional(),
  lagSeconds: z.number().nullish(),
  time: z.string(),
});
export type LogLine = z.infer<typeof line>;

export interface RunningGuard {
  /** What it logged so far. */
  readonly log: readonly LogLine[];
  /** The names of what it removed, in that order. */
  removed(): readonly string[];
  alerts(): readonly (string | undefined)[];
  /** What /metrics says. */
  metrics(): Promise<string>;
  ready(): Promise<boolean>;
  stop(): Promise<void>;
}

/** What is other than usual. */
export type GuardSetting = Partial<Pick<GuardOptions, 'git' | 'clock' | 'connection'>> & {
  /** False where it will not become ready. */
  readonly untilReady?: boolean;
};

/** Starts a guard in this process, with the rights of its service account, and waits until it is ready. */
export async function startGuard(
  cluster: TestCluster,
  { untilReady = true, ...setting }: GuardSetting = {},
): Promise<RunningGuard> {
  const log: LogLine[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      for (const text of String(chunk).trim().split('\n')) log.push(line.parse(JSON.parse(text)));
      done();
    },
  });
  const stop = new AbortController();
  const running = runGuard(
    {
      connection: await connect({ KUBECONFIG: await cluster.kubeconfig(guardIdentity.user) }),
      git: null,
      host: '127.0.0.1',
      port: 0,
      log: createLog('debug', destination),
      clock: () => Date.now(),
      instance: 'guard-0',
      ...setting,
    },
    stop.signal,
  );
  let failure: string | null = null;
  running.catch((error: Error) => {
    failure = error.message;
  });
  const page = async (path: string): Promise<Response> => await fetch(`${log[0]?.url ?? ''}${path}`);
  const guard: RunningGuard = {
    log,
    removed: () => log.flatMap(({ msg, name }) => (msg === 'removed' && name !== undefined ? [name] : [])),
    alerts: () => log.flatMap(({ alert }) => (alert === undefined ? [] : [alert])),
    metrics: async () => await (await page('/metrics')).text(),
    ready: async () => (await page('/readyz')).ok,
    stop: async () => {
      stop.abort();
      await running;
    },
  };
  if (untilReady)
    await eventually('the guard is ready', async () => await guard.ready(), { failed: () => failure });
  return guard;
}

export interface GrantSpec {
  readonly id: string;
  readonly end: number | string | null;
  readonly namespace?: string;
}

function metadata({ id, end, namespace = 'payments' }: GrantSpec, name: string): object {
  const text = typeof end === 'number' ? new Date(end).toISOString() : end;
  return {
    name,
    namespace,
    labels: { [grantLabel]: id },
    annotations: {
      ...(text === null ? {} : { [grantAnnotations.expiresAt]: text }),
      [grantAnnotations.request]: `access-requests/prod-eu/${namespace}/${id}.yaml`,
    },
  };
}

export function roleBinding(grant: GrantSpec, name = grant.id): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: metadata(grant, name),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice@example.com' }],
  };
}

export function clusterRoleBinding(grant: GrantSpec): object {
  return { ...roleBinding({ ...grant, namespace: '' }), kind: 'ClusterRoleBinding' };
}

/** On a node, it stays until that node says that it has stopped: which no node here does. */
export function pod(grant: GrantSpec, more: { readonly nodeName?: string } = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(grant, grant.id),
    spec: { containers: [{ name: 'shell', image: 'example.com/shell:1' }], ...more },
  };
}

export function networkPolicy(grant: GrantSpec): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(grant, grant.id),
    spec: { podSelector: { matchLabels: { [grantLabel]: grant.id } }, policyTypes: ['Ingress'] },
  };
}

export function serviceAccount(grant: GrantSpec): object {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(grant, grant.id) };
}

const kinds = 'rolebindings,clusterrolebindings,pods,networkpolicies,serviceaccounts';

/** Tidies up between tests. */
export async function deleteGrants(cluster: TestCluster): Promise<void> {
  await cluster.kubectl(['delete', kinds, '-A', '-l', grantLabel, '--wait=false']);
}

/** Those of the objects that are still there, as `Kind name`. */
export async function present(cluster: TestCluster): Promise<readonly string[]> {
  const { stdout } = await cluster.kubectl([
    'get',
    kinds,
    '-A',
    '-l',
    grantLabel,
    '-o',
    'jsonpath={range .items[*]}{.kind} {.metadata.name}{"\\n"}{end}',
  ]);
  return stdout.split('\n').filter((each) => each !== '');
}

/** Gives the status of the answer. */
export async function patch(
  cluster: TestCluster,
  path: string,
  change: object,
  as?: string,
): Promise<number> {
  const api = await cluster.api(as);
  return (await api('PATCH', path, change, 'application/merge-patch+json')).status;
}
