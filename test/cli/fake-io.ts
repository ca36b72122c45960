import type { CommandIo } from '../../src/cli/command.ts';

export interface FakeIo extends CommandIo {
  out(): string;
  err(): string;
}

/** A command's world that only remembers what was written. */
export function fakeIo({ cwd = '/', env = {}, colours = false, now = Date.UTC(2026, 11, 1) } = {}): FakeIo {
  const out: string[] = [];
  const err: string[] = [];
  return {
    stdout: { write: (text) => void out.push(text), isTerminal: colours, colours },
    stderr: { write: (text) => void err.push(text), isTerminal: colours, colours },
    env,
    cwd,
    now: () => now,
    out: () => out.join(''),
    err: () => err.join(''),
  };
}
