/** Files and folders of a repository, as they are at a branch, a tag or a commit. */
import { notFound } from '../errors.ts';
import type { Commit, TreeEntry } from '../git/objects.ts';
import type { Repository } from '../state.ts';
import { codeBlock } from './code.ts';
import { commitLine } from './commits.ts';
import { pushedBranches } from './compare.ts';
import { html } from './html.ts';
import type { Child, Html } from './html.ts';
import { icon } from './icons.ts';
import { contentPath, fullName, repositoryPath } from './links.ts';
import { renderFile } from './markdown.ts';
import type { FileScope } from './markdown.ts';
import { emptyState } from './parts.ts';
import { repositoryFrame } from './repository-frame.ts';
import { param, repositoryOf } from './visit.ts';
import type { Reply, SignedVisit } from './visit.ts';

/** More is cut off: this is a page to look at, not an archive. */
const maxShown = 500_000;

/** A place in a repository. */
interface Place {
  readonly repository: Repository;
  /** Branch, tag or commit, as the address names it. */
  readonly ref: string;
  readonly commit: Commit;
  /** Empty for the root. */
  readonly path: string;
}

/** The repository's own page: the root of its default branch. */
export function repositoryPage(visit: SignedVisit): Reply {
  const repository = repositoryOf(visit);
  const { git, defaultBranch } = repository;
  const tip = git.branch(defaultBranch);
  if (tip === undefined) {
    const body = emptyState('book', 'This repository is empty', 'Push a first commit to see it here.');
    return reply(visit, repository, fullName(repository), body);
  }
  return treeAt(visit, { repository, ref: defaultBranch, commit: git.commit(tip), path: '' });
}

/** A folder or a file, whichever the path leads to: links in Markdown do not tell. */
export function contentPage(visit: SignedVisit): Reply {
  const place = placeOf(visit);
  const { repository, commit, path } = place;
  const isFile = repository.git.entryAt(commit.tree, path)?.type === 'blob';
  return isFile ? blobAt(visit, place) : treeAt(visit, place);
}

/** A file's text and nothing else. */
export function rawPage(visit: SignedVisit): Reply {
  return { kind: 'asset', type: 'text/plain; charset=utf-8', body: blobText(placeOf(visit)) ?? '' };
}

/** A branch's name may hold slashes: the longest beginning that names a commit is the ref. */
function placeOf(visit: SignedVisit): Place {
  const repository = repositoryOf(visit);
  const { git, defaultBranch } = repository;
  const segments = param(visit, 'rest').split('/');
  for (let length = segments.length; length > 0; length -= 1) {
    const ref = segments.slice(0, length).join('/');
    const sha = git.resolve(ref, defaultBranch);
    const commit = sha === undefined ? undefined : git.readCommit(sha);
    if (commit === undefined) continue;
    const path = segments.slice(length).join('/').replace(/\/$/, '');
    return { repository, ref, commit, path };
  }
  throw notFound();
}

function blobAt(visit: SignedVisit, place: Place): Reply {
  const { repository, path } = place;
  const body = html`${breadcrumbs(place)}
    <div class="card">${fileBody(visit, place)}</div>`;
  return reply(visit, repository, `${path} · ${fullName(repository)}`, body);
}

function treeAt(visit: SignedVisit, place: Place): Reply {
  const { repository, commit, path } = place;
  const { git } = repository;
  const sha = path === '' ? commit.tree : git.entryAt(commit.tree, path)?.sha;
  const entries = sha === undefined ? undefined : git.readTree(sha);
  if (entries === undefined) throw notFound();
  const readme = entries.find(({ name, type }) => type === 'blob' && name.toLowerCase() === 'readme.md');
  const body = html`${path === '' ? pushedBranches(repository) : breadcrumbs(place)}
    <div class="card">
      <div class="card-head">${commitLine(visit, repository, commit)}</div>
      <table class="files" aria-label="Files">
        <tbody>
          ${[...entries].sort(foldersFirst).map((entry) => entryRow(place, entry))}
        </tbody>
      </table>
    </div>
    ${readme !== undefined && readmeCard(visit, place, readme)}`;
  const title = path === '' ? fullName(repository) : `${path} · ${fullName(repository)}`;
  return reply(visit, repository, title, body);
}

