import type { Access, Measured } from './measure.ts';

/** One way in which access ends. */
export interface Way {
  readonly name: string;
  /** What the p99 from end to absent is to be at most, in milliseconds. */
  readonly goal: number;
  /** Gives access in a cluster of its own, has it ended, and measures. */
  run(scenario: Scenario): Promise<Measured>;
}

/** How many end, and over which time. */
export interface Scenario {
  readonly name: string;
  readonly count: number;
  /** Seconds from the first end to the last; 0 for all at one moment. */
  readonly seconds: number;
}

/** Milliseconds from the first end of a scenario to that of one of its grants: whole seconds, as all that Curfew writes. */
export function endAfterFirst({ count, seconds }: Scenario, index: number): number {
  return Math.floor((index * seconds) / count) * 1000;
}

/** Who has access until when: the first end is `lead` milliseconds from now. */
export function accessesOf(scenario: Scenario, lead: number): readonly Access[] {
  const first = Math.ceil((Date.now() + lead) / 1000) * 1000;
  return Array.from({ length: scenario.count }, (_, index) => ({
    namespace: 'payments',
    binding: `payments-${index}`,
    user: `user-${index}@example.com`,
    end: first + endAfterFirst(scenario, index),
  }));
}
