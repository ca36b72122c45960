/**
 * Functions over a line of integers, written as the points where they change. A set is such a function to boolean;
 * so ports, addresses, and "which ports at which address" share one algebra of one operation.
 */

/** From this point on, up to the next step, the value holds. */
export interface Step<K, V> {
  readonly from: K;
  readonly value: V;
}

/** Sorted; the first step is the start of the line; neighbours differ in value. */
export type Steps<K extends number | bigint, V> = readonly Step<K, V>[];

/** A maximal stretch of one value: `from` belongs to it, `to` no longer does. Null: up to the end of the line. */
export interface Run<K, V> {
  readonly from: K;
  readonly to: K | null;
  readonly value: V;
}

/** The function that at every point is `merge` of the two: union is `a || b`, difference is `a && !b`. */
export function combine<K extends number | bigint, A, B, C>(
  a: Steps<K, A>,
  b: Steps<K, B>,
  merge: (a: A, b: B) => C,
): Steps<K, C> {
  const merged: Step<K, C>[] = [];
  let [left, right] = [0, 0];
  for (let stepA = a[left], stepB = b[right]; stepA !== undefined && stepB !== undefined;) {
    const from = stepA.from > stepB.from ? stepA.from : stepB.from;
    const value = merge(stepA.value, stepB.value);
    const last = merged.at(-1);
    if (last === undefined || last.value !== value) merged.push({ from, value });
    const nextA = a[left + 1];
    const nextB = b[right + 1];
    if (nextA === undefined && nextB === undefined) break;
    if (nextB === undefined || (nextA !== undefined && nextA.from <= nextB.from)) left += 1;
    if (nextA === undefined || (nextB !== undefined && nextB.from <= nextA.from)) right += 1;
    [stepA, stepB] = [a[left], b[right]];
  }
  return merged;
}

/**
 * Many functions as one, for a `merge` that does not mind the order: in pairs, and those in pairs again, so that
 * thousands cost little more than their points. `nothing` where there are none.
 */
export function combineAll<K extends number | bigint, V>(
  all: readonly Steps<K, V>[],
  merge: (a: V, b: V) => V,
  nothing: Steps<K, V>,
): Steps<K, V> {
  let left = all;
  while (left.length > 1) {
    left = Array.from({ length: Math.ceil(left.length / 2) }, (_, index) => {
      const [a = nothing, b] = left.slice(2 * index, 2 * index + 2);
      return b === undefined ? a : combine(a, b, merge);
    });
  }
  return left[0] ?? nothing;
}

/** The function with other values at the same points. */
export function mapSteps<K extends number | bigint, A, B>(
  steps: Steps<K, A>,
  change: (value: A) => B,
): Steps<K, B> {
  const changed: Step<K, B>[] = [];
  for (const { from, value } of steps) {
    const next = change(value);
    const last = changed.at(-1);
    if (last === undefined || last.value !== next) changed.push({ from, value: next });
  }
  return changed;
}

/** The value at one point; `before` where the point lies before the line. */
export function valueAt<K extends number | bigint, V>(steps: Steps<K, V>, point: K, before: V): V {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const step = steps[middle];
    if (step !== undefined && step.from <= point) low = middle + 1;
    else high = middle;
  }
  return steps[low - 1]?.value ?? before;
}

/** The stretches of the line in order, each as long as it can be. */
export function runs<K extends number | bigint, V>(steps: Steps<K, V>): readonly Run<K, V>[] {
  return steps.map(({ from, value }, index) => ({ from, to: steps[index + 1]?.from ?? null, value }));
}
