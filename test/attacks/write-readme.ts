/** Writes test/attacks/README.md from the list of attacks. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coverageDocument } from './coverage.ts';

writeFileSync(join(import.meta.dirname, 'README.md'), coverageDocument());
