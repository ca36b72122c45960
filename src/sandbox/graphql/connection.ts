/**
 * Connections with GitHub's rules: a boundary is required as soon as nodes are asked for, a page has at most 100,
 * and a cursor is opaque and survives a list that changes between two pages.
 */
import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';
import { encodeCursor, placeOf, type Key } from './cursor.ts';
import { GraphQLFailure } from './errors.ts';
import { given } from './given.ts';

export interface PageArgs {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

export interface Connection {
  readonly nodes: readonly unknown[];
  readonly edges: readonly unknown[];
  readonly totalCount: number;
  readonly pageInfo: {
    readonly startCursor: string | null;
    readonly endCursor: string | null;
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
  };
}

/** The largest page that GitHub gives. */
const largestPage = 100;

/** What a page makes of its items. */
export interface Shape<T> {
  /** The node of an item, where that is not the item itself. */
  readonly node?: (item: T) => unknown;
  /** What an edge carries beside cursor and node. */
  readonly edge?: (item: T) => object;
}

/**
 * One page of a list that is known whole. `key` names an item for ever, so that a cursor finds its place again
 * although items came or went before it.
 *
 * @throws GraphQLFailure where the page has no boundary, is too large, or the cursor is none
 */
export function connect<T>(
  items: readonly T[],
  args: PageArgs,
  info: GraphQLResolveInfo,
  key: (item: T) => Key,
  shape: Shape<T> = {},
): Connection {
  checkBoundaries(args, info);
  const start = !given(args.after) ? 0 : placeOf(args.after, items, key).after;
  const end = !given(args.before) ? items.length : placeOf(args.before, items, key).before;
  const from = !given(args.last) ? start : Math.max(start, end - args.last);
  const to = !given(args.first) ? end : Math.min(end, start + args.first);
  const page = items.slice(from, to);
  const cursors = (): string[] => page.map((item, offset) => encodeCursor(from + offset, key(item)));
  const nodeOf = (item: T): unknown => (shape.node === undefined ? item : shape.node(item));
  return {
    totalCount: items.length,
    get nodes() {
      return page.map(nodeOf);
    },
    get edges() {
      const names = cursors();
      return page.map((item, at) => ({ ...shape.edge?.(item), cursor: names[at], node: nodeOf(item) }));
    },
    get pageInfo() {
      const names = cursors();
      return {
        startCursor: names[0] ?? null,
        endCursor: names.at(-1) ?? null,
        hasNextPage: to < items.length,
        hasPreviousPage: from > 0,
      };
    },
  };
}

/** Refuses what GitHub refuses; a connection of which only the count is asked for needs no boundary. */
function checkBoundaries(args: PageArgs, info: GraphQLResolveInfo): void {
  const name = `\`${info.fieldName}\` connection`;
  if (!given(args.first) && !given(args.last)) {
    if (!asksForItems(info)) return;
    throw new GraphQLFailure(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the ${name}.`,
    );
  }
  if (given(args.first) && given(args.last)) {
    throw new GraphQLFailure(
      'UNPROCESSABLE',
      `Passing both \`first\` and \`last\` to paginate the ${name} is not supported.`,
    );
  }
  for (const bound of ['first', 'last'] as const) {
    const size = args[bound] ?? 0;
    if (size < 0) {
      throw new GraphQLFailure('UNPROCESSABLE', `\`${bound}\` on the ${name} cannot be less than zero.`);
    }
    if (size > largestPage) {
      throw new GraphQLFailure(
        'EXCESSIVE_PAGINATION',
        `Requesting ${size} records on the ${name} exceeds the \`${bound}\` limit of ${largestPage} records.`,
      );
    }
  }
}

function asksForItems(info: GraphQLResolveInfo): boolean {
  const asks = (set: SelectionSetNode | undefined): boolean =>
    (set?.selections ?? []).some((selection) => {
      if (selection.kind === Kind.INLINE_FRAGMENT) return asks(selection.selectionSet);
      const name = selection.name.value;
      if (selection.kind === Kind.FRAGMENT_SPREAD) return asks(info.fragments[name]?.selectionSet);
      return name !== 'totalCount' && !name.startsWith('__');
    });
  return info.fieldNodes.some((node) => asks(node.selectionSet));
}
