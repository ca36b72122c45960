/** The sandbox's clock: shown, and moved forward. Whatever waits for a time lives by it. */
import { ApiError } from '../errors.ts';
import type { Form } from './form.ts';
import { localPath } from './form.ts';
import { grantsInForce, nextEnd } from './grants.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { form, returnHere } from './parts.ts';
import { clockFace, formatClock, formatDay, remaining } from './time.ts';
import { visibleRepositories } from './visit.ts';
import type { Reply, SignedVisit } from './visit.ts';

const minute = 60_000;

const steps = [
  { value: '5', label: '+5 min' },
  { value: '60', label: '+1 h' },
] as const;

/** How far past an end the clock is moved, so that it is over by every reckoning. */
const past = 1_000;

/** The time, with what moves it. */
export function clockPanel(visit: SignedVisit): Html {
  const { now } = visit;
  const end = nextEnd(visibleRepositories(visit).flatMap(grantsInForce), now);
  return html`<div class="clock">
    <p class="clock-face">${clockFace(now)}</p>
    <p class="muted">${formatDay(now)}</p>
    ${form(
      visit,
      '/-/clock',
      html`${returnHere(visit)}
        <div class="buttons">
          ${steps.map(({ value, label }) => html`<button name="minutes" value="${value}">${label}</button>`)}
          ${
            end !== null &&
            html`<button class="primary" name="until" value="${end + past}">
              To the next end, ${formatClock(end)}
            </button>`
          }
        </div>`,
      'Move the clock',
    )}
    <p class="muted small">
      ${end === null ? 'No grant is in force.' : html`The next grant ends in ${remaining(end, now)}.`}
    </p>
  </div>`;
}

/** Moves the clock, forward only. */
export function moveClock(visit: SignedVisit, sent: Form): Reply {
  const { clock } = visit.context;
  const until = sent.text('until');
  if (until === '') {
    const minutes = sent.choice(
      'minutes',
      steps.map(({ value }) => value),
    );
    clock.advance(Number(minutes) * minute);
  } else {
    const instant = Number(until);
    const furthest = clock.now() + 366 * 24 * 60 * minute;
    if (!Number.isSafeInteger(instant) || instant > furthest) {
      throw new ApiError(422, 'The clock can be moved forward by a year at most.');
    }
    // Somebody else may have moved it further meanwhile; it never goes back.
    if (instant > clock.now()) clock.set(instant);
  }
  return { kind: 'redirect', to: localPath(sent.text('return_to')) };
}
