/** What a form sent. */
import { ApiError } from '../errors.ts';

/** More than the longest comment and the largest file that the page edits. */
const maxLength = 2_000_000;

export class Form {
  readonly #fields: URLSearchParams;

  constructor(fields: URLSearchParams) {
    this.#fields = fields;
  }

  /** The field's text without white space at its ends, lines ending as files here do; empty where it was not sent. */
  text(name: string): string {
    return this.raw(name).trim();
  }

  /** The same with its white space. A browser sends every line end as CRLF. */
  raw(name: string): string {
    return (this.#fields.get(name) ?? '').replaceAll('\r\n', '\n');
  }

  /** @throws ApiError 422 where the field is none of these */
  choice<const T extends string>(name: string, choices: readonly T[]): T {
    const value = this.text(name);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new ApiError(422, `${name} must be one of ${choices.join(', ')}`);
    return found;
  }
}

/** @throws ApiError 413 for a body that no form of ours sends, 415 for another type */
export async function readForm(request: Request): Promise<Form> {
  const type = request.headers.get('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) {
    throw new ApiError(415, 'A form is sent as application/x-www-form-urlencoded.');
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > maxLength) throw new ApiError(413, 'This is more than a form of this page may hold.');
    chunks.push(chunk);
  }
  return new Form(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
}

/** A path of this page to go back to; the start page for anything that leads elsewhere. */
export function localPath(text: string): string {
  const base = 'http://page.invalid';
  const url = URL.parse(text, base);
  if (url === null || url.origin !== base || !text.startsWith('/')) return '/';
  // A path that begins with two slashes would be another host to the browser.
  return `${url.pathname.replace(/^\/+/, '/')}${url.search}${url.hash}`;
}
