/**
 * Grants in force: the files below `grants/` of a default branch, with the annotations that they carry. Only the
 * text is looked at, line by line, so that no file however odd can stop a page.
 */
import { parseInstant } from '../../base/instant.ts';
import type { Instant } from '../../base/instant.ts';
import type { Repository } from '../state.ts';

export interface ListedGrant {
  readonly repository: Repository;
  readonly path: string;
  /** `prod-eu/payments/inc-4711`. */
  readonly name: string;
  /** Null where the file does not say so. */
  readonly grantedAt: Instant | null;
  readonly expiresAt: Instant | null;
  readonly subject: string | null;
  readonly approvedBy: string | null;
  readonly pullRequest: number | null;
}

const folder = 'grants/';

/** The grants of a repository, those that end first before the others. */
export function grantsInForce(repository: Repository): ListedGrant[] {
  const { git } = repository;
  const tip = git.branch(repository.defaultBranch);
  const entry = tip === undefined ? undefined : git.entryAt(git.commit(tip).tree, folder.slice(0, -1));
  if (entry?.type !== 'tree') return [];
  return git
    .listTree(entry.sha)
    .filter(({ path, type }) => type === 'blob' && path.endsWith('.yaml'))
    .map(({ path, sha }) => read(repository, path, git.readBlob(sha)?.toString('utf8') ?? ''))
    .sort((a, b) => (a.expiresAt ?? 0) - (b.expiresAt ?? 0));
}

function read(repository: Repository, path: string, text: string): ListedGrant {
  const annotation = (name: string): string | null => {
    const value = new RegExp(String.raw`^ +curfew\.dev/${name}: (.+)$`, 'm').exec(text)?.[1] ?? '';
    return value.trim().replace(/^(["'])(.*)\1$/, '$2') || null;
  };
  const number = Number(annotation('pull-request') ?? Number.NaN);
  return {
    repository,
    path: folder + path,
    name: path.replace(/\.yaml$/, ''),
    grantedAt: parseInstant(annotation('granted-at') ?? ''),
    expiresAt: parseInstant(annotation('expires-at') ?? ''),
    subject: annotation('subject'),
    approvedBy: annotation('approved-by'),
    pullRequest: Number.isSafeInteger(number) ? number : null,
  };
}

/** When the next of them ends; null where none will. */
export function nextEnd(grants: readonly ListedGrant[], now: Instant): Instant | null {
  const ends = grants.flatMap(({ expiresAt }) => (expiresAt !== null && expiresAt > now ? [expiresAt] : []));
  return ends.length === 0 ? null : Math.min(...ends);
}
