/** Reading a command's arguments, with errors that say what would be right. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './command.ts';
import { didYouMean } from '../base/suggest.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** What `parseArguments` gives: typed by the options asked for. */
export type Arguments<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/**
 * `node:util` parseArgs, strict, for a command that takes between `positionals.min` and `positionals.max` arguments
 * beside its options. Throws `UsageError`.
 *
 * @example const { values, positionals } = parseArguments(args, { json: { type: 'boolean' } }, { max: 1 });
 */
export function parseArguments<const T extends Options>(
  args: readonly string[],
  options: T,
  positionals: { readonly min?: number; readonly max: number },
): Arguments<T> {
  const parsed = parseStrictly(args, options);
  const { min = 0, max } = positionals;
  const given = parsed.positionals.length;
  if (given < min)
    throw new UsageError(given === 0 ? 'an argument is missing' : `${min} arguments are needed`);
  if (given > max) throw new UsageError(`"${parsed.positionals[max]}" is one argument too many`);
  return parsed;
}

function parseStrictly<const T extends Options>(args: readonly string[], options: T): Arguments<T> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const unknown = /^Unknown option '([^']*)'/.exec(error.message)?.[1];
    if (unknown === undefined) throw new UsageError(firstLine(error.message));
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(`there is no option ${unknown}; ${didYouMean(unknown, known)}`);
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
