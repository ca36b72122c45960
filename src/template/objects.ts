/** The objects of a grant: completed with what every grant has, then judged whole. */
import type { Fault } from '../base/fault.ts';
import { grantLabel, roleLabel } from '../base/grant-marks.ts';
import type { JsonObject, KubernetesObject } from '../base/json.ts';
import { isJsonObject } from '../base/json-type.ts';
import { lookup } from '../base/lookup.ts';
import { didYouMean } from '../base/suggest.ts';
import { quote } from '../base/text.ts';
import { isKubernetesObject } from '../request/manifests.ts';
import { checkSchema, describeField } from '../request/schema-faults.ts';
import type { YamlPath } from '../request/yaml-value.ts';
import type { YamlDocument } from '../request/yaml.ts';
import type { Position } from '../request/yaml-gate.ts';
import { bindingRules } from './rules/bindings.ts';
import { networkPolicyRules } from './rules/network-policy.ts';
import { completePod, podRules } from './rules/pod.ts';
import { serviceAccountRules } from './rules/service-account.ts';
import type { Grant, KindRules } from './rules/shared.ts';
import type { GrantContext, Template } from './template.ts';

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
  const grant = grantOf(objects, context);
  return objects.map((object) => {
    const completed = { ...object, metadata: completeMetadata(record(object['metadata']), grant) };
    if (object['kind'] === 'ServiceAccount') return { automountServiceAccountToken: false, ...completed };
    if (object['kind'] !== 'Pod') return completed;
    return { ...completed, spec: completePod(record(object['spec']), grant) };
  });
}

function completeMetadata(metadata: JsonObject, { id, namespace }: Grant): JsonObject {
  const { labels = {} } = metadata;
  return {
    ...(namespace === null ? {} : { namespace }),
    ...metadata,
    // Labels of a wrong type stay as they are, to be refused by the rules.
    labels: isJsonObject(labels) ? { [grantLabel]: id, ...labels } : labels,
  };
}

/** The grant with what its objects say of it. */
function grantOf(objects: readonly JsonObject[], context: GrantContext): Grant {
  const account = objects.find(({ kind }) => kind === 'ServiceAccount');
  return { ...context, serviceAccount: account === undefined ? null : nameOf(account) };
}

/** Every fault of the objects of a grant; `roles` are the names in the catalog, null where it is not known. */
export function checkObjects(
  objects: readonly JsonObject[],
  context: GrantContext,
  roles: readonly string[] | null,
  source: Source,
): readonly Fault[] {
  const grant = grantOf(objects, context);
  return [
    ...objects.flatMap((object, index) => checkObject(object, index, grant, source)),
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

type Judge = (file: string, document: YamlDocument, grant: Grant) => readonly Fault[];

/** Judges by the rules of a kind: first the shape, then, where that is right, what has to be so in this grant. */
function judgeBy<T>(rules: KindRules<T>): Judge {
  return (file, document, grant) => {
    const checked = checkSchema(file, document, rules.schema);
    if (!checked.ok) return checked.faults;
    return rules
      .objections(checked.value, grant)
      .map(({ path, value, text }) => ({ file, ...document.at(path), ...describeField(path, value, text) }));
  };
}

/** The kinds that a template may consist of, by scope. Roles are not among them: they are bound from the catalog. */
const judges: Readonly<Record<Template['scope'], Readonly<Record<string, Judge>>>> = {
  namespace: {
    RoleBinding: judgeBy(bindingRules),
    NetworkPolicy: judgeBy(networkPolicyRules),
    Pod: judgeBy(podRules),
    ServiceAccount: judgeBy(serviceAccountRules),
  },
  cluster: { ClusterRoleBinding: judgeBy(bindingRules) },
};

function checkObject(
  object: JsonObject,
  index: number,
  grant: Grant,
  { file, at, keyAt }: Source,
): readonly Fault[] {
  const document: YamlDocument = {
    value: object,
    at: (path) => at(index, path),
    keyAt: (path) => keyAt(index, path),
  };
  const scope = grant.namespace === null ? 'cluster' : 'namespace';
  const kind = typeof object['kind'] === 'string' ? object['kind'] : '';
  const judge = lookup(judges[scope], kind);
  if (judge !== undefined) {
    return judge(file, document, grant).map((fault) => ({ ...fault, message: `${kind} ${fault.message}` }));
  }
  const allowed = Object.keys(judges[scope]).join(', ');
  const text = `is not a kind that a template of ${scope} scope may hold; write one of ${allowed}`;
  return [{ file, ...document.at(['kind']), ...describeField(['kind'], object['kind'], text) }];
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
        ...describeField(path, name, `is not in the catalog; ${didYouMean(name, roles)}`),
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
  faults.push(
    ...policies.flatMap(({ object, index }) => checkBoundRole(object, index, objects, { file, at })),
  );
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

/** A path that belongs to a role which the grant does not give could never be judged by it. */
function checkBoundRole(
  policy: JsonObject,
  index: number,
  objects: readonly JsonObject[],
  { file, at }: Pick<Source, 'file' | 'at'>,
): readonly Fault[] {
  const role = record(record(policy['metadata'])['labels'])[roleLabel];
  // A value that is no text is a fault of the policy itself.
  if (typeof role !== 'string') return [];
  if (objects.some((object) => record(object['roleRef'])['name'] === `curfew:${role}`)) return [];
  const message = `this path is bound to the role ${quote(role)}, which no RoleBinding here binds`;
  const remedy = `bind curfew:${role}, or name a role that is bound`;
  return [{ file, ...at(index, ['metadata', 'labels', roleLabel]), message, remedy }];
}

/** Whether a policy selects the Pods of the grant and denies, in both directions, what it does not name. */
function isolatesGrant(policy: JsonObject): boolean {
  const spec = record(policy['spec']);
  const labels = record(record(spec['podSelector'])['matchLabels']);
  const types = Array.isArray(spec['policyTypes']) ? spec['policyTypes'] : [];
  const byGrantAlone = Object.keys(labels).length === 1 && grantLabel in labels;
  return byGrantAlone && types.includes('Ingress') && types.includes('Egress');
}
