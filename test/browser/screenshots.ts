/**
 * Pictures of what the tests see, in light and dark, for a person to look at. With `README_IMAGES` set, those that the
 * README shows are written as well.
 */
import { mkdtempSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { faultsOf } from './accessibility.ts';

const images = resolve(import.meta.dirname, '../../docs/images');

const schemes = ['light', 'dark'] as const;

export class Screenshots {
  readonly folder = mkdtempSync(join(tmpdir(), 'curfew-page-'));
  #number = 0;

  /** Takes the whole page in both schemes; gives what is wrong with it. */
  async take(page: Page, name: string): Promise<readonly string[]> {
    this.#number += 1;
    const prefix = `${String(this.#number).padStart(2, '0')}-${name}`;
    const faults: string[] = [];
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(this.folder, `${prefix}-${colorScheme}.png`), fullPage: true });
      faults.push(...(await faultsOf(page)).map((fault) => `${name}, ${colorScheme}: ${fault}`));
    }
    await page.emulateMedia({ colorScheme: 'light' });
    return faults;
  }

  /** Says what a test that failed was looking at. */
  async explain(page: Page, log: string): Promise<void> {
    this.#number += 1;
    const path = join(this.folder, `${this.#number}-failed.png`);
    await page.screenshot({ path, fullPage: true });
    process.stdout.write(
      `\n${page.url()} as it was: ${path}\nnpm start said: ${log.slice(-1500) || 'nothing'}\n`,
    );
  }

  /** Takes a page down to the end of an element for the README, if that is asked for. */
  async takeForReadme(page: Page, name: string, last: Locator): Promise<void> {
    if (process.env['README_IMAGES'] === undefined) return;
    await mkdir(images, { recursive: true });
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      const { y = 0, height = 0 } = (await last.boundingBox()) ?? {};
      const clip = { x: 0, y: 0, width: 1200, height: y + height + 12 };
      await page.screenshot({ path: join(images, `${name}-${colorScheme}.png`), clip, fullPage: true });
    }
    await page.emulateMedia({ colorScheme: 'light' });
  }
}
