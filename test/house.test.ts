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
    const found = files
      .filter((file) => file.room === room)
      .flatMap(({ file, text }) => {
        const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
        const io = importsOf(text).filter((target) => target.startsWith('node:') && target !== 'node:crypto');
        return [
          ...io.map((target) => `${file} imports ${target}`),
          ...impurities.filter(([, pattern]) => pattern.test(code)).map(([what]) => `${file} uses ${what}`),
        ];
      });
    expect(found).toEqual([]);
  });

  test('a production start loads nothing of the sandbox', () => {
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = files.find((candidate) => candidate.file === file)?.text ?? '';
      // A dynamic import is followed only when it runs.
      const statically = [...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom\s+'(\.[^']+)'/gms)];
      for (const match of statically) visit(relative(source, resolve(source, dirname(file), match[1] ?? '')));
    };
    visit('cli/main.ts');
    visit('cli/start.ts');
    for (const file of files.filter(({ room }) => room === 'app')) visit(file.file);
    expect([...seen].filter((file) => file.startsWith('sandbox/'))).toEqual([]);
  });
});
