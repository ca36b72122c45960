/** People of the world with access of their own, each told apart from all others by who and where. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { grantAnnotations } from '../../src/base/grant-marks.ts';
import { parseInstant, type Instant } from '../../src/base/instant.ts';
import { clusterName, type Everything } from './everything.ts';
import { policyPath } from './grants.ts';

/** The policy of this repository, and all the teams may read logs in production, as often as they like. */
export const policyText = readFileSync(policyPath, 'utf8')
  .replace(
    /requesters: \[acme\/oncall\]\n {6}templates: \[read-logs\]/,
    'requesters: [acme/oncall, acme/payments, acme/sre, acme/security, acme/platform, acme/leads, acme/orders]\n' +
      '      templates: [read-logs]',
  )
  .replaceAll(/openPerPerson: \d/g, 'openPerPerson: 10');

/** Who asks, and where. */
export interface Place {
  readonly login: string;
  readonly namespace: string;
}

/** Access in force. */
export interface Held extends Place {
  readonly user: string;
  /** Of the request. */
  readonly pullRequest: number;
  readonly path: string;
  readonly binding: string;
  readonly end: Instant;
}

export const places: readonly Place[] = ['payments', 'orders'].flatMap((namespace) =>
  ['alice', 'bob', 'carol', 'dan', 'erin', 'frank'].map((login) => ({ login, namespace })),
);

/** A code owner of the place who is not the requester. */
export function ownerOf({ login, namespace }: Place): string {
  if (namespace === 'orders') return login === 'grace' ? 'carol' : 'grace';
  return login === 'bob' ? 'frank' : 'bob';
}

export function pathOf({ namespace }: Place, name: string): string {
  return `access-requests/${clusterName}/${namespace}/${name}.yaml`;
}

/** Asks for access; gives the number of the pull request. */
export async function ask(
  { world }: Everything,
  place: Place,
  { name, minutes, template = 'read-logs', parameters = '' }: AskOptions,
): Promise<number> {
  const text = `apiVersion: curfew.dev/v1
kind: AccessRequest
spec:
  template: ${template}
${parameters}  duration: ${minutes}m
  reason: See INC-4711
  ticket: INC-4711
`;
  const path = pathOf(place, name);
  return await world.as(place.login).propose({ path, text, branch: name, title: `${name}: INC-4711` });
}

export interface AskOptions {
  readonly name: string;
  readonly minutes: number;
  readonly template?: string;
  readonly parameters?: string;
}

/** Approves what was asked for, and resolves once the API server allows it. */
export async function approve(
  all: Everything,
  place: Place,
  name: string,
  pullRequest: number,
): Promise<Held> {
  await all.world.as(ownerOf(place)).review(pullRequest, 'APPROVE');
  const user = `${place.login}@example.com`;
  const request = pathOf(place, name);
  for (const until = Date.now() + 150_000; Date.now() < until; await pause()) {
    const found = await bindingFor(all, place.namespace, request);
    if (found !== null && (await mayReadLogs(all, { ...place, user })))
      return { ...place, ...found, user, pullRequest, path: request };
  }
  throw new Error(`${name} was not granted: ${place.login} in ${place.namespace}`);
}

const bindings = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
    }),
  ),
});

async function bindingFor(
  { cluster }: Everything,
  namespace: string,
  request: string,
): Promise<{ readonly binding: string; readonly end: Instant } | null> {
  const api = await cluster.api();
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`;
  const { items } = bindings.parse((await api('GET', path)).body);
  const found = items.find(({ metadata }) => metadata.annotations[grantAnnotations.request] === request);
  const end = parseInstant(found?.metadata.annotations[grantAnnotations.expiresAt] ?? '');
  return found === undefined || end === null ? null : { binding: found.metadata.name, end };
}

/** What the API server's authorizer says. */
export async function mayReadLogs(
  { cluster }: Everything,
  { user, namespace }: Pick<Held, 'user' | 'namespace'>,
): Promise<boolean> {
  return await cluster.allows({ user }, { verb: 'get', resource: 'pods', subresource: 'log', namespace });
}

/** When the API server first said no; null where it still says yes at `until`. */
export async function deniedBy(all: Everything, held: Held, until: Instant): Promise<Instant | null> {
  while (Date.now() < until) {
    if (!(await mayReadLogs(all, held))) return Date.now();
    await pause();
  }
  return null;
}

/** Who deleted each binding, by its name, as the audit log has it. */
export async function deleters({ cluster }: Everything): Promise<ReadonlyMap<string, string>> {
  const removals = (await cluster.audit()).filter(
    ({ verb, objectRef, responseStatus }) =>
      verb === 'delete' && objectRef?.resource === 'rolebindings' && responseStatus?.code === 200,
  );
  const found = new Map<string, string>();
  for (const { objectRef, impersonatedUser, user } of removals) {
    const name = objectRef?.name ?? '';
    if (!found.has(name)) found.set(name, (impersonatedUser ?? user).username);
  }
  return found;
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
