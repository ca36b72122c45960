/** A program of the control plane that can be stopped and started again: an outage, made on purpose. */
import { setTimeout as sleep } from 'node:timers/promises';
import { supervise, type Program, type Supervised } from './supervised.ts';

export interface Component {
  readonly name: string;
  running(): boolean;
  /** Resolves once it answers; throws with the end of its log where it does not come up. */
  start(): Promise<void>;
  /** Resolves once it is gone. */
  stop(): Promise<void>;
  log(): Promise<string>;
}

/** Long, because a busy machine is no reason to fail. */
const startLimit = 60_000;

export function createComponent(program: Program, isReady: () => Promise<boolean>): Component {
  let current: Supervised | null = null;
  const running = (): boolean => current?.running() === true;
  const log = async (): Promise<string> => (await current?.log()) ?? '';
  return {
    name: program.name,
    running,
    log,
    start: async () => {
      if (running()) return;
      current = await supervise(program);
      const failed = (): string | null => (running() ? null : `${program.name} ended by itself`);
      try {
        await eventually(`${program.name} is ready`, isReady, { limit: startLimit, failed });
      } catch (error) {
        const end = (await log()).split('\n').slice(-30).join('\n');
        throw new Error(`${program.name} does not start\n${end}`, { cause: error });
      }
    },
    stop: async () => await current?.stop(),
  };
}

export interface Patience {
  /** Milliseconds; half a minute by default. */
  readonly limit?: number;
  /** Why there is no use in waiting longer. */
  readonly failed?: () => string | null;
}

/** Asks until the answer is yes; an error counts as no, and is the cause of what is thrown at the end. */
export async function eventually(
  what: string,
  question: () => Promise<boolean>,
  { limit = 30_000, failed = () => null }: Patience = {},
): Promise<void> {
  const until = Date.now() + limit;
  let cause: unknown;
  while (Date.now() < until) {
    const reason = failed();
    if (reason !== null) throw new Error(reason, { cause });
    try {
      if (await question()) return;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(25);
  }
  throw new Error(`waited ${limit / 1000} s in vain: ${what}`, { cause });
}
