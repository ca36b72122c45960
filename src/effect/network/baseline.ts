/** Whether a namespace denies by default: a policy there that selects every pod, those of tomorrow too. */
import type { KubernetesObject } from '../../base/json.ts';
import { directions, type Direction, type NetworkPolicy } from './policy.ts';

/**
 * The directions in which the namespace has no default deny. It has one where some policy selects every pod, and no
 * such policy allows everything.
 */
export function missingBaseline(policies: readonly NetworkPolicy[], namespace: string): readonly Direction[] {
  return directions.filter((direction) => {
    const forAll = policies.filter(
      (policy) =>
        policy.namespace === namespace && policy.selector.length === 0 && policy[direction] !== null,
    );
    return forAll.length === 0 || forAll.some((policy) => allowsEverything(policy, direction));
  });
}

function allowsEverything(policy: NetworkPolicy, direction: Direction): boolean {
  return (policy[direction] ?? []).some(({ peers, ports }) => peers === null && ports === null);
}

/** The policy that gives a namespace its default deny in both directions. */
export function defaultDeny(namespace: string): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  };
}
