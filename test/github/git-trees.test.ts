import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitHash, treeHash, verifiedText, type GitTree } from '../../src/github/git-objects.ts';
import {
  changedTree,
  differences,
  filesOf,
  treesOf,
  type TreeFile,
  type TreePair,
} from '../../src/github/git-trees.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'curfew-trees-'));
  git(['init', '--quiet', '--bare', folder], '');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function git(args: readonly string[], input: string): string {
  return execFileSync('git', ['-C', folder, ...args], { input, encoding: 'utf8' });
}

/** Ids of blobs, by their text: git is asked once. */
const blobs = new Map<string, string>();

function writeBlob(text: string): string {
  const oid = blobs.get(text) ?? git(['hash-object', '-w', '--stdin'], text).trim();
  blobs.set(text, oid);
  return oid;
}

type Files = ReadonlyMap<string, string>;

/** What git makes of these files: the id of the tree, and its recursive listing. */
function writeTree(files: Files): { readonly root: string; readonly listing: readonly TreeFile[] } {
  git(['read-tree', '--empty'], '');
  const lines = [...files].map(([path, text]) => `100644 ${writeBlob(text)}\t${path}\0`);
  git(['update-index', '-z', '--index-info'], lines.join(''));
  const root = git(['write-tree'], '').trim();
  const listing = git(['ls-tree', '-r', '-t', '-z', root], '')
    .split('\0')
    .flatMap((line) => {
      const match = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line);
      const [, mode, oid, path] = match ?? [];
      return mode === undefined || oid === undefined || path === undefined ? [] : [{ path, mode, oid }];
    });
  return { root, listing };
}

// Names around which git sorts directories and files differently, and none that is a prefix directory of another.
const segment = fc.constantFrom('a', 'a-b', 'a.b', 'a0', 'b', 'z', 'ä', 'templates');
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join('/')}/f.yaml`);
const files = fc
  .array(fc.tuple(path, fc.constantFrom('one', 'two', '')), { minLength: 1, maxLength: 8 })
  .map((entries) => new Map(entries));

const everything = (): boolean => true;

describe('objects', () => {
  it('are named as git names them', () => {
    fc.assert(
      fc.property(files, (given) => {
        const { root, listing } = writeTree(given);
        const trees = treesOf(root, listing, everything);
        for (const [oid, tree] of trees) expect(treeHash(tree, root)).toBe(oid);
        for (const file of listing.filter(({ mode }) => mode === '100644')) {
          expect(gitHash('blob', Buffer.from(given.get(file.path) ?? '?'), root)).toBe(file.oid);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('hold only a text that hashes to their name', () => {
    const oid = 'b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0';
    expect(verifiedText(oid, 'hello')).toBe('hello');
    expect(verifiedText(oid, 'hell\ufffd')).toBeNull();
    expect(verifiedText(oid, null)).toBeNull();
  });

  it('are named by SHA-256 where the repository is', () => {
    const empty = '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813';
    expect(gitHash('blob', new Uint8Array(), empty)).toBe(empty);
  });
});

describe('changedTree', () => {
  it('makes the very tree that git makes', () => {
    fc.assert(
      fc.property(files, files, (before, after) => {
        const old = writeTree(before);
        const made = writeTree(after);
        const trees = treesOf(old.root, old.listing, everything);
        const oids = new Map(made.listing.map((file) => [file.path, file.oid]));
        const changes = [...new Set([...before.keys(), ...after.keys()])].map((each) => {
          const oid = oids.get(each);
          return { path: each, content: oid === undefined ? null : { mode: '100644', oid } };
        });
        const changed = changedTree(old.root, changes, (oid) => trees.get(oid));
        expect(changed?.root).toBe(made.root);
        const lookup = (oid: string): GitTree | undefined => changed?.trees.get(oid) ?? trees.get(oid);
        const { files: found, missing } = filesOf(made.root, lookup, everything);
        expect(missing).toEqual([]);
        expect(new Map(found.map((file) => [file.path, file.oid]))).toEqual(
          new Map(made.listing.filter(({ mode }) => mode !== '040000').map((file) => [file.path, file.oid])),
        );
      }),
      { numRuns: 15 },
    );
  });

  it('says nothing where a tree on the way is not known', () => {
    expect(changedTree('1'.repeat(40), [{ path: 'a/b', content: null }], () => undefined)).toBeNull();
  });
});

describe('filesOf', () => {
  it('does not look into directories that are not wanted, and names the trees that it misses', () => {
    const { root, listing } = writeTree(
      new Map([
        ['grants/a/f', '1'],
        ['src/f', '2'],
        ['f', '3'],
      ]),
    );
    const wanted = (directory: string): boolean => directory.startsWith('grants');
    const trees = treesOf(root, listing, wanted);
    expect(filesOf(root, (oid) => trees.get(oid), wanted).files.map((file) => file.path)).toEqual([
      'f',
      'grants/a/f',
    ]);
    const partly = filesOf(root, (oid) => (oid === root ? trees.get(oid) : undefined), wanted);
    expect(partly.missing).toHaveLength(1);
  });
});

describe('differences', () => {
  /** Walks down as the adapter does. */
  function allDifferences(before: ReturnType<typeof writeTree>, after: ReturnType<typeof writeTree>) {
    const trees = new Map([
      ...treesOf(before.root, before.listing, everything),
      ...treesOf(after.root, after.listing, everything),
    ]);
    const found: string[] = [];
    let pairs: readonly TreePair[] = [{ path: '', before: before.root, after: after.root }];
    while (pairs.length > 0) {
      const levels = pairs.map((pair) =>
        differences(pair, trees.get(pair.before ?? '') ?? [], trees.get(pair.after ?? '') ?? []),
      );
      found.push(
        ...levels.flatMap((level) => level.files.map(({ change, path: each }) => `${change} ${each}`)),
      );
      pairs = levels.flatMap((level) => level.directories);
    }
    return found.sort();
  }

  it('are those that git diff-tree names, renames apart', () => {
    const names: Readonly<Record<string, string>> = { A: 'added', D: 'deleted', M: 'modified', T: 'changed' };
    fc.assert(
      fc.property(files, files, (one, other) => {
        const before = writeTree(one);
        const after = writeTree(other);
        const output = git(
          ['diff-tree', '-r', '-z', '--no-renames', '--name-status', before.root, after.root],
          '',
        );
        const parts = output.split('\0').filter((part) => part !== '');
        const expected = Array.from(
          { length: parts.length / 2 },
          (_, index) => `${names[parts[2 * index] ?? '']} ${parts[2 * index + 1]}`,
        );
        expect(allDifferences(before, after)).toEqual(expected.sort());
      }),
      { numRuns: 15 },
    );
  });

  it('show a change of mode, and a file in the place of a directory', () => {
    const oid = '1'.repeat(40);
    const pair = { path: 'd', before: null, after: null };
    expect(
      differences(pair, [{ name: 'f', mode: '100644', oid }], [{ name: 'f', mode: '120000', oid }]).files,
    ).toEqual([{ path: 'd/f', change: 'changed', previousPath: null }]);
    expect(
      differences(pair, [{ name: 'f', mode: '040000', oid }], [{ name: 'f', mode: '100644', oid }]),
    ).toEqual({
      files: [{ path: 'd/f', change: 'added', previousPath: null }],
      directories: [{ path: 'd/f', before: oid, after: null }],
    });
  });
});
