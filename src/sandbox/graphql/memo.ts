/** Answers about commits, which never change, kept per repository: the same few are asked for again and again. */
import type { LRUCache } from 'lru-cache';
import { cacheOf } from '../../base/cache.ts';
import type { GitRepository } from '../git/repository.ts';

/** One kind of answer. */
export class Memo<T extends object> {
  readonly #answers = new WeakMap<GitRepository, LRUCache<string, T>>();
  readonly #max: number;

  /** Keeps that many answers for each repository. */
  constructor(max: number) {
    this.#max = max;
  }

  /** The answer, if it is known. */
  peek(git: GitRepository, key: string): T | undefined {
    return this.#answers.get(git)?.get(key);
  }

  /** What `compute` gave the first time; `key` names every commit that the answer depends on. */
  get(git: GitRepository, key: string, compute: () => T): T {
    let answers = this.#answers.get(git);
    if (answers === undefined) {
      answers = cacheOf(this.#max);
      this.#answers.set(git, answers);
    }
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = compute();
    answers.set(key, answer);
    return answer;
  }
}
