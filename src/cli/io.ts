/** The one place of the command line that touches the process. */
import { isatty } from 'node:tty';
import { escapeHidden } from '../base/escape.ts';
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

const colour = /(\x1b\[[\d;]*m)/;

/** The text without anything that could play tricks with the reader's terminal; colours stay where they are shown. */
export function printable(text: string, colours: boolean): string {
  if (!colours) return escapeHidden(text);
  return text
    .split(colour)
    .map((part) => (colour.test(part) ? part : escapeHidden(part)))
    .join('');
}
