/**
 * Pods, restricted by construction. Whatever has one right answer (no token, no privilege, an end) is filled in, so
 * that no template can forget it, and a template that says otherwise is refused; what is a choice (image, command,
 * resources) has to be said. Everything else that a Pod could have is refused by not being in the list.
 */
import { z } from 'zod';
import type { JsonObject } from '../../base/json.ts';
import { isJsonObject } from '../../base/json-type.ts';
import type { GrantContext } from '../template.ts';
import { exactly, metadata } from './shared.ts';

const restricted = 'Pods of a grant are restricted; leave it out, it is filled in';

/** Pod security standard "restricted", and a root file system that keeps nothing. */
const containerSecurity = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
} as const;

const podSecurity = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } as const;

/** A Pod is asked to stop and then killed after so many seconds: short, for a grant has ended by then. */
const grace = 5;

/** Fills in what every Pod of a grant has; what the template says itself stays, to be judged by the rules. */
export function completePod(
  spec: JsonObject,
  serviceAccount: string | null,
  context: GrantContext,
): JsonObject {
  const containers = Array.isArray(spec['containers']) ? spec['containers'] : [];
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: grace,
    activeDeadlineSeconds: context.duration,
    ...(serviceAccount === null ? {} : { serviceAccountName: serviceAccount }),
    ...spec,
    securityContext: merged(podSecurity, spec['securityContext']),
    containers: containers.map((container: unknown) =>
      isJsonObject(container)
        ? { ...container, securityContext: merged(containerSecurity, container['securityContext']) }
        : null,
    ),
  };
}

function merged(filledIn: JsonObject, given: unknown): JsonObject {
  return isJsonObject(given) ? { ...filledIn, ...given } : filledIn;
}

const quantity = z
  .string()
  .regex(/^[1-9]\d{0,5}(?:m|Ki|Mi|Gi)?$/, 'is not an amount; write it as "100m" or "64Mi"');
const amounts = z.strictObject({ cpu: quantity, memory: quantity });

/** A tag or a digest, so that what runs does not change unseen from one grant to the next. */
const image = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._/:-]{0,200}(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$/,
    'is not an image with a tag or a digest; write name:tag or name@sha256:…',
  )
  .refine((name) => !name.endsWith(':latest'), 'changes from day to day; name a version');

const container = z.strictObject({
  name: z.string().min(1).max(63),
  image,
  command: z.array(z.string()).min(1).optional(),
  args: z.array(z.string()).optional(),
  workingDir: z.string().optional(),
  env: z.array(z.strictObject({ name: z.string().min(1), value: z.string() })).optional(),
  stdin: z.boolean().optional(),
  tty: z.boolean().optional(),
  resources: z.strictObject({ limits: amounts, requests: amounts.optional() }),
  volumeMounts: z
    .array(z.strictObject({ name: z.string().min(1), mountPath: z.string().startsWith('/') }))
    .optional(),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: exactly(false, restricted),
    capabilities: z.strictObject({ drop: z.tuple([exactly('ALL', restricted)]) }),
    readOnlyRootFilesystem: exactly(true, restricted),
    runAsNonRoot: exactly(true, restricted),
  }),
});

/** Scratch space in memory or on the node, bounded, gone with the Pod. */
const volume = z.strictObject({
  name: z.string().min(1),
  emptyDir: z.strictObject({ sizeLimit: quantity, medium: z.literal('Memory').optional() }),
});

/** What a Pod of a grant may be. */
export function podRules(context: GrantContext, serviceAccount: string | null) {
  return z.strictObject({
    apiVersion: exactly('v1', 'there is no other'),
    kind: z.literal('Pod'),
    metadata: metadata(context),
    spec: z.strictObject({
      serviceAccountName: exactly(
        serviceAccount ?? '',
        serviceAccount === null
          ? 'a Pod needs a ServiceAccount of the grant; add one to the manifests'
          : 'a Pod runs as the ServiceAccount of its grant; leave it out, it is filled in',
      ),
      automountServiceAccountToken: exactly(false, restricted),
      enableServiceLinks: exactly(false, restricted),
      restartPolicy: exactly('Never', restricted),
      terminationGracePeriodSeconds: z.int().min(0).max(30),
      activeDeadlineSeconds: exactly(
        context.duration,
        'a Pod ends with its grant; leave it out, it is filled in',
      ),
      securityContext: z.strictObject({
        runAsNonRoot: exactly(true, restricted),
        seccompProfile: z.strictObject({ type: exactly('RuntimeDefault', restricted) }),
        runAsUser: z.int().min(1).optional(),
        runAsGroup: z.int().min(1).optional(),
      }),
      containers: z.array(container).min(1).max(1),
      volumes: z.array(volume).optional(),
    }),
  });
}
