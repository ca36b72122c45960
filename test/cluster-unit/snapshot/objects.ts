/** Objects as an API server gives them, with much that no snapshot wants. */
import type { JsonObject } from '../../../src/base/json.ts';

export function metadata(name: string, more: JsonObject = {}): JsonObject {
  return {
    name,
    namespace: 'payments',
    uid: 'b3d1',
    resourceVersion: '4711',
    generation: 3,
    creationTimestamp: '2026-11-01T09:00:00Z',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'password' },
    managedFields: [{ manager: 'kubectl' }],
    ...more,
  };
}

export function controlledBy(apiVersion: string, kind: string, name: string): JsonObject {
  return {
    ownerReferences: [{ apiVersion, kind, name, uid: 'aa', controller: true, blockOwnerDeletion: true }],
  };
}

export const podSpec: JsonObject = {
  serviceAccountName: 'api',
  nodeName: 'node-1',
  containers: [
    {
      name: 'api',
      image: 'example.com/api:v1',
      command: ['/api', '--password=hunter2'],
      args: ['--token', 'hunter2'],
      env: [{ name: 'PASSWORD', value: 'hunter2' }],
      envFrom: [{ secretRef: { name: 'api-password' } }],
      volumeMounts: [{ name: 'secret', mountPath: '/secret' }],
      ports: [{ name: 'https', containerPort: 8443, protocol: 'TCP', hostPort: 18_443 }],
    },
  ],
  initContainers: [
    { name: 'migrate', image: 'm', env: [{ name: 'PASSWORD', value: 'hunter2' }] },
    {
      name: 'proxy',
      restartPolicy: 'Always',
      ports: [{ name: 'proxy', containerPort: 15_001, protocol: 'TCP' }],
    },
  ],
  volumes: [{ name: 'secret', secret: { secretName: 'api-password' } }],
};

export const deployment: JsonObject = {
  metadata: metadata('api', { labels: { 'helm.sh/chart': 'api-1.2.3' } }),
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'api' } },
    template: { metadata: { labels: { app: 'api' }, annotations: { checksum: 'x' } }, spec: podSpec },
  },
  status: { readyReplicas: 3 },
};

/** What a snapshot keeps of it. */
export const keptDeployment: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api', namespace: 'payments' },
  spec: {
    template: {
      metadata: { labels: { app: 'api' } },
      spec: {
        serviceAccountName: 'api',
        containers: [{ name: 'api', ports: [{ name: 'https', containerPort: 8443, protocol: 'TCP' }] }],
        initContainers: [
          {
            name: 'proxy',
            restartPolicy: 'Always',
            ports: [{ name: 'proxy', containerPort: 15_001, protocol: 'TCP' }],
          },
        ],
      },
    },
  },
};
