/**
 * What the process remembers of one repository. Nothing here decides anything: it spares requests for what cannot
 * have changed, or tells where to look first. After a restart it is simply empty.
 */
import { LRUCache } from 'lru-cache';
import type { TeamFacts } from '../approval/approval.ts';
import { cacheOf } from '../base/cache.ts';
import type {
  AccountFacts,
  FileFacts,
  LastPush,
  ProposedFiles,
  RepositoryFacts,
  RevisionFacts,
} from '../lifecycle/facts.ts';
import { HistoryCache } from './read/history-cache.ts';
import type { TipId } from './read/repository.ts';
import type { TreeFacts } from './tip-files.ts';

/** A comment of ours. */
export interface OwnComment {
  readonly id: number;
  readonly body: string;
}

/** Something with the moment at which it was seen, by a clock that only ever runs forward. */
interface Seen<T> {
  readonly at: number;
  readonly value: T;
}

/** The check run of a head, as we left it. */
export interface PublishedCheck {
  readonly id: number;
  readonly contentDigest: string;
}

/** Milliseconds in which GitHub shows everywhere what was written. */
const lag = 60_000;

/** Milliseconds between a read and the write that follows from it. */
const instantly = 5_000;

/** Milliseconds after which what only takes away is asked anew. */
const forgotten = 5 * 60_000;

/** Entries are small; the numbers bound what a repository with years of history keeps. */
const many = 20_000;

export class RepositoryMemory {
  /** GitHub's opinion of a CODEOWNERS file, by its blob; it changes with teams too, and is forgotten soon. */
  readonly codeownersErrors = new LRUCache<string, readonly number[]>({ max: 100, ttl: forgotten });
  /** Teams that may not write, by what REST said. That they may is asked anew each time. */
  readonly teamsThatCannotWrite = new LRUCache<string, true>({ max: 100, ttl: forgotten });
  /** Authors of pull requests, by number. */
  readonly authors = cacheOf<number, AccountFacts>(many);
  /** The file that a head adds, by commit. */
  readonly addedFiles = new LRUCache<string, FileFacts>({
    maxSize: 8 * 1024 * 1024,
    sizeCalculation: ({ text }) => 300 + 2 * (text?.length ?? 0),
  });
  /** The trusted files that a head changes, by commit and paths. */
  readonly proposed = new LRUCache<string, ProposedFiles>({
    maxSize: 32 * 1024 * 1024,
    sizeCalculation: ({ files }) =>
      [...files.values()].reduce((sum, file) => sum + 300 + 2 * (file?.text?.length ?? 0), 300),
  });
  /** What one account ever said of a commit, by the newest status of the same context: with that it is complete. */
  readonly revisions = cacheOf<string, RevisionFacts>(2000);
  readonly #comments = new LRUCache<number, Seen<readonly OwnComment[]>>({
    maxSize: 8 * 1024 * 1024,
    sizeCalculation: ({ value }) => value.reduce((sum, { body }) => sum + 2 * body.length, 100),
  });
  readonly #checks = cacheOf<string, Seen<PublishedCheck>>(many);
  readonly #pushes = cacheOf<string, Seen<LastPush>>(1000);
  readonly #merges = cacheOf<number, { readonly head: string; readonly push: LastPush }>(1000);
  /** Teams that decisions asked about of late. */
  readonly #wantedTeams = new LRUCache<string, true>({ max: 20 });
  #teams: Seen<ReadonlyMap<string, TeamFacts | null>> | null = null;
  readonly histories = new HistoryCache();
  /** Whether a commit whose author GraphQL does not name is our bot's. */
  readonly botCommits = cacheOf<string, boolean>(many);
  /** The trusted files as they were read last; null before. */
  files: TreeFacts | null = null;
  #defaultBranch: string | null = null;
  #tip: TipId | null = null;

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
    if (read === null || published === null) return read ?? published?.value ?? null;
    if (read.id !== published.value.id) return read.id > published.value.id ? read : published.value;
    return isWithin(lag, published) ? published.value : read;
  }

  keepCheck(head: string, check: PublishedCheck): void {
    this.#checks.set(head, seenNow(check));
  }

  /**
   * Our comments on a pull request, oldest first, where they are known well enough to write `wanted`: to find nothing
   * to change they must have been seen a moment ago, to create the first one just now, and to edit one ever.
   */
  ownComments(pullRequest: number, isWanted: (body: string) => boolean): readonly OwnComment[] | null {
    const seen = this.#comments.get(pullRequest);
    if (seen === undefined) return null;
    const [first, ...others] = seen.value;
    if (first === undefined) return isWithin(instantly, seen) ? [] : null;
    const edits = others.length === 0 && !isWanted(first.body);
    return edits || isWithin(lag, seen) ? seen.value : null;
  }

  forgetComments(pullRequest: number): void {
    this.#comments.delete(pullRequest);
  }

  keepOwnComments(pullRequest: number, comments: readonly OwnComment[]): void {
    this.#comments.set(pullRequest, seenNow(comments));
  }

  keepPush(head: string, push: LastPush): void {
    this.#pushes.set(head, seenNow(push));
  }

  /** A merge of ours, decided on whoever was the last to push just before. */
  keepMerge(pullRequest: number, head: string): void {
    const push = this.#pushes.get(head);
    if (push !== undefined && isWithin(instantly, push))
      this.#merges.set(pullRequest, { head, push: push.value });
  }

  /** Who had pushed the head of a pull request that we merged ourselves; null where that is not known. */
  pushAtMerge(pullRequest: number, head: string): LastPush | null {
    const merge = this.#merges.get(pullRequest);
    return merge?.head === head ? merge.push : null;
  }

  /** Teams that are worth asking about along with the next read: those that the last decisions asked about. */
  get wantedTeams(): readonly string[] {
    return [...this.#wantedTeams.keys()];
  }

  /** Guesses them where no decision has asked about any yet. */
  suggestTeams(teams: readonly string[]): void {
    if (this.#wantedTeams.size > 0) return;
    for (const team of teams) this.#wantedTeams.set(team, true);
  }

  /** Teams as they came along with a read just now; null for one that cannot be seen. */
  teamsJustRead(wanted: readonly string[]): ReadonlyMap<string, TeamFacts | null> {
    for (const team of wanted) this.#wantedTeams.set(team, true);
    return this.#teams !== null && isWithin(instantly, this.#teams) ? this.#teams.value : new Map();
  }

  keepTeams(teams: ReadonlyMap<string, TeamFacts | null>): void {
    this.#teams = seenNow(teams);
  }
}

function seenNow<T>(value: T): Seen<T> {
  return { at: performance.now(), value };
}

function isWithin(milliseconds: number, { at }: Seen<unknown>): boolean {
  return performance.now() - at < milliseconds;
}
