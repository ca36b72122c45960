/** A new file on a new branch, and the pull request for it: one form. It may be filled in by the address. */
import { authorizeWrite } from '../access.ts';
import { ApiError, notFound } from '../errors.ts';
import { putContents } from '../operations/commits.ts';
import { createPullRequest } from '../operations/pull-requests.ts';
import { changeRef } from '../operations/refs.ts';
import type { Repository, User } from '../state.ts';
import type { Form } from './form.ts';
import { html } from './html.ts';
import type { Child, Html } from './html.ts';
import { icon } from './icons.ts';
import { fullName, newFilePath, pullRequestPath, repositoryPath } from './links.ts';
import { renderComment } from './markdown.ts';
import type { Prefill } from './options.ts';
import { alertBox, form } from './parts.ts';
import { reasonOf } from './refusals.ts';
import { repositoryFrame } from './repository-frame.ts';
import { actorOf, param, repositoryOf } from './visit.ts';
import type { Reply, SignedVisit } from './visit.ts';

/** What stands in the fields. */
interface Draft {
  readonly path: string;
  readonly text: string;
  readonly title: string;
  readonly branch: string;
}

const fields = { path: 'filename', text: 'value', title: 'message', branch: 'branch' } as const;

/** The form; without a file in the address, first the choice of what to start from. */
export function newFilePage(visit: SignedVisit): Reply {
  const repository = repositoryOf(visit);
  const { searchParams } = visit.url;
  const prefills = visit.options.prefills?.repository === fullName(repository) && visit.options.prefills;
  if (prefills !== false && !searchParams.has(fields.path)) {
    const title = prefills.title;
    const body = html`<div class="heading"><h1>${title}</h1></div>
      <div class="markdown lead">
        ${renderComment(prefills.about, { state: visit.context.state, repository: null })}
      </div>
      <ul class="choices">
        ${prefills.files.map((prefill) => html`<li>${choice(visit, repository, prefill)}</li>`)}
      </ul>
      <p class="muted">
        Or start from
        <a href="${newFilePath(repository, { path: '', text: '', title: '' })}">an empty file</a>.
      </p>`;
    return reply(visit, repository, title, body);
  }
  const path = searchParams.get(fields.path) ?? '';
  return formPage(visit, repository, {
    path: freePath(repository, path),
    text: searchParams.get(fields.text) ?? '',
    title: searchParams.get(fields.title) ?? '',
    branch: freeBranch(repository, visit.viewer),
  });
}

function choice(visit: SignedVisit, repository: Repository, prefill: Prefill): Html {
  const folder = prefill.path.split('/').slice(1, -1).join(' / ');
  return html`<article class="card choice">
    <div class="card-body">
      <h2>
        <a href="${newFilePath(repository, prefill)}">${prefill.label}</a>
      </h2>
      <p class="place">${icon('folder')} ${folder}</p>
      <div class="markdown">
        ${renderComment(prefill.summary, { state: visit.context.state, repository: null })}
      </div>
    </div>
  </article>`;
}

/** The same name with a number where the file exists already. */
function freePath(repository: Repository, path: string): string {
  const tip = repository.git.branch(repository.defaultBranch);
  if (path === '' || tip === undefined) return path;
  const { tree } = repository.git.commit(tip);
  const taken = (candidate: string): boolean => repository.git.entryAt(tree, candidate) !== undefined;
  let free = path;
  for (let number = 2; taken(free); number += 1) free = path.replace(/(\.[^./]*)?$/, `-${number}$1`);
  return free;
}

/** `alice-patch-1`, as GitHub proposes it. */
function freeBranch(repository: Repository, viewer: User): string {
  const names = new Set(repository.git.branches());
  let number = 1;
  while (names.has(`${viewer.login}-patch-${number}`)) number += 1;
  return `${viewer.login}-patch-${number}`;
}

