/** Access as it is lived in the sandbox, and clones of its history to read and to tamper with. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestWorld } from '../e2e/world.ts';

/** A clone of one's own: an ordinary folder with an ordinary git. */
export interface Clone {
  readonly folder: string;
  /** Runs git, as Erin where nothing else is said; gives what it prints. */
  git(args: readonly string[], env?: Readonly<Record<string, string>>): string;
  write(path: string, text: string): void;
  /** Commits everything in the folder, and gives the commit. */
  commit(message: string, env?: Readonly<Record<string, string>>): string;
  /** Makes it what it was when it was cloned. */
  restore(): void;
  remove(): void;
}

export function cloneOf(world: TestWorld): Clone {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-clone-'));
  const git: Clone['git'] = (args, env = {}) =>
    execFileSync('git', ['-c', 'commit.gpgSign=false', ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...as('Erin', 'erin@example.com', world.clock.now()), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  git(['clone', '--quiet', '--shared', world.repository.git.directory, '.']);
  return {
    folder,
    git,
    write: (path, text) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    commit: (message, env) => {
      git(['add', '--all']);
      git(['commit', '--quiet', '--allow-empty', '--cleanup=verbatim', '-m', message], env);
      return git(['rev-parse', 'HEAD']);
    },
    restore: () => {
      git(['checkout', '--quiet', '--force', '-B', 'main', 'origin/main']);
      git(['clean', '--quiet', '-ffdx']);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Git's variables for somebody who commits at a time. */
export function as(name: string, email: string, at: number): Readonly<Record<string, string>> {
  const date = `@${Math.floor(at / 1000)} +0000`;
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
}

/** Somebody who writes the name of Curfew into a commit: in plain git nothing stops them. */
export function asCurfew(world: TestWorld): Readonly<Record<string, string>> {
  const { id } = world.sandbox.world.user('curfew[bot]');
  return as('curfew[bot]', `${id}+curfew[bot]@users.noreply.github.com`, world.clock.now());
}
