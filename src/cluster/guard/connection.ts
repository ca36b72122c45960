/** Where the API server is, and as whom the guard talks to it. */
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';

export interface Connection {
  /** `https://10.0.0.1:443`, without a slash at the end. */
  readonly server: string;
  /** Asked again now and then: tokens are replaced while the process runs. */
  credentials(): Promise<Credentials>;
}

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly servername?: string;
    readonly rejectUnauthorized?: boolean;
  };
}

/** The kubeconfig names no cluster that the guard can talk to. */
export class NoConnection extends Error {
  override readonly name = 'NoConnection';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where Kubernetes mounts the credentials of a pod's service account. */
const mounted = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * By a kubeconfig where one is asked for, by the service account in a pod, and by the usual kubeconfig elsewhere.
 * @throws NoConnection
 */
export async function connect(env: Environment, context?: string): Promise<Connection> {
  const asksForFile = context !== undefined || (env['KUBECONFIG'] ?? '') !== '';
  return asksForFile || env['KUBERNETES_SERVICE_HOST'] === undefined
    ? byKubeconfig(env, context)
    : inCluster(env);
}

/**
 * As the service account of this pod. It takes an address, a certificate and a token, so the guard's image can do
 * without Kubernetes' client, which is for people: it brings two dozen packages for their ways to sign in.
 */
export function inCluster(env: Environment, folder = mounted): Connection {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    credentials: async () => {
      const [token, ca] = await Promise.all([
        readFile(join(folder, 'token'), 'utf8'),
        readFile(join(folder, 'ca.crt'), 'utf8'),
      ]);
      return { headers: { authorization: `Bearer ${token.trim()}` }, tls: { ca } };
    },
  };
}

async function byKubeconfig(env: Environment, context: string | undefined): Promise<Connection> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const files = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  try {
    const [first, ...others] = files;
    if (first === undefined) config.loadFromDefault();
    else config.loadFromFile(first);
    for (const file of others) {
      const other = new KubeConfig();
      other.loadFromFile(file);
      config.mergeConfig(other, true);
    }
  } catch (error) {
    throw new NoConnection(`the kubeconfig cannot be read: ${String(error)}`, { cause: error });
  }
  if (context !== undefined) config.setCurrentContext(context);
  return connectionOf(config);
}

function connectionOf(config: KubeConfig): Connection {
  const context = config.getCurrentContext();
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw new NoConnection(
      `the kubeconfig has no context "${context}" with a cluster; it has ${known.join(', ') || 'none'}`,
    );
  }
  if (cluster.proxyUrl !== undefined) {
    throw new NoConnection(
      `the cluster of context "${context}" is behind a proxy, which the guard cannot use`,
    );
  }
  return {
    server: cluster.server.replace(/\/+$/, ''),
    credentials: async () => {
      const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
      await config.applyToHTTPSOptions(options);
      const { ca, cert, key, servername, rejectUnauthorized, headers = {}, auth } = options;
      const basic = typeof auth === 'string' ? { authorization: basicAuthorization(auth) } : {};
      return {
        headers: { ...basic, ...lowerCase(headers) },
        tls: {
          ...(ca === undefined ? {} : { ca: pem(ca) }),
          ...(cert === undefined ? {} : { cert: pem(cert) }),
          ...(key === undefined ? {} : { key: pem(key) }),
          ...(servername === undefined ? {} : { servername }),
          ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
        },
      };
    },
  };
}

function basicAuthorization(userAndPassword: string): string {
  return `Basic ${Buffer.from(userAndPassword).toString('base64')}`;
}

function lowerCase(headers: object): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

/** A kubeconfig gives one PEM text, though Node would take more. */
function pem(value: unknown): string {
  return typeof value === 'string' || Buffer.isBuffer(value) ? value.toString() : '';
}
