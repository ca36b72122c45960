/** The conversation of a pull request: commits, comments, reviews and events in the order in which they happened. */
import type { Instant } from '../../base/instant.ts';
import { commitsReachable, mergeBase } from '../git/history.ts';
import type { Commit } from '../git/objects.ts';
import type { IssueComment, PullRequest, Review, User } from '../state.ts';
import { eventWords } from './events.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';
import type { IconName } from './icons.ts';
import { commitPath, pullRequestPath, shortSha } from './links.ts';
import { renderComment } from './markdown.ts';
import { avatar, botBadge, form } from './parts.ts';
import { ago } from './time.ts';
import type { SignedVisit } from './visit.ts';

interface Entry {
  readonly at: Instant;
  readonly view: Html;
}

/** The commits that a pull request brings, oldest first. */
export function commitsOf({ repository, headSha, baseSha }: PullRequest): Commit[] {
  const { git } = repository;
  const base = mergeBase(git, baseSha, headSha) ?? baseSha;
  return commitsReachable(git, [headSha], [base]).reverse();
}

/** Everything that happened, oldest first. */
export function conversation(visit: SignedVisit, pullRequest: PullRequest): Html {
  const entries: Entry[] = [
    ...commitsOf(pullRequest).map((commit) => commitEntry(visit, pullRequest, commit)),
    ...pullRequest.comments.map((comment) => commentEntry(visit, comment)),
    ...pullRequest.reviews
      .filter(({ state, author }) => state !== 'PENDING' || author === visit.viewer)
      .map((review) => reviewEntry(visit, review)),
    ...eventEntries(visit, pullRequest),
  ];
  // Sorting is stable: what happened at the same moment keeps this order.
  entries.sort((a, b) => a.at - b.at);
  return html`<ol class="timeline">
    ${pullRequest.body !== null && pullRequest.body.trim() !== '' && html`<li>${description(visit, pullRequest)}</li>`}
    ${entries.map(({ view }) => html`<li>${view}</li>`)}
  </ol>`;
}

function description(visit: SignedVisit, { author, body, createdAt, repository }: PullRequest): Html {
  const scope = { state: visit.context.state, repository };
  const head = html`${who(author)} <span class="muted">opened this ${ago(createdAt, visit.now)}</span>`;
  return bubble(
    author,
    'description',
    head,
    html`<div class="markdown">${renderComment(body ?? '', scope)}</div>`,
  );
}

function commitEntry(visit: SignedVisit, { repository }: PullRequest, commit: Commit): Entry {
  const user = visit.context.state.userByEmail(commit.author.email);
  const view = eventLine(
    'commit',
    'neutral',
    html`${user !== undefined && avatar(user)}
      <strong>${user?.login ?? commit.author.name}</strong>${user !== undefined && botBadge(user)} committed
      <a href="${commitPath(repository, commit.sha)}">${commit.message.split('\n')[0]}</a>
      <a class="sha" href="${commitPath(repository, commit.sha)}">${shortSha(commit.sha)}</a>
      ${ago(commit.committer.date, visit.now)}`,
  );
  return { at: commit.committer.date, view };
}

function commentEntry(visit: SignedVisit, comment: IssueComment): Entry {
  const { author, body, createdAt, editor, lastEditedAt, id, issue } = comment;
  const scope = { state: visit.context.state, repository: issue.repository };
  // The author of a comment stays who it was, whoever edits it: so the editor is named.
  const edited =
    editor !== null &&
    lastEditedAt !== null &&
    html`<span class="muted small"
      >· edited
      ${editor !== author && html`by <strong>${editor.login}</strong> `}${ago(lastEditedAt, visit.now)}</span
    >`;
  const head = html`${who(author)}
    <span class="muted">commented ${ago(createdAt, visit.now)}</span> ${edited}`;
  const view = bubble(
    author,
    `issuecomment-${id}`,
    head,
    html`<div class="markdown">${renderComment(body, scope)}</div>`,
  );
  return { at: createdAt, view };
}

