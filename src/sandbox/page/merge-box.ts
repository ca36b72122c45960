/** What stands between a pull request and its merge, and the buttons for it. */
import { includes, repositoryPermission } from '../access.ts';
import { violations } from '../rules.ts';
import type { MergeMethod, PullRequest } from '../state.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';
import { pullRequestPath } from './links.ts';
import { form } from './parts.ts';
import { checksOf, toneIcon } from './pull-request-state.ts';
import { actorOf } from './visit.ts';
import type { SignedVisit } from './visit.ts';

const methodWords: Readonly<Record<MergeMethod, string>> = {
  merge: 'Create a merge commit',
  squash: 'Squash into one commit',
  rebase: 'Rebase',
};

export function mergeBox(visit: SignedVisit, pullRequest: PullRequest): Html | null {
  if (pullRequest.mergedAt !== null) return null;
  return html`<section class="card merge-box" aria-label="Merge">
    ${checkRows(pullRequest)} ${pullRequest.state === 'open' && verdict(visit, pullRequest)}
    <div class="card-foot">${stateForm(visit, pullRequest)}</div>
  </section>`;
}

function checkRows(pullRequest: PullRequest): Html | null {
  const checks = checksOf(pullRequest);
  if (checks.length === 0) return null;
  return html`<ul class="rows" aria-label="Checks">
    ${checks.map(
      ({ name, word, title }) =>
        html`<li class="check-row">
          ${toneIcon(word.tone)}
          <a href="${pullRequestPath(pullRequest, '/checks')}"><strong>${name}</strong></a>
          <span class="muted">${title === '' ? word.text : title}</span>
        </li>`,
    )}
  </ul>`;
}

/** Whether the rules would let this viewer merge now, and why not. */
function verdict(visit: SignedVisit, pullRequest: PullRequest): Html {
  const reasons = obstacles(visit, pullRequest);
  if (reasons.length === 0) {
    return html`<div class="verdict ok">
      ${toneIcon('ok')}
      <div>
        <strong>Nothing stands in the way</strong>
        <p class="muted small">Every rule of <code>${pullRequest.baseRef}</code> is met.</p>
      </div>
      ${mergeForm(visit, pullRequest, true)}
    </div>`;
  }
  return html`<div class="verdict blocked">
    ${toneIcon('bad')}
    <div>
      <strong>Merging is blocked</strong>
      <ul class="reasons">
        ${reasons.map((reason) => html`<li>${reason}</li>`)}
      </ul>
    </div>
    ${mergeForm(visit, pullRequest, false)}
  </div>`;
}

function obstacles(visit: SignedVisit, pullRequest: PullRequest): readonly string[] {
  const { repository, baseRef, headSha, draft } = pullRequest;
  const before = repository.git.branch(baseRef);
  if (before === undefined) return ['The base branch is gone.'];
  if (draft) return ['This is a draft.'];
  if (repository.git.mergeTree(before, headSha).kind === 'conflict')
    return ['This branch conflicts with its base and must be brought up to date.'];
  const [method = 'merge'] = repository.mergeMethods;
  return violations(visit.context, actorOf(visit), {
    repository,
    ref: `refs/heads/${baseRef}`,
    before,
    after: headSha,
    merge: { pullRequest, method, queued: false },
  });
}

/** Also where a rule is in the way: to be refused is a thing to try in a sandbox. */
function mergeForm(visit: SignedVisit, pullRequest: PullRequest, free: boolean): Html | null {
  if (!mayWrite(visit, pullRequest)) return null;
  const body = html`<input type="hidden" name="head" value="${pullRequest.headSha}" />
    <label class="hidden" for="merge-method">How to merge</label>
    <select id="merge-method" name="method">
      ${pullRequest.repository.mergeMethods.map(
        (method) => html`<option value="${method}">${methodWords[method]}</option>`,
      )}
    </select>
    <button ${free && html`class="merge"`} name="action" value="merge">
      ${icon('merged')} ${free ? 'Merge' : 'Try to merge'}
    </button>`;
  return html`<div class="merge-form">${form(visit, pullRequestPath(pullRequest), body)}</div>`;
}

/** Close, reopen, draft. */
function stateForm(visit: SignedVisit, pullRequest: PullRequest): Html {
  const own = pullRequest.author === visit.viewer;
  if (!own && !mayWrite(visit, pullRequest))
    return html`<span class="muted small"
      >Only its author and people with write access change its state.</span
    >`;
  const open = pullRequest.state === 'open';
  return form(
    visit,
    pullRequestPath(pullRequest),
    html`<div class="buttons">
      ${open ? stateButton('close', 'Close') : stateButton('reopen', 'Reopen')}
      ${open && (pullRequest.draft ? stateButton('ready', 'Ready for review') : stateButton('draft', 'Make it a draft'))}
    </div>`,
  );
}

function stateButton(action: string, label: string): Html {
  return html`<button class="small" name="action" value="${action}">${label}</button>`;
}

function mayWrite({ context, viewer }: SignedVisit, { repository }: PullRequest): boolean {
  return includes(repositoryPermission(context.state, repository, viewer), 'write');
}
