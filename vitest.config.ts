import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/cluster/**', 'test/differential/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
