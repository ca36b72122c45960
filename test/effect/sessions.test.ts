import { describe, expect, it, test } from 'vitest';
import type { Json, KubernetesObject } from '../../src/base/json.ts';
import { openSessions, refuseOutliving } from '../../src/effect/sessions.ts';

const id = 'payments-0a1b2c3d4e5f';
const api = 'rbac.authorization.k8s.io';

function role(rules: Json): { readonly object: KubernetesObject } {
  return {
    object: { apiVersion: `${api}/v1`, kind: 'ClusterRole', metadata: { name: 'curfew:any' }, rules },
  };
}

function binding(namespace: string | null): KubernetesObject {
  return {
    apiVersion: `${api}/v1`,
    kind: namespace === null ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name: id, ...(namespace === null ? {} : { namespace }) },
    roleRef: { apiGroup: api, kind: 'ClusterRole', name: 'curfew:any' },
    subjects: [{ apiGroup: api, kind: 'User', name: 'alice@example.com' }],
  };
}

const pod: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: id, namespace: 'payments' },
  spec: { activeDeadlineSeconds: 5400 },
};

function core(resource: string, verbs: readonly string[], names: readonly string[] = []): Json {
  const resourceNames = names.length === 0 ? {} : { resourceNames: names };
  return [{ apiGroups: [''], resources: [resource], verbs, ...resourceNames }];
}

const rows: readonly {
  readonly it: string;
  readonly rules: Json;
  readonly place?: null;
  readonly outliving: readonly string[];
  readonly open?: string;
}[] = [
  { it: 'create on exec', rules: core('pods/exec', ['create']), outliving: ['exec into pods in payments'] },
  {
    it: 'get on exec, a shell below 1.35',
    rules: core('pods/exec', ['get']),
    outliving: ['exec into pods in payments'],
  },
  { it: 'a star before exec', rules: core('*/exec', ['*']), outliving: ['exec into pods in payments'] },
  {
    it: 'everything in a namespace, which is nothing on nodes',
    rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    outliving: [
      'exec, attach and port-forward into pods in payments',
      'a connection through the API server to pods in payments',
      'a connection through the API server to services in payments',
    ],
  },
  {
    it: 'exec across the cluster',
    rules: core('pods/exec', ['create']),
    place: null,
    outliving: ['exec into pods in every namespace'],
  },
  {
    it: 'the kubelets',
    rules: core('nodes/proxy', ['get']),
    place: null,
    outliving: ['a connection through the API server to kubelets'],
  },
  { it: 'the kubelets, by a RoleBinding: nothing', rules: core('nodes/proxy', ['get']), outliving: [] },
  {
    it: 'exec into one pod of somebody else',
    rules: core('pods/exec', ['create'], ['db-0']),
    outliving: ['exec into pods named db-0 in payments'],
  },
  {
    it: 'exec into the pod of the grant and into another',
    rules: core('pods/exec', ['create'], ['db-0', id]),
    outliving: ['exec into pods named db-0 in payments'],
  },
  {
    it: 'exec into the pod of the grant alone ends with it',
    rules: core('pods/exec', ['create'], [id]),
    outliving: [],
  },
  {
    it: 'logs, by which nobody acts',
    rules: core('pods/log', ['get']),
    outliving: [],
    open: 'following logs of pods in payments: until closed or the container stops; no time limit',
  },
  {
    it: 'watches, by which nobody acts',
    rules: core('pods', ['watch']),
    outliving: [],
    open: 'a watch: 30 to 60 minutes, or as long as its client asked for when it opened it',
  },
  {
    it: 'exec of another group',
    rules: [{ apiGroups: ['x'], resources: ['pods/exec'], verbs: ['*'] }],
    outliving: [],
  },
  { it: 'reading pods', rules: core('pods', ['get']), outliving: [], open: 'any other request: 60 seconds' },
];

describe('what stays open', () => {
  test.each(rows)('$it', ({ rules, place = 'payments', outliving, open }) => {
    const sessions = openSessions([binding(place), pod], [role(rules)]);
    expect(sessions.outliving).toEqual(outliving);
    for (const what of outliving) expect(sessions.open.join('\n')).toContain(`${what}: until `);
    if (open !== undefined) expect(sessions.open).toContain(open);
    expect(refuseOutliving(sessions)).toHaveLength(outliving.length === 0 ? 0 : 1);
  });

  it('says that the pod of the grant ends with it, and when by itself', () => {
    expect(openSessions([pod], []).open).toEqual([
      `pod payments/${id} is deleted with the grant, and stops by itself 1h30m after its start: what is open in it ends with it`,
    ]);
  });

  it('is nothing where nothing is given', () => {
    expect(openSessions([binding('payments')], [])).toEqual({ open: [], outliving: [] });
  });
});
