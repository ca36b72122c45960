/** What many histories came to. */
import { reasons } from '../../src/base/reasons.ts';
import type { Outcome } from './history.ts';

export class Totals {
  readonly failed: Outcome[] = [];
  #histories = 0;
  #steps = 0;
  #crashes = 0;
  #jumps = 0;
  #pairs = 0;
  #grants = 0;
  readonly #faults = new Map<string, number>();
  readonly #reasons = new Map<string, number>();

  get histories(): number {
    return this.#histories;
  }

  get crashes(): number {
    return this.#crashes;
  }

  get grants(): number {
    return this.#grants;
  }

  add(outcome: Outcome): void {
    this.#histories += 1;
    this.#steps += outcome.steps;
    this.#crashes += outcome.crashes;
    this.#jumps += outcome.jumps;
    if (outcome.replicas > 1) this.#pairs += 1;
    this.#grants += outcome.grants;
    if (outcome.violation !== null) this.failed.push(outcome);
    addAll(this.#faults, outcome.faults);
    addAll(this.#reasons, outcome.reasons);
  }

  /** How many faults there were. */
  get faults(): number {
    return [...this.#faults.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Codes of the closed list that no decision came to. */
  get unreached(): readonly string[] {
    return Object.keys(reasons).filter((code) => !this.#reasons.has(code));
  }

  /** Everything in one line, the verdict last. */
  summary(): string {
    const kinds = [...this.#faults].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
    const all = Object.keys(reasons).length;
    return [
      `${this.#histories} histories (${this.#pairs} with two replicas), ${this.#steps} steps`,
      `${this.faults} faults (${kinds.map(([kind, count]) => `${kind}: ${count}`).join(', ')})`,
      `${this.#crashes} crashes, ${this.#jumps} clock jumps, ${this.#grants} grants, ${all - this.unreached.length} of ${all} reason codes`,
      `${this.#histories - this.failed.length} passed, ${this.failed.length} failed`,
    ].join('; ');
  }
}

function addAll(totals: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(counts)) totals.set(key, (totals.get(key) ?? 0) + count);
}
