/** One process at a time, also between processes that know nothing of each other. */
import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `task` while the file is ours. It holds the id of the process, so a lock that a dead process left behind is
 * taken over. Where two processes take over at the same time both may run: the task must bear that.
 */
export async function withLock(
  path: string,
  progress: (line: string) => void,
  task: () => Promise<void>,
): Promise<void> {
  let told = false;
  while (!(await acquire(path))) {
    if (!told) progress(`waiting for another process that builds the same (${path})`);
    told = true;
    await sleep(500);
  }
  try {
    await task();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    // Empty: its holder is about to write its id.
    if (holder > 0 && !isAlive(holder)) await rm(path, { force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
