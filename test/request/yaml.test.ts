import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { positions } from '../../src/request/yaml-gate.ts';
import { longestTrivia, requestLimits } from '../../src/request/yaml-limits.ts';
import { readYaml, readYamlStream } from '../../src/request/yaml.ts';
import corpus from './corpus/yaml.json' with { type: 'json' };
import { hostileYaml } from './hostile.ts';

interface Case {
  readonly why: string;
  readonly text: string;
  readonly value?: unknown;
  readonly at?: string;
  readonly fault?: string;
}

/** The first fault of a text, or null. */
function faultOf(text: string): { readonly at: string; readonly message: string } | null {
  const result = readYaml('f.yaml', text, requestLimits);
  if (result.ok) return null;
  const [fault] = result.faults;
  return { at: `${fault?.line}:${fault?.column}`, message: fault?.message ?? '' };
}

/** An accepted text has to be what the library reads; a refused one needs faults that lie within it. */
function judge(text: string): boolean {
  const result = readYaml('f.yaml', text, requestLimits);
  if (result.ok) {
    // `parse` throws where a document has any error, two keys alike among them.
    const read: unknown = parse(text, { version: '1.2', schema: 'core', logLevel: 'error' });
    assert.deepEqual(result.value.value, JSON.parse(JSON.stringify(read)));
    return true;
  }
  const lines = text.split('\n').length;
  assert(result.faults.length > 0);
  assert(result.faults.every(({ line, column }) => line >= 1 && line <= lines && column >= 1));
  return false;
}

function fits(text: string): boolean {
  return faultOf(text) === null;
}

/** A text of so many keys. */
function keys(count: number): string {
  return Array.from({ length: count }, (_, index) => `k${index}: 1\n`).join('');
}

const cases: readonly Case[] = corpus;

describe('readYaml', () => {
  it.each(cases.filter(({ fault }) => fault === undefined))('reads $why', ({ text, value }) => {
    const result = readYaml('f.yaml', text, requestLimits);
    expect(result.ok ? result.value.value : result.faults).toEqual(value);
  });

  it.each(cases.filter(({ fault }) => fault !== undefined))('refuses $why', ({ text, at, fault = '' }) => {
    const found = faultOf(text);
    expect(found?.at).toBe(at);
    expect(found?.message).toContain(fault);
  });

  it('accepts only what the YAML library reads the same, in 10,000 hostile files', () => {
    let accepted = 0;
    fc.assert(
      fc.property(hostileYaml, (text) => {
        if (judge(text)) accepted++;
      }),
      { numRuns: 10_000 },
    );
    // A generator that is refused always, or never, would prove nothing.
    expect(accepted).toBeGreaterThan(500);
    expect(accepted).toBeLessThan(9500);
  });

  it('reads back what JSON says, wherever the limits allow', () => {
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.integer(),
        tie('list'),
        tie('record'),
      ),
      list: fc.array(tie('value'), { maxLength: 4 }),
      record: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('value'), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(fc.record({ a: tree.value }), (value) => {
        const result = readYaml('f.yaml', JSON.stringify(value), {
          ...requestLimits,
          keys: 1000,
          tokens: 10_000,
        });
        fc.pre(!/[\\]u|\\[bfrnt]/.test(JSON.stringify(value)));
        expect(result.ok ? result.value.value : result.faults).toEqual(value);
      }),
    );
  });
});