interface ReviewWords {
  readonly icon: IconName;
  readonly tone: 'ok' | 'bad' | 'neutral';
  readonly text: string;
}

const reviewWords: Readonly<Record<Review['state'], ReviewWords>> = {
  APPROVED: { icon: 'check', tone: 'ok', text: 'approved these changes' },
  CHANGES_REQUESTED: { icon: 'cross', tone: 'bad', text: 'requested changes' },
  COMMENTED: { icon: 'eye', tone: 'neutral', text: 'reviewed' },
  DISMISSED: { icon: 'eye', tone: 'neutral', text: 'reviewed; the review was dismissed' },
  PENDING: { icon: 'eye', tone: 'neutral', text: 'is writing a review' },
};

function reviewEntry(visit: SignedVisit, review: Review): Entry {
  const { author, state, body, submittedAt, createdAt, pullRequest, id, commitId } = review;
  const { repository, headSha } = pullRequest;
  const at = submittedAt ?? createdAt;
  const words = reviewWords[state];
  const onOlder =
    commitId !== headSha &&
    html` <span class="muted"
      >on <a class="sha" href="${commitPath(repository, commitId)}">${shortSha(commitId)}</a>, an older
      commit</span
    >`;
  const line = eventLine(
    words.icon,
    words.tone,
    html`${avatar(author)} <strong>${author.login}</strong>${botBadge(author)} ${words.text}${onOlder}
      ${ago(at, visit.now)}
      ${(state === 'APPROVED' || state === 'CHANGES_REQUESTED') && dismissForm(visit, review)}`,
    `pullrequestreview-${id}`,
  );
  const comments = pullRequest.reviewComments.filter((comment) => comment.review === review);
  const scope = { state: visit.context.state, repository };
  const view = html`${line}
  ${
    (body !== '' || comments.length > 0) &&
    html`<div class="said">
      ${body !== '' && html`<div class="markdown">${renderComment(body, scope)}</div>`}
      ${comments.map(
        (comment) =>
          html`<p class="muted small">
              <code>${comment.path}${comment.line !== null && `:${comment.line}`}</code>
            </p>
            <div class="markdown">${renderComment(comment.body, scope)}</div>`,
      )}
    </div>`
  }`;
  return { at, view };
}

function dismissForm(visit: SignedVisit, review: Review): Html {
  const body = html`<input type="hidden" name="review" value="${review.id}" />
    <label class="hidden" for="dismiss-${review.id}"
      >Why the review of ${review.author.login} is dismissed</label
    >
    <input id="dismiss-${review.id}" name="message" placeholder="Why" required />
    <button class="small" name="action" value="dismiss">Dismiss</button>`;
  return html`<details class="inline">
    <summary>Dismiss …</summary>
    ${form(visit, pullRequestPath(review.pullRequest), body)}
  </details>`;
}

function eventEntries(visit: SignedVisit, pullRequest: PullRequest): Entry[] {
  return pullRequest.timeline.flatMap((event) => {
    const said = eventWords(pullRequest, event);
    if (said === null) return [];
    const view = eventLine(
      said.icon,
      said.tone,
      html`${avatar(event.actor)} <strong>${event.actor.login}</strong>${botBadge(event.actor)} ${said.text}
        ${ago(event.createdAt, visit.now)}`,
    );
    return [{ at: event.createdAt, view }];
  });
}

function who(user: User): Html {
  return html`<strong>${user.login}</strong>${botBadge(user)}`;
}

function bubble(author: User, id: string, head: Html, body: Html): Html {
  return html`<article class="bubble" id="${id}">
    ${avatar(author, 'medium')}
    <div class="card">
      <header class="card-head">${head}</header>
      <div class="card-body">${body}</div>
    </div>
  </article>`;
}

function eventLine(name: IconName, tone: string, text: Html, id?: string): Html {
  return html`<div class="event" ${id !== undefined && html`id="${id}"`}>
    <span class="event-icon ${tone}">${icon(name)}</span>
    <div class="event-text">${text}</div>
  </div>`;
}
