import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { webhookPath } from '../../src/app/http.ts';
import { delivery, opened } from './harness.ts';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Child {
  readonly process: ChildProcess;
  readonly lines: AsyncIterator<string>;
  readonly exit: Promise<number | NodeJS.Signals | null>;
  /** Reads lines up to the given one. */
  readonly until: (line: string) => Promise<readonly string[]>;
}

function start(runFor: number): Child {
  const script = new URL('./drain-child.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, String(runFor)], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exit = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.on('exit', (code, signal) => resolve(signal ?? code)),
  );
  const until = async (wanted: string): Promise<readonly string[]> => {
    const read: string[] = [];
    for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
      read.push(next.value);
      if (next.value === wanted) break;
    }
    return read;
  };
  return { process: child, lines, exit, until };
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('ends an idle process with 0', async () => {
    const child = start(0);
    await child.lines.next();
    child.process.kill(signal);
    expect(await child.exit).toBe(0);
  });

  test('lets a run finish, then ends with 0', async () => {
    const child = start(1_500);
    const { value: url } = await child.lines.next();
    expect((await fetch(`${url}${webhookPath}`, delivery('pull_request', opened(7)))).status).toBe(202);
    await child.until('run begins');
    child.process.kill(signal);
    expect(await child.until('run ends')).toEqual(['asked to end', 'run ends']);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
    expect(await child.exit).toBe(0);
  });

  test('twice ends it at once', async () => {
    const child = start(600_000);
    const { value: url } = await child.lines.next();
    await fetch(`${url}${webhookPath}`, delivery('pull_request', opened(7)));
    await child.until('run begins');
    child.process.kill(signal);
    await child.until('asked to end');
    // The terminal and npm both send Ctrl-C: what follows at once is the same wish.
    child.process.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(child.process.exitCode).toBeNull();
    child.process.kill(signal);
    expect(await child.exit).toBe(1);
  });
});
