/**
 * A rule of the cluster's admission, as ValidatingAdmissionPolicies hold it: an expression in CEL that is true of what
 * may pass. See https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
import { grantAnnotations, grantLabel } from '../../../base/grant-marks.ts';

export interface Rule {
  /** Stands in the message, so that a refusal can be found here. */
  readonly name: string;
  readonly expression: string;
  /** For the person who is refused: what does not hold, and what to do. */
  readonly message: string;
}

/** The resources that grants consist of, as rules name them. */
export interface Resources {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
}

/** One ValidatingAdmissionPolicy. */
export interface RuleSet {
  readonly name: string;
  /** What it is for, in a sentence. */
  readonly about: string;
  /**
   * `labelled`: objects that carry the grant label, before or after the request. Everything else in the cluster is
   * passed over before any expression is evaluated. `actors`: whatever the applier and the guard do. `everything`: where
   * the request does not show whether its object is a grant's.
   */
  readonly concerns: 'labelled' | 'actors' | 'everything';
  readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT')[];
  readonly resources: readonly Resources[];
  /** Whether the rules read the ceilings. Then nothing passes while these are missing. */
  readonly ceilings: boolean;
  /** Expressions by name, for `variables.name`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly rules: readonly Rule[];
}

export const bindings: Resources = {
  apiGroups: ['rbac.authorization.k8s.io'],
  resources: ['clusterrolebindings', 'rolebindings'],
};
export const networkPolicies: Resources = {
  apiGroups: ['networking.k8s.io'],
  resources: ['networkpolicies'],
};
export const pods: Resources = { apiGroups: [''], resources: ['pods'] };
export const serviceAccounts: Resources = { apiGroups: [''], resources: ['serviceaccounts'] };

/** All kinds that a grant may consist of. */
export const grantResources: readonly Resources[] = [
  bindings,
  networkPolicies,
  { apiGroups: [''], resources: ['pods', 'serviceaccounts'] },
];

/** Text as a literal of CEL. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Texts as a list of CEL. */
export function listed(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`;
}

/** Whether an object (`object` or `oldObject`) carries the grant label; false where there is no object. */
export function isLabelled(object: string): string {
  return `${object}.?metadata.?labels[?${quoted(grantLabel)}].hasValue()`;
}

const expiresAt = quoted(grantAnnotations.expiresAt);
const grantedAt = quoted(grantAnnotations.grantedAt);

/** RFC 3339 in UTC, as the engine writes it; whether there is such a day is seen by reading it. */
const instant = quoted('^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$');

/** Variables of sets that read the end of a new object. */
export const times = {
  annotations: 'object.?metadata.?annotations.orValue({})',
  /** False where one is missing or of another form: `marks` refuses that, and what follows need not say it again. */
  timed: `[${expiresAt}, ${grantedAt}].all(key, key in variables.annotations && variables.annotations[key].matches(${instant}))`,
} as const;

/** The end and the beginning; to be read only where `variables.timed` holds. */
export const end = `timestamp(variables.annotations[${expiresAt}])`;
export const beginning = `timestamp(variables.annotations[${grantedAt}])`;
