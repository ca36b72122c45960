/**
 * CODEOWNERS beside the matchers of npm: first who answers as GitHub does, then files a second. Cold is from the text
 * of the file to the last answer, warm is asking again. `node bench/codeowners.ts [--json]`, about half a minute.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { OwnershipEngine } from '@snyk/github-codeowners/dist/lib/ownership/OwnershipEngine.js';
import NpmCodeowners from 'codeowners';
import { matchFile, parse } from 'codeowners-utils';
import { ownersOf, parseCodeowners } from '../src/approval/codeowners.ts';
import { fileCases, patternCases } from '../test/approval/corpus.ts';

/** Owners of a path as written; empty where there are none. */
type Ask = (path: string) => readonly string[];

interface Matcher {
  readonly name: string;
  /** From the text of a CODEOWNERS file to its answers. */
  readonly read: (text: string) => Ask;
}

const folder = mkdtempSync(join(tmpdir(), 'curfew-bench-'));

/** Two of them read files only. */
function onDisk(text: string): string {
  mkdirSync(join(folder, '.github'), { recursive: true });
  const file = join(folder, '.github', 'CODEOWNERS');
  writeFileSync(file, text);
  return file;
}

/** Without what is logged about every line that it does not understand. */
function quietly<T>(work: () => T): T {
  const { error } = console;
  console.error = () => undefined;
  try {
    return work();
  } finally {
    console.error = error;
  }
}

const curfew: Matcher = {
  name: 'curfew',
  read: (text) => {
    const codeowners = parseCodeowners('.github/CODEOWNERS', text);
    return (path) => ownersOf(codeowners, path).written;
  },
};

const others: readonly Matcher[] = [
  {
    name: 'codeowners',
    read: (text) => {
      onDisk(text);
      const codeowners = new NpmCodeowners(folder);
      return (path) => codeowners.getOwner(path);
    },
  },
  {
    name: 'codeowners-utils',
    read: (text) => {
      const entries = parse(text);
      return (path) => matchFile(path, entries)?.owners ?? [];
    },
  },
  {
    name: '@snyk/github-codeowners',
    read: (text) => {
      const engine = quietly(() => OwnershipEngine.FromCodeownersFile(onDisk(text)));
      return (path) => engine.calcFileOwnership(path);
    },
  },
];

interface Correctness {
  readonly matcher: string;
  readonly right: number;
  readonly of: number;
  /** Rows of the corpus without a single wrong answer. */
  readonly rowsRight: number;
  readonly rows: number;
}

/** Every path of the corpus, each with the owners that GitHub gives it. */
const questions = [
  ...patternCases.flatMap(({ row, pattern, owns, not }) => [
    ...owns.map((path) => ({ row, text: `${pattern} @owner`, path, owners: ['@owner'] })),
    ...not.map((path) => ({ row, text: `${pattern} @owner`, path, owners: [] })),
  ]),
  ...fileCases.flatMap(({ row, text, answers }) =>
    Object.entries(answers).map(([path, { owners }]) => ({ row, text, path, owners })),
  ),
];

function judge({ name, read }: Matcher): Correctness {
  const wrong = questions.filter(({ text, path, owners }) => {
    try {
      return String(read(text)(path)) !== String(owners);
    } catch {
      return true;
    }
  });
  const rows = new Set(questions.map(({ row }) => row)).size;
  const rowsWrong = new Set(wrong.map(({ row }) => row)).size;
  return {
    matcher: name,
    right: questions.length - wrong.length,
    of: questions.length,
    rowsRight: rows - rowsWrong,
    rows,
  };
}

/** The same numbers on every run (mulberry32). */
function randomFrom(seed: number): <T>(list: readonly T[]) => T {
  let state = seed;
  return (list) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const chosen = list[((mixed ^ (mixed >>> 14)) >>> 0) % list.length];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  };
}

const areas = ['apps', 'libs', 'services', 'infra', 'docs', 'tools'];
const products = Array.from({ length: 60 }, (_, i) => `product-${i}`);
const parts = ['src', 'test', 'api', 'web', 'deploy', 'internal', 'schema', 'ui'];
const stems = Array.from({ length: 40 }, (_, i) => `file-${i}`);
const extensions = ['ts', 'tsx', 'go', 'py', 'yaml', 'md', 'sql', 'proto', 'css', 'tf'];

function somePaths(count: number): readonly string[] {
  const pick = randomFrom(1);
  return Array.from({ length: count }, () => {
    const depth = pick([0, 1, 1, 2, 2, 3]);
    const inner = Array.from({ length: depth }, () => pick(parts));
    return [pick(areas), pick(products), ...inner, `${pick(stems)}.${pick(extensions)}`].join('/');
  });
}

