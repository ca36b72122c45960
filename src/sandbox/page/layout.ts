/** What is around every page: who looks, what time it is, the way back. */
import { createHash } from 'node:crypto';
import type { State, User } from '../state.ts';
import { clockPanel } from './clock.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';
import { avatar, form, returnHere } from './parts.ts';
import { clockFace } from './time.ts';
import type { SignedVisit, Visit } from './visit.ts';

export interface Shown {
  readonly title: string;
  readonly main: Html;
  /** Whether the page may replace itself once it would look different. */
  readonly live: boolean;
}

/** The whole document, and what tells two states of the page apart. */
export function document(visit: Visit, { title, main, live }: Shown): { text: string; version: string } {
  const { options, now } = visit;
  const top = header(visit);
  const version = versionOf(`${top.text}${main.text}`);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title} · ${options.name}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="/-/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/-/style.css" />
        <script src="/-/script.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        ${top}
        <main id="main" data-now="${now}" ${live && html`data-version="${version}"`}>${main}</main>
        <div id="changed" role="status" hidden>
          This page has changed. <a href="${visit.url.pathname}${visit.url.search}">Show it as it is now</a>
        </div>
        ${footer(visit)}
      </body>
    </html>`;
  return { text: page.text, version };
}

/** Times pass by themselves: two pages that differ in nothing else are the same. */
function versionOf(text: string): string {
  const timeless = text.replaceAll(/<time [^>]*>[^<]*<\/time>|<progress [^>]*>/g, '');
  return createHash('sha256').update(timeless).digest('base64url');
}

function header(visit: Visit): Html {
  const { options, viewer } = visit;
  return html`<header class="top">
    <div class="inner">
      <a class="brand" href="/">${icon('moon')} ${options.name}</a>
      ${viewer !== null && signedHeader({ ...visit, viewer })}
    </div>
  </header>`;
}

function signedHeader(visit: SignedVisit): Html {
  const { viewer, now, context } = visit;
  return html`<div class="top-actions">
    <button class="quiet" type="button" popovertarget="clock-menu">
      ${icon('clock')} <span class="hidden">Clock:</span> ${clockFace(now)}
    </button>
    <div class="menu" id="clock-menu" popover aria-label="Clock">${clockPanel(visit)}</div>
    <button
      class="quiet"
      type="button"
      popovertarget="people-menu"
      aria-label="Signed in as ${viewer.login}: act as somebody else"
    >
      ${avatar(viewer)} <strong>${viewer.login}</strong>
    </button>
    <div class="menu" id="people-menu" popover aria-label="People">
      <p class="menu-title">Act as</p>
      ${form(
        visit,
        '/-/session',
        html`${returnHere(visit)}
        ${people(context.state)
          .filter((user) => user !== viewer)
          .map(
            (user) =>
              html`<button class="menu-item" name="login" value="${user.login}">
                ${avatar(user)}
                <span><strong>${user.login}</strong> <small>${teamNames(context.state, user)}</small></span>
              </button>`,
          )}`,
      )}
      ${form(visit, '/-/session', html`<button class="menu-item" name="login" value="">Sign out</button>`)}
    </div>
  </div>`;
}

function footer({ options }: Visit): Html {
  return html`<footer class="bottom">
    <div class="inner">
      <p>
        An embedded GitHub on this machine, with real git repositories. Nothing leaves it, and everything is
        gone when it stops.
      </p>
      ${
        options.links !== undefined &&
        html`<nav aria-label="More">
          ${options.links.map(({ label, href }) => html`<a href="${href}">${label}</a> `)}
        </nav>`
      }
    </div>
  </footer>`;
}

/** Everybody who can sign in, by login. */
export function people(state: State): User[] {
  return [...state.accounts.values()]
    .flatMap((account) => (account.type === 'User' ? [account] : []))
    .sort((a, b) => a.login.localeCompare(b.login));
}

/** `payments, engineers`; what to call who is in none. */
export function teamNames(state: State, user: User): string {
  const names = [...state.accounts.values()]
    .flatMap((account) => (account.type === 'Organization' ? account.teams : []))
    .filter((team) => team.members.get(user.id)?.state === 'active')
    .map(({ slug }) => slug);
  return names.length === 0 ? 'in no team' : names.join(', ');
}
