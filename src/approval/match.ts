/**
 * Which pattern of many matches a path, the last one winning. The patterns stand in a tree, a node for each segment,
 * so that a path meets only those that share its beginning; what floats hangs below one node that stays. Whatever
 * cannot win any more is left out on the way.
 */
import { compileGlob, matchesGlob, type Glob } from './glob.ts';
import type { Pattern, Segment } from './pattern.ts';

/** Patterns made ready for many questions; opaque. */
export interface PatternIndex {
  readonly root: Node;
}

interface Node {
  /** Reached by `**`: it stays in place whatever segment comes. */
  readonly stays: boolean;
  /** The last pattern that matches a path which ends here; -1 where none does. */
  itself: number;
  /** The last pattern that matches a path which goes on from here; -1 where none does. */
  below: number;
  /** The last pattern that leads here or further on. */
  newest: number;
  literals: Map<string, Node> | null;
  any: Node | null;
  deep: Node | null;
  /** Globs that end in a file extension, by that extension. */
  globsByExtension: Map<string, GlobEdge[]> | null;
  otherGlobs: GlobEdge[] | null;
}

interface GlobEdge {
  readonly glob: Glob;
  readonly node: Node;
}

/** Indexes patterns in the order of their lines. */
export function indexPatterns(patterns: readonly Pattern[]): PatternIndex {
  const root = newNode(false);
  for (const [number, { segments, reach }] of patterns.entries()) {
    let node = root;
    node.newest = number;
    for (const segment of segments) {
      node = childFor(node, segment);
      node.newest = number;
    }
    if (reach !== 'below') node.itself = number;
    if (reach !== 'itself') node.below = number;
  }
  return { root };
}

/** The position of the last pattern that matches; -1 where none does. The path has no slash in front. */
export function lastMatch({ root }: PatternIndex, path: string): number {
  let last = -1;
  let nodes: Node[] = [];
  arrive(nodes, root, last);
  for (const name of path.split('/')) {
    for (const node of nodes) if (node.below > last) last = node.below;
    const next: Node[] = [];
    for (const node of nodes) if (node.newest > last) step(next, node, name, last);
    nodes = next;
  }
  for (const node of nodes) if (node.itself > last) last = node.itself;
  return last;
}

/** Whether a single pattern matches. */
export function matches(pattern: Pattern, path: string): boolean {
  return lastMatch(indexPatterns([pattern]), path) === 0;
}

/** Adds the nodes to which one segment leads from a node. */
function step(next: Node[], node: Node, name: string, last: number): void {
  if (node.stays) arrive(next, node, last);
  if (node.any !== null && name !== '') arrive(next, node.any, last);
  const literal = node.literals?.get(name);
  if (literal !== undefined) arrive(next, literal, last);
  if (node.otherGlobs !== null) stepByGlobs(next, node.otherGlobs, name, last);
  const edges = node.globsByExtension?.get(extensionOf(name) ?? '');
  if (edges !== undefined) stepByGlobs(next, edges, name, last);
}

function stepByGlobs(next: Node[], edges: readonly GlobEdge[], name: string, last: number): void {
  for (const { glob, node } of edges) {
    if (node.newest > last && matchesGlob(glob, name)) arrive(next, node, last);
  }
}

/** A node is reached together with what `**` leads to from it without taking a segment. */
function arrive(nodes: Node[], node: Node, last: number): void {
  if (node.newest <= last || (node.stays && nodes.includes(node))) return;
  nodes.push(node);
  if (node.deep !== null) arrive(nodes, node.deep, last);
}

function newNode(stays: boolean): Node {
  return {
    stays,
    itself: -1,
    below: -1,
    newest: -1,
    literals: null,
    any: null,
    deep: null,
    globsByExtension: null,
    otherGlobs: null,
  };
}

/** The node behind a segment, made where there is none yet. */
function childFor(node: Node, segment: Segment): Node {
  if (segment.kind === 'any') return (node.any ??= newNode(false));
  if (segment.kind === 'deep') return node.stays ? node : (node.deep ??= newNode(true));
  if (segment.kind === 'glob') {
    const edge = { glob: compileGlob(segment.parts), node: newNode(false) };
    edgesFor(node, edge.glob).push(edge);
    return edge.node;
  }
  node.literals ??= new Map();
  return getOrAdd(node.literals, segment.text, () => newNode(false));
}

function edgesFor(node: Node, { end }: Glob): GlobEdge[] {
  const extension = extensionOf(end);
  if (extension === null) return (node.otherGlobs ??= []);
  node.globsByExtension ??= new Map();
  return getOrAdd(node.globsByExtension, extension, () => []);
}

function getOrAdd<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** What follows the last dot; null where there is none. */
function extensionOf(name: string): string | null {
  const dot = name.lastIndexOf('.');
  return dot === -1 ? null : name.slice(dot + 1);
}
