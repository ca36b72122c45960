/** The objects of a grant: completed with what every grant has, then judged whole. */
import type { z } from 'zod';
import type { Fault } from '../base/fault.ts';
import type { JsonObject, KubernetesObject } from '../base/json.ts';
import { isJsonObject } from '../base/json-type.ts';
import { didYouMean } from '../base/suggest.ts';
import { quote } from '../base/text.ts';
import { isKubernetesObject } from '../request/manifests.ts';
import { checkSchema, describe } from '../request/schema-faults.ts';
import type { YamlPath } from '../request/yaml-value.ts';
import type { YamlDocument } from '../request/yaml.ts';
import type { Position } from '../request/yaml-gate.ts';
import { bindingRules } from './rules/bindings.ts';
import { networkPolicyRules } from './rules/network-policy.ts';
import { completePod, podRules } from './rules/pod.ts';
import { serviceAccountRules } from './rules/service-account.ts';
import { grantLabel, type GrantContext, type Template } from './template.ts';

/** The kinds that a template may consist of. Roles are not among them: they are bound from the catalog. */
const kinds = {
  namespace: ['RoleBinding', 'NetworkPolicy', 'Pod', 'ServiceAccount'],
  cluster: ['ClusterRoleBinding'],
} as const;

/** Where the objects come from, for faults. */
export interface Source {
  readonly file: string;
  /** Position of the value of a field of the n-th object. */
  readonly at: (index: number, path: YamlPath) => Position;
  /** Position of its key. */
  readonly keyAt: (index: number, path: YamlPath) => Position;
}

function inFile(index: number, path: YamlPath): YamlPath {
  return ['spec', 'manifests', index, ...path];
}

/** The manifests of a template as the source of its objects: what is rendered stands where its placeholder stood. */
export function sourceOf(file: string, template: Template): Source {
  return {
    file,
    at: (index, path) => template.at(inFile(index, path)),
    keyAt: (index, path) => template.keyAt(inFile(index, path)),
  };
}

/** Fills in what is the same in every grant: namespace, the grant's label, and what makes a Pod safe. */
export function completeObjects(
  objects: readonly JsonObject[],
  context: GrantContext,
): readonly JsonObject[] {
  const serviceAccount = soleServiceAccount(objects);
  return objects.map((object) => {
    const metadata = record(object['metadata']);
    const completed = {
      ...object,
      metadata: {
        ...(context.namespace === null ? {} : { namespace: context.namespace }),
        ...metadata,
        labels: { [grantLabel]: context.id, ...record(metadata['labels']) },
      },
    };
    if (object['kind'] === 'ServiceAccount') return { automountServiceAccountToken: false, ...completed };
    if (object['kind'] !== 'Pod') return completed;
    return { ...completed, spec: completePod(record(object['spec']), serviceAccount, context) };
  });
}

/** Every fault of the objects of a grant; `roles` are the names in the catalog, null where it is not known. */
export function checkObjects(
  objects: readonly JsonObject[],
  context: GrantContext,
  roles: readonly string[] | null,
  source: Source,
): readonly Fault[] {
  const serviceAccount = soleServiceAccount(objects);
  return [
    ...objects.flatMap((object, index) => checkObject(object, index, context, serviceAccount, source)),
    ...checkRoles(objects, roles, source),
    ...checkTogether(objects, source),
  ];
}

/** The objects as Kubernetes objects, once `checkObjects` found nothing. */
export function asKubernetesObjects(objects: readonly JsonObject[]): readonly KubernetesObject[] {
  return objects.filter(isKubernetesObject);
}