/** The kinds of lines that large files are made of: mostly directories, then files, extensions and wildcards. */
function someRules(count: number): string {
  const pick = randomFrom(2);
  const kinds: readonly (() => string)[] = [
    () => `/${pick(areas)}/${pick(products)}/`,
    () => `/${pick(areas)}/${pick(products)}/${pick(parts)}/`,
    () => `/${pick(areas)}/${pick(products)}/${pick(parts)}/${pick(parts)}/`,
    () => `${pick(areas)}/${pick(products)}/${pick(parts)}`,
    () => `/${pick(areas)}/${pick(products)}/${pick(stems)}.${pick(extensions)}`,
    () => `${pick(stems)}.${pick(extensions)}`,
    () => `*-${pick(stems).slice(5)}.${pick(extensions)}`,
    () => `/${pick(areas)}/*/${pick(parts)}/`,
    () => `/${pick(areas)}/${pick(products)}/**/*.${pick(extensions)}`,
    () => `**/${pick(parts)}/${pick(stems)}.*`,
  ];
  return Array.from({ length: count }, (_, i) => `${pick(kinds)()} @acme/team-${i % 50}`).join('\n');
}

interface Speed {
  readonly rules: number;
  readonly matcher: string;
  /** Files a second. */
  readonly cold: number;
  readonly warm: number;
}

/** At most this long for each figure, in milliseconds; what is slower is asked for a part of the paths. */
const budget = 1500;

function measure(rules: number, matcher: Matcher, paths: readonly string[]): Speed {
  const text = someRules(rules);
  const first = readAndAsk(matcher, text, paths);
  const colds = [first.cold];
  // What is fast is measured again and again, so that no single hiccup of the machine counts.
  for (let spent = first.milliseconds; spent < budget / 3;) {
    const again = readAndAsk(matcher, text, paths);
    colds.push(again.cold);
    spent += again.milliseconds;
  }
  return {
    rules,
    matcher: matcher.name,
    cold: median(colds),
    warm: askAgain(first.ask, paths.slice(0, first.asked)),
  };
}

/** Reads the file and asks for all paths, or as many as the budget allows and reckons the rest. */
function readAndAsk(matcher: Matcher, text: string, paths: readonly string[]) {
  const start = performance.now();
  const ask = matcher.read(text);
  const read = performance.now();
  const asked = askFor(ask, paths);
  const end = performance.now();
  const cold = (paths.length * 1000) / (read - start + ((end - read) * paths.length) / asked);
  return { ask, asked, cold, milliseconds: end - start };
}

/** Asks for one path after the other until the budget is spent; how many it came to. */
function askFor(ask: Ask, paths: readonly string[]): number {
  const end = performance.now() + budget;
  let asked = 0;
  for (const path of paths) {
    ask(path);
    asked += 1;
    if (asked % 16 === 0 && performance.now() > end) break;
  }
  return asked;
}

function askAgain(ask: Ask, paths: readonly string[]): number {
  const start = performance.now();
  let asked = 0;
  do asked += askFor(ask, paths);
  while (performance.now() - start < budget / 3);
  return (asked * 1000) / (performance.now() - start);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** How many times as fast as the fastest of the others. */
function advantage(speeds: readonly Speed[], rules: number, kind: 'cold' | 'warm'): number {
  const figures = speeds.filter((speed) => speed.rules === rules);
  const own = figures.find(({ matcher }) => matcher === curfew.name)?.[kind] ?? 0;
  return (
    own / Math.max(...figures.filter(({ matcher }) => matcher !== curfew.name).map((speed) => speed[kind]))
  );
}

function main(): void {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const matchers = [curfew, ...others];
  const correctness = matchers.map(judge);
  if (!values.json) {
    console.log('Right answers, of all that the corpus asks');
    console.table(correctness);
  }
  const paths = somePaths(3000);
  const sizes = [10, 100, 1000];
  const speeds = sizes.flatMap((rules) => matchers.map((matcher) => measure(rules, matcher, paths)));
  const times = { cold: advantage(speeds, 1000, 'cold'), warm: advantage(speeds, 1000, 'warm') };
  if (values.json) {
    console.log(JSON.stringify({ correctness, speeds, advantageAt1000Rules: times }));
  } else {
    console.log(`Files a second, ${paths.length} paths`);
    console.table(
      speeds.map(({ rules, matcher, cold, warm }) => ({
        rules,
        matcher,
        cold: Math.round(cold),
        warm: Math.round(warm),
      })),
    );
    console.log(
      `At 1000 rules curfew is ${Math.round(times.cold)} times (cold) and ${Math.round(times.warm)} times (warm) as fast as the fastest other; the goal is 20.`,
    );
  }
  if (correctness[0]?.right !== questions.length) process.exitCode = 1;
}

try {
  main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
