import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/cluster/**', 'test/differential/**'],
    // A process loads the modules once for all of its files. So each file puts back what it changes in the process:
    // clock, environment, listeners.
    isolate: false,
    // Left out, one processor stays idle: of two, half.
    maxWorkers: '100%',
    // Generous: speed lives in benchmarks, and a busy machine breaks nothing.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
