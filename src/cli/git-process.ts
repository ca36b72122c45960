/** Running git to read a repository. Nothing is written, and nothing of what the repository configures is run. */
import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';
import { InputError } from './command.ts';

/** No file system monitor of the repository's choosing, and no paths in another shape than expected. */
const settings = ['-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false'];

/**
 * What git prints.
 *
 * @param folder anywhere in the repository
 * @param input for git's standard input
 * @throws InputError with what git says, where it refuses
 */
export async function runGit(folder: string, args: readonly string[], input = ''): Promise<Buffer> {
  const answer = await askGit(folder, args, input);
  if (answer.status === 0) return answer.output;
  const [told = ''] = answer.errors.trim().split('\n', 1);
  throw new InputError(
    `git cannot read ${folder}: ${told.replace(/^fatal: /, '') || `git ${args[0]} failed`}`,
  );
}

/** The same for a question that git may answer by its exit status. */
export async function askGit(
  folder: string,
  args: readonly string[],
  input = '',
): Promise<{ readonly status: number; readonly output: Buffer; readonly errors: string }> {
  const child = spawn('git', [...settings, ...args], { cwd: folder, env: environment() });
  // A git that ends early says why on its error output; that it no longer reads is no news.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', ({ message }) => reject(new InputError(`git cannot be run in ${folder}: ${message}`)));
    child.on('close', (status) => resolve(status ?? 1));
  });
  const [status, output, errors] = await Promise.all([ended, buffer(child.stdout), text(child.stderr)]);
  return { status, output, errors };
}

/** The person's own, without variables that would lead git elsewhere, as a hook sets them. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(own),
    // A replaced object would be shown in place of the one that evidence names.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
}
