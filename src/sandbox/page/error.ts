/** A page for what cannot be shown or done. */
import type { ApiError } from '../errors.ts';
import { html } from './html.ts';
import { reasonOf } from './refusals.ts';
import type { Reply, Visit } from './visit.ts';

export function errorPage({ viewer }: Visit, error: ApiError): Reply {
  const title = titles[error.status] ?? 'This did not work';
  const text =
    error.status === 404
      ? `There is nothing here, or nothing that ${viewer?.login ?? 'you'} may see.`
      : reasonOf(error);
  const main = html`<div class="error-page">
    <p class="error-status">${error.status}</p>
    <h1>${title}</h1>
    <p>${text}</p>
    <p><a class="button" href="/">To the start page</a></p>
  </div>`;
  return { kind: 'page', status: error.status, title, main };
}

const titles: Readonly<Record<number, string>> = {
  403: 'You may not do this',
  404: 'Not found',
  405: 'This did not work',
  409: 'Somebody was faster',
  413: 'Too much',
  422: 'This was refused',
};
