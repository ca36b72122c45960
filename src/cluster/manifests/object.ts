/** What all objects have in common that are installed in a cluster for Curfew. */
import type { JsonObject } from '../../base/json.ts';
import { systemNamespace } from '../identities.ts';

/** Groups what belongs together, for `kubectl apply -l`. */
export type Component = 'rules' | 'ceilings' | 'applier' | 'guard' | 'delivery';

/** The labels of everything that is installed for Curfew; never the label of a grant. */
export function labelsOf(component: Component): JsonObject {
  return { 'app.kubernetes.io/part-of': 'curfew', 'app.kubernetes.io/component': component };
}

/** The metadata of an object in `curfew-system`. */
export function inSystem(name: string, component: Component): JsonObject & { readonly name: string } {
  return { name, namespace: systemNamespace, labels: labelsOf(component) };
}
