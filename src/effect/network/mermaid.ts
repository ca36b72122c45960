/** Changes as a Mermaid graph, which GitHub draws. */
import type { Group } from './groups.ts';
import { formatPorts } from './ports.ts';
import { sayEnd } from './sentences.ts';

/** More arrows than this are a knot, not a picture. */
const mostArrows = 40;

/** More ends than this on one side of a group are one box. */
const mostBoxes = 6;

/** GitHub's own green and red, readable on light and dark. */
const colours = { opened: '#2da44e', closed: '#cf222e' };

/** The graph's source, without a fence; null where there is nothing to draw, or too much. */
export function mermaid(groups: readonly Group[]): string | null {
  const boxes = new Map<string, string>();
  const box = (text: string): string => {
    const id = boxes.get(text) ?? `n${boxes.size}`;
    boxes.set(text, id);
    return id;
  };
  const arrows = groups.flatMap(({ kind, ports, sources, destinations }) =>
    boxed(sources).flatMap((from) =>
      boxed(destinations).map((to) => ({ kind, ports, from: box(from), to: box(to) })),
    ),
  );
  if (arrows.length === 0 || arrows.length > mostArrows) return null;
  // Names hold letters, digits and -./: only, for others were refused when they were read.
  const lines = [
    'flowchart LR',
    ...[...boxes].map(([text, id]) => `  ${id}["${text}"]`),
    ...arrows.map(({ kind, ports, from, to }) => {
      const label = `"${kind === 'opened' ? 'opens' : 'closes'} ${formatPorts(ports)}"`;
      return kind === 'opened' ? `  ${from} == ${label} ==> ${to}` : `  ${from} -. ${label} .-> ${to}`;
    }),
    ...arrows.map(({ kind }, index) => `  linkStyle ${index} stroke:${colours[kind]}`),
  ];
  return lines.join('\n');
}

function boxed(names: readonly string[]): readonly string[] {
  return names.length > mostBoxes ? [`${names.length} others`] : names.map(sayEnd);
}
