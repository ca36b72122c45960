/** One pull request: conversation, commits, checks, difference, and what the viewer can do about it. */
import { latestCheckRuns } from '../checks.ts';
import { notFound } from '../errors.ts';
import { pullRequestChanges } from '../reviews.ts';
import { pullRequestOf } from '../state.ts';
import type { PullRequest } from '../state.ts';
import { checksTab } from './checks-view.ts';
import { commitLine } from './commits.ts';
import { commitsOf, conversation } from './conversation.ts';
import { diffView } from './diff.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';
import type { IconName } from './icons.ts';
import { contentPath, fullName, pullRequestPath } from './links.ts';
import { mergeBox } from './merge-box.ts';
import { alertBox, avatar, count, form } from './parts.ts';
import { reviewersPanel } from './people-asked.ts';
import { checksOf, stateBadge } from './pull-request-state.ts';
import { repositoryFrame } from './repository-frame.ts';
import { param, repositoryOf } from './visit.ts';
import type { Reply, SignedVisit } from './visit.ts';

type Tab = 'conversation' | 'commits' | 'checks' | 'files';

/** The pull request of the path. @throws ApiError 404 */
export function pullRequestOfVisit(visit: SignedVisit): PullRequest {
  const pullRequest = pullRequestOf(repositoryOf(visit), Number(param(visit, 'number')));
  if (pullRequest === undefined) throw notFound();
  return pullRequest;
}

/** A form that was refused: why, and what had been typed. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly typed: string;
}

export function conversationPage(visit: SignedVisit, refusal: Refusal | null = null): Reply {
  const pullRequest = pullRequestOfVisit(visit);
  const body = html`<div class="columns">
    <div class="wide">
      ${refusal !== null && alertBox('This was refused', html`<p>${refusal.message}</p>`)}
      ${conversation(visit, pullRequest)} ${mergeBox(visit, pullRequest)}
      ${composer(visit, pullRequest, refusal?.typed ?? '')}
    </div>
    <aside class="narrow" aria-label="About this pull request">${reviewersPanel(visit, pullRequest)}</aside>
  </div>`;
  return page(visit, pullRequest, 'conversation', body, refusal?.status ?? 200);
}

export function commitsTabPage(visit: SignedVisit): Reply {
  const pullRequest = pullRequestOfVisit(visit);
  const body = html`<ul class="card rows">
    ${commitsOf(pullRequest).map(
      (commit) =>
        html`<li><p class="branch-commit">${commitLine(visit, pullRequest.repository, commit)}</p></li>`,
    )}
  </ul>`;
  return page(visit, pullRequest, 'commits', body);
}

export function checksPage(visit: SignedVisit): Reply {
  const pullRequest = pullRequestOfVisit(visit);
  return page(visit, pullRequest, 'checks', checksTab(visit, pullRequest));
}

export function filesPage(visit: SignedVisit): Reply {
  const pullRequest = pullRequestOfVisit(visit);
  const runs = latestCheckRuns(pullRequest.repository, pullRequest.headSha);
  const annotations = runs.flatMap((run) => run.annotations);
  const body = html`${diffView(pullRequestChanges(pullRequest), annotations)}
  ${composer(visit, pullRequest, '')}`;
  return page(visit, pullRequest, 'files', body);
}

function page(
  visit: SignedVisit,
  pullRequest: PullRequest,
  current: Tab,
  content: Html,
  status = 200,
): Reply {
  const { repository, number, title } = pullRequest;
  const body = html`<div class="pull-head">
      <h1>${title} <span class="number">#${number}</span></h1>
      <p>${stateBadge(pullRequest)} ${summary(pullRequest)}</p>
    </div>
    <nav class="tabs inner-tabs" aria-label="Pull request">
      <ul>
        ${tab(pullRequest, current, 'conversation', 'comment', 'Conversation', '', pullRequest.comments.length)}
        ${tab(pullRequest, current, 'commits', 'commit', 'Commits', '/commits', commitsOf(pullRequest).length)}
        ${tab(pullRequest, current, 'checks', 'check', 'Checks', '/checks', checksOf(pullRequest).length)}
        ${tab(pullRequest, current, 'files', 'file', 'Files', '/files', pullRequestChanges(pullRequest).length)}
      </ul>
    </nav>
    ${content}`;
  const main = repositoryFrame(visit, repository, 'pulls', body);
  return { kind: 'page', status, title: `${title} · #${number} · ${fullName(repository)}`, main };
}

function tab(
  pullRequest: PullRequest,
  current: Tab,
  own: Tab,
  name: IconName,
  label: string,
  path: string,
  counter: number,
): Html {
  return html`<li>
    <a href="${pullRequestPath(pullRequest, path)}" ${own === current && html`aria-current="page"`}
      >${icon(name)} ${label} <span class="counter">${counter}</span></a
    >
  </li>`;
}

function summary(pullRequest: PullRequest): Html {
  const { author, baseRef, headRef, headRepository, repository, mergedBy } = pullRequest;
  const commits = count(commitsOf(pullRequest).length, 'commit');
  const fork = headRepository === repository ? '' : `${headRepository?.owner.login ?? 'unknown'}:`;
  const verb = mergedBy === null ? 'wants to merge' : 'merged';
  return html`<span class="muted">
    ${avatar(mergedBy ?? author)} <strong>${(mergedBy ?? author).login}</strong> ${verb} ${commits} into
    <a class="ref" href="${contentPath(repository, 'tree', baseRef, '')}">${baseRef}</a> from
    <span class="ref">${fork}${headRef}</span>
  </span>`;
}

/** One box for words, and buttons for what they are meant as. */
function composer(visit: SignedVisit, pullRequest: PullRequest, typed: string): Html {
  const open = pullRequest.state === 'open';
  return html`<section class="bubble" aria-label="Comment or review">
    ${avatar(visit.viewer, 'medium')}
    <div class="card">
      ${form(
        visit,
        pullRequestPath(pullRequest),
        html`<label class="card-head" for="body">
            Comment ${open && 'or review '}as <strong>${visit.viewer.login}</strong>
          </label>
          <div class="card-body">
            <input type="hidden" name="head" value="${pullRequest.headSha}" />
            <textarea id="body" name="body" rows="4" placeholder="Markdown">${typed}</textarea>
            <div class="buttons spread">
              <div class="buttons">${open && judgeButtons(visit, pullRequest)}</div>
              <button class="primary" name="action" value="comment">Comment</button>
            </div>
          </div>`,
      )}
    </div>
  </section>`;
}

function judgeButtons(visit: SignedVisit, { author }: PullRequest): Html {
  if (author === visit.viewer)
    return html`<span class="muted small">Nobody approves their own: act as somebody else to review.</span>`;
  return html`<button class="ok" name="action" value="approve">${icon('check')} Approve</button>
    <button class="bad" name="action" value="request-changes">Request changes</button>`;
}
