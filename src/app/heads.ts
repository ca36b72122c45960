/**
 * Which pull requests have which head, as far as runs have seen: an event about a commit does not say so. A memory, not
 * the truth: what it has forgotten is found by the sweep.
 */
import { LRUCache } from 'lru-cache';

const mostHeads = 20_000;

export class Heads {
  readonly #numbers = new LRUCache<string, ReadonlySet<number>>({ max: mostHeads });

  remember(repository: number, head: string, pullRequest: number): void {
    const key = `${repository}:${head}`;
    this.#numbers.set(key, new Set(this.#numbers.get(key)).add(pullRequest));
  }

  find(repository: number, head: string): readonly number[] {
    return [...(this.#numbers.get(`${repository}:${head}`) ?? [])];
  }
}
