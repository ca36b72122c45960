/** Who is signed in at the page: a signed cookie says so, and every form proves that it came from the page. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { State, User } from '../state.ts';

const cookieName = 'sandbox_session';

/** Signs with a key of its own, so that nothing from before a restart is believed. */
export class Sessions {
  readonly #key = randomBytes(32);

  /** The person whom the request's cookie names; null for nobody, and for a cookie that is not ours. */
  viewer(state: State, request: Request): User | null {
    const value = readCookie(request.headers.get('cookie') ?? '');
    const [id = '', signature = ''] = value.split('.');
    if (!this.#matches(signature, this.#sign('session', id))) return null;
    const account = state.accounts.get(Number(id));
    return account?.type === 'User' ? account : null;
  }

  /** The `Set-Cookie` that signs a person in, or out. */
  cookie(user: User | null): string {
    const attributes = 'Path=/; HttpOnly; SameSite=Strict';
    if (user === null) return `${cookieName}=; ${attributes}; Max-Age=0`;
    const id = String(user.id);
    return `${cookieName}=${id}.${this.#sign('session', id)}; ${attributes}`;
  }

  /** What every form carries: no other site can read it, and it is good for this person alone. */
  csrfToken(viewer: User | null): string {
    return this.#sign('form', String(viewer?.id ?? 'nobody'));
  }

  /** Whether a form came from a page that was shown to this person. */
  csrfValid(viewer: User | null, token: string): boolean {
    return this.#matches(token, this.csrfToken(viewer));
  }

  #sign(purpose: string, text: string): string {
    return createHmac('sha256', this.#key).update(`${purpose}:${text}`).digest('base64url');
  }

  #matches(given: string, expected: string): boolean {
    const [one, other] = [Buffer.from(given), Buffer.from(expected)];
    return one.length === other.length && timingSafeEqual(one, other);
  }
}

function readCookie(header: string): string {
  const pair = header.split(/; */).find((part) => part.startsWith(`${cookieName}=`));
  return pair?.slice(cookieName.length + 1) ?? '';
}