function foldersFirst(a: TreeEntry, b: TreeEntry): number {
  return Number(b.type === 'tree') - Number(a.type === 'tree') || a.name.localeCompare(b.name);
}

function entryRow({ repository, ref, path }: Place, entry: TreeEntry): Html {
  const folder = entry.type === 'tree';
  const to = contentPath(repository, folder ? 'tree' : 'blob', ref, `${path}/${entry.name}`);
  return html`<tr>
    <td>
      <span class="entry ${folder ? 'folder' : 'file'}"
        >${icon(folder ? 'folder' : 'file')} <a href="${to}">${entry.name}</a></span
      >
    </td>
    <td class="muted">${notableModes[entry.mode]}</td>
  </tr>`;
}

const notableModes: Readonly<Record<string, string>> = {
  '100755': 'executable',
  '120000': 'symbolic link',
  '160000': 'submodule',
};

function readmeCard(visit: SignedVisit, place: Place, { sha, name }: TreeEntry): Html {
  const text = place.repository.git.readBlob(sha)?.toString('utf8').slice(0, maxShown) ?? '';
  return html`<section class="card" aria-label="${name}">
    <div class="card-head">${icon('book')} <strong>${name}</strong></div>
    <div class="card-body markdown">${renderFile(text, fileScope(visit, place, place.path))}</div>
  </section>`;
}

function fileScope({ context }: SignedVisit, { repository, ref }: Place, folder: string): FileScope {
  return { state: context.state, repository, folder: `${contentPath(repository, 'blob', ref, folder)}/` };
}

function fileBody(visit: SignedVisit, place: Place): Html {
  const { repository, ref, path } = place;
  const text = blobText(place);
  const head = html`<div class="card-head">
    ${icon('file')} <strong class="path">${path.split('/').at(-1)}</strong>
    <span class="spacer"></span>
    <a class="button" href="${contentPath(repository, 'raw', ref, path)}">Raw</a>
  </div>`;
  if (text === null)
    return html`${head}
      <p class="card-body muted">A binary file.</p>`;
  const cut = text.length > maxShown;
  const shown = cut ? text.slice(0, maxShown) : text;
  const content: Child = path.endsWith('.md')
    ? html`<div class="card-body markdown">
        ${renderFile(shown, fileScope(visit, place, path.split('/').slice(0, -1).join('/')))}
      </div>`
    : codeBlock(shown, path);
  return html`${head}${content}${cut && html`<p class="card-body muted">The rest of this file is left out.</p>`}`;
}

/** @throws ApiError 404 where there is no file; null for one that is no text */
function blobText({ repository, commit, path }: Place): string | null {
  const entry = repository.git.entryAt(commit.tree, path);
  const blob = entry?.type === 'blob' ? repository.git.readBlob(entry.sha) : undefined;
  if (blob === undefined) throw notFound();
  return blob.includes(0) ? null : blob.toString('utf8');
}

function breadcrumbs({ repository, ref, path }: Place): Html {
  const segments = path.split('/');
  return html`<nav class="breadcrumbs" aria-label="Path">
    <span class="badge">${icon('branch')} ${ref}</span>
    <a
      href="${ref === repository.defaultBranch ? repositoryPath(repository) : contentPath(repository, 'tree', ref, '')}"
      >${repository.name}</a
    >
    ${segments.map((segment, index) => {
      const upTo = segments.slice(0, index + 1).join('/');
      const last = index === segments.length - 1;
      return last
        ? html` / <strong>${segment}</strong>`
        : html` / <a href="${contentPath(repository, 'tree', ref, upTo)}">${segment}</a>`;
    })}
  </nav>`;
}

function reply(visit: SignedVisit, repository: Repository, title: string, body: Html): Reply {
  const main = html`<h1 class="hidden">${title}</h1>
    ${repositoryFrame(visit, repository, 'code', body)}`;
  return { kind: 'page', title, main };
}
