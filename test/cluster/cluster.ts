/**
 * A Kubernetes control plane of one's own: etcd, kube-apiserver and kube-controller-manager, built from public Go
 * modules and started on free ports of the loopback address, two seconds from call to answer. No node runs: a pod stays
 * Pending, so there is nothing to exec into and no traffic.
 *
 *     const cluster = await startCluster();             // also: { people: [{ user: 'zoe', groups: ['x'] }] }
 *     await cluster.apply([namespace, role]);           // server-side, as admin; throws what kubectl says
 *     await cluster.kubectl(['get', 'pods', '-n', 'payments'], { as: 'alice@example.com' });  // code, stdout, stderr
 *     const api = await cluster.api(applier.user);      // a service account gets a token by itself
 *     await api('DELETE', '/api/v1/namespaces/payments/pods/x');                              // status, body
 *     new KubeConfig().loadFromFile(await cluster.kubeconfig(guard.user));
 *     await cluster.allows({ user: 'alice@example.com' }, { verb: 'get', resource: 'pods', namespace: 'payments' });
 *     await cluster.audit();                            // audit events so far, oldest first
 *     await cluster.apiServer.stop(); await cluster.apiServer.start();                        // an outage
 *     await cluster.stop();                             // in afterAll; nothing survives the process in any case
 *
 * `view`, `edit` and `admin` are filled before `startCluster` resolves: an empty role may be bound by anybody.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { auditPolicy, readAudit, type AuditEvent } from './audit.ts';
import { kubernetesBinaries } from './binaries.ts';
import { createComponent, eventually, type Component } from './component.ts';
import {
  admin,
  createConnections,
  type Api,
  type Connections,
  type Impersonated,
  type Person,
} from './connection.ts';
import { controlPlane } from './control-plane.ts';
import { freePorts } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

export interface ClusterOptions {
  /** Who has a token, besides `admin` and the people of the test world (`alice@example.com`, `oidc:alice`). */
  readonly people?: readonly Person[];
}

/** A question as a SubjectAccessReview puts it; `nonResource` for a path such as `/metrics`. */
export interface Question {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly path?: string;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestCluster {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** What the cluster writes; removed by `stop`. Logs are in `<component>.log`. */
  readonly folder: string;
  /** The folder of kubectl and the other programs. */
  readonly binaries: string;
  /** The path of a kubeconfig file for a person or a service account (`system:serviceaccount:<namespace>:<name>`). */
  kubeconfig(user?: string): Promise<string>;
  /** As somebody who has a token; with `as`, for anybody, by impersonation. */
  api(user?: string, as?: Impersonated): Promise<Api>;
  kubectl(args: readonly string[], options?: { readonly as?: string; readonly input?: string }): Promise<Ran>;
  /** Applies objects in their order, server-side; throws where one is refused. */
  apply(objects: readonly object[], options?: { readonly as?: string }): Promise<void>;
  /** The answer of the authorizer for somebody who need not exist; their groups count as given, nothing is added. */
  allows(
    subject: { readonly user: string; readonly groups?: readonly string[] },
    question: Question,
  ): Promise<boolean>;
  audit(): Promise<readonly AuditEvent[]>;
  readonly etcd: Component;
  readonly apiServer: Component;
  readonly controllerManager: Component;
  stop(): Promise<void>;
}

const world = ['alice', 'bob', 'carol', 'dan', 'erin', 'frank', 'grace', 'mallory'].flatMap((login) => [
  { user: `${login}@example.com` },
  { user: `oidc:${login}` },
]);

/** Each under a name of its own in the audit log. */
const controllers = [
  'controller-manager',
  'source-controller',
  'kustomize-controller',
  'notification-controller',
];

const attempts = 3;

/** Starts a control plane and waits until it answers. A port that is taken under its hands costs a new attempt. */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const binaries = await kubernetesBinaries();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(binaries, [...world, ...(options.people ?? [])]);
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('address already in use');
      if (!taken || attempt === attempts) throw error;
    }
  }
}

