/** Debian's Chromium, without a window and without a word to the network. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launchChromium(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(
      `${executablePath} is missing, and without a browser nothing here can be tested. On Debian: apt-get install --no-install-recommends chromium fonts-liberation`,
    );
  }
  return await chromium.launch({ executablePath, args });
}
