/**
 * Network statements that must always hold, as the policy writes them:
 *
 *     - name: non-production never reaches production
 *       never: {from: {namespaces: environment!=production}, to: {namespaces: environment=production}}
 *     - name: only the gateway reaches payments
 *       only: {from: {namespace: gateway, pods: app=gateway}, to: {namespace: payments}, ports: [8443/TCP]}
 *     - name: every namespace denies by default
 *       defaultDeny: {directions: [ingress, egress]}
 */
import type { Selector } from '../rbac/selector.ts';
import type { AddressSet } from './addresses.ts';
import type { Direction } from './policy.ts';
import type { PortSet } from './ports.ts';

/** One statement, with its name and where it holds. */
export interface Invariant {
  readonly name: string;
  /** The clusters that it speaks of; null: every one. */
  readonly clusters: readonly string[] | null;
  readonly statement: Statement;
}

/** What has to hold. */
export type Statement = FlowStatement | DefaultDeny;

/** Who must not reach whom. */
export interface FlowStatement {
  /**
   * `never`: nothing of `from` may reach anything of `to` on these ports. `only`: nothing but `from` may, be it in the
   * cluster or outside.
   */
  readonly kind: 'never' | 'only';
  readonly from: readonly Party[];
  readonly to: readonly Party[];
  readonly ports: PortSet;
}

/** Every such namespace denies what no policy allows; see `missingBaseline`. */
export interface DefaultDeny {
  readonly kind: 'defaultDeny';
  readonly namespaces: Selector;
  readonly directions: readonly Direction[];
}

/** One side of a statement: pods by the labels of their namespaces and their own, or addresses outside the cluster. */
export type Party =
  | { readonly kind: 'pods'; readonly namespaces: Selector; readonly pods: Selector }
  | { readonly kind: 'addresses'; readonly addresses: AddressSet };
