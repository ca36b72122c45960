/**
 * Reading the tarball of a revision. Ours, because the bytes are known to be what Flux wrote (their digest was checked),
 * so a small and strict reader serves, and the usual library would bring a dozen packages, one with native code, into a
 * process that may delete. What is not as Go's archive/tar writes regular files is refused. The format: POSIX.1-2017,
 * pax, "ustar Interchange Format" and "pax Extended Header".
 */

/** The tarball is not as it has to be. */
export class BadTarball extends Error {
  override readonly name = 'BadTarball';
}

export interface TarFile {
  /** Relative to the root of the tarball, without `./`. */
  readonly path: string;
  /** Null where it is larger than asked for, or no UTF-8. */
  readonly text: string | null;
}

export interface TarLimits {
  /** Bytes of a file; a larger one is named without its text. */
  readonly file: number;
  /** Bytes of everything, unpacked. */
  readonly total: number;
}

const block = 512;

/** No path is longer. */
const longestHeader = 64 * 1024;

/** The regular files that are wanted, in their order. Links, which have no content, are left out. @throws BadTarball */
export async function* readTar(
  chunks: AsyncIterable<Buffer>,
  wanted: (path: string) => boolean,
  limits: TarLimits,
): AsyncGenerator<TarFile> {
  const bytes = new Bytes(chunks, limits.total);
  let extended = new Map<string, string>();
  for (;;) {
    const header = await bytes.take(block);
    if (header.every((byte) => byte === 0)) return;
    checkSum(header);
    const type = String.fromCharCode(header[156] ?? 0);
    const size = octal(header.subarray(124, 136));
    const padding = (block - (size % block)) % block;
    if (type === 'x') {
      if (size > longestHeader) throw new BadTarball('a header is too long');
      extended = paxRecords(await bytes.take(size));
      await bytes.skip(padding);
      continue;
    }
    const path = normal(extended.get('path') ?? ustarPath(header));
    if (extended.has('size')) throw new BadTarball(`${path} is too large`);
    extended = new Map();
    if (type !== '0' && type !== '\0') {
      // Folders and links, and the comment that git archive writes (g): none has content that is of use here.
      if (!'125g'.includes(type)) throw new BadTarball(`${path} is of the unknown type "${type}"`);
      await bytes.skip(size + padding);
    } else if (!wanted(path) || size > limits.file) {
      await bytes.skip(size + padding);
      if (wanted(path)) yield { path, text: null };
    } else {
      yield { path, text: utf8(await bytes.take(size)) };
      await bytes.skip(padding);
    }
  }
}

/** A stream of chunks, read in pieces of any length. */
class Bytes {
  readonly #chunks: AsyncIterator<Buffer>;
  #left: number;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>, most: number) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#left = most;
  }

  async take(count: number): Promise<Buffer> {
    const parts = [this.#buffer];
    let length = this.#buffer.length;
    for (; length < count; length += parts.at(-1)?.length ?? 0) parts.push(await this.#pull());
    const all = parts.length === 1 ? this.#buffer : Buffer.concat(parts, length);
    this.#buffer = all.subarray(count);
    return all.subarray(0, count);
  }

  async skip(count: number): Promise<void> {
    let rest = count;
    while (rest > this.#buffer.length) {
      rest -= this.#buffer.length;
      this.#buffer = await this.#pull();
    }
    this.#buffer = this.#buffer.subarray(rest);
  }

  async #pull(): Promise<Buffer> {
    const { done, value } = await this.#chunks.next();
    if (done === true) throw new BadTarball('it ends in the middle');
    this.#left -= value.length;
    if (this.#left < 0) throw new BadTarball('unpacked, it is too large');
    return value;
  }
}

function checkSum(header: Buffer): void {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (sum !== octal(header.subarray(148, 156))) throw new BadTarball('a header is damaged');
}

function octal(field: Buffer): number {
  const digits = /^ *([0-7]+)[\0 ]*$/.exec(field.toString('latin1'))?.[1];
  if (digits === undefined) throw new BadTarball('a number in a header is damaged');
  return Number.parseInt(digits, 8);
}

function ustarPath(header: Buffer): string {
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? cString(header.subarray(345, 500)) : '';
  const name = cString(header.subarray(0, 100));
  return prefix === '' ? name : `${prefix}/${name}`;
}

function cString(field: Buffer): string {
  const end = field.indexOf(0);
  return utf8(field.subarray(0, end === -1 ? field.length : end)) ?? '';
}

/** `<length> <keyword>=<value>\n`, one after the other; the length is that of the whole record. */
function paxRecords(content: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length;) {
    const digits = /^\d{1,6} /.exec(content.toString('latin1', at, at + 7))?.[0];
    const length = Number(digits);
    const record = utf8(content.subarray(at + (digits?.length ?? 0), at + length - 1));
    const [, key, value] = /^([^=]+)=([^]*)$/.exec(record ?? '') ?? [];
    if (key === undefined || value === undefined || content[at + length - 1] !== 0x0a)
      throw new BadTarball('an extended header is damaged');
    records.set(key, value);
    at += length;
  }
  return records;
}

function normal(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (path.startsWith('/') || parts.includes('..') || path.includes('\0'))
    throw new BadTarball('a path leads out of the tarball');
  return parts.join('/');
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
