import { LRUCache } from 'lru-cache';

/**
 * A cache of so many entries, the least recently used of which goes first. It grows as it is filled; one that is
 * bounded by `max` is laid out in full at once, which takes milliseconds for thousands of entries.
 */
export function cacheOf<Key extends string | number, Value extends {}>(
  entries: number,
): LRUCache<Key, Value> {
  return new LRUCache({ maxSize: entries, sizeCalculation: () => 1 });
}
