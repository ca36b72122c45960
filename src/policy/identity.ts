/** From a GitHub account to a Kubernetes user, by the policy alone. */
import { lookup } from '../base/lookup.ts';
import type { Identity, Policy } from './policy.ts';

/** The identity of an account; null where the policy has none. */
export function identityOf(policy: Policy, accountId: number): Identity | null {
  return policy.identities.find(({ id }) => id === accountId) ?? null;
}

/** The identity under a login, whose id then has to be compared: the login alone proves nothing. */
export function identityByLogin(policy: Policy, login: string): Identity | null {
  return policy.identities.find((identity) => identity.login.toLowerCase() === login.toLowerCase()) ?? null;
}

/** The Kubernetes user of a person on a cluster. */
export function kubernetesUser(identity: Identity, cluster: string): string {
  return lookup(identity.users, cluster) ?? identity.user;
}

/** GitHub id → Kubernetes user on a cluster, of everybody whom the policy knows. */
export function kubernetesUsers(policy: Policy, cluster: string): ReadonlyMap<number, string> {
  return new Map(policy.identities.map((identity) => [identity.id, kubernetesUser(identity, cluster)]));
}
