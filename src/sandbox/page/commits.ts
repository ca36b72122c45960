/** The history of a branch, which is the audit trail: who did what, when, and what stands behind it. */
import { notFound } from '../errors.ts';
import { commitsReachable } from '../git/history.ts';
import type { Commit } from '../git/objects.ts';
import { isWebFlow } from '../identity.ts';
import type { Repository } from '../state.ts';
import { parseMessage } from './commit-message.ts';
import type { Trailer } from './commit-message.ts';
import { diffView } from './diff.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';
import { commitPath, fullName, shortSha } from './links.ts';
import { renderReferences } from './markdown.ts';
import { avatar, botBadge, count, paged } from './parts.ts';
import { repositoryFrame } from './repository-frame.ts';
import { ago, formatClock, formatDay } from './time.ts';
import { param, repositoryOf } from './visit.ts';
import type { Reply, SignedVisit } from './visit.ts';

/** All commits of a branch, newest first, by days. */
export function commitsPage(visit: SignedVisit): Reply {
  const repository = repositoryOf(visit);
  const ref = param(visit, 'rest');
  const tip = repository.git.resolve(ref, repository.defaultBranch);
  if (tip === undefined || repository.git.readCommit(tip) === undefined) throw notFound();
  const { items, navigation } = paged(visit, commitsReachable(repository.git, [tip]));
  const days = Map.groupBy(items, ({ committer }) => formatDay(committer.date));
  const body = html`<div class="heading">
      <h1>History of <code>${ref}</code></h1>
      <p class="muted">Who did what, when: the audit trail, as <code>git log</code> tells it.</p>
    </div>
    ${[...days].map(
      ([day, commits]) =>
        html`<section class="day" aria-label="${day}">
          <h2>${day}</h2>
          <ol class="card commits">
            ${commits.map((commit) => html`<li>${commitEntry(visit, repository, commit)}</li>`)}
          </ol>
        </section>`,
    )}
    ${navigation}`;
  const main = repositoryFrame(visit, repository, 'commits', body);
  return { kind: 'page', title: `History · ${fullName(repository)}`, main };
}

/** One commit with all that it says and changes. */
export function commitPage(visit: SignedVisit): Reply {
  const repository = repositoryOf(visit);
  const { git } = repository;
  const commit = git.readCommit(param(visit, 'sha'));
  if (commit === undefined) throw notFound();
  const { subject, text, trailers } = parseMessage(commit.message);
  const [parent] = commit.parents;
  // Against the empty tree for the first commit.
  const before = parent ?? git.objects.writeTree([]);
  const body = html`<div class="card">
      <div class="card-body">
        <h1 class="commit-subject">${references(visit, repository, subject)}</h1>
        <p class="byline">${byline(visit, repository, commit)}</p>
        ${text !== '' && html`<p class="prose">${references(visit, repository, text)}</p>`}
        ${trailers.length > 0 && trailerList(visit, repository, trailers)}
      </div>
      <div class="card-foot muted">
        <span>Commit <code>${commit.sha}</code></span>
        ${commit.parents.map(
          (sha) =>
            html`<span
              >Parent <a class="sha" href="${commitPath(repository, sha)}">${shortSha(sha)}</a></span
            >`,
        )}
      </div>
    </div>
    ${diffView(git.fileChanges(before, parent === undefined ? commit.tree : commit.sha))}`;
  const main = repositoryFrame(visit, repository, 'commits', body);
  return { kind: 'page', title: `${subject} · ${fullName(repository)}`, main };
}

function commitEntry(visit: SignedVisit, repository: Repository, commit: Commit): Html {
  const { subject, text, trailers } = parseMessage(commit.message);
  return html`<article class="commit">
    <div class="commit-main">
      <p class="commit-title">
        <a href="${commitPath(repository, commit.sha)}">${subject}</a>
      </p>
      ${text !== '' && html`<p class="prose">${references(visit, repository, text)}</p>`}
      <p class="byline">${byline(visit, repository, commit)}</p>
      ${
        trailers.length > 0 &&
        html`<details>
          <summary>${count(trailers.length, 'trailer')}: the evidence that this commit carries</summary>
          ${trailerList(visit, repository, trailers)}
        </details>`
      }
    </div>
    <div class="commit-side">
      ${verifiedBadge(repository, commit)}
      <a class="sha" href="${commitPath(repository, commit.sha)}">${shortSha(commit.sha)}</a>
    </div>
  </article>`;
}

/** One line: who, what, when. */
export function commitLine(visit: SignedVisit, repository: Repository, commit: Commit): Html {
  const user = visit.context.state.userByEmail(commit.author.email);
  return html`${user === undefined ? icon('commit') : avatar(user)}
    <strong>${user?.login ?? commit.author.name}</strong>
    <a class="quiet-link ellipsis" href="${commitPath(repository, commit.sha)}"
      >${parseMessage(commit.message).subject}</a
    >
    <span class="spacer"></span>
    <span class="muted nowrap">
      <a class="sha" href="${commitPath(repository, commit.sha)}">${shortSha(commit.sha)}</a>
      ${ago(commit.committer.date, visit.now)}
    </span>`;
}

function byline(visit: SignedVisit, repository: Repository, commit: Commit): Html {
  const { state } = visit.context;
  const author = state.userByEmail(commit.author.email);
  const committer = state.userByEmail(commit.committer.email);
  const other =
    !isWebFlow(commit.committer) && commit.committer.email !== commit.author.email
      ? html`, committed by <strong>${committer?.login ?? commit.committer.name}</strong>`
      : null;
  const merges = repository.mergeLinks.get(commit.sha)?.pullRequest.number;
  return html`${author === undefined ? icon('commit') : avatar(author)}
    <strong>${author?.login ?? commit.author.name}</strong>${author !== undefined && botBadge(author)}${other}
    ${merges !== undefined && html`· merged ${references(visit, repository, `#${merges}`)}`} ·
    ${formatClock(commit.committer.date)} UTC, ${ago(commit.committer.date, visit.now)}`;
}

function verifiedBadge(repository: Repository, { sha }: Commit): Html | null {
  if (!repository.signedByGitHub.has(sha)) return null;
  return html`<span class="badge ok" title="Made by this server itself, and signed by it"
    >${icon('check')} verified</span
  >`;
}

function trailerList(visit: SignedVisit, repository: Repository, trailers: readonly Trailer[]): Html {
  return html`<dl class="trailers">
    ${trailers.map(
      ({ key, value }) =>
        html`<div>
          <dt>${key}</dt>
          <dd>${references(visit, repository, value)}</dd>
        </div>`,
    )}
  </dl>`;
}

function references(visit: SignedVisit, repository: Repository, text: string): Html {
  return renderReferences(text, { state: visit.context.state, repository });
}
