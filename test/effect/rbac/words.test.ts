import { describe, expect, test } from 'vitest';
import { permissionsIn } from '../../../src/effect/rbac/permission.ts';
import { sayPermissions } from '../../../src/effect/rbac/words.ts';
import { defaultRules } from '../../../src/effect/rbac/default-roles.ts';
import { rule } from './build.ts';

function say(
  rules: readonly string[],
  namespace: string | null = 'payments',
  minor: number | null = 36,
): readonly string[] {
  return sayPermissions(permissionsIn([{ namespace, rules: rules.map(rule) }]), { minor });
}

describe('permissions in a person’s words', () => {
  test.each([
    [['get,list,watch :pods'], ['read pods in payments']],
    [['get :pods'], ['get pods in payments']],
    [['list,watch :pods'], ['list and watch pods in payments']],
    [
      ['get,list :pods,configmaps', 'get,list apps:deployments'],
      ['read configmaps, pods and deployments in payments'],
    ],
    [['get,list,watch :secrets'], ['read all secrets of payments']],
    [['get :secrets named db,api'], ['read the secrets api and db in payments']],
    [['create :pods/exec'], ['exec into pods in payments']],
    [['create :pods/exec named a,b'], ['exec into the pods a and b in payments']],
    [['get :pods/log'], ['read logs of pods in payments']],
    [['create :pods/portforward'], ['forward ports of pods in payments']],
    [['patch :pods/ephemeralcontainers'], ['put debug containers into pods in payments']],
    [['create :serviceaccounts/token'], ['mint tokens of serviceaccounts in payments']],
    [['patch apps:deployments/scale,statefulsets/scale'], ['scale deployments and statefulsets in payments']],
    [['update,patch,delete,deletecollection :configmaps'], ['change and delete configmaps in payments']],
    [['get,create :configmaps'], ['create configmaps in payments', 'get configmaps in payments']],
    [['* :configmaps'], ['do anything with configmaps in payments']],
    [['* *:*'], ['do anything with everything in payments']],
    [['get,list :*'], ['read everything of the core API in payments']],
    [['get *:widgets'], ['get widgets of every API in payments']],
    [['get,list example.com:widgets'], ['read widgets.example.com in payments']],
    [['get,list apps:deployments/status'], ['get deployments/status in payments']],
    [['bind rbac.authorization.k8s.io:roles'], ['bind roles in payments']],
    [
      ['get,patch :namespaces'],
      ['change the namespace payments itself', 'get the namespace payments itself'],
    ],
    [['get :nodes', 'get url:/metrics'], []],
    [['create :configmaps named x'], []],
    [['deletecollection :configmaps named x'], []],
    [['delete :configmaps named x'], ['delete the configmaps x in payments']],
    [['create,patch :configmaps named x'], ['create and change the configmaps x in payments']],
    [['get extensions:deployments'], []],
  ])('%j → %j', (rules, expected) => {
    expect(say(rules)).toEqual(expected);
  });

  test('across the cluster', () => {
    expect(say(['get,list :pods,nodes', 'get url:/metrics', 'get,list :secrets'], null)).toEqual([
      'read all secrets of every namespace',
      'read nodes',
      'read pods in every namespace',
      'get /metrics of the API server',
    ]);
    expect(say(['* *:*', '* url:*'], null)).toEqual([
      'do anything with everything in the whole cluster',
      'do anything with every URL of the API server',
    ]);
  });

  test('get on exec is a shell where the server takes it as one', () => {
    expect(say(['get :pods/exec'], 'payments', 34)).toEqual(['exec into pods in payments']);
    expect(say(['get :pods/exec'], 'payments', null)).toEqual(['exec into pods in payments']);
    expect(say(['get :pods/exec'], 'payments', 35)).toEqual(['get pods/exec in payments']);
  });

  test('of the default role edit, the worst comes first', () => {
    const said = sayPermissions(permissionsIn([{ namespace: 'payments', rules: defaultRules('edit') }]), {
      minor: 36,
    });
    expect(said[0]).toBe('create, change and delete secrets in payments');
    expect(said.length).toBeLessThan(25);
    expect(said.at(-1)).toMatch(/^(read|get) /);
  });
});
