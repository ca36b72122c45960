/** Reading what a stranger sends, with an upper bound on the memory that it takes. */

/**
 * The largest webhook that is read. GitHub sends up to 25 MB, but the events that Curfew uses stay far below this: a
 * push of 2,048 commits, the largest of them, is about 3 MB. A larger one is refused before its signature could be
 * checked; a lost delivery delays a decision until the next sweep and changes nothing else.
 */
export const largestBody = 5 * 1024 * 1024;

/** What all bodies that are being read at the same time may take together. */
const largestTotal = 64 * 1024 * 1024;

/** What came of reading one body. */
export type BodyResult =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'overloaded' }
  /** The sender went away, or was too slow. */
  | { readonly kind: 'broken-off' };

/** Reads bodies of one server. Stops at once where a bound is passed, and keeps nothing of what it had. */
export class BodyReader {
  #total = 0;

  /** `declared` is the `content-length`, where there is one. */
  async read(body: AsyncIterable<Uint8Array>, declared: number | null): Promise<BodyResult> {
    if (declared !== null && declared > largestBody) return { kind: 'too-large' };
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of body) {
        size += chunk.byteLength;
        this.#total += chunk.byteLength;
        if (size > largestBody) return { kind: 'too-large' };
        if (this.#total > largestTotal) return { kind: 'overloaded' };
        chunks.push(chunk);
      }
      return { kind: 'read', text: Buffer.concat(chunks).toString('utf8') };
    } catch {
      return { kind: 'broken-off' };
    } finally {
      this.#total -= size;
    }
  }
}
