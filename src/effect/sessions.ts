/**
 * What stays open when a grant ends. The API server asks for permission when a request begins, and not again: taking
 * the binding away ends nothing that runs. The bounds are those of Kubernetes 1.36: which requests have no time limit
 * says `LongRunningFunc` of the API server (verbs watch and proxy; subresources attach, exec, log, portforward and
 * proxy), what a watch has `ListResource` (`--min-request-timeout`, or the `timeoutSeconds` of the request).
 */
import { formatDuration } from '../base/duration.ts';
import type { KubernetesObject } from '../base/json.ts';
import type { Danger } from './effect.ts';
import { rulesOfGrant } from './network/rights.ts';
import { isClusterScoped } from './rbac/api-resources.ts';
import { verbs, type VerbsNeed } from './rbac/dangers/row.ts';
import { verbsFor } from './rbac/find-dangers.ts';
import { livePermissions } from './rbac/live.ts';
import { permissionsIn, type Permission, type ResourcePermission } from './rbac/permission.ts';
import { asObject, asString } from './rbac/tree.ts';
import { joined } from './rbac/words.ts';

/** What a grant lets its holder have open when it ends. */
export interface Sessions {
  /** One sentence for each kind, with its bound; empty where the grant gives nothing. */
  readonly open: readonly string[];
  /** Those by which the holder could go on acting, in pods that do not end with the grant: `exec into pods in payments`. */
  readonly outliving: readonly string[];
}

interface Kind {
  readonly need: VerbsNeed;
  /** `exec`, and where: `into pods`. */
  readonly how: string;
  readonly where: string;
  /** Whether whoever has one open can do something by it, and not only see. */
  readonly acts: boolean;
  readonly bound: string;
}

// Below Kubernetes 1.35 `get` alone opens them. Which version runs is not asked: a newer one would only hide something.
const opening = ['get', 'create'];
const intoPods = {
  where: 'into pods',
  acts: true,
  bound: 'until closed or the pod is gone; no time limit, but the kubelet cuts what was idle for 4 hours',
};
const proxied = {
  how: 'a connection through the API server',
  acts: true,
  bound: 'until either end closes it; no time limit',
};

const kinds: readonly Kind[] = [
  { need: verbs(opening, '', ['pods/exec']), how: 'exec', ...intoPods },
  { need: verbs(opening, '', ['pods/attach']), how: 'attach', ...intoPods },
  { need: verbs(opening, '', ['pods/portforward']), how: 'port-forward', ...intoPods },
  { need: verbs(['*'], '', ['pods/proxy']), where: 'to pods', ...proxied },
  { need: verbs(['*'], '', ['services/proxy']), where: 'to services', ...proxied },
  { need: verbs(['*'], '', ['nodes/proxy']), where: 'to kubelets', ...proxied },
  {
    need: verbs(['get'], '', ['pods/log']),
    how: 'following logs',
    where: 'of pods',
    acts: false,
    bound: 'until closed or the container stops; no time limit',
  },
];

const watching = verbs(['watch'], '*', ['*']);

/** By the objects of a grant, and the roles of the catalog that they bind. */
export function openSessions(
  grant: readonly KubernetesObject[],
  roles: readonly { readonly object: KubernetesObject }[],
): Sessions {
  const permissions = livePermissions(permissionsIn(rulesOfGrant(grant, roles)));
  const pods = grant.filter(({ kind }) => kind === 'Pod');
  const found = kinds.flatMap((kind) =>
    placesOf(kind.need, permissions, pods).map((place) => ({ ...kind, where: `${kind.where}${place}` })),
  );
  const said = [...Map.groupBy(found, ({ where }) => where).values()].map((same) => ({
    what: `${joined(same.map(({ how }) => how))} ${same[0]?.where}`,
    acts: same.some(({ acts }) => acts),
    bound: same[0]?.bound,
  }));
  return {
    open: [
      ...said.map(({ what, bound }) => `${what}: ${bound}`),
      ...(permissions.some((permission) => meets(watching, permission))
        ? ['a watch: 30 to 60 minutes, or as long as its client asked for when it opened it']
        : []),
      ...(permissions.length === 0 ? [] : ['any other request: 60 seconds']),
      ...pods.map(sayOwnPod),
    ],
    outliving: said.filter(({ acts }) => acts).map(({ what }) => what),
  };
}

/** What `openSessions: end` of the policy refuses: nothing but the end of its pod ends a session. */
export function refuseOutliving({ outliving }: Sessions): readonly Danger[] {
  if (outliving.length === 0) return [];
  const message = `${joined(outliving)} can stay open after the end, and openSessions of the policy is "end": only what is open in a pod of the grant itself ends with it`;
  return [
    {
      severity: 'critical',
      rule: 'open-sessions',
      message,
      refusedAlways: true,
      secondApprovalInProduction: false,
    },
  ];
}

function meets(need: VerbsNeed, permission: Permission): boolean {
  return verbsFor(need, permission, { minor: null }).length > 0;
}

/** Where the need is met: ` in payments`, ` named a in payments`; pods of the grant itself are left out. */
function placesOf(
  need: VerbsNeed,
  permissions: readonly Permission[],
  own: readonly KubernetesObject[],
): readonly string[] {
  const ofCluster = need.resources.every((resource) => isClusterScoped(need.group, resource));
  const places = permissions.flatMap((permission) => {
    if (permission.kind !== 'resource' || !meets(need, permission)) return [];
    const { namespace } = permission;
    if (ofCluster && namespace !== null) return [];
    const names = permission.names.filter((name) => !isOwn(permission, name, own));
    if (permission.names.length > 0 && names.length === 0) return [];
    const named = names.length === 0 ? '' : ` named ${joined(names)}`;
    return [`${named}${ofCluster ? '' : namespace === null ? ' in every namespace' : ` in ${namespace}`}`];
  });
  return [...new Set(places)];
}

function isOwn({ namespace }: ResourcePermission, name: string, own: readonly KubernetesObject[]): boolean {
  return own.some(({ metadata }) => metadata.name === name && metadata['namespace'] === namespace);
}

function sayOwnPod({ metadata, ...object }: KubernetesObject): string {
  const seconds = asObject(object['spec'])?.['activeDeadlineSeconds'];
  const name = `pod ${asString(metadata['namespace'])}/${metadata.name}`;
  const itself =
    typeof seconds === 'number' ? `, and stops by itself ${formatDuration(seconds)} after its start` : '';
  return `${name} is deleted with the grant${itself}: what is open in it ends with it`;
}
