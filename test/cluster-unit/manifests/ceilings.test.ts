import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ceilingsConfigMap,
  ceilingsOf,
  neverGranted,
  widerThan,
} from '../../../src/cluster/manifests/ceilings.ts';
import { readPolicyFile } from '../../../src/lifecycle/read-policy.ts';
import { readCeilings, type Ceilings } from '../../../src/policy/ceilings.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { templateFiles, templateFrom } from '../../template/catalog.ts';

const templates = new Map(
  templateFiles.map((file) => templateFrom(file)).map((template) => [template.name, template]),
);

const shipped = readFileSync('.github/curfew.yaml', 'utf8');

function policyOf(text: string): Policy {
  const result = readPolicyFile('.github/curfew.yaml', text);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.value.policy;
}

const alwaysProtected = ['kube-*', 'argocd', 'flux-system', 'curfew-system'];

const people = ['alice', 'bob', 'carol', 'dan', 'erin', 'frank', 'grace', 'mallory'];

describe('the first version, from the policy', () => {
  test('is what the policy of this repository can grant on a cluster, and no more', () => {
    expect(ceilingsOf(policyOf(shipped), templates, 'prod-eu')).toEqual({
      cluster: 'prod-eu',
      maxDuration: 4 * 3600,
      roles: ['curfew:debug-pod', 'curfew:network-path', 'curfew:read-logs', 'curfew:restart-deployment'],
      clusterRoles: ['curfew:cluster-read'],
      users: people.map((login) => `${login}@example.com`),
      protectedNamespaces: [...alwaysProtected, 'vault'],
    });
    expect(ceilingsOf(policyOf(shipped), templates, 'staging').users).toEqual(
      people.map((login) => `oidc:${login}`),
    );
  });

  const small = (allow: string, limits = ''): Policy =>
    policyOf(`apiVersion: curfew.dev/v1
kind: Policy
spec:
  clusters: {prod-eu: {environment: production}, staging: {environment: staging}}
  identities: []
  allow: [${allow}]
  limits: [${limits}]
`);
  const entry = (scope: string, maxDuration: string, template = 'read-logs'): string =>
    `{name: ${template} in ${scope.replaceAll('*', 'all')}, requesters: [acme/sre], templates: [${template}], scopes: ['${scope}'], maxDuration: ${maxDuration}}`;
  const seconds = (allow: string, limits = ''): number =>
    ceilingsOf(small(allow, limits), templates, 'prod-eu').maxDuration;

  test.each<readonly [string, number, string, string]>([
    ['is nothing where nothing is allowed', 0, '', ''],
    ['is nothing where only another cluster is', 0, entry('staging/*', '1h'), ''],
    ['is the longest of the entries', 7200, `${entry('prod-eu/a', '1h')}, ${entry('prod-*/b', '2h')}`, ''],
    ['is bounded by the template', 8 * 3600, entry('prod-eu/a', '12h'), ''],
    [
      'is bounded by a limit that fits all of it',
      1800,
      entry('prod-eu/*', '1h'),
      "{scopes: ['*/*'], maxDuration: 30m}",
    ],
    [
      'is not bounded by one that fits some of it',
      3600,
      entry('prod-eu/*', '1h'),
      '{scopes: [prod-eu/a], maxDuration: 30m}',
    ],
    [
      'is not bounded by one of another cluster',
      3600,
      entry('prod-eu/a', '1h'),
      "{scopes: ['staging/*'], maxDuration: 30m}",
    ],
  ])('%s', (_, expected, allow, limits) => {
    expect(seconds(allow, limits)).toBe(expected);
  });

  test('binds in the whole cluster only what is asked for there', () => {
    const allow = `${entry('prod-eu/_cluster', '1h', 'cluster-read')}, ${entry('prod-eu/a', '1h')}`;
    expect(ceilingsOf(small(allow), templates, 'prod-eu')).toMatchObject({
      roles: ['curfew:read-logs'],
      clusterRoles: ['curfew:cluster-read'],
    });
  });

  test('says which entries it leaves without effect', () => {
    const allow = `${entry('prod-eu/kube-system', '1h')}, ${entry('prod-eu/a', '1h')}, ${entry('staging/argocd', '1h')}`;
    expect(neverGranted(small(allow), 'prod-eu')).toEqual([
      '"read-logs in prod-eu/kube-system" allows prod-eu/kube-system, which is among protectedNamespaces of the ceilings',
    ]);
    expect(neverGranted(policyOf(shipped), 'prod-eu')).toEqual([]);
  });
});

