/**
 * What a command of `curfew` is, and what it may touch: its arguments and an explicit `CommandIo`, never the
 * process itself, so that every command is tested in process.
 */
import type { Instant } from '../base/instant.ts';

/** What the exit status of every command means; printed by `curfew --help`. */
export const exitCode = {
  /** Done, nothing wrong. */
  ok: 0,
  /** Done, and something was found: a fault in a file, a difference, a refusal. */
  finding: 1,
  /** Wrong use, or input that cannot be read: nothing was checked. */
  usage: 2,
  /** A defect in Curfew: please report it. As `EX_SOFTWARE` of sysexits(3). */
  defect: 70,
} as const;

/** One stream that a command writes to. */
export interface Output {
  /** Writes text as it is; end a line with `\n`. Control characters are made visible, so any text is safe to print. */
  write(text: string): void;
  /** Whether a person reads it: progress belongs on a terminal only. */
  readonly isTerminal: boolean;
  /** Whether `paint` colours: on a terminal, unless `NO_COLOR` or `TERM=dumb` says otherwise. */
  readonly colours: boolean;
}

/** The world of one command. */
export interface CommandIo {
  /** The answer, and nothing else. */
  readonly stdout: Output;
  /** Errors, progress and advice. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute: the folder that the user is in, which `npm run` hides. Resolve every path argument from it. */
  readonly cwd: string;
  now(): Instant;
}

export interface Command {
  readonly name: string;
  /** One line for the list in `curfew --help`, without a full stop. */
  readonly summary: string;
  /**
   * What `curfew <name> --help` prints after `Usage: `: first the synopsis (`curfew validate [dir] [--json]`), then,
   * after an empty line, what it does, its options, and an example.
   */
  readonly usage: string;
  /**
   * Does the work and gives one of `exitCode`. `--help` never gets here. Throws `UsageError` on wrong arguments and
   * `InputError` on input that cannot be read; any other exception is a defect.
   */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}

/** Wrong arguments: printed with the synopsis, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A file, folder, repository or service that cannot be read: printed as it is, exit status 2. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
