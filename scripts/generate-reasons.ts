/** Writes docs/reasons.md from the closed list of reasons. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { reasonsDocument } from './reasons-document.ts';

writeFileSync(resolve(import.meta.dirname, '../docs/reasons.md'), reasonsDocument());
