/** A pull request for a branch that was pushed: which one, what it changes, and the form. */
import { ApiError, notFound } from '../errors.ts';
import { commitsReachable, mergeBase } from '../git/history.ts';
import { createPullRequest } from '../operations/pull-requests.ts';
import { pullRequests } from '../state.ts';
import type { Repository } from '../state.ts';
import { parseMessage } from './commit-message.ts';
import { commitLine } from './commits.ts';
import { diffView } from './diff.ts';
import type { Form } from './form.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';
import { fullName, pullRequestPath, repositoryPath } from './links.ts';
import { alertBox, emptyState, form } from './parts.ts';
import { reasonOf } from './refusals.ts';
import { repositoryFrame } from './repository-frame.ts';
import { actorOf, param, repositoryOf } from './visit.ts';
import type { Reply, SignedVisit } from './visit.ts';

/** Branches that hold something new and have no open pull request. */
function branchesToPropose(repository: Repository): string[] {
  const { git, defaultBranch } = repository;
  const base = git.branch(defaultBranch);
  if (base === undefined) return [];
  const proposed = new Set(
    pullRequests(repository)
      .filter(({ state, mergedAt }) => state === 'open' || mergedAt !== null)
      .map(({ headRef, headSha }) => `${headRef} ${headSha}`),
  );
  return git.branches().filter((name) => {
    const tip = git.branch(name);
    if (name === defaultBranch || tip === undefined || proposed.has(`${name} ${tip}`)) return false;
    return commitsReachable(git, [tip], [base]).length > 0;
  });
}

/** An invitation to propose what was pushed; nothing where nothing was. */
export function pushedBranches(repository: Repository): Html | null {
  const names = branchesToPropose(repository);
  if (names.length === 0) return null;
  return html`<ul class="card rows notice">
    ${names.slice(0, 3).map(
      (name) =>
        html`<li class="notice-row">
          ${icon('branch')} <span><strong>${name}</strong> has commits that are in no pull request</span>
          <span class="spacer"></span>
          <a class="button primary" href="${comparePath(repository, name)}">Open a pull request</a>
        </li>`,
    )}
  </ul>`;
}

function comparePath(repository: Repository, branch: string): string {
  const base = encodeURIComponent(repository.defaultBranch);
  return repositoryPath(
    repository,
    `/compare/${base}...${branch.split('/').map(encodeURIComponent).join('/')}`,
  );
}

/** The choice of a branch. */
export function choosePage(visit: SignedVisit): Reply {
  const repository = repositoryOf(visit);
  const names = branchesToPropose(repository);
  const list =
    names.length === 0
      ? emptyState('branch', 'No branch holds anything new', 'Push one, and it appears here.')
      : html`<ul class="rows">
          ${names.map(
            (name) =>
              html`<li class="check-row">
                ${icon('branch')} <a href="${comparePath(repository, name)}"><code>${name}</code></a>
              </li>`,
          )}
        </ul>`;
  const body = html`<div class="heading"><h1>Open a pull request</h1></div>
    <div class="card">${list}</div>`;
  return reply(visit, repository, body);
}

/** What a branch would change, with the form. */
export function comparePage(visit: SignedVisit): Reply {
  return compare(visit, { title: null, body: '' }, null);
}

interface Typed {
  readonly title: string | null;
  readonly body: string;
}

function compare(visit: SignedVisit, typed: Typed, refused: ApiError | null): Reply {
  const repository = repositoryOf(visit);
  const { git } = repository;
  const { base, head, baseSha, headSha } = range(visit, repository);
  const commits = commitsReachable(git, [headSha], [baseSha]).reverse();
  const [only] = commits;
  const proposed = commits.length === 1 && only !== undefined ? parseMessage(only.message).subject : head;
  const body = html`<div class="heading">
      <h1>Open a pull request</h1>
      <p class="muted"><span class="ref">${head}</span> into <span class="ref">${base}</span></p>
    </div>
    ${refused !== null && alertBox('This was refused', html`<p>${reasonOf(refused)}</p>`)}
    ${form(
      visit,
      visit.url.pathname,
      html`<div class="card">
        <div class="card-body stack">
          <div class="field">
            <label for="title">Title</label>
            <input id="title" name="title" value="${typed.title ?? proposed}" required />
          </div>
          <div class="field">
            <label for="body">Description</label>
            <textarea id="body" name="body" rows="4" placeholder="Markdown">${typed.body}</textarea>
          </div>
          <div class="buttons">
            <button class="primary" name="draft" value="">Open the pull request</button>
            <button name="draft" value="yes">Open it as a draft</button>
          </div>
        </div>
      </div>`,
    )}
    <ul class="card rows">
      ${commits.map((commit) => html`<li><p class="branch-commit">${commitLine(visit, repository, commit)}</p></li>`)}
    </ul>
    ${diffView(git.fileChanges(mergeBase(git, baseSha, headSha) ?? baseSha, headSha))}`;
  return reply(visit, repository, body, refused?.status ?? 200);
}

/** Opens the pull request, or shows the form again with the reason. */
export function proposeBranch(visit: SignedVisit, sent: Form): Reply {
  const repository = repositoryOf(visit);
  const { base, head } = range(visit, repository);
  const typed = { title: sent.text('title'), body: sent.text('body') };
  const draft = sent.text('draft') !== '';
  try {
    const input = { title: typed.title, body: typed.body === '' ? null : typed.body, head, base, draft };
    const pullRequest = createPullRequest(visit.context, actorOf(visit), repository, input);
    return { kind: 'redirect', to: pullRequestPath(pullRequest) };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 404) throw error;
    return compare(visit, typed, error);
  }
}

/** The two branches of the path. @throws ApiError 404 */
function range(
  visit: SignedVisit,
  { git }: Repository,
): { readonly base: string; readonly head: string; readonly baseSha: string; readonly headSha: string } {
  const [base = '', head = ''] = param(visit, 'rest').split('...');
  const [baseSha, headSha] = [git.branch(base), git.branch(head)];
  if (baseSha === undefined || headSha === undefined) throw notFound();
  return { base, head, baseSha, headSha };
}

function reply(visit: SignedVisit, repository: Repository, body: Html, status = 200): Reply {
  const main = repositoryFrame(visit, repository, 'pulls', body);
  return { kind: 'page', status, title: `Open a pull request · ${fullName(repository)}`, main };
}
