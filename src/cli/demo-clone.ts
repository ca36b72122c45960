/** An ordinary git clone of the world's access repository. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clone } from './demo-narrator.ts';
import { accessRepository, type World } from './world.ts';

const run = promisify(execFile);

/** Clones to `keep`, a new folder, or to a temporary one that `remove` deletes. */
export async function cloneAccessRepository(world: World, keep: string | null): Promise<Clone> {
  const temporary = keep === null ? await mkdtemp(join(tmpdir(), 'curfew-demo-')) : null;
  const folder = keep ?? join(temporary ?? '', 'access');
  const { login, token } = world.as('erin');
  const address = new URL(`/${accessRepository}.git`, world.url);
  address.username = login;
  address.password = token;
  await run('git', ['clone', '--quiet', address.href, folder]);
  // The sandbox is gone in a moment, and its token has no business in a folder that stays.
  await run('git', ['-C', folder, 'remote', 'remove', 'origin']);
  return {
    folder,
    remove: async () => {
      if (temporary !== null) await rm(temporary, { recursive: true, force: true });
    },
  };
}

/** Who did what, newest last, as anybody reads it with git. */
export async function gitLog(folder: string): Promise<string> {
  const format = '%h  %cI  %an: %s';
  const { stdout } = await run(
    'git',
    ['-C', folder, 'log', '--reverse', '--first-parent', `--format=${format}`],
    {
      env: { ...process.env, TZ: 'UTC' },
    },
  );
  return stdout;
}
