/** From a command line to the command that it names, and from what the command throws to an exit status. */
import { readFileSync } from 'node:fs';
import { GitHubError } from '../github/errors.ts';
import { exitCode, InputError, UsageError, type Command, type CommandIo, type Output } from './command.ts';
import { paint } from './paint.ts';
import { didYouMean } from '../base/suggest.ts';

/** Commands by name, loaded only when asked for: `curfew owners` need not load an HTTP server. */
export type CommandTable = Readonly<Record<string, () => Promise<Command>>>;

/** Runs `curfew <args…>` and gives its exit status; never throws. */
export async function dispatch(args: readonly string[], io: CommandIo, table: CommandTable): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    return first === undefined ? showOverview(table, io.stderr, exitCode.usage) : showHelp(rest, io, table);
  }
  if (first === '--version' || first === '-v') {
    io.stdout.write(`${readVersion()}\n`);
    return exitCode.ok;
  }
  const load = Object.hasOwn(table, first) ? table[first] : undefined;
  if (load === undefined) return refuseUnknown(first, io, table);
  const command = await load();
  return asksForHelp(rest) ? showUsage(command, io) : runCommand(command, rest, io);
}

async function runCommand(command: Command, args: readonly string[], io: CommandIo): Promise<number> {
  const name = paint(io.stderr, 'bold', `curfew ${command.name}:`);
  try {
    return await command.run(args, io);
  } catch (error) {
    if (error instanceof UsageError) {
      const more = `More: curfew ${command.name} --help`;
      io.stderr.write(`${name} ${error.message}\nUsage: ${synopsisOf(command, args)}\n${more}\n`);
      return exitCode.usage;
    }
    if (isUnreadable(error)) {
      io.stderr.write(`${name} ${error.message}\n`);
      return exitCode.usage;
    }
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.stderr.write(`${name} this is a defect in Curfew, please report it with the lines below\n${detail}\n`);
    return exitCode.defect;
  }
}

/** The synopsis; of a command that does several things, the lines about what was asked for, if any is. */
function synopsisOf({ name, usage }: Command, [action = '']: readonly string[]): string {
  const lines = usage.split('\n\n', 1)[0]?.split('\n') ?? [];
  const about = lines.filter((line) => `${line.trim()} `.startsWith(`curfew ${name} ${action} `));
  return (about.length === 0 ? lines : about).map((line) => line.trim()).join('\n       ');
}

/** What the user can put right: a file that is not there, a folder without permission, GitHub not answering. */
function isUnreadable(error: unknown): error is Error {
  return (
    error instanceof InputError ||
    error instanceof GitHubError ||
    (error instanceof Error && 'syscall' in error && 'code' in error)
  );
}

/** `--help` among the options, but not after `--`, where everything is an argument. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

async function showHelp(args: readonly string[], io: CommandIo, table: CommandTable): Promise<number> {
  const [name] = args;
  if (name === undefined) return showOverview(table, io.stdout, exitCode.ok);
  const load = Object.hasOwn(table, name) ? table[name] : undefined;
  return load === undefined ? refuseUnknown(name, io, table) : showUsage(await load(), io);
}

function showUsage(command: Command, io: CommandIo): number {
  io.stdout.write(`Usage: ${command.usage.trimEnd()}\n`);
  return exitCode.ok;
}

async function showOverview(table: CommandTable, output: Output, status: number): Promise<number> {
  const commands = await Promise.all(Object.values(table).map(async (load) => load()));
  const width = Math.max(0, ...commands.map((command) => command.name.length));
  const list = commands.map(
    ({ name, summary }) => `  ${paint(output, 'bold', name.padEnd(width))}  ${summary}`,
  );
  output.write(`Kubernetes access that ends on time.

Usage: curfew <command> [arguments]

${list.join('\n')}

  curfew <command> --help   what the command does, and its options
  curfew --version          ${readVersion()}

Exit status: ${exitCode.ok} nothing wrong; ${exitCode.finding} something was found; ${exitCode.usage} wrong use or unreadable input; ${exitCode.defect} a defect in Curfew.
`);
  return status;
}

function refuseUnknown(name: string, io: CommandIo, table: CommandTable): number {
  const program = paint(io.stderr, 'bold', 'curfew:');
  io.stderr.write(`${program} there is no command "${name}"; ${didYouMean(name, Object.keys(table))}\n`);
  return exitCode.usage;
}

function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { version }: { readonly version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return version;
}
