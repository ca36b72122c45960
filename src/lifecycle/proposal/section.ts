/** What a proposal is said to change. */
import { escapeMarkdown } from '../../base/markdown.ts';

/** One thing that a proposal changes, under its heading. */
export interface Section {
  readonly heading: string;
  /** Items of a list; Markdown that is safe already. An item may have lines below it, indented by two. */
  readonly items: readonly string[];
  /** For the title: `1 grant would end`; null where the section says nothing that a title needs. */
  readonly summary: string | null;
  /** Exact lines, `+` and `-` first; plain text. */
  readonly exact: readonly string[];
}

/** More items than these help nobody. */
const mostItems = 30;

/** A section with as many items as anybody reads, and how many more there are. */
export function section(
  heading: string,
  items: readonly string[],
  summary: string | null,
  exact: readonly string[] = [],
): Section {
  const more = items.length - mostItems;
  return {
    heading,
    items: more > 0 ? [...items.slice(0, mostItems), `… and ${more} more`] : items,
    summary: items.length === 0 ? null : summary,
    exact,
  };
}

/** An item with lines of its own below it; they are escaped here. */
export function nested(head: string, lines: readonly string[]): string {
  return [head, ...lines.map((line) => `  - ${escapeMarkdown(line)}`)].join('\n');
}

/** What is in one list and not in the other, each once. */
export function missingFrom(known: readonly string[], all: readonly string[]): readonly string[] {
  return [...new Set(all)].filter((each) => !known.includes(each));
}
