/** Notes for the table of attacks which tests play one. */
import { basename } from 'node:path';
import { beforeEach } from 'vitest';
import { attacks } from './attacks.ts';

beforeEach(({ task }) => {
  const file = basename(task.file.filepath);
  const played = attacks.find((attack) => attack.file === file && attack.test === task.name);
  if (played === undefined) return;
  task.meta.attack = { group: played.group, refused: played.refused, reason: played.by };
});