async function start(binaries: string, people: readonly Person[]): Promise<TestCluster> {
  const temporary = await temporaryFolder('curfew-cluster-');
  const folder = temporary.path;
  const [etcdPort = 0, peerPort = 0, apiPort = 0] = await freePorts(3);
  const url = `https://127.0.0.1:${apiPort}`;
  const masters = [admin, ...controllers].map((user) => ({ user, groups: ['system:masters'] }));
  const connections = createConnections(folder, url, join(folder, 'tls', 'apiserver.crt'), [
    ...masters,
    ...people,
  ]);
  await mkdir(join(folder, 'tls'));
  await writeFile(join(folder, 'tokens.csv'), connections.tokenFile, { mode: 0o600 });
  await writeFile(join(folder, 'audit-policy.yaml'), auditPolicy);
  const programs = await controlPlane({ binaries, folder, etcdPort, peerPort, apiPort, connections });
  const etcd = createComponent(
    programs.etcd,
    async () => (await fetch(`http://127.0.0.1:${etcdPort}/readyz`)).ok,
  );
  const apiServer = createComponent(programs.apiServer, async () => await isReady(connections));
  const controllerManager = createComponent(
    programs.controllerManager,
    async () => await rolesAreFilled(connections),
  );
  const stop = async (): Promise<void> => {
    await controllerManager.stop();
    // Without its etcd an API server drains for a minute.
    await apiServer.stop();
    await etcd.stop();
    connections.close();
    await temporary.remove();
  };
  try {
    for (const component of [etcd, apiServer, controllerManager]) await component.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    folder,
    binaries,
    etcd,
    apiServer,
    controllerManager,
    stop,
    ...asking(binaries, folder, connections),
  };
}

type Asking = Pick<TestCluster, 'kubeconfig' | 'api' | 'kubectl' | 'apply' | 'allows' | 'audit'>;

function asking(binaries: string, folder: string, connections: Connections): Asking {
  const kubectl: TestCluster['kubectl'] = async (args, { as = admin, input = '' } = {}) => {
    const kubeconfig = await connections.kubeconfig(as);
    return await run(join(binaries, 'kubectl'), [`--kubeconfig=${kubeconfig}`, ...args], folder, input);
  };
  return {
    kubeconfig: async (user = admin) => await connections.kubeconfig(user),
    api: async (user = admin, as) => await connections.api(user, as),
    kubectl,
    apply: async (objects, as = {}) => {
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      const { code, stderr } = await kubectl(['apply', '--server-side', '-f', '-'], { ...as, input });
      if (code !== 0) throw new Error(stderr);
    },
    allows: async (subject, question) => await review(await connections.api(admin), subject, question),
    audit: async () => await readAudit(join(folder, 'audit.log')),
  };
}

const reviewed = z.object({ status: z.object({ allowed: z.boolean() }) });

async function review(
  api: Api,
  { user, groups = [] }: { readonly user: string; readonly groups?: readonly string[] },
  { path, ...resourceAttributes }: Question,
): Promise<boolean> {
  const { status, body } = await api('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    spec:
      path === undefined
        ? { user, groups, resourceAttributes }
        : { user, groups, nonResourceAttributes: { path, verb: resourceAttributes.verb } },
  });
  if (status !== 201) throw new Error(`SubjectAccessReview answered ${status}: ${JSON.stringify(body)}`);
  return reviewed.parse(body).status.allowed;
}

async function isReady(connections: Connections): Promise<boolean> {
  const api = await connections.api(admin);
  return (await api('GET', '/readyz')).status === 200;
}

/** The aggregation controller fills these three, after everything else. */
async function rolesAreFilled(connections: Connections): Promise<boolean> {
  const api = await connections.api(admin);
  const answers = await Promise.all(
    ['view', 'edit', 'admin'].map(
      async (name) => await api('GET', `/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`),
    ),
  );
  const role = z.object({ rules: z.array(z.unknown()).min(1) });
  return answers.every(({ body }) => role.safeParse(body).success);
}

async function run(path: string, args: readonly string[], cwd: string, input: string): Promise<Ran> {
  return await new Promise((resolve, reject) => {
    const options = { cwd, maxBuffer: 2 ** 26, env: { ...process.env, HOME: cwd } };
    const child = execFile(path, args, options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
    // What ends before it has read everything says why on standard error.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

export { admin, eventually };
