/**
 * The program of the guard's image: `curfew guard`, and nothing of the other commands. So nothing of GitHub's client, of
 * the engine's shell or of Kubernetes' client is in a process that may delete; test/cluster-unit/guard/image.test.ts
 * holds it to that.
 */
import { exitCode, InputError, UsageError } from './command.ts';
import { guardCommand } from './guard.ts';
import { processIo } from './io.ts';

const io = processIo();
const args = process.argv.slice(2);

process.exitCode = args.includes('--help') ? help() : await guardCommand.run(args, io).catch(refuse);

function help(): number {
  io.stdout.write(`Usage: ${guardCommand.usage}`);
  return exitCode.ok;
}

function refuse(error: unknown): number {
  const expected =
    error instanceof UsageError ||
    error instanceof InputError ||
    (error instanceof Error && 'syscall' in error);
  if (!expected) throw error;
  io.stderr.write(`curfew guard: ${error.message}\n`);
  return exitCode.usage;
}
