import { describe, expect, test } from 'vitest';
import { webhookPath } from '../../src/app/http.ts';
import { Denied, GitHubError, RetryLater } from '../../src/github/errors.ts';
import { access, delivery, harness, opened, type Harness } from './harness.ts';

const minute = 60_000;

async function get(each: Harness, path: string): Promise<string> {
  const response = await each.curfew.handle(new Request(`http://x${path}`));
  return `${response.status} ${(await response.text()).trim()}`;
}

describe('sweeps', () => {
  test('find everything after a start, and only then is the process ready', async () => {
    const each = await harness({
      open: [
        { number: 1, due: true },
        { number: 2, due: false },
      ],
    });
    expect(await get(each, '/healthz')).toBe('200 ok');
    expect(await get(each, '/readyz')).toBe('503 the first sweep is not done');
    each.curfew.start();
    await each.curfew.whenIdle();
    expect(each.world.calls.toSorted()).toEqual([
      'branch acme/access',
      'installations',
      'pull-request acme/access 1',
      'pull-requests acme/access',
      'repositories 3',
    ]);
    expect(await get(each, '/readyz')).toBe('200 ok');
    await each.curfew.drain(1_000);
  });

  test('of branches look at the access repositories, and ask GitHub for no list', async () => {
    const other = { installation: 3, id: 6, owner: 'acme', name: 'other' };
    let adopted = new Set(['access']);
    const each = await harness({ repositories: [access, other] });
    each.world.calls.length = 0;
    const branch = each.world.branch.bind(each.world);
    Object.assign(each.world, {
      branch: async (...args: Parameters<typeof branch>) => ({
        ...(await branch(...args)),
        adopted: adopted.has(args[0].name),
      }),
    });
    each.curfew.sweep('everything');
    await each.curfew.whenIdle();
    each.world.calls.length = 0;
    each.curfew.sweep('branches');
    await each.curfew.whenIdle();
    expect(each.world.calls).toEqual(['branch acme/access']);
    adopted = new Set(['access', 'other']);
    each.curfew.sweep('everything');
    await each.curfew.whenIdle();
    expect(each.world.calls).toContain('pull-requests acme/other');
  });

  test('forget repositories and installations that are gone', async () => {
    let installations: readonly number[] = [3];
    const each = await harness({ installations: async () => installations });
    each.curfew.sweep('everything');
    await each.curfew.whenIdle();
    installations = [];
    each.curfew.sweep('everything');
    await each.curfew.whenIdle();
    each.world.calls.length = 0;
    each.curfew.sweep('branches');
    await each.curfew.whenIdle();
    expect(each.world.calls).toEqual([]);
  });

  test('wait out a limit that GitHub names: that is an answer', async () => {
    const each = await harness({
      branch: async () => {
        throw new RetryLater('rate limit', each.clock.now() + 60 * minute);
      },
    });
    each.curfew.sweep('everything');
    await each.curfew.whenIdle();
    expect(await get(each, '/readyz')).toBe('200 ok');
  });

  test('repeat themselves while GitHub does not answer', async () => {
    let answers = false;
    const each = await harness({
      installations: async () => {
        if (!answers) throw new RetryLater('timeout');
        return [3];
      },
    });
    each.curfew.sweep('everything');
    await each.curfew.whenIdle();
    expect(await get(each, '/readyz')).toBe('503 the first sweep is not done\nGitHub does not answer');
    each.clock.advance(minute);
    await each.curfew.whenIdle();
    answers = true;
    each.clock.advance(minute);
    await each.curfew.whenIdle();
    expect(await get(each, '/readyz')).toBe('200 ok');
  });
});

describe('deliveries that failed while nobody listened', () => {
  const failed = ['pull_request', 'watch', 'push'].map((event, id) => ({
    id,
    guid: `guid ${id}`,
    event,
    deliveredAt: 0,
  }));

  test('are delivered again after a start, as far as they are of use', async () => {
    const each = await harness({ failed });
    each.curfew.start();
    await each.curfew.whenIdle();
    expect(each.world.calls.filter((call) => call.startsWith('redeliver'))).toEqual([
      'redeliver 0',
      'redeliver 2',
    ]);
    await each.curfew.drain(1_000);
  });

  test('of which GitHub refuses one: the others are delivered', async () => {
    const each = await harness({
      failed,
      redeliver: async (id) => {
        if (id === 0) throw new GitHubError('422 too old');
      },
    });
    each.curfew.start();
    await each.curfew.whenIdle();
    each.clock.advance(minute);
    await each.curfew.whenIdle();
    expect(each.world.calls.filter((call) => call.startsWith('redeliver'))).toEqual([
      'redeliver 0',
      'redeliver 2',
    ]);
    await each.curfew.drain(1_000);
  });

  test('are asked for once, also where GitHub stops answering in between', async () => {
    let answers = false;
    const each = await harness({
      failed,
      redeliver: async (id) => {
        if (id === 2 && !answers) throw new RetryLater('rate limit');
      },
    });
    each.curfew.start();
    await each.curfew.whenIdle();
    answers = true;
    each.clock.advance(minute);
    await each.curfew.whenIdle();
    expect(each.world.calls.filter((call) => call.startsWith('redeliver'))).toEqual([
      'redeliver 0',
      'redeliver 2',
      'redeliver 2',
    ]);
    await each.curfew.drain(1_000);
  });
});

