import { describe, expect, test } from 'vitest';
import { admissionObjects, ruleSets } from '../../../src/cluster/manifests/admission.ts';
import { ceilingsConfigMap } from '../../../src/cluster/manifests/ceilings.ts';
import { checkAdmission } from '../../../src/cluster/manifests/check.ts';
import type { Ceilings } from '../../../src/policy/ceilings.ts';
import { roles } from '../../template/catalog.ts';

const ceilings: Ceilings = {
  cluster: 'prod-eu',
  maxDuration: 3600,
  roles: [...roles.keys()],
  clusterRoles: [],
  users: ['*'],
  protectedNamespaces: ['kube-*'],
};

// What the rules say is proved on an API server, in test/cluster/admission.test.ts.
describe('the rules', () => {
  test('fail closed, and are bound', () => {
    const policies = admissionObjects().filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
    for (const policy of policies) expect(policy).toMatchObject({ spec: { failurePolicy: 'Fail' } });
    const bound = admissionObjects().flatMap(({ kind, spec }) =>
      kind === 'ValidatingAdmissionPolicyBinding' ? [spec] : [],
    );
    expect(bound).toEqual(
      policies.map(({ metadata }) =>
        expect.objectContaining({ policyName: metadata.name, validationActions: ['Deny', 'Audit'] }),
      ),
    );
  });

  test('that read the ceilings concern no deletion: a missing ceiling holds up no end', () => {
    const reading = ruleSets.filter(({ rules, variables }) =>
      JSON.stringify([rules, variables]).includes('params.'),
    );
    expect(reading.map(({ ceilings, operations }) => [ceilings, operations])).toEqual([[true, ['CREATE']]]);
    expect(ruleSets.filter((set) => set.ceilings)).toEqual(reading);
  });

  test('pass over everything that carries no label, but for the applier and the guard, and who places Pods', () => {
    const looking = admissionObjects().flatMap(({ kind, metadata, spec }) =>
      kind === 'ValidatingAdmissionPolicy' ? [[metadata.name, spec] as const] : [],
    );
    const others: Readonly<Record<string, object>> = {
      'curfew-confinement': { matchConditions: [{ name: 'applier-or-guard' }] },
      'curfew-placement': {
        matchConstraints: {
          resourceRules: [{ operations: ['CREATE'], resources: ['bindings', 'pods/binding'] }],
        },
      },
    };
    const labelled = {
      matchConstraints: { objectSelector: { matchExpressions: [{ key: 'curfew.dev/grant' }] } },
    };
    for (const [name, spec] of looking) expect(spec).toMatchObject(others[name] ?? labelled);
  });

  test('are said in one line each, which names the rule', () => {
    const messages = ruleSets.flatMap(({ rules }) => rules.map(({ message }) => message));
    for (const message of messages) expect(message).toMatch(/^[^\n]{20,280}$/);
    expect(new Set(messages).size).toBeGreaterThan(30);
  });
});

describe('the check', () => {
  const installed = [...admissionObjects(), ceilingsConfigMap(ceilings)];

  test('finds nothing in what was just installed', () => {
    expect(checkAdmission(installed, ceilings)).toEqual([]);
  });

  test('finds what is missing, what was changed, and where git is wider', () => {
    const changed = installed.flatMap((object) => {
      if (object.metadata.name === 'curfew-pods') return [];
      if (object.kind === 'ValidatingAdmissionPolicyBinding' && object.metadata.name === 'curfew-marks')
        return [{ ...object, spec: { policyName: 'curfew-marks', validationActions: ['Audit'] } }];
      return [object];
    });
    expect(checkAdmission(changed, { ...ceilings, maxDuration: 7200 })).toEqual([
      'ValidatingAdmissionPolicyBinding curfew-marks is not as this version of Curfew prints it',
      'ValidatingAdmissionPolicy curfew-pods is not installed',
      'ValidatingAdmissionPolicyBinding curfew-pods is not installed',
      'ConfigMap curfew-ceilings: maxDuration: git grants up to 2h, the ceiling is 1h',
    ]);
  });

  test('knows that without ceilings nothing is granted', () => {
    expect(checkAdmission(admissionObjects(), ceilings)).toEqual([
      'ConfigMap curfew-ceilings is not installed: nothing is granted',
    ]);
  });
});
