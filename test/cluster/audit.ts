/** The audit log of the API server; see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ */
import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { z } from 'zod';

const auditEvent = z.looseObject({
  auditID: z.string(),
  stage: z.string(),
  verb: z.string(),
  requestURI: z.string(),
  user: z.looseObject({ username: z.string(), groups: z.array(z.string()).default([]) }),
  impersonatedUser: z.looseObject({ username: z.string() }).optional(),
  userAgent: z.string().optional(),
  objectRef: z
    .looseObject({
      resource: z.string().optional(),
      subresource: z.string().optional(),
      namespace: z.string().optional(),
      name: z.string().optional(),
      apiGroup: z.string().optional(),
    })
    .optional(),
  responseStatus: z.looseObject({ code: z.number().optional(), message: z.string().optional() }).optional(),
  requestObject: z.unknown().optional(),
  requestReceivedTimestamp: z.string(),
  stageTimestamp: z.string(),
  annotations: z.record(z.string(), z.string()).default({}),
});

/** `audit.k8s.io/v1` Event. `annotations['authorization.k8s.io/reason']` names the binding that allowed a request. */
export type AuditEvent = z.infer<typeof auditEvent>;

/** What the API server has written so far; the last line may still be on its way. */
export async function readAudit(file: string): Promise<readonly AuditEvent[]> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  return lines.slice(0, -1).map((line) => auditEvent.parse(JSON.parse(line)));
}

const grantKinds = [
  { group: 'rbac.authorization.k8s.io', resources: ['rolebindings', 'clusterrolebindings'] },
  { group: 'networking.k8s.io', resources: ['networkpolicies'] },
  { group: '', resources: ['pods', 'serviceaccounts'] },
];

/** Contents only of what grants are made of: a Secret or a token must never get into a log. */
export const auditPolicy = stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    {
      level: 'Metadata',
      resources: [
        { group: '', resources: ['secrets', 'serviceaccounts/token'] },
        { group: 'authentication.k8s.io' },
      ],
    },
    {
      level: 'Request',
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      resources: grantKinds,
    },
    { level: 'Metadata' },
  ],
});
