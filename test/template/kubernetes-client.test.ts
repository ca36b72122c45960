import { loadAllYaml, type V1Pod, type V1RoleBinding } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { grantFile } from '../../src/lifecycle/grant.ts';
import { planRequest } from '../../src/lifecycle/plan.ts';
import {
  context,
  file,
  noon,
  people,
  repository,
  repositoryFiles,
  requestText,
  tipOf,
} from '../lifecycle/world.ts';

/** The grant of a request by alice, as the Kubernetes client reads it. */
function readByClient(path: string, text: string) {
  const planned = planRequest({
    repositoryId: repository.id,
    tip: tipOf(repositoryFiles()),
    file: file(path, text),
    pullRequest: 12,
    openedAt: noon,
    requester: people.alice,
    subjectAccount: null,
    teams: context.teams,
  });
  if (!planned.ok) throw new Error(planned.findings.map(({ message }) => message).join('\n'));
  const { plan } = planned;
  const grant = grantFile(plan.objects, {
    id: plan.grantId,
    cluster: plan.path.cluster,
    request: path,
    pullRequest: 12,
    digest: plan.digest,
    grantedAt: noon,
    expiresAt: noon + plan.duration * 1000,
    approvedBy: 'bob',
    subject: plan.subject,
    requesterId: plan.requester.id,
  });
  return loadAllYaml(grant);
}

describe("a grant as Kubernetes' own client reads it", () => {
  test('is the binding that was planned, with its end as a string', () => {
    const [binding, ...others]: readonly V1RoleBinding[] = readByClient(
      'access-requests/staging/payments/x.yaml',
      requestText,
    );
    expect(others).toEqual([]);
    expect(binding).toMatchObject({
      kind: 'RoleBinding',
      metadata: {
        namespace: 'payments',
        annotations: { 'curfew.dev/expires-at': '2026-12-01T13:00:00Z', 'curfew.dev/pull-request': '12' },
      },
      roleRef: { kind: 'ClusterRole', name: 'curfew:debug-pod' },
      subjects: [{ kind: 'User', name: 'oidc:alice' }],
    });
  });

  test('has a pod that ends by itself', () => {
    const text = requestText
      .replace('debug-pod', 'network-path')
      .replace('app: payments-api', 'app: payments-db\n    port: 5432');
    const objects: readonly V1Pod[] = readByClient('access-requests/staging/payments/x.yaml', text);
    const pod = objects.find(({ kind }) => kind === 'Pod');
    expect(pod?.spec).toMatchObject({ activeDeadlineSeconds: 3600, automountServiceAccountToken: false });
  });
});
