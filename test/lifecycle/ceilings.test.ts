/** What a cluster would refuse by its ceilings, of which a copy is committed, is refused before it is granted. */
import { describe, expect, test } from 'vitest';
import { ceilingsConfigMap } from '../../src/cluster/manifests/ceilings.ts';
import { judgeLanding } from '../../src/lifecycle/landing.ts';
import { decidePullRequest } from '../../src/lifecycle/pull-request.ts';
import { validateRepository } from '../../src/lifecycle/validate.ts';
import type { Ceilings } from '../../src/policy/ceilings.ts';
import { canonicalYaml } from '../../src/template/canonical.ts';
import { landed } from './branch-world.ts';
import { itemsOf, judge } from './proposal-world.ts';
import {
  context,
  pullRequestOf,
  repositoryFiles,
  requestFile,
  requestText,
  tipOf,
  worldOf,
} from './world.ts';

const path = 'clusters/staging/ceilings.yaml';

const wide: Ceilings = {
  cluster: 'staging',
  maxDuration: 4 * 3600,
  roles: ['curfew:debug-pod'],
  clusterRoles: [],
  users: ['oidc:*'],
  protectedNamespaces: ['kube-*'],
};

function copyOf(change: Partial<Ceilings> = {}): string {
  return canonicalYaml([ceilingsConfigMap({ ...wide, ...change })]);
}

function decide(text: string) {
  const tip = tipOf(new Map([...repositoryFiles(), [path, text]]));
  return decidePullRequest(worldOf({ tip }), context);
}

function findings(text: string): readonly (readonly [string, string])[] {
  return decide(text).findings.map(({ code, message }) => [code, message] as const);
}

const tooLong = '1h is longer than maxDuration of the ceilings of staging, which is 30m';

describe('a request', () => {
  test('within the ceilings is planned as without any', () => {
    const without = decidePullRequest(worldOf(), context);
    const { check, findings: found } = decide(copyOf());
    expect(found).toEqual(without.findings);
    // The ceilings are no part of what is approved: a copy that comes later voids no approval.
    expect(check?.externalId).toBe(without.check?.externalId);
  });

  test.each<readonly [string, Partial<Ceilings>, string]>([
    ['the time', { maxDuration: 1800 }, tooLong],
    ['the role', { roles: [] }, 'curfew:debug-pod is not among roles of the ceilings of staging'],
    ['the person', { users: ['oidc:bob'] }, 'oidc:alice is not among users of the ceilings of staging'],
    [
      'the namespace',
      { protectedNamespaces: ['pay*'] },
      'payments is among protectedNamespaces of the ceilings of staging',
    ],
  ])('beyond %s is refused, with the ceiling and what to do', (_, change, message) => {
    expect(findings(copyOf(change))).toEqual([['beyond-ceilings', message]]);
    const { check, action } = decide(copyOf(change));
    expect(action).toBe('none');
    expect(check).toMatchObject({ conclusion: 'failure' });
    expect(check?.faults).toMatchObject([{ file: requestFile, message }]);
    expect(check?.summary).toContain('have an administrator of the cluster change that');
  });

  test('points to the line that asks for too much', () => {
    expect(decide(copyOf({ maxDuration: 1800 })).check?.faults).toMatchObject([
      { line: requestText.split('\n').findIndex((line) => line.includes('duration')) + 1 },
    ]);
  });

  test('waits for an administrator where the copy cannot be read', () => {
    expect(findings(copyOf().replace('4h0m', 'long'))).toEqual([
      [
        'ceilings-invalid',
        expect.stringMatching(/^Line 1 of clusters\/staging\/ceilings\.yaml: .*maxDuration is no duration/),
      ],
    ]);
    expect(findings('').map(([code]) => code)).toEqual(['ceilings-invalid']);
  });

  test('waits where the copy is no plain file: what GitHub shows of it is not what it is', () => {
    const tip = tipOf(new Map([...repositoryFiles(), [path, copyOf()]]));
    const clusters = tip.clusters.map((file) => (file.path === path ? { ...file, mode: '120000' } : file));
    const { findings: found } = decidePullRequest(worldOf({ tip: { ...tip, clusters } }), context);
    expect(found.map(({ code }) => code)).toEqual(['ceilings-invalid']);
  });

  test('of another cluster has nothing to do with it', () => {
    const prodEu = copyOf({ cluster: 'prod-eu', maxDuration: 60 });
    const tip = tipOf(new Map([...repositoryFiles(), ['clusters/prod-eu/ceilings.yaml', prodEu]]));
    const { findings: found } = decidePullRequest(worldOf({ tip }), context);
    expect(found).toEqual(decidePullRequest(worldOf(), context).findings);
  });
});

describe('a request that landed', () => {
  test('is not granted beyond the ceilings', () => {
    const verdict = judgeLanding(landed({ files: [[path, copyOf({ maxDuration: 1800 })]] }));
    expect(verdict).toMatchObject({
      kind: 'ended',
      finding: { code: 'landed-unapproved', message: tooLong },
    });
    expect(judgeLanding(landed({ files: [[path, copyOf()]] })).kind).toBe('grant');
  });

  test('waits where the copy cannot be read', () => {
    const verdict = judgeLanding(landed({ files: [[path, 'kind: ConfigMap']] }));
    expect(verdict).toMatchObject({ kind: 'wait', finding: { code: 'ceilings-invalid' } });
  });
});

describe('a pull request that changes the copy', () => {
  const open = [pullRequestOf({ number: 21 })];

  test('names the requests that it would have refused, and the grants that go past it', () => {
    const report = judge({ [path]: copyOf({ maxDuration: 1800 }) }, { open });
    expect(report.findings).toMatchObject([{ code: 'proposal-sound' }]);
    expect(itemsOf(report, 'Grants in force')).toMatchObject([
      expect.stringContaining(`would be refused today: ${tooLong}`),
    ]);
    expect(itemsOf(report, 'Requests on the way')).toMatchObject([
      expect.stringContaining(`would be refused: ${tooLong}`),
    ]);
  });

  test('says nothing of what stays within', () => {
    expect(judge({ [path]: copyOf() }, { open }).sections).toEqual([]);
  });

  test('is refused where nobody could read it', () => {
    const report = judge({ [path]: copyOf({ cluster: 'prod-eu' }) });
    expect(report.findings).toMatchObject([
      { code: 'proposal-invalid', message: `Line 1 of ${path}: these are the ceilings of "prod-eu"` },
    ]);
  });
});

describe('curfew validate', () => {
  const faults = (text: string): readonly string[] =>
    validateRepository(new Map([...repositoryFiles(), [path, text], [requestFile, requestText]])).map(
      ({ file, line, message }) => `${file}:${line}: ${message}`,
    );

  test('holds requests against the ceilings, but for who asks', () => {
    expect(faults(copyOf({ users: [] }))).toEqual([]);
    expect(faults(copyOf({ maxDuration: 1800 }))).toEqual([`${requestFile}:7: ${tooLong}`]);
  });

  test('says once what is wrong with a copy', () => {
    expect(faults('')).toEqual([`${path}:1: this is not the ConfigMap curfew-ceilings alone`]);
    expect(faults('&a')).toHaveLength(1);
  });
});
