/**
 * Which pattern of many matches a path, the last one winning. The patterns stand in a tree, a node for each segment,
 * so that a path meets only those that share its beginning; what floats hangs below one node that stays.
 */
import type { GlobPart, Pattern, Segment } from './pattern.ts';

/** Patterns made ready for many questions; opaque. */
export interface PatternIndex {
  readonly root: Node;
}

interface Node {
  readonly literals: Map<string, Node>;
  readonly globs: Globs;
  any: Node | null;
  deep: Node | null;
  /** Reached by `**`: it stays in place whatever segment comes. */
  readonly stays: boolean;
  /** The last pattern that matches a path which ends here; -1 where none does. */
  itself: number;
  /** The last pattern that matches a path which goes on from here; -1 where none does. */
  below: number;
}

interface GlobEdge {
  readonly parts: readonly GlobPart[];
  readonly node: Node;
}

/** The globs of one node, those that end in a file extension by that extension. */
interface Globs {
  readonly byExtension: Map<string, GlobEdge[]>;
  readonly others: GlobEdge[];
}

/** Indexes patterns in the order of their lines. */
export function indexPatterns(patterns: readonly Pattern[]): PatternIndex {
  const root = newNode(false);
  for (const [number, { segments, reach }] of patterns.entries()) {
    const node = segments.reduce(childFor, root);
    if (reach !== 'below') node.itself = number;
    if (reach !== 'itself') node.below = number;
  }
  return { root };
}

/** The position of the last pattern that matches; -1 where none does. The path has no slash in front. */
export function lastMatch(index: PatternIndex, path: string): number {
  let last = -1;
  let nodes = arrive([], index.root);
  for (const name of path.split('/')) {
    const next: Node[] = [];
    for (const node of nodes) {
      if (node.below > last) last = node.below;
      if (node.stays) next.push(node);
      if (node.any !== null && name !== '') arrive(next, node.any);
      const literal = node.literals.get(name);
      if (literal !== undefined) arrive(next, literal);
      arriveByGlobs(next, node.globs, name);
    }
    nodes = next;
  }
  for (const node of nodes) if (node.itself > last) last = node.itself;
  return last;
}

/** Whether a single pattern matches. */
export function matches(pattern: Pattern, path: string): boolean {
  return lastMatch(indexPatterns([pattern]), path) === 0;
}

/** A node is reached together with what `**` leads to from it without taking a segment. */
function arrive(nodes: Node[], node: Node): Node[] {
  nodes.push(node);
  if (node.deep !== null && !nodes.includes(node.deep)) nodes.push(node.deep);
  return nodes;
}

function arriveByGlobs(nodes: Node[], { byExtension, others }: Globs, name: string): void {
  const sameExtension = byExtension.size === 0 ? undefined : byExtension.get(extensionOf(name) ?? '');
  for (const edge of sameExtension ?? []) if (matchesGlob(edge.parts, name)) arrive(nodes, edge.node);
  for (const edge of others) if (matchesGlob(edge.parts, name)) arrive(nodes, edge.node);
}

function newNode(stays: boolean): Node {
  return {
    literals: new Map(),
    globs: { byExtension: new Map(), others: [] },
    any: null,
    deep: null,
    stays,
    itself: -1,
    below: -1,
  };
}

/** The node behind a segment, made where there is none yet. */
function childFor(node: Node, segment: Segment): Node {
  if (segment.kind === 'any') return (node.any ??= newNode(false));
  if (segment.kind === 'deep') return node.stays ? node : (node.deep ??= newNode(true));
  if (segment.kind === 'glob') return childForGlob(node.globs, segment.parts);
  const known = node.literals.get(segment.text);
  if (known !== undefined) return known;
  const child = newNode(false);
  node.literals.set(segment.text, child);
  return child;
}

function childForGlob({ byExtension, others }: Globs, parts: readonly GlobPart[]): Node {
  const end = parts.at(-1);
  const extension = end?.kind === 'text' ? extensionOf(end.text) : null;
  const node = newNode(false);
  if (extension === null) {
    others.push({ parts, node });
  } else {
    const edges = byExtension.get(extension);
    if (edges === undefined) byExtension.set(extension, [{ parts, node }]);
    else edges.push({ parts, node });
  }
  return node;
}

/** What follows the last dot; null where there is none. */
function extensionOf(name: string): string | null {
  const dot = name.lastIndexOf('.');
  return dot === -1 ? null : name.slice(dot + 1);
}

/**
 * Whether a name is made of these parts. Only the latest `*` needs another try when the rest does not fit, so the
 * time is bounded by the product of the lengths.
 */
function matchesGlob(parts: readonly GlobPart[], name: string): boolean {
  let at = 0;
  let part = 0;
  let afterRun = -1;
  let runEnd = 0;
  while (at < name.length || part < parts.length) {
    const step = stepOver(parts[part], name, at);
    if (parts[part]?.kind === 'run') {
      part += 1;
      afterRun = part;
      runEnd = at;
    } else if (step > 0) {
      at += step;
      part += 1;
    } else if (afterRun !== -1 && runEnd < name.length) {
      runEnd += 1;
      at = runEnd;
      part = afterRun;
    } else {
      return false;
    }
  }
  return true;
}

/** How many code units of the name a part takes; 0 where it does not fit. */
function stepOver(part: GlobPart | undefined, name: string, at: number): number {
  if (part?.kind === 'text') return name.startsWith(part.text, at) ? part.text.length : 0;
  if (part?.kind !== 'one' || at >= name.length) return 0;
  return (name.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
