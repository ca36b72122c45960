/**
 * The log: one JSON object a line. Fields of the same name mean the same everywhere: `delivery`, `installation`,
 * `repository` (owner/name), `pullRequest` (its number), `sha`, `reason`.
 */
import { pino, type DestinationStream, type Logger } from 'pino';
import type { LogLevel } from './config/config.ts';
import { escapeHidden } from '../base/escape.ts';
import { redactor } from './redact.ts';

/** How to log, and what never to. */
export interface LogOptions {
  readonly level: LogLevel;
  /** Where lines go; by default the standard output. */
  readonly destination?: DestinationStream;
  /** Texts that must never appear. */
  readonly secrets?: readonly string[];
}

/** Builds the log of a process. */
export function createLog(options: LogOptions): Logger {
  const redact = redactor(options.secrets ?? []);
  return pino(
    {
      level: options.level,
      // Neither process id nor host name: who collects the log knows both.
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, error: describeError },
      hooks: { streamWrite: (line) => escapeHidden(redact(line)) },
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

/**
 * Only what helps: Octokit's errors carry the whole request with its headers, and errors of webhooks the payload that
 * somebody sent.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return {
    type: error.name,
    message: error.message,
    ...('status' in error && typeof error.status === 'number' ? { status: error.status } : {}),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
    ...(error instanceof AggregateError ? { errors: error.errors.map(describeError) } : {}),
  };
}
