/**
 * How long the worst files take to be read that the size limits admit: `node bench/yaml.ts [--json]`. Each input is
 * built to fill the limit of its kind with what costs the gate and the parser most.
 */
import { requestLimits, templateLimits, policyLimits, manifestLimits } from '../src/request/yaml-limits.ts';
import type { YamlLimits } from '../src/request/yaml-limits.ts';
import { readYamlStream } from '../src/request/yaml.ts';

/** Fills `bytes` by repeating a unit between a head and a tail. */
function fill(bytes: number, unit: string, head = '', tail = ''): string {
  const room = bytes - head.length - tail.length;
  return head + unit.repeat(Math.max(0, Math.floor(room / unit.length))) + tail;
}

/** Keys that differ, up to `bytes`. */
function distinctKeys(bytes: number, write: (index: number) => string, head = '', tail = ''): string {
  const parts = [head];
  let size = head.length + tail.length;
  for (let index = 0; ; index++) {
    const part = write(index);
    size += part.length;
    if (size > bytes) return parts.join('') + tail;
    parts.push(part);
  }
}

/** The bytes that `count` repetitions of a unit take, within the limit: for inputs that meet another limit exactly. */
function upTo(limits: YamlLimits, count: number, unit: string): string {
  return unit.repeat(Math.min(count, Math.floor(limits.bytes / unit.length)));
}

const inputs: readonly { readonly name: string; readonly write: (limits: YamlLimits) => string }[] = [
  { name: 'brackets, one in another', write: ({ bytes }) => fill(bytes, '[') },
  { name: 'list markers, one in another', write: ({ bytes }) => fill(bytes, '- ') },
  { name: 'mappings, one in another', write: ({ bytes }) => fill(bytes, '{a: ') },
  { name: 'nesting to the limit, again and again', write: (limits) => deepAndWide(limits) },
  { name: 'distinct keys', write: ({ bytes }) => distinctKeys(bytes, (i) => `k${i}:\n`) },
  { name: 'distinct keys in braces', write: ({ bytes }) => distinctKeys(bytes, (i) => `k${i},`, '{', '}') },
  { name: 'as many keys as allowed', write: (limits) => keysToTheLimit(limits) },
  { name: 'list of short items', write: (limits) => upTo(limits, Math.floor(limits.tokens / 5), '- a\n') },
  {
    name: 'list of numbers in brackets',
    write: (limits) => `[${upTo(limits, Math.floor(limits.tokens / 4), '1, ').slice(0, -4)}]`,
  },
  { name: 'one plain scalar of many lines', write: ({ bytes }) => fill(bytes, ' a\n', 'a:\n') },
  { name: 'one block scalar of many lines', write: ({ bytes }) => fill(bytes, ' a\n', 'a: |\n') },
  { name: 'folded scalar of blank lines', write: ({ bytes }) => fill(bytes, '\n a\n', 'a: >\n') },
  { name: 'one quoted scalar of escapes', write: ({ bytes }) => fill(bytes, String.raw`\"`, '"', '"') },
  { name: 'one quoted scalar of blanks', write: ({ bytes }) => fill(bytes, ' ', '"a', 'a"') },
  { name: 'one quoted scalar of line breaks', write: ({ bytes }) => fill(bytes, '\n ', '"a', 'a"') },
  { name: 'quotes that never close', write: ({ bytes }) => fill(bytes, "- 'a\n") },
  { name: 'one number of many digits', write: ({ bytes }) => fill(bytes, '1', 'a: ') },
  { name: 'one long comment', write: ({ bytes }) => fill(bytes, '#', 'a: 1 ') },
  { name: 'blank lines, then indented comments', write: ({ bytes }) => blankThenComments(bytes) },
  {
    name: 'runs of blank lines and comments',
    write: ({ bytes }) => fill(bytes, `${'\n'.repeat(450)}${'  #\n'.repeat(180)}- 1\n`, 'a:\n'),
  },
  { name: 'documents', write: ({ bytes }) => fill(bytes, '---\na\n') },
  { name: 'anchors and aliases', write: ({ bytes }) => fill(bytes, '- &a [*a]\n') },
];

function deepAndWide({ depth, bytes, tokens }: YamlLimits): string {
  const unit = `- ${'['.repeat(depth - 1)}1${']'.repeat(depth - 1)}\n`;
  return unit.repeat(Math.min(Math.floor(bytes / unit.length), Math.floor(tokens / (2 * depth + 4))));
}

function keysToTheLimit({ keys, bytes }: YamlLimits): string {
  return Array.from({ length: Math.min(keys, Math.floor(bytes / 12)) }, (_, i) => `k${i}: v\n`).join('');
}

function blankThenComments(bytes: number): string {
  return `a:\n${'\n'.repeat(Math.floor(bytes / 5))}${fill(Math.floor((bytes * 4) / 5) - 10, ' #\n')}  - 1\n`;
}

const kinds: readonly { readonly kind: string; readonly limits: YamlLimits; readonly rounds: number }[] = [
  { kind: 'request', limits: requestLimits, rounds: 40 },
  { kind: 'template', limits: templateLimits, rounds: 20 },
  { kind: 'policy', limits: policyLimits, rounds: 7 },
  { kind: 'manifests', limits: manifestLimits, rounds: 1 },
];

interface Figure {
  readonly kind: string;
  readonly input: string;
  readonly bytes: number;
  readonly accepted: boolean;
  readonly medianMs: number;
  readonly worstMs: number;
}

function measure(kind: string, input: string, text: string, limits: YamlLimits, rounds: number): Figure {
  const times: number[] = [];
  let accepted = false;
  for (let turn = 0; turn < rounds; turn++) {
    const start = performance.now();
    accepted = readYamlStream('bench.yaml', text, limits).ok;
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return {
    kind,
    input,
    bytes: Buffer.byteLength(text),
    accepted,
    medianMs: round(times[Math.floor(times.length / 2)] ?? 0),
    worstMs: round(times.at(-1) ?? 0),
  };
}

/** Milliseconds to two digits. */
function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}

const asJson = process.argv.includes('--json');
// The first kind is measured twice, so that what is compiled on the way does not count as the file's own time.
for (const { write } of inputs) measure('warm-up', '', write(requestLimits), requestLimits, 20);
const figures = kinds.flatMap(({ kind, limits, rounds }) =>
  inputs.map(({ name, write }) => measure(kind, name, write(limits), limits, rounds)),
);
if (asJson) console.log(JSON.stringify(figures));
else {
  for (const { kind } of kinds) {
    console.log(`\n${kind}`);
    console.table(
      figures
        .filter((figure) => figure.kind === kind)
        .map(({ input, bytes, accepted, medianMs, worstMs }) => ({
          input,
          bytes,
          is: accepted ? 'accepted' : 'refused',
          'median ms': medianMs,
          'worst ms': worstMs,
        })),
    );
  }
}
