/** The plan comment of every shipped template, as a person reads it: in light and dark, wide and narrow. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { launchChromium } from './chromium.ts';
import { npmStart, type Started } from './npm-start.ts';
import { Screenshots } from './screenshots.ts';

const root = resolve(import.meta.dirname, '../..');
const screenshots = new Screenshots();
let browser: Browser;
let started: Started;

beforeAll(async () => {
  browser = await launchChromium();
  started = await npmStart();
});
afterAll(async () => {
  await browser?.close();
  await started?.stop();
  process.stdout.write(`\nscreenshots: ${screenshots.folder}\n`);
});

/** The examples of docs/examples, and who asks; together they use every template. */
const requests = [
  ['prod-eu/payments/inc-4711.yaml', 'alice', 'debug-pod'],
  ['prod-eu/payments/inc-4712.yaml', 'alice', 'network-path'],
  ['prod-eu/orders/inc-4713.yaml', 'frank', 'restart-deployment'],
  ['prod-eu/_cluster/inc-4714.yaml', 'carol', 'cluster-read'],
  ['staging/payments/checkout-logs.yaml', 'grace', 'read-logs'],
] as const;

async function ask(page: Page, path: string, login: string): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: login }).click();
  await page.getByRole('button', { name: `Signed in as ${login}` }).waitFor();
  const value = readFileSync(join(root, 'docs/examples', path), 'utf8').replace(/^#.*\n/, '');
  const fields = { filename: `access-requests/${path}`, value, message: basename(path, '.yaml') };
  await page.goto(`/acme/access/new/main?${new URLSearchParams(fields).toString()}`);
  await page.getByRole('button', { name: 'Open the pull request' }).click();
  await page
    .locator('.bubble', { hasText: 'curfew[bot]' })
    .getByText('Manifests, exact rules, digest')
    .waitFor();
}

/** In the browser: our comment. */
const comment = `[...document.querySelectorAll('.bubble')]
  .find((bubble) => bubble.textContent.includes('curfew[bot]')).querySelector('.markdown')`;

/** What stands at the top level of it: each element, open or not, with the words that it sets in bold first. */
const outline = `[...${comment}.children].map((element) => {
  const first = element.firstChild;
  const bold = first?.nodeName === 'STRONG' ? ' ' + first.textContent : '';
  return element.tagName.toLowerCase() + (element.open ? ' open' : '') + bold;
})`;

/** What is wider than it and does not scroll by itself. */
const sticksOut = `[...${comment}.querySelectorAll('*')]
  .filter((element) => element.checkVisibility() && element.closest('pre') === null)
  .filter((element) => element.getBoundingClientRect().right > ${comment}.getBoundingClientRect().right + 1)
  .map((element) => element.outerHTML.slice(0, 100))`;

const unfold = (open: boolean): string => `${comment}.querySelector('details').open = ${open}`;

describe('the plan comment', () => {
  test('of every template is looked at', () => {
    const shipped = globSync('templates/*.yaml', { cwd: root }).map((path) => basename(path, '.yaml'));
    expect(shipped.toSorted()).toEqual(requests.map(([, , template]) => template).toSorted());
  });

  test.each(requests)('%s, asked for by %s: %s', async (path, login, template) => {
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, baseURL: started.url });
    page.setDefaultTimeout(20_000);
    onTestFailed(async () => await screenshots.explain(page, started.log()));
    await ask(page, path, login);

    const parts: readonly string[] = await page.evaluate(outline);
    expect(parts[0]).toMatch(
      /^p (?:Waiting for \d of \d approvals?|Approved: access is in force until .*)\.$/,
    );
    expect(parts.at(-1)).toBe('details');
    const headings = parts.filter((part) => /^p [A-Z]/.test(part)).map((part) => part.slice(2));
    const order = [
      'Gains',
      'Red flags',
      'What may come of it',
      'May stay open at the end',
      'Waiting for',
      'Not known',
    ];
    expect(headings.filter((heading) => order.includes(heading))).toEqual(
      order.filter((heading) => headings.includes(heading)),
    );
    expect(headings).toEqual(expect.arrayContaining(['Gains', 'May stay open at the end']));

    for (const width of [1200, 420]) {
      await page.setViewportSize({ width, height: 800 });
      for (const folded of [true, false]) {
        await page.evaluate(unfold(!folded));
        const name = `${template}-${width}-${folded ? 'folded' : 'open'}`;
        expect(await screenshots.take(page, name)).toEqual([]);
        expect(await page.evaluate(sticksOut)).toEqual([]);
      }
    }
    await page.close();
  });
});
