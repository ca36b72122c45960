/**
 * Through git and Flux alone, with no guard: Curfew on the embedded GitHub, whose limits hold, reverts what has ended,
 * and Flux prunes it.
 *
 * What takes the time at 1,000 grants in one Kustomization, on four busy cores, by the audit log and profiles of Flux:
 * Curfew's revert 1 to 3 s; the build of the revision 4 to 5 s, for kustomize compares each object with each other (0.7 s
 * at 300, 0.3 s at 100); asking whether each object that is left is there 1.5 to 2.5 s; and pruning, a GET and a DELETE
 * for one object after the other, 10 ms each. A revision that comes meanwhile waits. No limit of Flux's client takes part
 * in it (`--kube-api-qps`): where the API server has priority and fairness it sets none.
 */
import { runningClock } from '../../src/sandbox/clock.ts';
import { startEverything, type Everything } from '../../test/cluster/everything.ts';
import { measure, observe, type Measured } from './measure.ts';
import { policyFile, seedGrants, seedsOf, type Seeded } from './seed.ts';
import { endAfterFirst, type Way } from './way.ts';

/** Milliseconds from the start of time to the first end, and for how long after the last end to wait. */
const lead = 20_000;
const limit = 180_000;

export const gitWay: Way = {
  name: 'git',
  goal: 5000,
  run: async (scenario) => {
    // Everything is made at one moment of this clock; then it leaps to the ends and runs.
    const start = Math.ceil(Date.now() / 1000) * 1000;
    let running = false;
    const clock = runningClock(() => (running ? Date.now() : start));
    const seeds = seedsOf(scenario.count, (index) => start + endAfterFirst(scenario, index));
    let seeded: readonly Seeded[] = [];
    const all = await startEverything({
      clock,
      guard: false,
      limits: () => running,
      files: new Map([policyFile]),
      progress: (line) => process.stderr.write(`  ${line}\n`),
      seed: async (world, cluster) => {
        const names = [...new Set(seeds.map(({ namespace }) => namespace))];
        await cluster.apply(
          names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
        );
        seeded = await seedGrants(world, seeds);
      },
    });
    try {
      await all.world.settle();
      running = true;
      clock.set(Math.min(...seeded.map(({ end }) => end)) - lead);
      return await measureIn(all, seeded, clock.now() - Date.now());
    } finally {
      await all.stop();
    }
  },
};

/** `ahead`: by how much the world's clock is ahead of the real one, in milliseconds. */
async function measureIn(
  { cluster }: Everything,
  seeded: readonly Seeded[],
  ahead: number,
): Promise<Measured> {
  const observer = await observe(cluster);
  try {
    const accesses = seeded.map(({ namespace, binding, person, end }) => {
      return { namespace, binding, user: person.user, end: end - ahead };
    });
    return await measure(cluster, observer, accesses, limit);
  } finally {
    await observer.stop();
  }
}
