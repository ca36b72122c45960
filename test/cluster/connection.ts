/** Asking the API server: as whom, and how. */
import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { Agent, request, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stringify } from 'yaml';
import { z } from 'zod';

/** In the group `system:masters`: every authorizer is passed by. */
export const admin = 'admin';

/** Somebody who has a token of their own. */
export interface Person {
  readonly user: string;
  readonly groups?: readonly string[];
}

/** Whom a request is made for. Their groups are those given and `system:authenticated`. */
export interface Impersonated {
  readonly user: string;
  readonly groups: readonly string[];
}

export interface Answer {
  readonly status: number;
  /** Parsed JSON, or the text where it is none (`/readyz`, for one). */
  readonly body: unknown;
}

/** One request to the API server. `path` begins with `/api/` or `/apis/`; a `body` is sent as JSON. */
export type Api = (method: string, path: string, body?: unknown, contentType?: string) => Promise<Answer>;

/** Where the API server is, and who may talk to it. */
export interface Connections {
  /** Written to `--token-auth-file`. */
  readonly tokenFile: string;
  api(user: string, as?: Impersonated): Promise<Api>;
  /** The path of a kubeconfig file. */
  kubeconfig(user: string): Promise<string>;
  close(): void;
}

export function createConnections(
  folder: string,
  url: string,
  authority: string,
  people: readonly Person[],
): Connections {
  const tokens = new Map(people.map(({ user }) => [user, tokenOf(folder, user)]));
  let agent: Agent | null = null;

  /** The API server writes its certificate when it first starts: who comes too early finds the file, and nothing in it. */
  async function connected(): Promise<Agent> {
    if (agent !== null) return agent;
    const ca = await readFile(authority, 'utf8');
    if (!ca.trimEnd().endsWith('-----END CERTIFICATE-----'))
      throw new Error(`${authority} is not written yet`);
    agent ??= new Agent({ keepAlive: true, maxSockets: 16, ca });
    return agent;
  }

  async function api(user: string, as?: Impersonated): Promise<Api> {
    const identity = {
      authorization: `Bearer ${await tokenFor(user)}`,
      ...(as === undefined
        ? {}
        : { 'impersonate-user': as.user, 'impersonate-group': [...as.groups, 'system:authenticated'] }),
    };
    return async (method, path, body, contentType = 'application/json') => {
      const content = body === undefined ? '' : JSON.stringify(body);
      const headers = {
        ...identity,
        accept: 'application/json',
        'content-type': contentType,
        // Node says it by itself for POST and PATCH, and not for DELETE: the body would be taken for the next request.
        'content-length': Buffer.byteLength(content),
      };
      return await ask(new URL(path, url), { method, agent: await connected(), headers }, content);
    };
  }

  /** A person has one from the start; a service account gets one by a TokenRequest, valid for an hour. */
  async function tokenFor(user: string): Promise<string> {
    const known = tokens.get(user);
    if (known !== undefined) return known;
    const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
    if (namespace === undefined || name === undefined)
      throw new Error(`nobody is called "${user}"; name them in the option "people" of startCluster`);
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const asAdmin = await api(admin);
    const { status, body } = await asAdmin('POST', path, { spec: { expirationSeconds: 3600 } });
    if (status !== 201) throw new Error(`no token for ${user}: ${JSON.stringify(body)}`);
    const { token } = z.object({ status: z.object({ token: z.string() }) }).parse(body).status;
    return token;
  }

  return {
    tokenFile: people
      .map(({ user, groups = [] }) => `${tokenOf(folder, user)},"${user}","${user}","${groups.join(',')}"\n`)
      .join(''),
    api,
    kubeconfig: async (user) => {
      const file = join(folder, `kubeconfig-${user.replaceAll(/[^\w.@-]/g, '_')}`);
      // At once: somebody else may be reading it.
      const written = `${file}.${randomUUID()}`;
      await writeFile(written, kubeconfig(url, authority, user, await tokenFor(user)), { mode: 0o600 });
      await rename(written, file);
      return file;
    },
    close: () => agent?.destroy(),
  };
}

/** Not secret: the API server listens on this machine alone, and lives as long as a test. */
function tokenOf(folder: string, user: string): string {
  return createHash('sha256').update(`${folder}\n${user}`).digest('hex');
}

function kubeconfig(server: string, authority: string, user: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': authority } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user } }],
    'current-context': 'test',
  });
}

async function ask(url: URL, options: RequestOptions, content: string): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => {
      text(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, body: parsed(answer) }),
        reject,
      );
    });
    asked.once('error', reject);
    asked.end(content);
  });
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return content;
  }
}
