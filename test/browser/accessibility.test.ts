import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf } from './accessibility.ts';
import { launchChromium } from './chromium.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => await browser?.close());

const around = (main: string): string =>
  `<!doctype html><html lang="en"><body style="background:#fff;color:#222"><header>h</header><main><h1>One</h1>${main}</main><footer>f</footer></body></html>`;

describe('the measure', () => {
  test.each([
    ['<p style="color:#999">pale</p>', /^contrast 2\.8/],
    ['<div style="background:#333"><p style="color:#555">dark</p></div>', /^contrast/],
    ['<input name="x">', /^no label/],
    ['<button></button>', /^no name/],
    ['<a href="/"><svg></svg></a>', /^no name/],
    ['<h1>Two</h1>', /^there are 2 headings/],
    ['<p id="x">a</p><p id="x">b</p>', /^two elements are called x/],
    ['<div style="width:4000px">wide</div>', /wider than the window/],
  ])('finds fault with %s', async (main, fault) => {
    const page = await browser.newPage();
    await page.setContent(around(main));
    expect(await faultsOf(page)).toEqual([expect.stringMatching(fault)]);
    await page.close();
  });

  test('finds none with what is right, and misses landmarks', async () => {
    const page = await browser.newPage();
    await page.setContent(
      around('<label>Name <input></label><button>Send</button><p style="color:#767676">grey</p>'),
    );
    expect(await faultsOf(page)).toEqual([]);
    await page.setContent('<p>bare</p>');
    expect(await faultsOf(page)).toHaveLength(5);
  });
});
