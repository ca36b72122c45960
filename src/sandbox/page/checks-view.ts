/** The checks of a pull request's head, with all that they say. */
import { checkRunsOn, latestCheckRuns, latestStatuses } from '../checks.ts';
import type { CheckRun, PullRequest } from '../state.ts';
import { annotationBox } from './diff.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { pullRequestPath, shortSha } from './links.ts';
import { renderComment } from './markdown.ts';
import { avatar, count, emptyState } from './parts.ts';
import { checkWord, toneIcon } from './pull-request-state.ts';
import { ago } from './time.ts';
import type { SignedVisit } from './visit.ts';

export function checksTab(visit: SignedVisit, pullRequest: PullRequest): Html {
  const { repository, headSha } = pullRequest;
  const runs = latestCheckRuns(repository, headSha);
  const statuses = latestStatuses(repository, headSha);
  if (runs.length + statuses.length === 0)
    return emptyState(
      'waiting',
      'No check has reported yet',
      html`Checks look at commit <code>${shortSha(headSha)}</code>.`,
    );
  const replaced = checkRunsOn(repository, headSha).length - runs.length;
  return html`${runs.map((run) => checkCard(visit, pullRequest, run))}
  ${statuses.map(
    ({ context, state, description, creator }) =>
      html`<section class="card">
        <div class="card-head">
          ${toneIcon(state === 'success' ? 'ok' : state === 'pending' ? 'waiting' : 'bad')}
          <strong>${context}</strong> <span class="muted">status ${state}, set by ${creator.login}</span>
        </div>
        ${description !== null && html`<p class="card-body">${description}</p>`}
      </section>`,
  )}
  ${replaced > 0 && html`<p class="muted small">${count(replaced, 'earlier check run')} of the same name stand behind these.</p>`}`;
}

function checkCard(visit: SignedVisit, pullRequest: PullRequest, run: CheckRun): Html {
  const { name, conclusion, title, summary, text, annotations, completedAt, startedAt, checkSuite } = run;
  const word = checkWord(conclusion);
  const scope = { state: visit.context.state, repository: pullRequest.repository };
  return html`<section class="card check" aria-label="Check ${name}">
    <div class="card-head">
      ${toneIcon(word.tone)} <strong>${name}</strong> <span class="muted">${word.text}</span>
      <span class="spacer"></span>
      <span class="muted nowrap">
        ${avatar(checkSuite.app.bot)} ${checkSuite.app.name}, ${ago(completedAt ?? startedAt, visit.now)}
      </span>
    </div>
    <div class="card-body">
      ${title !== null && html`<h2 class="check-title">${title}</h2>`}
      ${summary !== null && html`<div class="markdown">${renderComment(summary, scope)}</div>`}
      ${
        annotations.length > 0 &&
        html`<h3>${count(annotations.length, 'annotation')}</h3>
          ${annotations.map(
            (annotation) =>
              html`<p class="annotation-place">
                  <a href="${pullRequestPath(pullRequest, '/files')}"
                    ><code>${annotation.path}:${annotation.startLine}</code></a
                  >
                </p>
                ${annotationBox(annotation)}`,
          )}`
      }
      ${
        text !== null &&
        text !== '' &&
        html`<details open>
          <summary>Details</summary>
          <div class="markdown">${renderComment(text, scope)}</div>
        </details>`
      }
    </div>
  </section>`;
}
