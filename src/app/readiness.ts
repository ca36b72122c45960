/** Whether this process should be sent work, and if not, why. */
import { RetryLater } from '../github/errors.ts';
import type { Directory } from './directory.ts';

/** What has been seen so far of the start, of GitHub's answers and of the end. */
export class Readiness {
  readonly #directory: Directory;
  #answers = true;
  #draining = false;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  /** A run came to its end: GitHub answers. */
  succeeded(): void {
    this.#answers = true;
  }

  /**
   * A run failed: when that was for want of an answer, GitHub does not answer until a run comes to its end. A limit
   * that GitHub names is an answer.
   */
  failed(error: unknown): void {
    if (error instanceof RetryLater && error.retryAt === null) this.#answers = false;
  }

  drain(): void {
    this.#draining = true;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** What stands in the way, each as a short phrase; empty when ready. */
  missing(): readonly string[] {
    return [
      ...(this.#draining ? ['shutting down'] : []),
      ...(this.#directory.complete ? [] : ['the first sweep is not done']),
      ...(this.#answers ? [] : ['GitHub does not answer']),
    ];
  }
}
