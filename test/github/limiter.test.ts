import { describe, expect, it } from 'vitest';
import { RetryLater } from '../../src/github/errors.ts';
import { Limiter } from '../../src/github/limiter.ts';
import type { Purpose } from '../../src/github/port.ts';

const start = Date.parse('2026-12-01T09:00:00Z');
const read = { resource: 'rest', write: false } as const;
const query = { resource: 'graphql', write: false } as const;
const write = { resource: 'rest', write: true } as const;

function limiterAt(): { readonly limiter: Limiter; advance: (milliseconds: number) => void } {
  let now = start;
  return {
    limiter: new Limiter(() => now),
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

async function spend(
  limiter: Limiter,
  cost: Parameters<Limiter['run']>[0],
  purpose: Purpose,
  times: number,
): Promise<number> {
  let sent = 0;
  for (let index = 0; index < times; index += 1) {
    try {
      await limiter.run(cost, purpose, async () => {
        sent += 1;
      });
    } catch (error) {
      expect(error).toBeInstanceOf(RetryLater);
      break;
    }
  }
  return sent;
}

async function refusal(
  limiter: Limiter,
  cost: Parameters<Limiter['run']>[0],
  purpose: Purpose,
): Promise<RetryLater> {
  const error: unknown = await limiter
    .run(cost, purpose, async () => null)
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof RetryLater)) throw new Error('was not refused');
  return error;
}

describe('budgets that the limiter counts itself', () => {
  it.each([
    ['reads by REST, 900 points a minute', read, { ending: 900, deciding: 720, display: 540 }],
    ['queries, 2,000 points a minute', query, { ending: 2000, deciding: 1600, display: 1200 }],
    ['writes, 80 a minute', write, { ending: 80, deciding: 64, display: 32 }],
  ] as const)('%s, with a reserve for ending', async (_, cost, most) => {
    for (const purpose of ['ending', 'deciding', 'display'] as const) {
      expect(await spend(limiterAt().limiter, cost, purpose, 2500)).toBe(most[purpose]);
    }
  });

  it('leaves the reserve to ending when display and deciding have used up theirs', async () => {
    const { limiter } = limiterAt();
    expect(await spend(limiter, write, 'display', 100)).toBe(32);
    expect(await spend(limiter, write, 'record', 100)).toBe(0);
    expect(await spend(limiter, write, 'deciding', 100)).toBe(32);
    expect(await spend(limiter, write, 'ending', 100)).toBe(16);
  });

  it('says when the oldest writes leave the window, and lets go on then', async () => {
    const { limiter, advance } = limiterAt();
    await spend(limiter, write, 'ending', 40);
    advance(10_000);
    await spend(limiter, write, 'ending', 40);
    expect((await refusal(limiter, write, 'ending')).retryAt).toBe(start + 60_000);
    advance(50_000);
    expect(await spend(limiter, write, 'ending', 100)).toBe(40);
  });

  it('never creates more than 500 in an hour', async () => {
    const { limiter, advance } = limiterAt();
    let sent = 0;
    for (let minute = 0; minute < 59; minute += 1) {
      sent += await spend(limiter, write, 'ending', 100);
      advance(60_000);
    }
    expect(sent).toBe(500);
    expect(limiter.figures().created).toEqual({ lastMinute: 0, lastHour: 500 });
  });

  it('does not take reads from the budget of writes', async () => {
    const { limiter } = limiterAt();
    await spend(limiter, write, 'ending', 80);
    expect(await spend(limiter, read, 'display', 1)).toBe(1);
  });
});

describe('budgets that GitHub tells', () => {
  const headers = (remaining: number, extra = {}) => ({
    date: new Date(start).toUTCString(),
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(start / 1000 + 1800),
    ...extra,
  });

  it('keeps the reserve of the hourly budget for ending', async () => {
    const { limiter } = limiterAt();
    limiter.observe('graphql', headers(1003));
    expect(await spend(limiter, query, 'deciding', 10)).toBe(3);
    expect((await refusal(limiter, query, 'deciding')).retryAt).toBe(start + 1800_000);
    expect(await spend(limiter, query, 'ending', 10)).toBe(10);
    expect(await spend(limiter, read, 'display', 10)).toBe(10);
  });

  it('forgets a budget that has been reset', async () => {
    const { limiter, advance } = limiterAt();
    limiter.observe('rest', headers(0));
    expect((await refusal(limiter, read, 'ending')).retryAt).toBe(start + 1800_000);
    advance(1800_000);
    expect(await spend(limiter, read, 'ending', 1)).toBe(1);
  });

  it('measures the time to the reset by the date of the answer, not by a clock that may be wrong', async () => {
    const { limiter } = limiterAt();
    limiter.observe('rest', {
      ...headers(0),
      date: new Date(start + 7200_000).toUTCString(),
      'x-ratelimit-reset': String(start / 1000 + 7200 + 60),
    });
    expect((await refusal(limiter, read, 'ending')).retryAt).toBe(start + 60_000);
  });

  it('pauses everything after a secondary limit, for as long as GitHub says', async () => {
    const { limiter, advance } = limiterAt();
    expect(limiter.pause('rest', headers(4000, { 'retry-after': '30' }))).toBe(start + 30_000);
    expect((await refusal(limiter, query, 'ending')).retryAt).toBe(start + 30_000);
    advance(30_000);
    expect(await spend(limiter, query, 'ending', 1)).toBe(1);
  });

  it('pauses a minute where GitHub names no time, and one resource where its budget is used up', async () => {
    const { limiter } = limiterAt();
    expect(limiter.pause('rest', {})).toBe(start + 60_000);
    const other = limiterAt().limiter;
    other.pause('rest', headers(0));
    expect(await spend(other, query, 'deciding', 1)).toBe(1);
    expect((await refusal(other, read, 'ending')).retryAt).toBe(start + 1800_000);
  });

  it('never pauses for longer than an hour', () => {
    const { limiter } = limiterAt();
    expect(limiter.pause('rest', { 'retry-after': '999999999' })).toBe(start + 3600_000);
    expect(limiter.pause('rest', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' })).toBe(
      start + 3600_000,
    );
  });
});

describe('requests at once', () => {
  it('are a hundred at most, and ending goes before whoever waits', async () => {
    const { limiter } = limiterAt();
    const finish: (() => void)[] = [];
    const started: string[] = [];
    const send = (name: string, purpose: Purpose) =>
      limiter.run(query, purpose, async () => {
        started.push(name);
        await new Promise<void>((resolve) => {
          finish.push(resolve);
        });
      });
    const all = Array.from({ length: 100 }, (_, index) => send(`first ${index}`, 'deciding'));
    all.push(send('waits', 'display'), send('ends', 'ending'));
    await Promise.resolve();
    expect(limiter.figures().inFlight).toBe(100);
    finish.shift()?.();
    await all[0];
    await Promise.resolve();
    expect(started.at(-1)).toBe('ends');
    finish.shift()?.();
    await all[1];
    await Promise.resolve();
    expect(started.at(-1)).toBe('waits');
    for (const each of finish) each();
    await Promise.all(all);
    expect(limiter.figures().inFlight).toBe(0);
  });
});
