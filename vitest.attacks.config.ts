import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The attacks alone, with one table of them at the end. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/attacks/**/*.test.ts'],
    reporters: ['./test/attacks/table.ts', 'default'],
  },
});
