import { cacheOf } from '../../base/cache.ts';
import type { HistoryCommit, LandingFacts } from '../../lifecycle/facts.ts';
import type { TipId } from './repository.ts';

export type Histories = Pick<LandingFacts, 'history' | 'grantHistory'>;

/** The blobs of request and grant at a tip; null where there is none. */
export interface LandingBlobs {
  readonly request: string | null;
  readonly grant: string | null;
}

interface Entry {
  readonly tip: string;
  readonly blobs: LandingBlobs;
  readonly histories: Histories;
}

/** `grants/…` for `access-requests/…`. */
export function grantPathOf(requestPath: string): string {
  return requestPath.replace(/^access-requests\//, 'grants/');
}

/**
 * Histories of request and grant as of a tip. A history cannot change while the tip stays; nor where the tip moved on
 * by one commit that left both files as they were, for git's history of a path then goes on at the first parent.
 */
export class HistoryCache {
  readonly #entries = cacheOf<string, Entry>(5000);

  /** @param blobs those at this tip. */
  get(requestPath: string, tip: TipId, blobs: LandingBlobs): Histories | undefined {
    const entry = this.#entries.get(requestPath);
    if (entry === undefined) return undefined;
    if (entry.tip === tip.commit) return entry.histories;
    const same = entry.blobs.request === blobs.request && entry.blobs.grant === blobs.grant;
    if (entry.tip !== tip.firstParent || !same) return undefined;
    this.#entries.set(requestPath, { ...entry, tip: tip.commit });
    return entry.histories;
  }

  keep(requestPath: string, tip: string, blobs: LandingBlobs, histories: Histories): void {
    this.#entries.set(requestPath, { tip, blobs, histories });
  }

  /**
   * Goes on by a commit of ours that was made on `parent`, which GitHub has just described.
   * @param left what it left at the paths that it touched; null where it deleted.
   */
  append(
    commit: Omit<HistoryCommit, 'blob'>,
    parent: string,
    left: ReadonlyMap<string, string | null>,
  ): void {
    for (const [requestPath, entry] of this.#entries.entries()) {
      const request = left.get(requestPath);
      const grant = left.get(grantPathOf(requestPath));
      if (entry.tip !== parent || (request === undefined && grant === undefined)) continue;
      const { history, grantHistory } = entry.histories;
      const after = {
        request: request === undefined ? entry.blobs.request : request,
        grant: grant === undefined ? entry.blobs.grant : grant,
      };
      this.keep(requestPath, commit.sha, after, {
        history: request === undefined ? history : [{ ...commit, blob: request }, ...history],
        grantHistory: grant === undefined ? grantHistory : [{ ...commit, blob: grant }, ...grantHistory],
      });
    }
  }
}
