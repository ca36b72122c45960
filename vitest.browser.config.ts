import { defineConfig } from 'vitest/config';

/** `npm run test:browser`: the sandbox's page in a real browser. Needs Chromium, which Debian has as `chromium`. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
