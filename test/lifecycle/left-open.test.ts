import { describe, expect, test } from 'vitest';
import { grantFile } from '../../src/lifecycle/grant.ts';
import { leftOpen } from '../../src/lifecycle/left-open.ts';
import { planRequest, type Plan } from '../../src/lifecycle/plan.ts';
import { hour, file, noon, people, repository, repositoryFiles, requestFile, teams, tipOf } from './world.ts';

const files = repositoryFiles();
const tip = tipOf(files);

function plan(template: string, parameters: string): Plan {
  const planned = planRequest({
    repositoryId: repository.id,
    tip,
    file: file(
      requestFile,
      `apiVersion: curfew.dev/v1\nkind: AccessRequest\nspec:\n  template: ${template}\n${parameters}  reason: INC-1\n`,
    ),
    pullRequest: 12,
    openedAt: -Infinity,
    requester: people.alice,
    subjectAccount: null,
    teams,
  });
  if (!planned.ok) throw new Error(planned.findings.map(({ message }) => message).join());
  return planned.plan;
}

function left(
  { path, objects, roles, grantId: grant, subject }: Plan,
  now = tip,
  blobs = new Map<string, string>(),
) {
  const text = grantFile(objects, {
    id: grant,
    cluster: path.cluster,
    request: requestFile,
    pullRequest: 12,
    digest: 'd',
    grantedAt: noon,
    expiresAt: noon + hour,
    approvedBy: 'bob',
    subject,
    requesterId: 1,
  });
  const evidence = { roleBlobs: roles, grant, subject };
  return leftOpen({ file: file('grants/staging/payments/inc-4711.yaml', text), path, evidence }, now, blobs);
}

const shipped: readonly (readonly [string, string])[] = [
  ['read-logs', ''],
  ['debug-pod', '  parameters: {app: payments-api}\n'],
  ['network-path', '  parameters: {app: payments-db, port: 5432}\n'],
  ['restart-deployment', '  parameters: {deployment: payments-api}\n'],
];

describe('what may be open when a grant has ended', () => {
  test.each(shipped)('is what its plan said: %s', (template, parameters) => {
    const planned = plan(template, parameters);
    expect(left(planned)).toEqual(planned.effect.openSessions);
  });

  test('goes by the roles as they were', () => {
    const planned = plan('debug-pod', '  parameters: {app: payments-api}\n');
    const path = 'templates/roles/debug-pod.yaml';
    const text = files.get(path) ?? '';
    const now = tipOf(new Map([...files, [path, text.replace('pods/exec', 'pods/attach')]]));
    const [role] = planned.roles;
    expect(left(planned, now, new Map([[role?.sha ?? '', text]]))).toEqual(planned.effect.openSessions);
    expect(left(planned, now)).toEqual([
      'what curfew:debug-pod let be opened is not known, for the catalog no longer has it as it was: exec, port-forward and followed logs have no time limit',
    ]);
  });
});
