import { expect, test } from 'vitest';
import { createMetrics } from '../../../src/cluster/guard/metrics.ts';
import { guardAlerts } from '../../../src/cluster/manifests/guard-alerts.ts';

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
  const sources = { objects: () => new Map(), leftovers: () => [], skew: () => null, age: () => null };
  const text = await createMetrics(sources).registry.metrics();
  for (const reason of [
    'returned',
    'stuck',
    'no-end',
    'label-lost',
    'refused',
    'git-unreadable',
    'clock-skew',
  ])
    expect(text).toContain(`curfew_guard_alerts_total{reason="${reason}"} 0`);
});
