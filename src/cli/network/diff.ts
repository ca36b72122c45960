/** `curfew network diff`: what changes between two folders of manifests. */
import { difference, type Change, type Difference } from '../../effect/network/difference.ts';
import { groupChanges, type Grouped } from '../../effect/network/groups.ts';
import { mermaid } from '../../effect/network/mermaid.ts';
import { formatPorts, isEmpty, type PortSet } from '../../effect/network/ports.ts';
import { exactLines, sayGroup, sayIsolation } from '../../effect/network/sentences.ts';
import { parseArguments } from '../arguments.ts';
import { exitCode, UsageError, type CommandIo } from '../command.ts';
import { readWorld, type ReadDocuments } from './manifests.ts';
import { jsonArray, rowWriter, writeLines } from './rows.ts';

const formats = ['text', 'md', 'mermaid'];

export async function runDiff(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArguments(
    args,
    { output: { type: 'string', default: 'text' }, json: { type: 'boolean', default: false } },
    { min: 2, max: 2 },
  );
  if (!formats.includes(values.output)) {
    throw new UsageError(`--output is one of ${formats.join(', ')}, not "${values.output}"`);
  }
  const [first = '', second = ''] = positionals;
  const read: ReadDocuments = new Map();
  const [before, after] = [await readWorld([first], io, read), await readWorld([second], io, read)];
  const found = difference(before, after, { by: 'workload' });
  const grouped = groupChanges(found.changes());
  if (values.json) writeLines(json(found, grouped), io.stdout);
  else if (values.output === 'mermaid') io.stdout.write(`${picture(grouped)}\n`);
  else if (values.output === 'md') writeLines(markdown(found, grouped), io.stdout);
  else writeLines(plain(found, grouped), io.stdout);
  const isSame = grouped.changes.length === 0 && found.isolation.length === 0;
  return isSame ? exitCode.ok : exitCode.finding;
}

/** In words first, then every change. */
function* plain(found: Difference, grouped: Grouped): Generator<string> {
  const sentences = words(found, grouped);
  for (const sentence of sentences) yield `${sentence}\n`;
  if (grouped.changes.length > 0) yield '\n';
  for (const change of every(found, grouped)) yield* exactLines(change).map((line) => `${line}\n`);
}

/** All changes; worked out again where there are too many to have been kept. */
function every(found: Difference, { changes, cut }: Grouped): Iterable<Change> {
  return cut ? found.changes() : changes;
}

function words({ isolation }: Difference, { groups, changes, cut }: Grouped): readonly string[] {
  if (changes.length === 0 && isolation.length === 0) return ['nothing changes'];
  const more = cut ? [`and more: only the first ${changes.length} changes are said in words`] : [];
  return [...groups.map(sayGroup), ...sayIsolation(isolation), ...more];
}

/** A graph that says nothing where there is nothing, or too much, to draw. */
function picture({ groups, changes }: Grouped): string {
  const nothing = changes.length === 0 ? 'nothing changes' : 'too many changes for a picture';
  return mermaid(groups) ?? `flowchart LR\n  n0["${nothing}"]`;
}

function* markdown(found: Difference, grouped: Grouped): Generator<string> {
  for (const sentence of words(found, grouped)) yield `- ${sentence}\n`;
  if (grouped.changes.length === 0) return;
  const graph = mermaid(grouped.groups);
  if (graph !== null) yield `\n\`\`\`mermaid\n${graph}\n\`\`\`\n`;
  yield '\n| | from | to | ports |\n| --- | --- | --- | --- |\n';
  for (const change of every(found, grouped)) yield* tableRows(change);
}

function tableRows({ src, dst, opened, closed }: Change): readonly string[] {
  const row = (what: string, ports: PortSet): string =>
    `| ${what} | \`${src}\` | \`${dst}\` | ${formatPorts(ports)} |\n`;
  return [
    ...(isEmpty(opened) ? [] : [row('opened', opened)]),
    ...(isEmpty(closed) ? [] : [row('closed', closed)]),
  ];
}

function* json(found: Difference, grouped: Grouped): Generator<string> {
  const ends = (isolated: boolean): string =>
    JSON.stringify(
      found.isolation
        .filter((change) => change.isolated === isolated)
        .map(({ name, direction }) => ({ name, direction })),
    );
  yield '{"opened":';
  yield* jsonArray(jsonRows(every(found, grouped), 'opened'));
  yield ',\n"closed":';
  yield* jsonArray(jsonRows(every(found, grouped), 'closed'));
  yield `,\n"isolated":${ends(true)},\n"released":${ends(false)}}\n`;
}

function* jsonRows(changes: Iterable<Change>, kind: 'opened' | 'closed'): Generator<string> {
  const write = rowWriter();
  for (const change of changes) {
    if (!isEmpty(change[kind])) yield write({ ...change, ports: change[kind] });
  }
}
