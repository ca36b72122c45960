/** The one place of the command line that touches the process. */
import { isatty } from 'node:tty';
import type { CommandIo, Output } from './command.ts';

/** The status with which a shell reports a process ended by SIGPIPE. */
const brokenPipe = 128 + 13;

/** The world of a command that runs in this process. */
export function processIo(): CommandIo {
  return {
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    env: process.env,
    // npm changes the folder to the package's; it says in INIT_CWD where the user was.
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
    now: () => Date.now(),
  };
}

function outputTo(stream: NodeJS.WriteStream & { readonly fd: 1 | 2 }): Output {
  const isTerminal = isatty(stream.fd);
  const { NO_COLOR: noColour = '', TERM: terminal } = process.env;
  const colours = isTerminal && noColour === '' && terminal !== 'dumb';
  // `curfew … | head`: nobody reads on, so there is nothing left to do. Not 0, for the answer was cut short.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? brokenPipe : 1);
  });
  return { write: (text) => void stream.write(printable(text, colours)), isTerminal, colours };
}

/** Colours of our own, and every character that moves a cursor, hides text or turns its direction. */
const unprintable =
  /(\x1b\[[\d;]*m)|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * The text with control characters as `\u001b`, so that what stands in somebody's file cannot play tricks with the
 * reader's terminal. Inside a JSON string that is the same character, so JSON stays true.
 */
export function printable(text: string, colours: boolean): string {
  return text.replace(unprintable, (found, colour: string | undefined) => {
    if (colours && colour !== undefined) return found;
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}${found.slice(1)}`;
  });
}
