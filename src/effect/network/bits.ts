/** A set of small integers, for selecting among thousands of classes of pods a word at a time. */
export class Bits {
  readonly #words: Uint32Array;

  private constructor(words: Uint32Array) {
    this.#words = words;
  }

  /** The empty set, with room for 0 to `size` - 1. */
  static none(size: number): Bits {
    return new Bits(new Uint32Array((size + 31) >>> 5));
  }

  /** Every integer from 0 to `size` - 1. */
  static all(size: number): Bits {
    const bits = Bits.none(size);
    for (let item = 0; item < size; item += 1) bits.add(item);
    return bits;
  }

  add(item: number): void {
    const word = item >>> 5;
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (item & 31));
  }

  /** Adds every member of the other set. */
  addAll(other: Bits): void {
    for (const [index, word] of other.#words.entries()) this.#words[index] = (this.#words[index] ?? 0) | word;
  }

  has(item: number): boolean {
    return ((this.#words[item >>> 5] ?? 0) & (1 << (item & 31))) !== 0;
  }

  /** Whether the sets have a member in common. */
  meets(other: Bits): boolean {
    for (let index = 0; index < this.#words.length; index += 1) {
      if (((this.#words[index] ?? 0) & (other.#words[index] ?? 0)) !== 0) return true;
    }
    return false;
  }

  isEmpty(): boolean {
    return this.#words.every((word) => word === 0);
  }

  unite(other: Bits): Bits {
    return this.#merge(other, (a, b) => a | b);
  }

  intersect(other: Bits): Bits {
    return this.#merge(other, (a, b) => a & b);
  }

  /** What is in this set and not in the other. */
  subtract(other: Bits): Bits {
    return this.#merge(other, (a, b) => a & ~b);
  }

  /** Calls `visit` for every member, in order. */
  forEach(visit: (item: number) => void): void {
    for (let index = 0; index < this.#words.length; index += 1) {
      for (let word = this.#words[index] ?? 0; word !== 0; word &= word - 1) {
        visit((index << 5) + 31 - Math.clz32(word & -word));
      }
    }
  }

  /** The members in order. */
  items(): readonly number[] {
    const items: number[] = [];
    this.forEach((item) => items.push(item));
    return items;
  }

  #merge(other: Bits, merge: (a: number, b: number) => number): Bits {
    return new Bits(this.#words.map((word, index) => merge(word, other.#words[index] ?? 0)));
  }
}
