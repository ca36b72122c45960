import { describe, expect, test } from 'vitest';
import {
  codeownersPaths,
  ownersOf,
  parseCodeowners,
  skippedLinesFor,
} from '../../src/approval/codeowners.ts';
import { fileCases, lineCases, patternCases } from './corpus.ts';

const file = '.github/CODEOWNERS';

describe('patterns', () => {
  test.each(patternCases)('$row: $pattern', ({ pattern, owns, not }) => {
    const codeowners = parseCodeowners(file, `${pattern} @owner`);
    expect(codeowners.faults).toEqual([]);
    expect(owns.filter((path) => ownersOf(codeowners, path).line === null)).toEqual([]);
    expect(not.filter((path) => ownersOf(codeowners, path).line !== null)).toEqual([]);
  });
});

describe('lines', () => {
  test.each(lineCases)('$row: $line', ({ line, reads, skipped }) => {
    const codeowners = parseCodeowners(file, line);
    expect(codeowners.rules.map(({ pattern, written }) => ({ pattern, owners: written }))).toEqual(
      reads === undefined || reads === null ? [] : [reads],
    );
    expect(codeowners.faults).toHaveLength(skipped === undefined ? 0 : 1);
    const [fault] = codeowners.faults;
    if (skipped === undefined || fault === undefined) return;
    expect(fault).toMatchObject({ file, line: 1, column: skipped.column });
    expect(fault.message).toContain(skipped.says);
    expect(fault.remedy).toContain(skipped.remedy);
  });
});

describe('files', () => {
  test.each(fileCases)('$row', ({ text, answers, skipped }) => {
    const codeowners = parseCodeowners(file, text);
    for (const [path, answer] of Object.entries(answers)) {
      const { line, written } = ownersOf(codeowners, path);
      expect({ path, line, owners: written }).toEqual({ path, ...answer });
    }
    for (const [path, lines] of Object.entries(skipped)) {
      expect({ path, lines: skippedLinesFor(codeowners, path).map(({ line }) => line) }).toEqual({
        path,
        lines,
      });
    }
  });
});

describe('owners', () => {
  test('are compared without case', () => {
    const { owners } = ownersOf(parseCodeowners(file, '* @Acme/SRE @Frank_Acme Boss@Example.com'), 'a');
    expect(owners).toEqual([
      { kind: 'team', team: 'acme/sre' },
      { kind: 'user', login: 'frank_acme' },
      { kind: 'email', email: 'boss@example.com' },
    ]);
  });
});

describe('the file', () => {
  test('is the first of three', () => {
    expect(codeownersPaths).toEqual(['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']);
  });

  test('is refused as a whole from 3 MB', () => {
    const line = '* @acme/sre\n';
    const comment = `#${'ü'.repeat(1_500_000)}\n`;
    const codeowners = parseCodeowners(file, line + comment);
    expect(ownersOf(codeowners, 'a')).toMatchObject({ line: null, owners: [] });
    expect(codeowners.faults).toHaveLength(1);
    expect(skippedLinesFor(codeowners, 'a/b')).toEqual(codeowners.faults);
    expect(ownersOf(parseCodeowners(file, line + `#${'u'.repeat(1_500_000)}`), 'a').line).toBe(1);
  });

  test.each([
    ['backslashes', '\\'.repeat(300_000), 1, 0],
    ['stars', `${'*a'.repeat(150_000)} @alice`, 1, 0],
    ['exclamation marks', '!'.repeat(300_000), 0, 1],
    ['brackets', '['.repeat(300_000), 0, 1],
    ['slashes', 'a/'.repeat(150_000), 1, 0],
    ['any depth', '**/a/'.repeat(60_000), 1, 0],
    ['owners', `* ${'@a '.repeat(100_000)}`, 1, 0],
    ['bad owners', '* a\n'.repeat(70_000), 0, 70_000],
    ['rules', 'a/*b*c*/d @a\n'.repeat(20_000), 20_000, 0],
    ['ranges', '/a/[b @a\n'.repeat(30_000), 0, 30_000],
  ])('does not take long where it is made of %s', (_, text, rules, faults) => {
    const codeowners = parseCodeowners(file, text);
    expect(codeowners.rules).toHaveLength(rules);
    expect(codeowners.faults).toHaveLength(faults);
    expect(ownersOf(codeowners, 'b/c').line).toBe(text.startsWith('* @') ? 1 : null);
    expect(skippedLinesFor(codeowners, 'b/c')).toHaveLength(text.startsWith('/a/') ? 0 : faults);
  });
});
