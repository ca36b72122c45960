/** Whether the guard may do what it is there for: found out when it starts, not when the first grant ends. */
import { isJsonObject } from '../../base/json-type.ts';
import type { Json } from '../../base/json.ts';
import { Refused, type Api } from './api.ts';
import { apiGroup, guardedKinds } from './core/kinds.ts';
import type { GitRepositoryName } from './git.ts';

/** Something that the guard may not do; for each one line of text. */
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

/** @throws NotPermitted, Refused, Unreachable */
export async function checkPermissions(api: Api, repository: GitRepositoryName | null): Promise<void> {
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
  if (missing.length > 0) throw new NotPermitted(missing.map(describe).join('\n'));
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
  if (answer.status !== 201) throw new Refused('the API server does not say what the guard may do', answer);
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
