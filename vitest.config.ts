import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/cluster/**', 'test/differential/**'],
    // Generous: speed lives in benchmarks, and a busy machine breaks nothing.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
