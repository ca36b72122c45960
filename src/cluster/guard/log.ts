/** The log: one JSON object a line. */
import { pino, type DestinationStream, type Logger } from 'pino';
import { escapeHidden } from '../../base/escape.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Writes to the standard output unless told otherwise. */
export function createLog(level: LogLevel, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      // Neither process id nor host name: who collects the log knows both.
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      hooks: { streamWrite: escapeHidden },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** Type, message and causes: what the API server said, and never a request with its token. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  return {
    type: error.name,
    message: error.message,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
