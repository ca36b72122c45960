/**
 * CODEOWNERS as GitHub reads it, in the simplest way that is right: one regular expression per line. On purpose not
 * the product's own matcher, so that each can prove the other wrong.
 */
import { includes, repositoryPermission, teamPermission } from './access.ts';
import type { Repository, State, Team, User } from './state.ts';

const locations = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];
const maxSize = 3_000_000;

export interface CodeownersLine {
  /** 1-based. */
  readonly line: number;
  readonly pattern: string;
  /** `@login`, `@org/team` or an e-mail address, as written. */
  readonly owners: readonly string[];
}

export interface CodeownersError {
  readonly line: number;
  readonly column: number;
  readonly source: string;
  readonly kind: string;
  readonly message: string;
  readonly suggestion: string | null;
}

export interface Codeowners {
  readonly path: string;
  readonly lines: readonly CodeownersLine[];
  readonly errors: readonly CodeownersError[];
}

/** The one CODEOWNERS file that counts at a commit; undefined where there is none or it is too big. */
export function readCodeowners(state: State, repository: Repository, commit: string): Codeowners | undefined {
  const { git } = repository;
  const { tree } = git.commit(commit);
  for (const path of locations) {
    const entry = git.entryAt(tree, path);
    if (entry?.type !== 'blob') continue;
    const blob = git.readBlob(entry.sha);
    if (blob === undefined || blob.length > maxSize) return undefined;
    return parse(state, repository, path, blob.toString('utf8'));
  }
  return undefined;
}

/** Users and teams that own a path: those of the last matching line who exist and can write. Empty where none do. */
export function ownersOf(
  state: State,
  repository: Repository,
  codeowners: Codeowners,
  path: string,
): (User | Team)[] {
  const line = codeowners.lines.findLast(({ pattern }) => toRegExp(pattern).test(path));
  return (line?.owners ?? []).flatMap((owner) => resolveOwner(state, repository, owner) ?? []);
}

/** The account behind an owner that can write to the repository. */
function resolveOwner(state: State, repository: Repository, owner: string): User | Team | undefined {
  if (!owner.startsWith('@')) {
    const user = state.userByEmail(owner);
    return user !== undefined && canWrite(state, repository, user) ? user : undefined;
  }
  const [login = '', slug] = owner.slice(1).split('/');
  if (slug === undefined) {
    const user = state.user(login);
    return user !== undefined && canWrite(state, repository, user) ? user : undefined;
  }
  const team = state
    .organization(login)
    ?.teams.find((team) => team.slug.toLowerCase() === slug.toLowerCase() && team.privacy !== 'secret');
  return team !== undefined && includes(teamPermission(team, repository), 'write') ? team : undefined;
}

function canWrite(state: State, repository: Repository, user: User): boolean {
  return includes(repositoryPermission(state, repository, user), 'write');
}

function parse(state: State, repository: Repository, path: string, text: string): Codeowners {
  const lines: CodeownersLine[] = [];
  const errors: CodeownersError[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const source = raw.replace(/(^|\s)#.*$/, '$1');
    const [pattern, ...owners] = source.match(/(?:\\.|\S)+/g) ?? [];
    if (pattern === undefined) continue;
    const line = index + 1;
    const error = (kind: string, at: string, suggestion: string | null): CodeownersError => {
      const column = raw.indexOf(at) + 1;
      const message = `${kind} on line ${line}:\n\n  ${raw}\n  ${' '.repeat(Math.max(0, column - 1))}^`;
      return { line, column, source: raw, kind, message, suggestion };
    };
    const badOwner = owners.find((owner) => !ownerToken.test(owner));
    if (/^!|^\\#|[[\]]/.test(pattern)) {
      errors.push(error('Invalid pattern', pattern, null));
    } else if (badOwner !== undefined) {
      errors.push(error('Invalid owner', badOwner, null));
    } else {
      lines.push({ line, pattern, owners });
      for (const owner of owners) {
        if (resolveOwner(state, repository, owner) === undefined) {
          errors.push(
            error('Unknown owner', owner, `make sure ${owner} exists and has write access to the repository`),
          );
        }
      }
    }
  }
  return { path, lines, errors };
}

const ownerToken = /^(@[A-Za-z0-9][A-Za-z0-9_-]*(\/[A-Za-z0-9._-]+)?|[^@\s]+@[^@\s]+)$/;

/** A pattern as a regular expression over whole paths (facts §4). */
function toRegExp(pattern: string): RegExp {
  if (pattern === '/') return /(?!)/;
  const directory = pattern.endsWith('/');
  const body = pattern.replace(/^\//, '').replace(/\/$/, '');
  const anchored = pattern.startsWith('/') || body.includes('/');
  const segments = body.split('/');
  let source = anchored ? '^' : '^(?:.*/)?';
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '**') source += last ? '.+' : '(?:[^/]+/)*';
    else source += segmentSource(segment) + (last ? '' : '/');
  }
  // `docs/*` owns files in docs, not deeper; any other last segment may name a directory and all below it.
  const last = segments.at(-1) ?? '';
  if (directory) source += '/.+';
  else if (last !== '**' && !(last === '*' && anchored)) source += '(?:/.+)?';
  return new RegExp(`${source}$`, 's');
}

function segmentSource(segment: string): string {
  return segment.replaceAll(/\\(.)|\*+|[^*\\]/gs, (token: string, escaped: string | undefined) => {
    if (token.startsWith('*')) return '[^/]*';
    if (token === '?') return '[^/]';
    const character = escaped ?? token;
    return /\w/.test(character) ? character : `\\${character}`;
  });
}
