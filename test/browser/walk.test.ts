import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { launchChromium } from './chromium.ts';
import { npmStart } from './npm-start.ts';
import type { Started } from './npm-start.ts';
import { Screenshots } from './screenshots.ts';

const run = promisify(execFile);
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

interface Options {
  readonly width?: number;
  readonly javaScriptEnabled?: boolean;
}

/** A browser window; whatever goes wrong in it is in `errors`. */
async function open({ width = 1200, javaScriptEnabled = true }: Options = {}): Promise<{
  readonly page: Page;
  readonly errors: readonly string[];
}> {
  const viewport = { width, height: 800 };
  const page = await browser.newPage({ viewport, baseURL: started.url, javaScriptEnabled });
  page.setDefaultTimeout(20_000);
  onTestFailed(async () => await screenshots.explain(page, started.log()));
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(started.url)) errors.push(`asked for ${request.url()}`);
  });
  return { page, errors };
}

async function signIn(page: Page, login: string): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: login }).click();
  await page.getByRole('button', { name: `Signed in as ${login}` }).waitFor();
}

async function look(page: Page, name: string): Promise<void> {
  expect(await screenshots.take(page, name)).toEqual([]);
}

describe('a new user', () => {
  test('asks for access, has it approved, sees it granted, and sees it end', async () => {
    const { page, errors } = await open();
    const main = page.getByRole('main');
    await page.goto('/');
    await look(page, 'sign-in');
    await signIn(page, 'alice');
    await main.getByText('Nobody has access').waitFor();
    await look(page, 'start');

    await page.getByRole('link', { name: 'Request access' }).first().click();
    await look(page, 'request-access');
    await page.getByRole('link', { name: 'Debug a pod in staging' }).click();
    expect(await page.getByLabel('Content').inputValue()).toContain('template: debug-pod');
    await look(page, 'new-file');
    await page.getByRole('button', { name: 'Open the pull request' }).click();

    // The page shows the comment and the check by itself as soon as they are there.
    const comment = page.locator('.bubble', { hasText: 'curfew[bot]' });
    await comment.getByText('Waiting for 1 of 1 approval').waitFor();
    await comment.getByText('one of @acme/payments').waitFor();
    await page.getByRole('list', { name: 'Checks' }).getByText('Waiting for 1 of 1 approval').waitFor();
    await main.getByText('Merging is blocked').waitFor();
    await look(page, 'waiting');
    await screenshots.takeForReadme(page, 'pull-request', comment);
    const pullRequest = page.url();
    await page.getByRole('link', { name: /^Files/ }).click();
    await page.getByRole('cell', { name: 'app: payments-api' }).waitFor();
    await look(page, 'files');
    await page.getByRole('link', { name: /^Checks/ }).click();
    await main.getByText('kind: RoleBinding').waitFor();
    await look(page, 'checks');

    await page.goto(pullRequest);
    await page.getByRole('button', { name: 'Act as bob' }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await main.getByText('approved these changes').waitFor();
    await comment.getByText('access is in force until').waitFor();
    await main.getByText('merged this into').waitFor();
    await page.locator('.state.merged').waitFor();
    await look(page, 'granted');

    await page.getByRole('link', { name: 'Curfew sandbox' }).click();
    const grant = page.locator('.grant');
    await grant.getByText('staging/payments/slow-checkout').waitFor();
    expect(await grant.innerText()).toMatch(/(?:59 min|1 h) left[^]*alice until [^]* approved by bob/);
    await look(page, 'grant-in-force');
    await screenshots.takeForReadme(page, 'start', main.locator('.clock'));
    await page.getByRole('link', { name: 'slow-checkout' }).click();
    await main.getByText('curfew.dev/expires-at').first().waitFor();
    await look(page, 'grant-file');

    await page.goto('/');
    await main.getByRole('button', { name: '+5 min' }).click();
    await page.locator('.grant', { hasText: '54 min left' }).waitFor();
    await main.getByRole('button', { name: /^To the next end/ }).click();
    await main.getByText('Nobody has access').waitFor();
    await look(page, 'ended');

    await page.goto('/acme/access/pulls?state=merged');
    await page.getByRole('link', { name: /^Revert debug-pod of alice/ }).click();
    await main.getByText('This pull request ends access').waitFor();
    await look(page, 'revert');
    await page.getByRole('link', { name: '#1', exact: true }).click();
    await comment.getByText('Ended: ').waitFor();
    await look(page, 'ended-request');

    await page.getByRole('link', { name: 'History' }).click();
    const trail = await page.locator('.commit-title').allInnerTexts();
    const told = [
      /^Revert debug-pod of alice/,
      /^Grant debug-pod in payments/,
      /^Debug payments-api in staging/,
    ];
    expect(told.map((title) => trail.findIndex((each) => title.test(each)))).toEqual(
      told.map((title) => trail.findIndex((each) => title.test(each))).toSorted((a, b) => a - b),
    );
    for (const title of told) expect(trail.some((each) => title.test(each))).toBe(true);
    await page
      .getByText(/trailers: the evidence/)
      .first()
      .click();
    await main.getByText('Curfew-Grant').first().waitFor();
    await look(page, 'history');
    await page.getByRole('link', { name: /^Grant debug-pod/ }).click();
    await main.getByText('Curfew-Approval').waitFor();
    await look(page, 'grant-commit');
    expect(errors).toEqual([]);
    expect(started.log()).toBe('');
  });

  test('works with plain git, by the commands that the page shows', async () => {
    const { page, errors } = await open();
    await signIn(page, 'grace');
    const commands = await page.locator('pre', { hasText: 'git clone' }).innerText();
    const folder = await mkdtemp(join(tmpdir(), 'curfew-clone-'));
    const shell = async (script: string): Promise<string> => {
      const env = { PATH: process.env['PATH'], HOME: folder, GIT_TERMINAL_PROMPT: '0' };
      return (await run('sh', ['-ec', script], { cwd: folder, env })).stdout;
    };
    try {
      await shell(commands);
      const requests = join(folder, 'access/access-requests/staging/orders');
      await mkdir(requests, { recursive: true });
      const request =
        'apiVersion: curfew.dev/v1\nkind: AccessRequest\nspec:\n  template: read-logs\n  reason: Orders are slow\n  duraton: 1h\n';
      await writeFile(join(requests, 'slow.yaml'), request);
      await shell(
        'cd access && git checkout -qb slow && git add . && git commit -qm "Read the logs of orders" && git push -q origin slow',
      );

      await page.goto('/acme/access');
      await page.getByRole('link', { name: 'Open a pull request' }).click();
      await look(page, 'compare');
      await page.getByRole('button', { name: 'Open the pull request' }).click();
      await page
        .locator('.bubble', { hasText: 'curfew[bot]' })
        .getByText(/^Refused/)
        .waitFor();
      await look(page, 'refused');
      await page.getByRole('link', { name: /^Files/ }).click();
      const annotation = page.locator('tr', { hasText: 'duraton: 1h' }).locator('+ tr.annotation');
      await annotation.getByText(/did you mean/i).waitFor();
      await look(page, 'annotation');

      await shell(
        'cd access && sed -i s/duraton/duration/ access-requests/staging/orders/slow.yaml && git commit -qam "Correct it" && git push -q origin slow',
      );
      await page.getByRole('link', { name: /^Conversation/ }).click();
      await page.locator('.state.merged').waitFor();
      await page.getByText('access is in force until').waitFor();
      await page.getByLabel('Comment as grace').fill('/revoke');
      await page.getByRole('button', { name: 'Comment', exact: true }).click();
      await page.getByText(/^Ended: /).waitFor();
      await look(page, 'handed-back');
      expect(
        await shell('cd access && git checkout -q main && git pull -q && git log --format=%s -2'),
      ).toMatch(/^Revert read-logs of grace/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    expect(errors).toEqual([]);
  });
});

describe('the page', () => {
  test('does not replace what somebody is writing', async () => {
    const { page } = await open();
    await signIn(page, 'carol');
    await page.goto('/acme/access/new/main');
    await page.getByRole('link', { name: 'Look across a cluster' }).click();
    await page.getByRole('button', { name: 'Open it as a draft' }).click();
    await page.getByLabel('Comment or review as carol').fill('not finished');
    const other = (await open()).page;
    await signIn(other, 'bob');
    await other.goto(page.url());
    await other.getByLabel('Comment or review as bob').fill('Meanwhile');
    await other.getByRole('button', { name: 'Comment', exact: true }).click();
    await page.getByText('This page has changed').waitFor();
    expect(await page.getByLabel('Comment or review as carol').inputValue()).toBe('not finished');
    await page.getByRole('link', { name: 'Show it as it is now' }).click();
    await page.getByText('Meanwhile').waitFor();
  });

  test('works without JavaScript, in a narrow window, and by keyboard', async () => {
    const { page } = await open({ width: 420, javaScriptEnabled: false });
    await page.goto('/acme/access/new/main');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Skip to the content');
    await page.getByRole('button', { name: 'alice' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Read logs in staging' }).click();
    await page.getByRole('button', { name: 'Open it as a draft' }).click();
    await page.getByText('This is a draft.').waitFor();
    await look(page, 'narrow-pull-request');
    await page.getByRole('button', { name: 'Signed in as alice' }).click();
    await look(page, 'narrow-people');
    await page.getByRole('button', { name: 'mallory' }).click();
    await page.getByRole('button', { name: 'Signed in as mallory' }).waitFor();
    await page.getByRole('button', { name: 'Try to merge' }).click();
    await page.getByRole('alert').getByText('Pull Request is still a draft').waitFor();
    await look(page, 'narrow-refusal');
    for (const path of [
      '/',
      '/acme/access',
      '/acme/access/commits/main',
      '/acme/access/blob/main/.github/curfew.yaml',
      '/acme/access/nothing',
    ]) {
      await page.goto(path);
      await look(page, `narrow${path.replaceAll('/', '-')}`);
    }
  });
});