const ceilings: Ceilings = {
  cluster: 'prod-eu',
  maxDuration: 5400,
  roles: ['curfew:a', 'curfew:b'],
  clusterRoles: [],
  users: ['*@example.com'],
  protectedNamespaces: ['kube-*', 'vault'],
};

describe('the ConfigMap', () => {
  test('can be read by a person, and back', () => {
    const object = ceilingsConfigMap(ceilings);
    expect(object['data']).toEqual({
      cluster: 'prod-eu',
      maxDuration: '1h30m',
      roles: 'curfew:a\ncurfew:b\n',
      clusterRoles: '',
      users: '*@example.com\n',
      protectedNamespaces: 'kube-*\nvault\n',
    });
    expect(readCeilings(object)).toEqual(ceilings);
  });

  test.each<readonly [string, object, string]>([
    ['lacks a ceiling', { roles: undefined, users: 3 }, 'it lacks roles, users: nothing is granted'],
    [
      'has days, which CEL does not know',
      { maxDuration: '1d' },
      'maxDuration is no duration such as 4h or 1h30m: nothing is granted',
    ],
    [
      'has no duration',
      { maxDuration: '' },
      'maxDuration is no duration such as 4h or 1h30m: nothing is granted',
    ],
  ])('that %s is said to be one', (_, change, message) => {
    const object = ceilingsConfigMap(ceilings);
    const data = JSON.parse(JSON.stringify({ ...Object(object['data']), ...change }));
    expect(readCeilings({ ...object, data })).toBe(message);
  });
});

describe('git and the ceilings', () => {
  const git = { ...ceilings, users: ['alice@example.com'] };

  test.each<readonly [string, Partial<Ceilings>, readonly string[]]>([
    ['the same', {}, []],
    ['less in all', { maxDuration: 60, roles: [], protectedNamespaces: ['kube-*', 'va*', 'x'] }, []],
    [
      'another cluster',
      { cluster: 'staging' },
      ['cluster: this is staging, and the ceilings are those of prod-eu'],
    ],
    ['longer', { maxDuration: 7200 }, ['maxDuration: git grants up to 2h, the ceiling is 1h30m']],
    ['another role', { roles: ['curfew:c'] }, ['roles: git grants curfew:c, which is not in the ceilings']],
    [
      'a role in the whole cluster',
      { clusterRoles: ['curfew:a'] },
      ['clusterRoles: git grants curfew:a, which is not in the ceilings'],
    ],
    [
      'somebody of elsewhere',
      { users: ['eve@example.net'] },
      ['users: git grants eve@example.net, which is not in the ceilings'],
    ],
    [
      'a namespace that is protected no more',
      { protectedNamespaces: ['kube-*'] },
      ['protectedNamespaces: the ceilings protect vault, and git does not'],
    ],
  ])('%s', (_, change, expected) => {
    expect(widerThan({ ...git, ...change }, ceilings)).toEqual(expected);
  });

  test('git is never wider than what was made of it', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { maxLength: 4 });
    const any = fc.record({
      cluster: fc.constant('prod-eu'),
      maxDuration: fc.integer({ min: 1, max: 600 }).map((minutes) => minutes * 60),
      roles: names,
      clusterRoles: names,
      users: names,
      protectedNamespaces: names,
    });
    fc.assert(
      fc.property(any, (made) => {
        const read = readCeilings(ceilingsConfigMap(made));
        expect(typeof read === 'string' ? read : widerThan(made, read)).toEqual([]);
      }),
    );
  });
});
