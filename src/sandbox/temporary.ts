import { access, constants, mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
const enough = 256 << 20;

/**
 * A new folder for throw-away repositories: in memory where Linux offers room for it, for there git's many small files
 * cost a tenth; else, or where `TMPDIR` says so, in the usual place.
 */
export async function temporaryFolder(): Promise<string> {
  const place = process.env['TMPDIR'] === undefined && (await hasRoom(memory)) ? memory : tmpdir();
  return await mkdtemp(join(place, 'sandbox-'));
}

async function hasRoom(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize > enough;
  } catch {
    return false;
  }
}