describe('what one run leads to', () => {
  test('a branch is looked at again at the nearest end, and its pull requests at once', async () => {
    let end: number | null = null;
    const each = await harness({ branch: async () => ({ wakeAt: end, pullRequests: [7] }) });
    end = each.clock.now() + 2 * 60 * minute;
    each.curfew.sweep('everything');
    await each.curfew.whenIdle();
    expect(each.world.calls).toContain('pull-request acme/access 7');
    each.world.calls.length = 0;
    each.clock.advance(2 * 60 * minute - 1);
    await each.curfew.whenIdle();
    expect(each.world.calls).toEqual([]);
    end = null;
    each.clock.advance(1);
    await each.curfew.whenIdle();
    expect(each.world.calls[0]).toBe('branch acme/access');
  });

  test('a merge leads to the branch, and a verdict that time changes to another run', async () => {
    const runs: number[] = [];
    const each = await harness({
      pullRequest: async (number) => {
        runs.push(number);
        return {
          branchTouched: runs.length === 1,
          requeueAt: runs.length === 1 ? each.clock.now() + minute : null,
        };
      },
    });
    await each.curfew.handle(new Request(`http://x${webhookPath}`, delivery('pull_request', opened(7))));
    await each.curfew.whenIdle();
    expect(each.world.calls).toEqual([
      'pull-request acme/access 7',
      'branch acme/access',
      'pull-requests acme/access',
    ]);
    each.clock.advance(minute);
    await each.curfew.whenIdle();
    expect(runs).toEqual([7, 7]);
    each.clock.advance(60 * minute);
    await each.curfew.whenIdle();
    expect(runs).toEqual([7, 7]);
  });

  test.each([
    ['GitHub names a time', (at: number) => new RetryLater('rate limit', at), 10 * minute],
    ['GitHub does not answer', () => new RetryLater('timeout'), 2_000],
    ['there is a defect', () => new TypeError('undefined is not a function'), 2_000],
  ])('%s: it is looked at again, not before its time', async (_what, errorAt, delay) => {
    let failing = true;
    const each = await harness({
      pullRequest: async () => {
        if (failing) throw errorAt(each.clock.now() + 10 * minute);
        return {};
      },
    });
    await each.curfew.handle(new Request(`http://x${webhookPath}`, delivery('pull_request', opened(7))));
    await each.curfew.whenIdle();
    failing = false;
    each.clock.advance(delay / 2);
    await each.curfew.whenIdle();
    expect(each.world.calls).toHaveLength(1);
    each.clock.advance(delay);
    await each.curfew.whenIdle();
    expect(each.world.calls).toHaveLength(2);
  });

  test('a time that has come already does not make it spin', async () => {
    const each = await harness({
      pullRequest: async () => ({ requeueAt: each.clock.now() - minute }),
      branch: async () => ({ wakeAt: each.clock.now() - minute }),
    });
    await each.curfew.handle(new Request(`http://x${webhookPath}`, delivery('pull_request', opened(7))));
    each.curfew.sweep('everything');
    await each.curfew.whenIdle();
    expect(each.world.calls.filter((call) => call.startsWith('pull-request '))).toHaveLength(1);
    expect(each.world.calls.filter((call) => call.startsWith('branch '))).toHaveLength(1);
  });

  test('what a person must put right is left until something happens', async () => {
    const each = await harness({
      pullRequest: async () => {
        throw new Denied('no permission');
      },
    });
    const event = new Request(`http://x${webhookPath}`, delivery('pull_request', opened(7)));
    await each.curfew.handle(event);
    await each.curfew.whenIdle();
    each.clock.advance(24 * 60 * minute);
    await each.curfew.whenIdle();
    expect(each.world.calls).toHaveLength(1);
    expect(each.lines()).toContainEqual(
      expect.objectContaining({
        level: 'error',
        pullRequest: 7,
        msg: 'left as it is until something changes or the next sweep',
      }),
    );
  });
});

