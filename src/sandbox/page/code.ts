/** Text of files: lines with numbers, what cannot be seen made visible, YAML in colours. */
import { visible } from '../../base/text.ts';
import { html } from './html.ts';
import type { Child, Html } from './html.ts';

/** One line of a file; `path` decides on the colours. */
export function codeLine(line: string, path: string): Html {
  const shown = line.split('\t').map(visible).join('\t');
  return /\.ya?ml$/.test(path) ? yamlLine(shown) : html`${shown}`;
}

/** A comment; or dashes, a key and what follows it. Wrong inside a block of text, and harmless there. */
function yamlLine(line: string): Html {
  const key = /^(\s*(?:- +)*)([\w./$-]+|'[^']*'|"[^"]*")(:)(?=\s|$)/.exec(line);
  if (key === null) return html`${yamlValue(line)}`;
  const [found, indent, name] = key;
  return html`${indent}<span class="k">${name}</span>:${yamlValue(line.slice(found.length))}`;
}

function yamlValue(text: string): Child {
  const comment = /(?:^|\s)#/.exec(text);
  if (comment !== null) {
    const at = text.indexOf('#', comment.index);
    return [yamlValue(text.slice(0, at)), html`<span class="c">${text.slice(at)}</span>`];
  }
  return /^\s*['"]/.test(text) ? html`<span class="s">${text}</span>` : text;
}

/** A whole file. Lines are addressed as on GitHub: `#L12`. */
export function codeBlock(text: string, path: string): Html {
  const lines = text.replace(/\n$/, '').split('\n');
  return html`<table class="code" aria-label="${path}">
    <tbody>
      ${lines.map(
        (line, index) =>
          html`<tr id="L${index + 1}">
            <td class="number" data-line="${index + 1}"></td>
            <td class="line">${codeLine(line, path)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
