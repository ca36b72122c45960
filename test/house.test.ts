import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Which rooms of `src` each room may look into; see docs/design.md, "The house". */
const walls: Readonly<Record<string, readonly string[]>> = {
  base: [],
  request: ['base'],
  template: ['base', 'request'],
  policy: ['base', 'request'],
  approval: ['base'],
  effect: ['base', 'policy', 'request', 'template'],
  lifecycle: ['base', 'request', 'template', 'policy', 'approval', 'effect'],
  github: ['base', 'approval', 'lifecycle'],
  cluster: ['base', 'request', 'template', 'policy', 'effect', 'lifecycle'],
  app: ['base', 'request', 'policy', 'lifecycle', 'github', 'approval'],
  sandbox: ['base'],
  cli: [
    'base',
    'request',
    'template',
    'policy',
    'approval',
    'effect',
    'lifecycle',
    'github',
    'cluster',
    'app',
    'sandbox',
  ],
};

const pure = ['base', 'request', 'template', 'policy', 'approval', 'effect', 'lifecycle'];

/** What would make a decision depend on more than its arguments. */
const impurities: readonly (readonly [string, RegExp])[] = [
  ['a clock', /\bDate\.now\(|\bnew Date\(\)|\bperformance\b/],
  ['chance', /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/],
  ['the process', /\bprocess\.|\bconsole\./],
  ['the network', /\bfetch\(/],
  ['a timer', /\bset(Timeout|Interval|Immediate)\(/],
];

const source = resolve(import.meta.dirname, '../src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, room: file.split('/')[0] ?? '', text: readFileSync(join(source, file), 'utf8') }));

function importsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)'([^']+)'/g)].map((match) => match[1] ?? '');
}

function impuritiesOf({ file, text }: { readonly file: string; readonly text: string }): readonly string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const io = importsOf(text).filter((target) => target.startsWith('node:') && target !== 'node:crypto');
  return [
    ...io.map((target) => `${file} imports ${target}`),
    ...impurities.filter(([, pattern]) => pattern.test(code)).map(([what]) => `${file} uses ${what}`),
  ];
}

describe('the walls of the house', () => {
  test.each(Object.keys(walls))('%s looks only where it may', (room) => {
    const inside = files.filter((file) => file.room === room);
    const crossed = inside.flatMap(({ file, text }) =>
      importsOf(text)
        .filter((target) => target.startsWith('.'))
        .map((target) => relative(source, resolve(source, dirname(file), target)).split('/')[0] ?? '')
        .filter((target) => target !== room && !walls[room]?.includes(target))
        .map((target) => `${file} imports ${target}`),
    );
    expect(crossed).toEqual([]);
  });

  test('every room is known', () => {
    expect([...new Set(files.map(({ room }) => room))].filter((room) => !(room in walls))).toEqual([]);
  });

  test.each(pure)('%s is a pure function of its arguments', (room) => {
    expect(files.filter((file) => file.room === room).flatMap(impuritiesOf)).toEqual([]);
  });

  /** What a start of these files loads, and which packages; a dynamic import is followed only when it runs. */
  function loadedBy(starts: readonly string[]): {
    readonly files: ReadonlySet<string>;
    readonly packages: ReadonlySet<string>;
  } {
    const seen = new Set<string>();
    const packages = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = files.find((candidate) => candidate.file === file)?.text ?? '';
      const statically = [...text.matchAll(/^(?:import|export)\b(?! type\b)[^;]*?\bfrom\s+'([^']+)'/gms)];
      for (const [, target = ''] of statically) {
        if (target.startsWith('.')) visit(relative(source, resolve(source, dirname(file), target)));
        else packages.add(target);
      }
    };
    for (const file of starts) visit(file);
    return { files: seen, packages };
  }

  test('a production start loads nothing of the sandbox', () => {
    const app = files.filter(({ room }) => room === 'app').map(({ file }) => file);
    const loaded = loadedBy(['cli/main.ts', 'cli/start.ts', ...app]);
    expect([...loaded.files].filter((file) => file.startsWith('sandbox/'))).toEqual([]);
  });

  test('the program of the guard loads little: no engine, no client of GitHub or of Kubernetes', () => {
    const loaded = loadedBy(['cli/guard-program.ts']);
    const rooms = new Set([...loaded.files].map((file) => file.split('/')[0]));
    expect(rooms).toEqual(new Set(['base', 'cli', 'cluster', 'request']));
    const packages = [...loaded.packages].filter((name) => !name.startsWith('node:'));
    expect(new Set(packages)).toEqual(new Set(['pino', 'prom-client', 'yaml']));
  });

  test('what the guard decides is a pure function of its arguments', () => {
    const core = files.filter(({ file }) => file.startsWith('cluster/guard/core/'));
    expect(core.length).toBeGreaterThan(0);
    expect(core.flatMap(impuritiesOf)).toEqual([]);
  });
});
