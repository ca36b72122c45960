/** Queries that ask the same of several things name the parts of their answer `p0`, `p1`, … and number their variables. */
import { z } from 'zod';

/** An answer about a repository whose parts are checked one by one. */
export const aliases = z.object({ repository: z.record(z.string(), z.unknown()) });

/** `{ number0: 5, number1: 7 }` */
export function indexed(name: string, values: readonly unknown[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(values.map((value, index) => [`${name}${index}`, value]));
}

/** Each thing that was asked about, with the part of the answer that is about it. */
export function aliasesOf<T>(
  answer: Readonly<Record<string, unknown>>,
  prefix: string,
  asked: readonly T[],
): readonly (readonly [T, unknown])[] {
  return asked.map((thing, index) => [thing, answer[`${prefix}${index}`] ?? null] as const);
}
