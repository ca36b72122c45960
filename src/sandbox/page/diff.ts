/** The difference that a pull request or a commit makes, as git tells it, with annotations below their lines. */
import type { FileChange } from '../git/diff.ts';
import type { CheckAnnotation } from '../state.ts';
import { codeLine } from './code.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';
import { count } from './parts.ts';

/** In characters; a difference that nobody reads is not worth a page. */
const maxShown = 300_000;

/** One line of a patch with its number before and after. */
export type DiffLine =
  | { readonly kind: 'hunk' | 'note'; readonly text: string }
  | { readonly kind: 'same'; readonly text: string; readonly before: number; readonly after: number }
  | { readonly kind: 'added'; readonly text: string; readonly after: number }
  | { readonly kind: 'removed'; readonly text: string; readonly before: number };

/** Reads the hunks of a unified patch. */
export function parsePatch(patch: string): DiffLine[] {
  let [before, after] = [0, 0];
  return patch.split('\n').map((line): DiffLine => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    const text = line.slice(1);
    if (hunk !== null) {
      [before, after] = [Number(hunk[1]), Number(hunk[2])];
      return { kind: 'hunk', text: line };
    }
    if (line.startsWith('+')) return { kind: 'added', text, after: after++ };
    if (line.startsWith('-')) return { kind: 'removed', text, before: before++ };
    if (line.startsWith('\\')) return { kind: 'note', text: text.trim() };
    return { kind: 'same', text, before: before++, after: after++ };
  });
}

/** Changed files one below the other. */
export function diffView(files: readonly FileChange[], annotations: readonly CheckAnnotation[] = []): Html {
  const added = files.reduce((sum, file) => sum + file.additions, 0);
  const removed = files.reduce((sum, file) => sum + file.deletions, 0);
  return html`<p class="diff-sum">
      ${count(files.length, 'changed file')}, <span class="plus">+${added}</span>
      <span class="minus">−${removed}</span>
    </p>
    ${files.map((file) =>
      fileDiff(
        file,
        annotations.filter(({ path }) => path === file.path),
      ),
    )}`;
}

const statusWords: Readonly<Record<FileChange['status'], string>> = {
  added: 'new',
  removed: 'deleted',
  modified: 'changed',
  renamed: 'renamed',
  copied: 'copied',
  changed: 'type changed',
};

function fileDiff(file: FileChange, annotations: readonly CheckAnnotation[]): Html {
  return html`<section class="card diff-file" aria-label="${file.path}">
    <header class="card-head">
      ${icon('file')}
      <span class="path"
        >${file.previousPath !== null && html`${file.previousPath} → `}<strong>${file.path}</strong></span
      >
      <span class="badge ${file.status}">${statusWords[file.status]}</span>
      ${file.mode !== null && file.mode !== '100644' && html`<span class="badge attention">mode ${file.mode}</span>`}
    </header>
    ${patchTable(file, annotations)}
  </section>`;
}

function patchTable(file: FileChange, annotations: readonly CheckAnnotation[]): Html {
  if (file.patch === null) {
    return html`<p class="card-body muted">
      No lines to show: a binary file, or only its mode or name changed.
    </p>`;
  }
  if (file.patch.length > maxShown) {
    return html`<p class="card-body muted">Too much to show: read it with git.</p>`;
  }
  return html`<table class="code diff" aria-label="Difference of ${file.path}">
    <tbody>
      ${parsePatch(file.patch).map((line) => [row(line, file.path), below(line, annotations)])}
    </tbody>
  </table>`;
}

const signs = { added: '+', removed: '−', same: ' ' } as const;

function row(line: DiffLine, path: string): Html {
  if (line.kind === 'hunk' || line.kind === 'note') {
    return html`<tr class="${line.kind}">
      <td class="number"></td>
      <td class="number"></td>
      <td class="line">${line.text}</td>
    </tr>`;
  }
  const before = 'before' in line ? line.before : '';
  const after = 'after' in line ? line.after : '';
  return html`<tr class="${line.kind}">
    <td class="number" data-line="${before}"></td>
    <td class="number" data-line="${after}"></td>
    <td class="line"><span class="sign">${signs[line.kind]}</span>${codeLine(line.text, path)}</td>
  </tr>`;
}

/** Annotations stand below the last of their lines. */
function below(line: DiffLine, annotations: readonly CheckAnnotation[]): readonly Html[] {
  if (!('after' in line)) return [];
  return annotations
    .filter(({ endLine }) => endLine === line.after)
    .map(
      (annotation) =>
        html`<tr class="annotation ${annotation.level}">
          <td colspan="3">${annotationBox(annotation)}</td>
        </tr>`,
    );
}

/** What a check says about a place in a file. */
export function annotationBox({ level, title, message, rawDetails }: CheckAnnotation): Html {
  return html`<div class="annotation-box ${level}">
    <p><span class="badge ${level}">${level}</span> ${title !== null && html`<strong>${title}</strong>`}</p>
    <p class="message">${message}</p>
    ${rawDetails !== null && html`<pre>${rawDetails}</pre>`}
  </div>`;
}
