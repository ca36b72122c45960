import { expect, test } from 'vitest';
import { longestGrace } from '../../../src/cluster/guard/core/judge.ts';
import { createMetrics } from '../../../src/cluster/guard/metrics.ts';
import { guardAlerts } from '../../../src/cluster/manifests/guard-alerts.ts';

/** What a guard has to say that has just begun. */
const nothing = { objects: () => new Map(), leftovers: () => [], skew: () => null, age: () => null };

test('every metric that an alert asks for is one that the guard has', async () => {
  const sources = { objects: () => new Map(), leftovers: () => [3], skew: () => 0, age: () => 1 };
  const metrics = createMetrics(sources);
  metrics.removed('Pod', 'expired', 1);
  const text = await metrics.registry.metrics();
  const asked = new Set(JSON.stringify(guardAlerts()).match(/curfew_guard_\w+/g));
  expect(asked.size).toBeGreaterThan(3);
  expect([...asked].filter((name) => !text.includes(`\n${name}`))).toEqual([]);
});

test('the reasons of alerts are there before the first, so that the first is an increase', async () => {
  const text = await createMetrics(nothing).registry.metrics();
  for (const reason of [
    'returned',
    'stuck',
    'no-end',
    'label-lost',
    'refused',
    'not-permitted',
    'git-unreadable',
    'clock-skew',
  ])
    expect(text).toContain(`curfew_guard_alerts_total{reason="${reason}"} 0`);
});

test('a guard that has listed nothing yet says no age, for an age of 0 would keep the alert on its absence silent', async () => {
  const says = async (age: number | null): Promise<string> =>
    createMetrics({ ...nothing, age: () => age }).registry.metrics();
  expect(await says(null)).not.toMatch(/^curfew_guard_list_age_seconds /m);
  expect(await says(7)).toMatch(/^curfew_guard_list_age_seconds 7$/m);
});

test('a pod that takes its whole grace period to stop is no leftover yet', () => {
  const [, seconds] = /oldest_leftover_seconds\) > (\d+)/.exec(JSON.stringify(guardAlerts())) ?? [];
  expect(Number(seconds) * 1000).toBeGreaterThan(longestGrace);
});