function record(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function nameOf(object: JsonObject): string {
  const { name } = record(object['metadata']);
  return typeof name === 'string' ? name : '';
}

function soleServiceAccount(objects: readonly JsonObject[]): string | null {
  const account = objects.find(({ kind }) => kind === 'ServiceAccount');
  return account === undefined ? null : nameOf(account);
}

function checkObject(
  object: JsonObject,
  index: number,
  context: GrantContext,
  serviceAccount: string | null,
  { file, at, keyAt }: Source,
): readonly Fault[] {
  const rules = {
    RoleBinding: bindingRules,
    ClusterRoleBinding: bindingRules,
    NetworkPolicy: networkPolicyRules,
    Pod: (grant: GrantContext) => podRules(grant, serviceAccount),
    ServiceAccount: serviceAccountRules,
  };
  const { kind } = object;
  const allowed = kinds[context.namespace === null ? 'cluster' : 'namespace'];
  const known = allowed.find((name) => name === kind);
  if (known === undefined) {
    const scope = context.namespace === null ? 'cluster' : 'namespace';
    const text = `is not a kind that a template of ${scope} scope may hold; write one of ${allowed.join(', ')}`;
    return [{ file, ...at(index, ['kind']), ...describe(['kind'], kind, text) }];
  }
  const document: YamlDocument = {
    value: object,
    at: (path) => at(index, path),
    keyAt: (path) => keyAt(index, path),
  };
  const schema: z.ZodType = rules[known](context);
  const checked = checkSchema(file, document, schema);
  return checked.ok
    ? []
    : checked.faults.map((fault) => ({ ...fault, message: `${known} ${fault.message}` }));
}

function checkRoles(
  objects: readonly JsonObject[],
  roles: readonly string[] | null,
  { file, at }: Source,
): readonly Fault[] {
  if (roles === null) return [];
  return objects.flatMap((object, index) => {
    const { name } = record(object['roleRef']);
    if (typeof name !== 'string' || roles.includes(name)) return [];
    const path = ['roleRef', 'name'];
    return [
      {
        file,
        ...at(index, path),
        ...describe(path, name, `is not in the catalog; ${didYouMean(name, roles)}`),
      },
    ];
  });
}

/** What only shows when the objects are seen together. */
function checkTogether(objects: readonly JsonObject[], { file, at }: Source): readonly Fault[] {
  const faults: Fault[] = [];
  const report = (index: number, message: string, remedy: string): void => {
    faults.push({ file, ...at(index, []), message, remedy });
  };
  const indexed = objects.map((object, index) => ({ object, index }));
  const ofKind = (kind: string) => indexed.filter(({ object }) => object['kind'] === kind);
  const names = new Set<string>();
  for (const { object, index } of indexed) {
    const name = `${quote(object['kind'])} ${nameOf(object)}`;
    if (names.has(name)) report(index, `another ${name} stands above`, 'give each a name of its own');
    names.add(name);
  }
  const [accounts, pods, policies] = [ofKind('ServiceAccount'), ofKind('Pod'), ofKind('NetworkPolicy')];
  for (const { index } of accounts.slice(1))
    report(index, 'a grant has one ServiceAccount', 'remove this one');
  const [account] = accounts;
  if (account !== undefined && pods.length === 0) {
    report(account.index, 'a ServiceAccount is there for the Pod of a grant', 'remove it, or add the Pod');
  }
  const [policy] = policies;
  if (policy !== undefined && pods.length === 0) {
    report(policy.index, 'a NetworkPolicy is there for the Pod of a grant', 'remove it, or add the Pod');
  }
  const [pod] = pods;
  if (pod !== undefined && !policies.some(({ object }) => isolatesGrant(object))) {
    report(
      pod.index,
      'nothing limits what this Pod can reach',
      `add a NetworkPolicy with policyTypes [Ingress, Egress] that selects ${grantLabel}: \${grant.id}`,
    );
  }
  return faults;
}

/** Whether a policy selects the Pods of the grant and denies, in both directions, what it does not name. */
function isolatesGrant(policy: JsonObject): boolean {
  const spec = record(policy['spec']);
  const labels = record(record(spec['podSelector'])['matchLabels']);
  const types = Array.isArray(spec['policyTypes']) ? spec['policyTypes'] : [];
  const byGrantAlone = Object.keys(labels).length === 1 && grantLabel in labels;
  return byGrantAlone && types.includes('Ingress') && types.includes('Egress');
}
