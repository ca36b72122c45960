import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import type { KubernetesObject } from '../../../src/base/json.ts';
import { judgeRbac } from '../../../src/effect/rbac/judge.ts';
import { minorOf } from '../../../src/effect/rbac/version.ts';
import { binding, clusterRole } from './build.ts';

function version(gitVersion: unknown): KubernetesObject {
  return JSON.parse(
    JSON.stringify({
      apiVersion: 'curfew.dev/v1',
      kind: 'ClusterVersion',
      metadata: { name: 'prod-eu' },
      gitVersion,
    }),
  );
}

function judge(rule: string, snapshot: readonly KubernetesObject[]) {
  return judgeRbac({
    snapshot: [clusterRole('nothing', []), clusterRole('curfew:one', [rule]), ...snapshot],
    roles: [{ name: 'curfew:one', object: clusterRole('curfew:one', [rule]) }],
    grant: [binding('payments', 'ClusterRole curfew:one', ['User alice@example.com'], 'g-1')],
    subjectUser: 'alice@example.com',
    scope: { cluster: 'prod-eu', namespace: 'payments' },
  });
}

describe('the version of a cluster', () => {
  test.each<[readonly unknown[], number | null]>([
    [['v1.36.3'], 36],
    [['v1.29.4-eks-1a2b3c'], 29],
    [['v1.36'], 36],
    [['v1.36.3', 'v1.36.9'], 36],
    [['v1.36.3', 'v1.30.0'], null],
    [['v1.36.3', 'x'], null],
    [['1.36'], null],
    [['v2.0.0'], null],
    [['v1.3600'], null],
    [[36], null],
    [[], null],
  ])('%j is %j', (versions, minor) => {
    expect(minorOf(versions.map(version))).toBe(minor);
  });

  test('takes no danger away, and changes nothing but what is said of it', () => {
    const { unknown: without, ...judged } = judge('get :pods/exec', []);
    expect(judged.dangers[0]).toMatchObject({ rule: 'pods-exec', secondApprovalInProduction: true });
    expect(judged.dangers[0]?.message).not.toContain('together with what is already held');
    for (const gitVersion of ['v1.20.0', 'v1.34.9', 'v1.35.0', 'v1.36.3', 'v1.99.0']) {
      const { unknown, ...same } = judge('get :pods/exec', [version(gitVersion)]);
      expect(same).toEqual(judged);
      expect(unknown.filter((line) => !without.includes(line)).join('\n')).toBe(
        {
          'v1.20.0': '',
          'v1.34.9': '',
          'v1.35.0': `${weak}; by its snapshot prod-eu runs 1.35, ${create}`,
          'v1.36.3': `${weak}; by its snapshot prod-eu runs 1.36, ${create}`,
          'v1.99.0': `prod-eu runs Kubernetes 1.99; the rules by which this is judged are those of 1.36\n${weak}; by its snapshot prod-eu runs 1.99, ${create}`,
        }[gitVersion],
      );
    }
    expect(without).toContain(`which version prod-eu runs is not known: ${weak}`);
  });

  const weak =
    'judged as below Kubernetes 1.35, where "get" alone on pods/exec, pods/attach and pods/portforward is enough';
  const create = 'where "create" is asked for as well, but a snapshot takes no danger away';

  test('is of no interest where nothing depends on it', () => {
    for (const rule of ['create,get :pods/exec', 'get :pods'])
      expect(judge(rule, []).unknown).toEqual(judge(rule, [version('v1.36.3')]).unknown);
  });

  test('is held against the one whose rules are applied', () => {
    const { source }: { readonly source: string } = JSON.parse(
      readFileSync('src/effect/rbac/api-resources.json', 'utf8'),
    );
    const [, minor] = /@v1\.(\d+)\./.exec(source) ?? [];
    expect(judge('get :pods', [version(`v1.${minor}.0`)]).unknown.join()).not.toContain('the rules by which');
    expect(judge('get :pods', [version(`v1.${Number(minor) + 1}.0`)]).unknown.join()).toContain(
      'the rules by which',
    );
  });
});
