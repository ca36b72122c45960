/** Whether the guard may do what it is there for: found out when it starts, and before the next grant ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject } from '../../base/json-type.ts';
import type { Json } from '../../base/json.ts';
import { Refused, Unreachable, type Api } from './api.ts';
import { apiGroup, guardedKinds } from './core/kinds.ts';
import type { GitRepositoryName } from './git.ts';

/** The guard may remove nothing at all; its message says what it may not do, in one line each. */
export class NotPermitted extends Error {
  override readonly name = 'NotPermitted';
}

const verbs = ['list', 'watch', 'delete'] as const;

/** A question of a SelfSubjectAccessReview. */
interface Question {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** What the guard may not do. Where it can still look after some kind, that is no reason not to do the rest. */
export interface Lack {
  /** One sentence for each thing. */
  readonly what: readonly string[];
  readonly isTotal: boolean;
}

/** In milliseconds. */
const checkInterval = 60_000;

/** Asks again and again, for rights may be taken away, or given. What cannot be asked now is asked the next time. */
export async function followPermissions(
  api: Api,
  repository: GitRepositoryName | null,
  report: (lack: Lack) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(checkInterval, undefined, { signal }).catch(() => undefined);
    const lack = signal.aborted ? null : await askPermissions(api, repository).catch(() => null);
    if (lack !== null) report(lack);
  }
}

/** @throws Refused, Unreachable */
export async function askPermissions(api: Api, repository: GitRepositoryName | null): Promise<Lack> {
  const questions: readonly Question[] = [
    ...guardedKinds.flatMap((kind) =>
      verbs.map((verb) => ({ verb, group: apiGroup(kind), resource: kind.resource })),
    ),
    ...(repository === null
      ? []
      : [{ verb: 'get', group: 'source.toolkit.fluxcd.io', resource: 'gitrepositories', ...repository }]),
  ];
  const answers = await Promise.all(questions.map(async (question) => isAllowed(api, question)));
  const missing = questions.filter((_, index) => answers[index] === false);
  return {
    what: missing.map(describe),
    isTotal: guardedKinds.every(({ resource }) => missing.some((each) => each.resource === resource)),
  };
}

/** Every user may ask this about themselves, by Kubernetes' own role system:basic-user. */
async function isAllowed(api: Api, resourceAttributes: Question): Promise<boolean> {
  const answer = await api.ask({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { ...resourceAttributes } },
    },
  });
  const what = 'the API server does not say what the guard may do';
  // It is starting, or has too much to do: whoever asks again is told.
  if (answer.status === 429 || answer.status >= 500)
    throw new Unreachable(`${what}: status ${answer.status}`);
  if (answer.status !== 201) throw new Refused(what, answer);
  return allowedIn(answer.body);
}

function allowedIn(body: Json): boolean {
  const status = isJsonObject(body) ? body['status'] : undefined;
  return isJsonObject(status) && status['allowed'] === true;
}

function describe({ verb, group, resource, namespace, name }: Question): string {
  const type = group === '' ? resource : `${resource}.${group}`;
  const where = namespace === undefined ? 'in every namespace' : `"${name}" in namespace ${namespace}`;
  return `it may not ${verb} ${type} ${where}`;
}
