import type { Fault } from './fault.ts';

/** What reading untrusted input gives: the value, or every fault that was found (at least one). */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly Fault[] };

/** What was read. */
export function success<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** Why nothing was. */
export function failure<T = never>(...faults: readonly Fault[]): Result<T> {
  return { ok: false, faults };
}