function formPage(
  visit: SignedVisit,
  repository: Repository,
  draft: Draft,
  refused: ApiError | null = null,
): Reply {
  const rows = Math.max(12, draft.text.split('\n').length + 2);
  const body = html`<div class="heading"><h1>New file</h1></div>
    ${refused !== null && alertBox('This was refused', html`<p>${reasonOf(refused)}</p>`)}
    ${form(
      visit,
      newPath(repository),
      html`<div class="card">
          <div class="card-head">
            ${field('path', 'Path', html`<input class="mono grow" id="path" name="filename" value="${draft.path}" required />`)}
          </div>
          <label class="hidden" for="text">Content</label>
          <textarea class="editor" id="text" name="value" rows="${rows}" spellcheck="false">
${draft.text}</textarea>
        </div>
        <div class="card">
          <div class="card-body stack">
            ${field('title', 'What it is for', html`<input id="title" name="message" value="${draft.title}" placeholder="${`Add ${draft.path}`}" />`)}
            ${field('branch', 'New branch', html`<input class="mono" id="branch" name="branch" value="${draft.branch}" required />`)}
            <div class="buttons">
              <button class="primary" name="draft" value="">Open the pull request</button>
              <button name="draft" value="yes">Open it as a draft</button>
            </div>
            <p class="muted small">
              Commits the file to the new branch as <strong>${visit.viewer.login}</strong>, and asks to merge
              it into <code>${repository.defaultBranch}</code>.
            </p>
          </div>
        </div>`,
    )}`;
  return reply(visit, repository, 'New file', body, refused?.status ?? 200);
}

function field(id: string, label: string, input: Child): Html {
  return html`<div class="field">
    <label for="${id}">${label}</label>
    ${input}
  </div>`;
}

/** Commits the file and opens the pull request, or shows the form again with the reason. */
export function createFile(visit: SignedVisit, sent: Form): Reply {
  const repository = repositoryOf(visit);
  const draft: Draft = {
    path: sent.text(fields.path),
    text: sent.raw(fields.text),
    title: sent.text(fields.title),
    branch: sent.text(fields.branch),
  };
  try {
    const pullRequest = openPullRequest(visit, repository, draft, sent.text('draft') !== '');
    return { kind: 'redirect', to: pullRequestPath(pullRequest) };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 404) throw error;
    return formPage(visit, repository, draft, error);
  }
}

function openPullRequest(
  visit: SignedVisit,
  repository: Repository,
  { path, text, title, branch }: Draft,
  asDraft: boolean,
): ReturnType<typeof createPullRequest> {
  const { context } = visit;
  const { git, defaultBranch } = repository;
  const account = authorizeWrite(context.state, actorOf(visit), repository, {
    app: ['contents:write'],
    role: 'write',
  });
  const base = git.branch(defaultBranch);
  if (base === undefined) throw notFound();
  if (git.branch(branch) !== undefined)
    throw new ApiError(422, `The branch ${branch} exists already: choose another name.`);
  if (git.entryAt(git.commit(base).tree, path) !== undefined)
    throw new ApiError(422, `${path} exists already: choose another path.`);
  const ref = `refs/heads/${branch}`;
  changeRef(context, account, { repository, ref, before: null, after: base });
  try {
    const message = title === '' ? `Add ${path}` : title;
    putContents(context, account, repository, { path, branch, message, content: Buffer.from(text) });
    const input = { title: message, body: null, head: branch, base: defaultBranch, draft: asDraft };
    return createPullRequest(context, account, repository, input);
  } catch (error) {
    const before = git.branch(branch) ?? null;
    changeRef(context, account, { repository, ref, before, after: null });
    throw error;
  }
}

function newPath(repository: Repository): string {
  return repositoryPath(repository, `/new/${encodeURIComponent(repository.defaultBranch)}`);
}

function reply(visit: SignedVisit, repository: Repository, title: string, body: Html, status = 200): Reply {
  // A new file always goes to the default branch; the address names it because GitHub's does.
  if (param(visit, 'rest') !== repository.defaultBranch) throw notFound();
  const main = repositoryFrame(visit, repository, 'new', body);
  return { kind: 'page', status, title: `${title} · ${fullName(repository)}`, main };
}