describe('limits', () => {
  it('counts UTF-8 bytes', () => {
    const filler = requestLimits.bytes - 'a: \n'.length;
    expect(fits(`a: ${'x'.repeat(filler)}\n`)).toBe(true);
    expect(fits(`a: ${'x'.repeat(filler + 1)}\n`)).toBe(false);
    expect(fits(`a: ${'ü'.repeat(filler / 2)}\n`)).toBe(true);
    expect(fits(`a: ${'ü'.repeat(filler / 2 + 1)}\n`)).toBe(false);
  });

  it('counts the keys of all mappings together', () => {
    expect(fits(keys(requestLimits.keys))).toBe(true);
    expect(faultOf(keys(requestLimits.keys + 1))?.message).toContain('more than 64 keys');
    expect(fits(`a:\n${Array.from({ length: 32 }, () => '  - {b: 1, c: 1}\n').join('')}`)).toBe(false);
  });

  it('counts tokens', () => {
    expect(fits(`[${'1,'.repeat(200)}1]\n`)).toBe(true);
    expect(faultOf(`[${'1,'.repeat(500)}1]\n`)?.message).toContain('too many lines and values');
  });

  it('lets no run of comments and blank lines become long', () => {
    const roomy = { ...requestLimits, tokens: 100_000, bytes: 100_000 };
    expect(readYaml('f', `${'\n'.repeat(longestTrivia)}a: 1\n`, roomy).ok).toBe(true);
    expect(readYaml('f', `a:\n${'\n'.repeat(longestTrivia)}${' #\n'.repeat(9)} b: 1\n`, roomy).ok).toBe(
      false,
    );
  });

  it('counts documents', () => {
    const three = '---\na\n---\nb\n---\nc\n';
    expect(readYamlStream('f', three, { ...requestLimits, documents: 3 }).ok).toBe(true);
    expect(readYamlStream('f', three, { ...requestLimits, documents: 2 })).toMatchObject({
      ok: false,
      faults: [{ line: 5, column: 1, message: 'this file holds too many documents' }],
    });
  });

  it.each([
    '[',
    '- ',
    '{a: ',
    '"',
    "'",
    '? ',
    ': ',
    '&a ',
    '*a ',
    '!a ',
    '#',
    '\n',
    ' ',
    '\t',
    '|\n',
    '>\n ',
    'a: ',
    '- [',
    '---\n',
    '...\n',
    '%a\n',
    '\\',
    ',',
    ']',
    '}',
    '"\\',
  ])('survives a megabyte of %j', (unit) => {
    const text = unit.repeat(2 ** 20 / unit.length);
    const roomy = { bytes: 2 ** 21, depth: 64, keys: 2 ** 21, tokens: 2 ** 21, documents: 1, foreign: true };
    expect(() => readYaml('f', text.slice(0, 8192), requestLimits)).not.toThrow();
    expect(() => readYaml('f', text, requestLimits)).not.toThrow();
    expect(() => readYaml('f', text.slice(0, 2 ** 16), roomy)).not.toThrow();
  });
});

describe('positions', () => {
  const text = 'spec:\n  list:\n    - a: 1\n    - b: 2\n  "quoted": x\n  empty:\n';
  const document = readYaml('f.yaml', text, requestLimits);

  it.each([
    [[], '1:1', '1:1'],
    [['spec'], '2:3', '1:1'],
    [['spec', 'list', 1], '4:7', '4:7'],
    [['spec', 'list', 1, 'b'], '4:10', '4:7'],
    [['spec', 'quoted'], '5:13', '5:3'],
    [['spec', 'empty'], '6:3', '6:3'],
    [['spec', 'missing'], '2:3', '1:1'],
    [['spec', 'list', 7], '3:5', '2:3'],
    [['spec', 'list', 'x'], '3:5', '2:3'],
    [['nowhere', 'at', 'all'], '1:1', '1:1'],
  ])('%j', (path, value, key) => {
    if (!document.ok) throw new Error('the text is valid');
    const at = document.value.at(path);
    const keyAt = document.value.keyAt(path);
    expect([`${at.line}:${at.column}`, `${keyAt.line}:${keyAt.column}`]).toEqual([value, key]);
  });

  it('turns every offset into its line and column', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', '\n', 'ü', '\r\n')).map((parts) => parts.join('')),
        (content) => {
          const positionOf = positions(content);
          for (let offset = 0; offset <= content.length; offset++) {
            const before = content.slice(0, offset).split('\n');
            expect(positionOf(offset)).toEqual({
              line: before.length,
              column: (before.at(-1) ?? '').length + 1,
            });
          }
        },
      ),
    );
  });
});
