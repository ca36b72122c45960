import { defineConfig } from 'vitest/config';

/**
 * `npm run test:cluster`: against a real control plane and a real Flux; see test/cluster/README.md. Each suite starts a
 * cluster of its own, in two seconds. They wait more than they work, so two at a time, which keeps the memory below 3 GB.
 */
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    globalSetup: ['test/cluster/global-setup.ts'],
    setupFiles: ['test/cluster/note-attacks.ts'],
    maxWorkers: 2,
    reporters: ['./test/attacks/table.ts', './test/cluster/outage-table.ts', 'default'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
