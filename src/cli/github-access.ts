/** Reaching GitHub from the command line. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readApiUrl } from '../app/config/api-url.ts';
import { formatProblems, readAppAccess, type AppAccess, type ConfigProblem } from '../app/config/config.ts';
import { InputError, UsageError, type CommandIo } from './command.ts';

export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/** What `--repo` says. @throws UsageError */
export function parseRepository(text: string | undefined): RepositoryName {
  if (text === undefined) throw new UsageError('--repo is missing; it says which, such as acme/access');
  const match = /^([\w-]{1,100})\/([\w.-]{1,100})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new UsageError(`--repo: "${text}" is no repository such as acme/access`);
  return { owner: match[1], name: match[2] };
}

/** The App of the environment, as `curfew start` reads it. @throws InputError where it does not work */
export function appOfEnvironment({ env, cwd }: CommandIo): AppAccess {
  const result = readAppAccess(env, (path) => readFileSync(resolve(cwd, path), 'utf8'));
  if (!result.ok) throw unusable(result.problems);
  return result.config;
}

/** Base address of GitHub's REST API. @throws InputError where the environment names none that works */
export function apiUrlOfEnvironment({ env }: CommandIo): string {
  const problems: ConfigProblem[] = [];
  const url = readApiUrl({
    get: (variable) => (env[variable] === '' ? undefined : env[variable]),
    report: (variable, problem, remedy) => void problems.push({ variable, problem, remedy }),
  });
  if (problems.length > 0) throw unusable(problems);
  return url;
}

function unusable(problems: readonly ConfigProblem[]): InputError {
  return new InputError(
    `GitHub cannot be reached with this environment\n${formatProblems(problems).trimEnd()}`,
  );
}