test('metrics', async () => {
  const each = await harness({ branch: async () => ({ wakeAt: null }) });
  each.curfew.start();
  await each.curfew.handle(new Request(`http://x${webhookPath}`, delivery('pull_request', opened(7))));
  await each.curfew.handle(
    new Request(`http://x${webhookPath}`, delivery('push', {}, { 'x-hub-signature-256': 'sha256=0' })),
  );
  await each.curfew.whenIdle();
  const page = await get(each, '/metrics');
  for (const line of [
    'curfew_decisions_total{reason="not-ours"} 1',
    'curfew_webhook_deliveries_total{result="accepted"} 1',
    'curfew_webhook_deliveries_total{result="bad-signature"} 1',
    'curfew_queue_depth{state="running"} 0',
    'curfew_revocation_lag_seconds_count 1',
    'curfew_reconcile_duration_seconds_count{kind="branch"} 1',
    'curfew_github_budget_remaining{installation="3",resource="graphql"} 4321',
    'curfew_github_content_created{installation="3"} 9',
  ]) {
    expect(page.split('\n')).toContain(line);
  }
  expect(page).not.toContain('acme');
  await each.curfew.drain(1_000);
});

describe('draining', () => {
  test('finishes what runs, accepts nothing more, and says so', async () => {
    const gate = Promise.withResolvers<void>();
    const each = await harness({
      pullRequest: async () => {
        await gate.promise;
        return { branchTouched: true };
      },
    });
    const url = await each.curfew.listen('127.0.0.1', 0);
    expect((await fetch(`${url}${webhookPath}`, delivery('pull_request', opened(7)))).status).toBe(202);
    const drained = each.curfew.drain(60_000);
    expect(await get(each, '/readyz')).toMatch(/^503 shutting down/);
    const late = await each.curfew.handle(
      new Request(`http://x${webhookPath}`, delivery('pull_request', opened(8))),
    );
    expect(late.status).toBe(503);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
    gate.resolve();
    expect(await drained).toBe(true);
    expect(each.world.calls).toEqual(['pull-request acme/access 7']);
  });

  test('does not wait for ever: runs are told to stop', async () => {
    const each = await harness({
      pullRequest: async (_number, { signal }) => {
        await new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        );
        return {};
      },
    });
    await each.curfew.handle(new Request(`http://x${webhookPath}`, delivery('pull_request', opened(7))));
    const drained = each.curfew.drain(1_000);
    await Promise.resolve();
    each.clock.advance(1_000);
    expect(await drained).toBe(false);
    expect(each.lines()).toContainEqual(
      expect.objectContaining({ level: 'info', msg: 'stopped halfway; the next process goes on' }),
    );
  });
});

describe('a storm of webhooks', () => {
  const noise = delivery('push', { ref: 'refs/heads/curfew/noise', commits: [] });

  /** A thousand pushes in a minute, each of which would be looked at by itself. */
  async function storm(each: Harness): Promise<void> {
    for (let push = 0; push < 1000; push += 1) {
      await each.curfew.handle(new Request(`http://x${webhookPath}`, noise));
      await each.curfew.whenIdle();
      each.clock.advance(60);
      await each.curfew.whenIdle();
    }
  }

  test('on one branch is looked at thirty times at once, and then every ten seconds', async () => {
    const each = await harness();
    await storm(each);
    expect(each.world.calls.length).toBeGreaterThan(30);
    expect(each.world.calls.length).toBeLessThanOrEqual(37);
    // The last of them is not forgotten.
    const before = each.world.calls.length;
    await each.curfew.handle(new Request(`http://x${webhookPath}`, noise));
    await each.curfew.whenIdle();
    expect(each.world.calls.length).toBe(before);
    each.clock.advance(10_000);
    await each.curfew.whenIdle();
    expect(each.world.calls.length).toBe(before + 1);
  });

  test('holds up neither the end of access nor the sweep', async () => {
    const each = await harness();
    await storm(each);
    each.world.calls.length = 0;
    each.curfew.sweep('everything');
    await each.curfew.whenIdle();
    expect(each.world.calls).toContain('branch acme/access');
  });

  test('by way of merged pull requests is no other', async () => {
    const each = await harness({ pullRequest: async () => ({ branchTouched: true }) });
    for (let number = 1; number <= 1000; number += 1) {
      const comment = { issue: { number, state: 'closed', pull_request: {} } };
      await each.curfew.handle(new Request(`http://x${webhookPath}`, delivery('issue_comment', comment)));
      await each.curfew.whenIdle();
      each.clock.advance(60);
      await each.curfew.whenIdle();
    }
    const branches = each.world.calls.filter((call) => call.startsWith('branch '));
    expect(branches.length).toBeLessThanOrEqual(37);
  });
});
