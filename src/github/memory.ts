/**
 * What the process remembers of one repository. Nothing here decides anything: it spares requests for what cannot
 * have changed, or tells where to look first. After a restart it is simply empty.
 */
import { LRUCache } from 'lru-cache';
import type { Instant } from '../base/instant.ts';
import type { AccountFacts, FileFacts, RepositoryFacts } from '../lifecycle/facts.ts';
import { HistoryCache } from './read/history-cache.ts';
import type { RawComment } from './read/pull-request-shape.ts';
import type { TipId } from './read/repository.ts';
import { TipCache } from './read/tip.ts';

/** Marks the one comment of ours; it counts only where the author is the App's bot. */
export const commentMarker = '<!-- curfew -->';

/** Our comments on a pull request, oldest first, as they were seen last. */
export interface OwnComments {
  readonly seenAt: Instant;
  readonly comments: readonly { readonly id: number; readonly body: string }[];
}

/** The check run of a head, as we left it. */
export interface PublishedCheck {
  readonly id: number;
  readonly contentDigest: string;
}

/** Milliseconds for which an own write is believed before a read that does not show it, and a read before another. */
const lag = 60_000;

/** Entries are small; the numbers bound what a repository with years of history keeps. */
const many = 20_000;

export class RepositoryMemory {
  readonly #now: () => Instant;
  readonly tips = new TipCache();
  /** Authors of pull requests, by number. */
  readonly authors = new LRUCache<number, AccountFacts>({ max: many });
  /** The file that a head adds, by commit. */
  readonly addedFiles = new LRUCache<string, FileFacts>({
    maxSize: 32 * 1024 * 1024,
    sizeCalculation: ({ text }) => 300 + 2 * (text?.length ?? 0),
  });
  readonly #comments = new LRUCache<number, OwnComments>({
    maxSize: 32 * 1024 * 1024,
    sizeCalculation: ({ comments }) => comments.reduce((sum, { body }) => sum + 2 * body.length, 100),
  });
  readonly #checks = new LRUCache<string, PublishedCheck & { readonly at: Instant }>({ max: many });
  readonly histories = new HistoryCache();
  /** Whether a commit whose author GraphQL does not name is our bot's. */
  readonly botCommits = new LRUCache<string, boolean>({ max: many });
  #defaultBranch: string | null = null;
  #tip: TipId | null = null;

  constructor(now: () => Instant) {
    this.#now = now;
  }

  /** The name of the default branch as it was read last; null before. */
  get defaultBranch(): string | null {
    return this.#defaultBranch;
  }

  /** Where the default branch stood when it was read last; null before. */
  get tip(): TipId | null {
    return this.#tip;
  }

  keepRepository({ defaultBranch }: RepositoryFacts, tip: TipId): void {
    this.#defaultBranch = defaultBranch;
    this.#tip = tip;
  }

  /**
   * The check run of a head: the newest that was read, unless GitHub does not show yet what this process published.
   * @param read null where none was read, be it that nobody asked.
   */
  currentCheck(head: string, read: PublishedCheck | null): PublishedCheck | null {
    const published = this.#checks.get(head) ?? null;
    if (read === null || published === null) return read ?? published;
    if (read.id !== published.id) return read.id > published.id ? read : published;
    return this.#now() - published.at < lag ? published : read;
  }

  keepCheck(head: string, check: PublishedCheck): void {
    this.#checks.set(head, { ...check, at: this.#now() });
  }

  /** Our comments on a pull request, if they were seen so recently that nobody else can have written one since. */
  seenComments(pullRequest: number): OwnComments['comments'] | null {
    const seen = this.#comments.get(pullRequest);
    return seen !== undefined && this.#now() - seen.seenAt < lag ? seen.comments : null;
  }

  forgetComments(pullRequest: number): void {
    this.#comments.delete(pullRequest);
  }

  keepOwnComments(pullRequest: number, comments: OwnComments['comments']): void {
    this.#comments.set(pullRequest, { seenAt: this.#now(), comments });
  }

  /** @param comments all comments of the pull request. */
  keepComments(pullRequest: number, comments: readonly RawComment[], botId: number): void {
    const ours = comments.filter(({ author, body }) => author?.id === botId && body.includes(commentMarker));
    this.keepOwnComments(
      pullRequest,
      ours.map(({ fullDatabaseId, body }) => ({ id: fullDatabaseId, body })),
    );
  }
}
