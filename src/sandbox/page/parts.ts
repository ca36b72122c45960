/** Small pieces that several pages are made of. */
import type { User } from '../state.ts';
import { html } from './html.ts';
import type { Child, Html } from './html.ts';
import { icon } from './icons.ts';
import type { IconName } from './icons.ts';
import type { Visit } from './visit.ts';

/** The picture of an account; its name stands beside it. */
export function avatar(
  account: Pick<User, 'id' | 'type'>,
  size: 'small' | 'medium' | 'large' = 'small',
): Html {
  return html`<img
    class="avatar ${size} ${account.type === 'Bot' && 'bot'}"
    src="/avatars/u/${account.id}"
    alt=""
  />`;
}

export function botBadge(user: User): Html | null {
  return user.type === 'Bot' ? html` <span class="badge">bot</span>` : null;
}

/** A form that posts to a path, with the proof that it came from the page. */
export function form(visit: Visit, action: string, body: Child, label?: string): Html {
  return html`<form method="post" action="${action}" ${label !== undefined && html`aria-label="${label}"`}>
    <input type="hidden" name="csrf_token" value="${visit.csrfToken}" />
    ${body}
  </form>`;
}

/** Tells the form where to lead back to. */
export function returnHere({ url }: Visit): Html {
  return html`<input type="hidden" name="return_to" value="${url.pathname}${url.search}" />`;
}

/** What stands where a list has nothing. */
export function emptyState(name: IconName, title: string, text: Child): Html {
  return html`<div class="empty">
    ${icon(name)}
    <p class="empty-title">${title}</p>
    <p>${text}</p>
  </div>`;
}

/** What went wrong, or may not be. */
export function alertBox(title: string, text: Child): Html {
  return html`<div class="alert" role="alert">
    ${icon('attention')}
    <div>
      <strong>${title}</strong>
      <div class="alert-text">${text}</div>
    </div>
  </div>`;
}

/** `1 review`, `2 reviews`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

export interface Slice<T> {
  readonly items: readonly T[];
  readonly navigation: Html | null;
}

const perPage = 25;

/** The part of a list that `?page=` asks for, with links to the parts beside it. */
export function paged<T>({ url }: Visit, all: readonly T[]): Slice<T> {
  const asked = Number(url.searchParams.get('page') ?? '1');
  const last = Math.max(1, Math.ceil(all.length / perPage));
  const page = Number.isSafeInteger(asked) ? Math.min(Math.max(1, asked), last) : 1;
  const items = all.slice((page - 1) * perPage, page * perPage);
  if (last === 1) return { items, navigation: null };
  const link = (to: number, text: string, rel: string): Html => {
    if (to < 1 || to > last) return html`<span class="button" aria-disabled="true">${text}</span>`;
    const query = new URLSearchParams(url.searchParams);
    query.set('page', String(to));
    return html`<a class="button" rel="${rel}" href="${url.pathname}?${query.toString()}">${text}</a>`;
  };
  const navigation = html`<nav class="pages" aria-label="Pages of this list">
    ${link(page - 1, 'Previous', 'prev')}
    <span>Page ${page} of ${last}</span>
    ${link(page + 1, 'Next', 'next')}
  </nav>`;
  return { items, navigation };
}
