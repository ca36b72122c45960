/** Programs that never outlive the process that started them, however that one ends. */
import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A running program. */
export interface Supervised {
  readonly name: string;
  /** What it wrote to standard output and standard error. */
  log(): Promise<string>;
  /** Resolves with its exit status once it has ended. */
  readonly ended: Promise<number | null>;
  /** True until it has ended. */
  running(): boolean;
  /** Asks it to end, and kills it after three seconds; resolves once it is gone. */
  stop(): Promise<void>;
}

export interface Program {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The file that its output is appended to. */
  readonly logFile: string;
}

/**
 * The shell waits for the program, and a second one for us: a line on standard input asks the program to end; a second
 * line, or the end of the input, which the kernel brings about whenever our process ends, kills it. Both are in a
 * process group of their own, so that an interrupt of the terminal reaches only us and we stop things in their order.
 */
const shell = `
exec 3<&0
"$@" </dev/null 3<&- & child=$!
(read -r _ <&3 && kill -TERM $child && read -r _ <&3; kill -KILL $child) 2>/dev/null & watcher=$!
wait $child; status=$?
kill $watcher 2>/dev/null
exit $status
`;

const patience = 3000;

export async function supervise(program: Program): Promise<Supervised> {
  const { name, path, args, environment, logFile } = program;
  const output = await open(logFile, 'a');
  const child = spawn('/bin/sh', ['-c', shell, name, path, ...args], {
    detached: true,
    env: { ...process.env, ...environment },
    stdio: ['pipe', output.fd, output.fd],
  });
  let running = true;
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      running = false;
      resolve(code);
    });
  });
  // A failed start shows up where it is waited for.
  ended.catch(() => undefined);
  // Its input is closed under our hands when it ends first.
  child.stdin?.on('error', () => undefined);
  await output.close();
  return {
    name,
    ended,
    log: async () => await readFile(logFile, 'utf8').catch(() => ''),
    running: () => running,
    stop: async () => {
      if (!running) return;
      child.stdin?.write('\n');
      const timer = new AbortController();
      const tooLong = sleep(patience, 'late', { signal: timer.signal }).catch(() => 'ended');
      if ((await Promise.race([ended, tooLong])) === 'late') child.stdin?.end();
      timer.abort();
      await ended;
    },
  };
}
