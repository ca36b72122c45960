/** Folders that go when we go, however we end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** The input of the shell ends with our process; what wrote to the folder is being killed in that moment. */
const shell = 'cat >/dev/null; sleep 1; rm -rf "$0"';

export async function temporaryFolder(prefix: string, parent = tmpdir()): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(parent, prefix));
  const janitor = spawn('/bin/sh', ['-c', shell, path], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(janitor, 'spawn');
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      janitor.stdin?.end();
    },
  };
}
