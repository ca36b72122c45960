import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WorkQueue, type QueueOptions, type Work } from '../../src/app/queue.ts';
import { manualClock, type ManualClock } from './manual-clock.ts';

interface Job extends Work {
  readonly notes: readonly number[];
}

function job(key: string, note = 0, { tenant = 1, urgent = false } = {}): Job {
  return { key, tenant, urgent, notes: [note] };
}

/** A queue whose runs end when the test says so. */
function setUp(options: Partial<QueueOptions<Job>> = {}): {
  readonly queue: WorkQueue<Job>;
  readonly clock: ManualClock;
  readonly started: Job[];
  readonly finish: (key: string, error?: Error) => Promise<void>;
} {
  const clock = manualClock();
  const started: Job[] = [];
  const running = new Map<string, PromiseWithResolvers<void>>();
  const queue = new WorkQueue<Job>({
    clock,
    concurrency: 2,
    reserved: 0,
    combine: (earlier, later) => ({ ...later, notes: [...earlier.notes, ...later.notes] }),
    run: async (work) => {
      started.push(work);
      const run = Promise.withResolvers<void>();
      running.set(work.key, run);
      await run.promise.finally(() => running.delete(work.key));
    },
    onFailure: () => null,
    ...options,
  });
  const finish = async (key: string, error?: Error): Promise<void> => {
    await settle();
    const run = running.get(key);
    if (run === undefined) throw new Error(`${key} is not running`);
    if (error === undefined) run.resolve();
    else run.reject(error);
    await settle();
  };
  return { queue, clock, started, finish };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function keys(jobs: readonly Job[]): readonly string[] {
  return jobs.map(({ key }) => key);
}

describe('one key', () => {
  test('queued often before it starts runs once, with everything that it was queued with', async () => {
    const { queue, started, finish } = setUp();
    for (const note of [1, 2, 3]) queue.enqueue(job('a', note));
    await finish('a');
    expect(started).toEqual([{ ...job('a'), notes: [1, 2, 3] }]);
    expect(queue.depth()).toEqual({ waiting: 0, ready: 0, running: 0 });
  });

  test('queued while it runs runs exactly once more', async () => {
    const { queue, started, finish } = setUp();
    queue.enqueue(job('a', 1));
    await settle();
    for (const note of [2, 3]) queue.enqueue(job('a', note));
    await settle();
    expect(started).toHaveLength(1);
    await finish('a');
    expect(started).toHaveLength(2);
    expect(started[1]?.notes).toEqual([2, 3]);
    await finish('a');
    expect(started).toHaveLength(2);
  });

  test('waits for its time, and runs earlier when asked to', async () => {
    const { queue, clock, started, finish } = setUp();
    queue.enqueue(job('a'), clock.now() + 60_000);
    queue.enqueue(job('b'), clock.now() + 60_000);
    await settle();
    expect(started).toEqual([]);
    queue.enqueue(job('b'), clock.now() + 1_000);
    clock.advance(1_000);
    await finish('b');
    expect(keys(started)).toEqual(['b']);
    clock.advance(58_999);
    await settle();
    expect(keys(started)).toEqual(['b']);
    clock.advance(1);
    await finish('a');
    expect(keys(started)).toEqual(['b', 'a']);
  });

  test('that failed comes back when onFailure says so, with what it was to do and what came since', async () => {
    const failures: number[] = [];
    const { queue, clock, started, finish } = setUp({
      onFailure: (_work, _error, count) => {
        failures.push(count);
        return clock.now() + 1_000 * count;
      },
    });
    queue.enqueue(job('a', 1));
    await finish('a', new Error('first'));
    expect(queue.depth()).toEqual({ waiting: 1, ready: 0, running: 0 });
    clock.advance(1_000);
    await settle();
    queue.enqueue(job('a', 2), clock.now() + 60_000);
    await finish('a', new Error('second'));
    clock.advance(2_000);
    await finish('a');
    expect(started.map(({ notes }) => notes)).toEqual([[1], [1], [1, 2]]);
    expect(failures).toEqual([1, 2]);
    clock.advance(600_000);
    await settle();
    expect(started).toHaveLength(3);
    queue.enqueue(job('a', 3));
    await finish('a', new Error('third'));
    expect(failures).toEqual([1, 2, 1]);
  });

  test('that failed and is left runs again only when it is queued again', async () => {
    const { queue, clock, started, finish } = setUp({ onFailure: () => null });
    queue.enqueue(job('a'));
    await finish('a', new Error('denied'));
    clock.advance(86_400_000);
    await settle();
    expect(started).toHaveLength(1);
    expect(queue.depth()).toEqual({ waiting: 0, ready: 0, running: 0 });
  });
});

describe('places', () => {
  test('are bounded, and urgent work has places of its own and goes first', async () => {
    const { queue, started, finish } = setUp({ concurrency: 3, reserved: 1 });
    for (const key of ['a', 'b', 'c']) queue.enqueue(job(key));
    await settle();
    expect(keys(started)).toEqual(['a', 'b']);
    queue.enqueue(job('urgent', 0, { urgent: true }));
    queue.enqueue(job('urgent too', 0, { urgent: true }));
    await settle();
    expect(keys(started)).toEqual(['a', 'b', 'urgent']);
    await finish('a');
    expect(keys(started)).toEqual(['a', 'b', 'urgent', 'urgent too']);
    await finish('urgent');
    expect(keys(started)).toEqual(['a', 'b', 'urgent', 'urgent too', 'c']);
    expect(queue.depth()).toEqual({ waiting: 0, ready: 0, running: 3 });
  });

  test('are shared out among tenants, whoever was first', async () => {
    const { queue, started, finish } = setUp({ concurrency: 2 });
    for (let index = 0; index < 50; index += 1) queue.enqueue(job(`big ${index}`, 0, { tenant: 1 }));
    for (let index = 0; index < 2; index += 1) queue.enqueue(job(`small ${index}`, 0, { tenant: 2 }));
    await settle();
    expect(keys(started)).toEqual(['big 0', 'small 0']);
    await finish('big 0');
    expect(keys(started)).toEqual(['big 0', 'small 0', 'big 1']);
    await finish('small 0');
    expect(keys(started).slice(3)).toEqual(['small 1']);
  });
});

describe('draining', () => {
  test('finishes what runs, forgets the rest, and takes nothing new', async () => {
    const { queue, clock, started, finish } = setUp({ concurrency: 1 });
    for (const key of ['a', 'b']) queue.enqueue(job(key));
    queue.enqueue(job('later'), clock.now() + 1_000);
    await settle();
    queue.enqueue(job('a'));
    const drained = queue.drain(clock.now() + 60_000);
    queue.enqueue(job('c'));
    await finish('a');
    expect(await drained).toBe(true);
    clock.advance(120_000);
    await settle();
    expect(keys(started)).toEqual(['a']);
    expect(clock.pending()).toEqual([]);
  });

  test('tells the runs to stop at the deadline, and says that they had not finished', async () => {
    const signals: AbortSignal[] = [];
    const { queue, clock } = setUp({
      run: async (_work, signal) => {
        signals.push(signal);
        await new Promise<never>(() => {});
      },
    });
    queue.enqueue(job('a'));
    await settle();
    const drained = queue.drain(clock.now() + 1_000);
    clock.advance(999);
    expect(signals[0]?.aborted).toBe(false);
    clock.advance(1);
    expect(await drained).toBe(false);
    expect(signals[0]?.aborted).toBe(true);
  });

  test('of an idle queue is over at once', async () => {
    const { queue, clock } = setUp();
    expect(await queue.drain(clock.now() + 1_000)).toBe(true);
  });
});

/** What a history does: queue something, let the earliest run end well or badly, or let time pass. */
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('enqueue' as const),
        key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        delay: fc.constantFrom(0, 0, 500, 5_000),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('finish' as const, 'fail' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), milliseconds: fc.nat(6_000) }) },
  ),
  { maxLength: 120 },
);

