/**
 * Pods, restricted by construction. Whatever has one right answer (no token, no privilege, an end) is filled in, so
 * that no template can forget it, and a template that says otherwise is refused; what is a choice (image, command,
 * resources) has to be said. Everything else that a Pod could have is refused by not being in the list.
 */
import { z } from 'zod';
import type { Json, JsonObject } from '../../base/json.ts';
import { isJsonList, isJsonObject } from '../../base/json-type.ts';
import {
  exactly,
  metadata,
  metadataObjections,
  unless,
  type Grant,
  type KindRules,
  type Objection,
} from './shared.ts';

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
export function completePod(spec: JsonObject, grant: Grant): JsonObject {
  const containers = spec['containers'] ?? [];
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: grace,
    activeDeadlineSeconds: grant.duration,
    ...(grant.serviceAccount === null ? {} : { serviceAccountName: grant.serviceAccount }),
    ...spec,
    securityContext: merged(podSecurity, spec['securityContext']),
    containers: isJsonList(containers) ? containers.map(completeContainer) : containers,
  };
}

function completeContainer(given: Json): Json {
  if (!isJsonObject(given)) return given;
  const texts = ['command', 'args', 'env']
    .filter((key) => key in given)
    .map((key) => [key, asText(given[key] ?? null)]);
  return {
    ...given,
    ...Object.fromEntries(texts),
    securityContext: merged(containerSecurity, given['securityContext']),
  };
}

/** Numbers and booleans as text: Kubernetes knows nothing else there, and a parameter that stands alone has its type. */
function asText(value: Json): Json {
  if (isJsonList(value)) return value.map(asText);
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asText(item)]));
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** The given value with what it leaves out; one of a wrong type stays as it is, to be refused by the rules. */
function merged(filledIn: JsonObject, given: Json | undefined): Json {
  if (given === undefined) return filledIn;
  return isJsonObject(given) ? { ...filledIn, ...given } : given;
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

const pod = z.strictObject({
  apiVersion: exactly('v1', 'there is no other'),
  kind: z.literal('Pod'),
  metadata,
  spec: z.strictObject({
    serviceAccountName: z.string(
      'is not a name; a ServiceAccount among the manifests, whose name is filled in here',
    ),
    automountServiceAccountToken: exactly(false, restricted),
    enableServiceLinks: exactly(false, restricted),
    restartPolicy: exactly('Never', restricted),
    terminationGracePeriodSeconds: z.int().min(0).max(30),
    activeDeadlineSeconds: z.int(),
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

/**
 * Kubernetes puts the values of variables into command and arguments, as `$(NAME)`, before anything runs: a value that
 * a request gives for a variable would be read by a shell as part of its script.
 */
function expansions(containers: z.infer<typeof pod>['spec']['containers']): readonly Objection[] {
  return containers.flatMap(({ env = [], ...container }, index) =>
    (['command', 'args'] as const).flatMap((field) =>
      (container[field] ?? []).flatMap((text, position) =>
        unless(
          !env.some(({ name }) => text.includes(`$(${name})`)),
          ['spec', 'containers', index, field, position],
          text,
          'has Kubernetes write the value of a variable into what runs; let the program read the variable from its environment',
        ),
      ),
    ),
  );
}

/** What a Pod of a grant may be. */
export const podRules: KindRules<z.infer<typeof pod>> = {
  schema: pod,
  objections: (
    { metadata: meta, spec: { serviceAccountName, activeDeadlineSeconds, containers } },
    grant,
  ) => [
    ...metadataObjections(meta, grant),
    ...unless(
      serviceAccountName === grant.serviceAccount,
      ['spec', 'serviceAccountName'],
      serviceAccountName,
      'is not the ServiceAccount of the grant; leave it out, it is filled in',
    ),
    ...unless(
      activeDeadlineSeconds === grant.duration,
      ['spec', 'activeDeadlineSeconds'],
      activeDeadlineSeconds,
      'is not the end of the grant; leave it out, it is filled in',
    ),
    ...expansions(containers),
  ],
};
