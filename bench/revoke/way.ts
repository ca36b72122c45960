import type { TestCluster } from '../../test/cluster/cluster.ts';
import type { Access, Measured } from './measure.ts';

/** One way in which access ends. */
export interface Way {
  readonly name: string;
  /** What the p99 from end to absent is to be at most, in milliseconds. */
  readonly goal: number;
  /** Gives access, has it ended, and measures; the cluster is fresh, with the namespace `payments` in it. */
  run(cluster: TestCluster, scenario: Scenario): Promise<Measured>;
}

/** How many end, and over which time. */
export interface Scenario {
  readonly name: string;
  readonly count: number;
  /** Seconds from the first end to the last; 0 for all at one moment. */
  readonly seconds: number;
}

/** Who has access until when: the first end is `lead` milliseconds from now. */
export function accessesOf({ count, seconds }: Scenario, lead: number): readonly Access[] {
  const first = Math.ceil((Date.now() + lead) / 1000) * 1000;
  return Array.from({ length: count }, (_, index) => ({
    namespace: 'payments',
    binding: `payments-${index}`,
    user: `user-${index}@example.com`,
    // Ends are whole seconds, as everything that Curfew writes.
    end: first + Math.floor((index * seconds) / count) * 1000,
  }));
}
