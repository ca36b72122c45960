/**
 * What the plan of each shipped template promises, against what a real API server then allows: read from the very lines
 * that an approver reads, asked of everything that the API serves, in the namespace of the grant and outside of it.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/base/json.ts';
import { grantFile, readGrantFile } from '../../src/lifecycle/grant.ts';
import { planRequest, type Plan } from '../../src/lifecycle/plan.ts';
import { readManifests } from '../../src/request/manifests.ts';
import { file, people, repositoryFiles, teams, tipOf } from '../lifecycle/world.ts';
import { startCluster, type TestCluster } from './cluster.ts';
import { keyOf, promised, universe } from './permissions.ts';
import { concurrently } from './rbac-live.ts';

interface Shipped {
  readonly template: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly by: keyof typeof people;
  readonly scope: string;
}

const shipped: readonly Shipped[] = [
  { template: 'read-logs', parameters: {}, by: 'alice', scope: 'payments' },
  { template: 'debug-pod', parameters: { app: 'payments-api' }, by: 'alice', scope: 'payments' },
  {
    template: 'network-path',
    parameters: { app: 'payments-api', port: 8443 },
    by: 'alice',
    scope: 'payments',
  },
  {
    template: 'restart-deployment',
    parameters: { deployment: 'payments-api' },
    by: 'alice',
    scope: 'payments',
  },
  { template: 'cluster-read', parameters: {}, by: 'carol', scope: '_cluster' },
];

function planOf({ template, parameters, by, scope }: Shipped): Plan {
  const spec = { template, parameters, reason: 'See INC-4711', ticket: 'INC-4711' };
  const text = JSON.stringify({ apiVersion: 'curfew.dev/v1', kind: 'AccessRequest', spec });
  const planned = planRequest({
    repositoryId: 500,
    tip: tipOf(repositoryFiles()),
    file: file(`access-requests/staging/${scope}/${template}.yaml`, text),
    pullRequest: 7,
    openedAt: Date.now(),
    requester: people[by],
    subjectAccount: null,
    teams,
  });
  if (!planned.ok) throw new Error(JSON.stringify(planned));
  return planned.plan;
}

/** What stands in the cluster, as the committed snapshot says that it does. */
function standing(): readonly KubernetesObject[] {
  return ['namespaces', 'catalog', 'rbac'].flatMap((name) => {
    const path = `clusters/staging/${name}.yaml`;
    const read = readManifests(path, readFileSync(path, 'utf8'));
    if (!read.ok) throw new Error(JSON.stringify(read.faults));
    return read.value;
  });
}

function grantOf(plan: Plan): readonly KubernetesObject[] {
  const text = grantFile(plan.objects, {
    id: plan.grantId,
    cluster: plan.path.cluster,
    request: 'access-requests/staging/x/y.yaml',
    pullRequest: 7,
    digest: plan.digest,
    grantedAt: Date.now(),
    expiresAt: Date.now() + plan.duration * 1000,
    approvedBy: 'bob',
    subject: plan.subject,
    requesterId: plan.requester.id,
  });
  const read = readGrantFile('grant.yaml', text);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.value.objects;
}

describe('the planned permissions are what a live server allows', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.apply(standing());
  });
  afterAll(async () => await cluster?.stop());

  /** All of it that somebody may do. */
  async function allowed(user: string, questions = universe): Promise<ReadonlySet<string>> {
    const subject = { user, groups: ['system:authenticated'] };
    const answers = await concurrently(questions, async (asked) => await cluster.allows(subject, asked));
    return new Set(questions.filter((_, index) => answers[index]).map(keyOf));
  }

  const known = new Map<string, ReadonlySet<string>>();
  /** What somebody may do without any grant. */
  async function allowedAnyway(user: string): Promise<ReadonlySet<string>> {
    const found = known.get(user) ?? (await allowed(user));
    known.set(user, found);
    return found;
  }

  test.each(shipped)('$template', async (each) => {
    const plan = planOf(each);
    const { user } = plan.subject;
    const grant = grantOf(plan);
    const before = await allowedAnyway(user);
    const gained = promised(plan.effect.exact);
    expect(gained.size).toBeGreaterThan(3);
    expect([...gained].filter((key) => before.has(key))).toEqual([]);

    await cluster.apply(grant);
    const during = await allowed(user);
    expect([...during].filter((key) => !before.has(key)).sort()).toEqual([...gained].sort());

    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: grant });
    const { code, stderr } = await cluster.kubectl(['delete', '-f', '-'], { input });
    expect(code, stderr).toBe(0);
    const after = await allowed(
      user,
      universe.filter((asked) => gained.has(keyOf(asked))),
    );
    expect([...after]).toEqual([]);
    process.stdout.write(
      `  ${each.template.padEnd(20)} ${String(gained.size).padStart(3)} permissions planned and allowed, ` +
        `${universe.length - during.size} others denied; none of them before and after\n`,
    );
  });
});
