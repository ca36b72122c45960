import { allPorts, intersect, noPorts, portKey, subtract, unite, type PortSet } from './ports.ts';

/** A number that stands for a set of ports in one table: equal sets, equal numbers. */
export type PortId = number;

/** The empty set in every table. */
export const none: PortId = 0;

/** Every port of every protocol in every table. */
export const every: PortId = 1;

/** What would take more memory than any real cluster needs: thousands of sets of thousands of ports. */
export class TooComplex extends Error {
  override readonly name = 'TooComplex';
}

/** Ends of ranges in all sets of one table together. */
const mostSteps = 4_000_000;

/**
 * The sets of ports that occur, each once. A cluster has few of them but millions of pairs of pods, so each operation
 * on two sets is done once and then looked up.
 */
export class PortTable {
  readonly #sets: PortSet[] = [];
  #steps = 0;
  readonly #ids = new Map<string, PortId>();
  readonly #united = new Map<number, PortId>();
  readonly #met = new Map<number, PortId>();
  readonly #without = new Map<number, PortId>();

  constructor() {
    this.id(noPorts);
    this.id(allPorts);
  }

  /** Throws `TooComplex`. */
  id(set: PortSet): PortId {
    const key = portKey(set);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#steps += set.length;
    if (this.#steps > mostSteps)
      throw new TooComplex('the network policies are too complex to be worked out');
    const id = this.#sets.push(set) - 1;
    this.#ids.set(key, id);
    return id;
  }

  set(id: PortId): PortSet {
    return this.#sets[id] ?? noPorts;
  }

  unite(a: PortId, b: PortId): PortId {
    if (a === b || b === none || a === every) return a;
    if (a === none || b === every) return b;
    return this.#lookup(this.#united, a, b, unite);
  }

  intersect(a: PortId, b: PortId): PortId {
    if (a === b || a === none || b === every) return a;
    if (b === none || a === every) return b;
    return this.#lookup(this.#met, a, b, intersect);
  }

  /** The ports of `a` that are not in `b`. */
  subtract(a: PortId, b: PortId): PortId {
    if (a === b || a === none || b === every) return none;
    if (b === none) return a;
    return this.#lookup(this.#without, a, b, subtract);
  }

  #lookup(memory: Map<number, PortId>, a: PortId, b: PortId, operate: typeof unite): PortId {
    const key = a * 2 ** 26 + b;
    const known = memory.get(key);
    if (known !== undefined) return known;
    const result = this.id(operate(this.set(a), this.set(b)));
    memory.set(key, result);
    return result;
  }
}
