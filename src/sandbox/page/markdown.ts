/** Markdown as GitHub renders it: its HTML allowed where it is harmless, with references to what the sandbox knows. */
import MarkdownIt from 'markdown-it';
import type { MarkdownIt as Parser, Token } from 'markdown-it';
import sanitizeHtml from 'sanitize-html';
import type { Repository, State } from '../state.ts';
import { escapeHtml, trusted } from './html.ts';
import type { Html } from './html.ts';
import { commitPath, repositoryPath, shortSha } from './links.ts';

/** What references are looked up in. */
export interface MarkdownScope {
  readonly state: State;
  /** Null where the text belongs to no repository: then there are no references to pull requests and commits. */
  readonly repository: Repository | null;
}

/** A file's links lead on from the folder in which it lies: `/acme/access/blob/main/docs/`. */
export interface FileScope extends MarkdownScope {
  readonly folder: string;
}

/** In a comment a line end is a line end; in a file it is a space. */
const comment = createParser(true);
const file = createParser(false);

/** A comment, a description, the text of a check. */
export function renderComment(text: string, scope: MarkdownScope): Html {
  return render(comment, text, scope);
}

/** A file of a repository. */
export function renderFile(text: string, scope: FileScope): Html {
  return render(file, text, scope, scope.folder);
}

/** A line of plain text, such as the subject of a commit, with its references as links. */
export function renderReferences(text: string, scope: MarkdownScope): Html {
  return trusted(linkReferences(text, scope));
}

function createParser(breaks: boolean): Parser {
  const parser = new MarkdownIt({ html: true, linkify: true, breaks });
  parser.linkify.set({ fuzzyLink: false });
  // No image is ever loaded from elsewhere, so none is shown.
  parser.disable('image');
  return parser;
}

function render(parser: Parser, text: string, scope: MarkdownScope, folder?: string): Html {
  const environment = {};
  const tokens = parser.parse(text, environment);
  for (const { children } of tokens) {
    addReferences(children ?? [], scope);
    if (folder !== undefined) resolveLinks(children ?? [], folder);
  }
  const rendered = parser.renderer.render(tokens, parser.options, environment);
  return trusted(sanitizeHtml(rendered, allowed));
}

/** Turns text into links where it stands in no link already; the sanitizer sees the outcome. */
function addReferences(tokens: Token[], scope: MarkdownScope): void {
  let depth = 0;
  for (const token of tokens) {
    if (token.type === 'link_open') depth += 1;
    if (token.type === 'link_close') depth -= 1;
    if (token.type !== 'text' || depth > 0) continue;
    token.type = 'html_inline';
    token.content = linkReferences(token.content, scope);
  }
}

/** Makes relative links good wherever the file is shown. */
function resolveLinks(tokens: readonly Token[], folder: string): void {
  const origin = 'http://page.invalid';
  for (const token of tokens) {
    const href = token.type === 'link_open' ? String(token.attrGet('href') ?? '') : '';
    const url = /^(?:$|#|[a-z]+:)/i.test(href) ? null : URL.parse(href, `${origin}${folder}`);
    if (url?.origin === origin) token.attrSet('href', `${url.pathname}${url.search}${url.hash}`);
  }
}

/** `#12`, `@alice`, `@acme/sre` and full commit hashes. */
const reference = /(?<![\w/#@])(?:#(\d{1,9})|@([\w-]+(?:\/[\w.-]+)?)|([0-9a-f]{40}))(?![\w/])/g;

function linkReferences(text: string, scope: MarkdownScope): string {
  let result = '';
  let end = 0;
  for (const match of text.matchAll(reference)) {
    const [found, number, name, sha] = match;
    const link =
      numberLink(number, scope.repository) ?? mention(name, scope.state) ?? commitLink(sha, scope.repository);
    if (link === undefined) continue;
    result += escapeHtml(text.slice(end, match.index)) + link;
    end = match.index + found.length;
  }
  return result + escapeHtml(text.slice(end));
}

function numberLink(number: string | undefined, repository: Repository | null): string | undefined {
  if (number === undefined || repository?.issues.get(Number(number))?.kind !== 'pull-request')
    return undefined;
  return `<a href="${escapeHtml(repositoryPath(repository, `/pull/${number}`))}">#${number}</a>`;
}

function mention(name: string | undefined, state: State): string | undefined {
  if (name === undefined) return undefined;
  const [login = '', slug] = name.split('/');
  const known =
    slug === undefined
      ? state.account(login) !== undefined
      : state.organization(login)?.teams.some((team) => team.slug === slug.toLowerCase());
  return known === true ? `<span class="mention">@${escapeHtml(name)}</span>` : undefined;
}

function commitLink(sha: string | undefined, repository: Repository | null): string | undefined {
  if (sha === undefined || repository?.git.readCommit(sha) === undefined) return undefined;
  return `<a class="sha" href="${escapeHtml(commitPath(repository, sha))}">${shortSha(sha)}</a>`;
}

function words(...lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}

/** The tags that GitHub lets through and that load nothing. */
const allowed: sanitizeHtml.IOptions = {
  allowedTags: words(
    'h1 h2 h3 h4 h5 h6 p br hr div blockquote pre details summary',
    'a b strong i em s strike del ins sub sup span code kbd samp tt var q',
    'ul ol li dl dt dd table caption thead tbody tfoot tr th td',
  ),
  allowedAttributes: {
    a: ['href', 'title', 'rel'],
    details: ['open'],
    ol: ['start'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan', 'scope'],
  },
  allowedClasses: { code: [/^language-[\w-]+$/], a: ['sha'], span: ['mention'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  nestingLimit: 100,
  transformTags: {
    a: (tagName, attribs) => ({ tagName, attribs: { ...attribs, rel: 'nofollow noopener' } }),
  },
};
