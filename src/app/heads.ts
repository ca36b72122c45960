/**
 * Which pull requests have which head, as far as runs have seen: an event about a commit does not say so. A memory, not
 * the truth: what it has forgotten is found by the sweep.
 */
import { cacheOf } from '../base/cache.ts';

const mostHeads = 20_000;

export class Heads {
  readonly #numbers = cacheOf<string, ReadonlySet<number>>(mostHeads);

  remember(repository: number, head: string, pullRequest: number): void {
    const key = `${repository}:${head}`;
    this.#numbers.set(key, new Set(this.#numbers.get(key)).add(pullRequest));
  }

  find(repository: number, head: string): readonly number[] {
    return [...(this.#numbers.get(`${repository}:${head}`) ?? [])];
  }
}
