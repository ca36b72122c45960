/** Chance that can be repeated: everything that a history leaves to chance comes from its seed. */

/** Numbers in [0, 1) and what is made of them. */
export interface Dice {
  /** In [0, 1). */
  roll(): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** A whole number in [0, below). */
  below(limit: number): number;
  /** One of these; throws where there is none. */
  pick<T>(choices: readonly T[]): T;
}

/** mulberry32: small, fast, and the same on every machine. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(roll() * limit);
  return {
    roll,
    below,
    chance: (probability) => roll() < probability,
    pick: (choices) => {
      const choice = choices[below(choices.length)];
      if (choice === undefined) throw new Error('there is nothing to choose from');
      return choice;
    },
  };
}

/** A seed from a seed and a word, so that what happens to one request does not depend on how many came before it. */
export function seedFrom(seed: number, word: string): number {
  let hash = seed ^ 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
