/** Something that must never be. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** @throws Violation where what is promised does not hold */
export function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Violation(otherwise);
}
