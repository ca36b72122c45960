import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acmePage } from '../../../src/sandbox/page/acme.ts';
import { createTestWorld } from '../../e2e/world.ts';
import type { TestWorld } from '../../e2e/world.ts';

/** Who may ask for what is offered, and whose approvals it takes. */
const people: Readonly<Record<string, { readonly asks: string; readonly approve: readonly string[] }>> = {
  'Debug a pod in staging': { asks: 'alice', approve: ['bob'] },
  'Read logs in staging': { asks: 'alice', approve: [] },
  'Restart a deployment in staging': { asks: 'alice', approve: ['grace'] },
  'Debug a pod in production': { asks: 'alice', approve: ['bob', 'carol', 'dan'] },
  'Open a network path in production': { asks: 'alice', approve: ['frank', 'carol', 'dan'] },
  'Look across a cluster': { asks: 'carol', approve: ['erin', 'dan'] },
};

const files = acmePage.prefills?.files ?? [];
let world: TestWorld;
beforeEach(async () => {
  world = await createTestWorld();
});
afterEach(async () => await world.close());

describe('what the page offers', () => {
  test('is all known here', () => {
    expect(files.map(({ label }) => label)).toEqual(Object.keys(people));
  });

  test.each(files.map((file) => [file.label, file] as const))(
    '%s: is granted as its summary says',
    async (label, file) => {
      const { asks, approve } = people[label] ?? { asks: '', approve: [] };
      const branch = file.path.replaceAll('/', '-');
      const number = await world
        .as(asks)
        .propose({ path: file.path, text: file.text, title: file.title, branch });
      for (const login of approve) {
        expect(await world.check(number)).toMatchObject({ conclusion: 'action_required' });
        await world.as(login).review(number, 'APPROVE');
      }
      expect(await world.check(number)).toMatchObject({ conclusion: 'success' });
      expect(await world.grants()).toContain(file.path.replace('access-requests/', 'grants/'));
    },
  );

  test('leads to files that are there', async () => {
    const paths = await world.paths();
    for (const { href } of acmePage.links ?? []) {
      const path = href.replace(/^\/acme\/access\/(?:blob|tree)\/main\//, '');
      expect(paths.some((each) => each === path || each.startsWith(`${path}/`))).toBe(true);
    }
  });
});
