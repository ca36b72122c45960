import { LRUCache } from 'lru-cache';
import type { LandingFacts } from '../../lifecycle/facts.ts';
import type { TipId } from './repository.ts';

export type Histories = Pick<LandingFacts, 'history' | 'grantHistory'>;

interface Entry {
  readonly tip: string;
  readonly blobs: string;
  readonly histories: Histories;
}

/**
 * Histories of request and grant as of a tip. A history cannot change while the tip stays; nor where the tip moved on
 * by one commit that left both files as they were, for git's history of a path then goes on at the first parent.
 */
export class HistoryCache {
  readonly #entries = new LRUCache<string, Entry>({ max: 5000 });

  /** @param blobs the request's and the grant's blob at this tip. */
  get(path: string, tip: TipId, blobs: string): Histories | undefined {
    const entry = this.#entries.get(path);
    if (entry === undefined) return undefined;
    if (entry.tip === tip.commit) return entry.histories;
    if (entry.tip !== tip.firstParent || entry.blobs !== blobs) return undefined;
    this.#entries.set(path, { ...entry, tip: tip.commit });
    return entry.histories;
  }

  keep(path: string, tip: TipId, blobs: string, histories: Histories): void {
    this.#entries.set(path, { tip: tip.commit, blobs, histories });
  }
}
