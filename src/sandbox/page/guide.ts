/** What a newcomer reads first. */
import { html } from './html.ts';
import type { Html } from './html.ts';
import { renderComment } from './markdown.ts';
import type { SignedVisit, Visit } from './visit.ts';

/** What this is, in two sentences. */
export function guideLead({ options, context }: Visit): Html {
  const { guide } = options;
  if (guide === undefined) return html`<h1>${options.name}</h1>`;
  return html`<div class="hero">
    <h1>${guide.headline}</h1>
    <div class="markdown lead">${renderComment(guide.about, { state: context.state, repository: null })}</div>
  </div>`;
}

/** What to do next, step by step. */
export function guideSteps({ options, context }: SignedVisit): Html | null {
  const { guide } = options;
  if (guide === undefined || guide.steps.length === 0) return null;
  return html`<section aria-labelledby="steps">
    <h2 id="steps">What to do next</h2>
    <ol class="steps">
      ${guide.steps.map(
        ({ title, text, link }) =>
          html`<li class="card">
            <h3>${title}</h3>
            <div class="markdown">${renderComment(text, { state: context.state, repository: null })}</div>
            ${link !== undefined && html`<p><a class="button primary" href="${link.path}">${link.label}</a></p>`}
          </li>`,
      )}
    </ol>
  </section>`;
}
