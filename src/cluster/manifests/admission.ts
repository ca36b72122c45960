/**
 * The cluster's admission: ValidatingAdmissionPolicies that hold what a grant may be, whoever sends it. Written out with
 * every default, so that what is installed can be compared with what should be.
 */
import { grantLabel } from '../../base/grant-marks.ts';
import type { JsonObject, KubernetesObject } from '../../base/json.ts';
import { ceilingsName } from '../../policy/ceilings.ts';
import { applier, guard, systemNamespace } from '../identities.ts';
import { labelsOf } from './object.ts';
import { authority, confinement, placement } from './rules/authority.ts';
import { ceilingRules } from './rules/ceilings.ts';
import { kinds } from './rules/kinds.ts';
import { marks } from './rules/marks.ts';
import { listed, type RuleSet } from './rules/rule.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';

/** Every set of rules, in the order in which a person reads them. */
export const ruleSets: readonly RuleSet[] = [
  authority,
  placement,
  confinement,
  marks,
  ...kinds,
  ceilingRules,
];

/** The policies and their bindings. They are the same on every cluster: what differs are the ceilings. */
export function admissionObjects(): readonly KubernetesObject[] {
  return ruleSets.flatMap((set) => [policyOf(set), bindingOf(set)]);
}

function policyOf(set: RuleSet): KubernetesObject {
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: metadataOf(set),
    spec: {
      failurePolicy: 'Fail',
      ...(set.ceilings ? { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } } : {}),
      matchConstraints: constraintsOf(set),
      ...(set.concerns === 'actors' ? { matchConditions: [actorsOnly] } : {}),
      ...(Object.keys(set.variables).length === 0 ? {} : { variables: variablesOf(set) }),
      validations: set.rules.map(({ name, expression, message }) => ({
        expression,
        message: `${message} (rule ${name})`,
        reason: 'Forbidden',
      })),
    },
  };
}

function metadataOf({ name, about }: RuleSet): JsonObject & { readonly name: string } {
  return { name, labels: labelsOf('rules'), annotations: { 'curfew.dev/description': about } };
}

/** A selector is asked of the object before and after, and passes over all others at no cost. */
function constraintsOf({ concerns, operations, resources }: RuleSet): JsonObject {
  const labelled = { matchExpressions: [{ key: grantLabel, operator: 'Exists' }] };
  return {
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: concerns === 'labelled' ? labelled : {},
    resourceRules: resources.map((each) => ({
      apiGroups: each.apiGroups,
      apiVersions: ['v1'],
      operations,
      resources: each.resources,
      scope: '*',
    })),
  };
}

const actorsOnly = {
  name: 'applier-or-guard',
  expression: `request.userInfo.username in ${listed([applier.user, guard.user])}`,
};

function variablesOf({ variables }: RuleSet): readonly JsonObject[] {
  return Object.entries(variables).map(([name, expression]) => ({ name, expression }));
}

function bindingOf(set: RuleSet): KubernetesObject {
  // A missing ceiling refuses every grant. It never holds up an end: rules for deletions read no ceiling.
  const paramRef = {
    name: ceilingsName,
    namespace: systemNamespace,
    parameterNotFoundAction: 'Deny',
  };
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: metadataOf(set),
    spec: {
      policyName: set.name,
      ...(set.ceilings ? { paramRef } : {}),
      validationActions: ['Deny', 'Audit'],
    },
  };
}
