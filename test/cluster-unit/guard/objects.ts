/** Objects for the tests of what the guard decides. */
import { guardedKinds, type GuardedKind } from '../../../src/cluster/guard/core/kinds.ts';
import type { GuardedObject } from '../../../src/cluster/guard/core/observed.ts';

/** 2026-12-01T09:00:00Z */
export const noon = 1_796_115_600_000;

export function kindOf(name: GuardedKind['kind']): GuardedKind {
  const kind = guardedKinds.find((each) => each.kind === name);
  if (kind === undefined) throw new Error(`there is no kind ${name}`);
  return kind;
}

let count = 0;

/** A RoleBinding `payments/g-1` of grant `g-1` that ends at noon, but for what is said otherwise; each with its own uid. */
export function observed(
  more: Partial<Omit<GuardedObject, 'kind'>> & { readonly kind?: GuardedKind['kind'] } = {},
): GuardedObject {
  count += 1;
  const { kind: name = 'RoleBinding', ...rest } = more;
  const kind = kindOf(name);
  return {
    kind,
    namespace: kind.namespaced ? 'payments' : null,
    name: rest.grant ?? 'g-1',
    uid: `uid-${count}`,
    grant: 'g-1',
    end: noon,
    request: 'access-requests/prod-eu/payments/x.yaml',
    createdAt: noon - 3_600_000,
    terminatingAt: null,
    finalizers: [],
    ...rest,
  };
}