test('any history: no key twice at once, never over the bound, nothing queued is lost', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (history, concurrency) => {
      const clock = manualClock();
      const running = new Map<string, PromiseWithResolvers<void>>();
      const lastQueued = new Map<string, number>();
      const startedAfter = new Map<string, number>();
      const violations: string[] = [];
      let tick = 0;
      const queue = new WorkQueue<Job>({
        clock,
        concurrency,
        reserved: concurrency > 1 ? 1 : 0,
        combine: (_earlier, later) => later,
        run: async ({ key }) => {
          // The queue would take a failed expectation for a failed run.
          if (running.has(key)) violations.push(`${key} runs twice at once`);
          const run = Promise.withResolvers<void>();
          running.set(key, run);
          if (running.size > concurrency) violations.push(`${running.size} runs at once`);
          startedAfter.set(key, ++tick);
          await run.promise.finally(() => running.delete(key));
        },
        onFailure: (_work, _error, failures) => clock.now() + 1_000 * Math.min(failures, 3),
      });
      const end = (how: 'finish' | 'fail'): void => {
        const [run] = running.values();
        if (how === 'finish') run?.resolve();
        else run?.reject(new Error('told to'));
      };
      for (const step of history) {
        if (step.do === 'enqueue') {
          lastQueued.set(step.key, ++tick);
          const tenant = step.key < 'c' ? 1 : 2;
          queue.enqueue(job(step.key, 0, { tenant, urgent: step.key === 'e' }), clock.now() + step.delay);
        } else if (step.do === 'pass') clock.advance(step.milliseconds);
        else end(step.do);
        await settle();
      }
      for (let round = 0; round < 100 && (running.size > 0 || clock.pending().length > 0); round += 1) {
        end('finish');
        clock.advance(1_000);
        await settle();
      }
      await queue.whenIdle();
      expect(queue.depth()).toEqual({ waiting: 0, ready: 0, running: 0 });
      expect(violations).toEqual([]);
      for (const [key, queuedAt] of lastQueued) expect(startedAfter.get(key)).toBeGreaterThan(queuedAt);
    }),
    { numRuns: 300 },
  );
});
