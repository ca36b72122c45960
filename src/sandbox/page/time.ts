/** Points in time and spans of it, as a person reads them. The page shows UTC, as every file and commit does. */
import { formatInstant } from '../../base/instant.ts';
import type { Instant } from '../../base/instant.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** `3 Mar 2026, 09:05 UTC`. */
export function formatMoment(instant: Instant): string {
  return `${formatDay(instant)}, ${formatClock(instant)} UTC`;
}

/** `3 Mar 2026`. */
export function formatDay(instant: Instant): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(instant);
}

/** `09:05`. */
export function formatClock(instant: Instant): string {
  return new Date(instant).toISOString().slice(11, 16);
}

/** The two largest units of a span: `1 h 42 min`, `3 d 4 h`, `12 s`; in milliseconds, never negative. */
export function formatSpan(milliseconds: number): string {
  const left = Math.max(0, milliseconds);
  if (left < minute) return `${Math.floor(left / 1000)} s`;
  if (left < hour) return `${Math.floor(left / minute)} min`;
  const [large, small] = left < day ? ([hour, minute] as const) : ([day, hour] as const);
  const [largeUnit, smallUnit] = left < day ? (['h', 'min'] as const) : (['d', 'h'] as const);
  const rest = Math.floor((left % large) / small);
  return `${Math.floor(left / large)} ${largeUnit}${rest === 0 ? '' : ` ${rest} ${smallUnit}`}`;
}

/** `just now`, `5 min ago`, `in 2 h`, or the day where it is further away than a week. */
export function formatRelative(instant: Instant, now: Instant): string {
  const distance = Math.abs(now - instant);
  if (distance < minute) return 'just now';
  if (distance > 7 * day) return `on ${formatDay(instant)}`;
  return instant < now ? `${formatSpan(distance)} ago` : `in ${formatSpan(distance)}`;
}

/** A moment, told from now; the script keeps it true while the page stands open. */
export function ago(instant: Instant, now: Instant): Html {
  return timeElement('ago', instant, formatRelative(instant, now));
}

/** What is left until a moment. */
export function remaining(instant: Instant, now: Instant): Html {
  return timeElement('left', instant, formatSpan(instant - now));
}

/** The time of the sandbox itself. */
export function clockFace(now: Instant): Html {
  return timeElement('clock', now, `${formatClock(now)} UTC`);
}

function timeElement(kind: 'ago' | 'left' | 'clock', instant: Instant, text: string): Html {
  const iso = formatInstant(instant);
  return html`<time data-time="${kind}" datetime="${iso}" title="${formatMoment(instant)}">${text}</time>`;
}
