import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Signature } from '../../../src/sandbox/git/objects.ts';
import { RefRefused } from '../../../src/sandbox/git/refs.ts';
import { GitRepository } from '../../../src/sandbox/git/repository.ts';

let folder: string;
let repo: GitRepository;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-git-'));
  repo = GitRepository.create(join(folder, 'x.git'), 'main');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const own: Signature = { name: 'A', email: 'a@example.com', date: Date.UTC(2026, 0, 1), offset: '+0000' };

function commit(files: Readonly<Record<string, string>>, ...parents: string[]): string {
  const changes = Object.entries(files).map(([path, text]) => {
    return { path, mode: '100644', sha: repo.objects.writeBlob(text) } as const;
  });
  const base = parents[0] === undefined ? null : repo.commit(parents[0]).tree;
  const tree = repo.writeChangedTree(base, changes);
  return repo.objects.writeCommit({ tree, parents, author: own, committer: own, message: 'x\n' });
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: repo.directory, encoding: 'utf8' });
}

describe('refs', () => {
  it('move only from where they are expected, and git sees it', () => {
    const [one, two] = [commit({ a: '1' }), commit({ a: '2' })];
    repo.updateRef('refs/heads/main', one, null);
    expect(git('rev-parse', 'main').trim()).toBe(one);
    expect(() => {
      repo.updateRef('refs/heads/main', two, two);
    }).toThrow(RefRefused);
    expect(() => {
      repo.updateRef('refs/heads/main', two, null);
    }).toThrow(RefRefused);
    repo.updateRef('refs/heads/main', two, one);
    repo.updateRef('refs/heads/main', null, two);
    expect(git('for-each-ref')).toBe('');
  });

  it('notice what git moved meanwhile', () => {
    const [one, two] = [commit({ a: '1' }), commit({ a: '2' })];
    repo.updateRef('refs/heads/main', one, null);
    git('update-ref', 'refs/heads/main', two);
    expect(() => {
      repo.updateRef('refs/heads/main', null, one);
    }).toThrow(RefRefused);
    expect([...repo.reloadRefs()]).toEqual([['refs/heads/main', { before: one, after: two }]]);
  });

  it.each([
    'refs/heads/a..b',
    'refs/heads/a.lock',
    'refs/heads/.a',
    'refs/heads/a b',
    'refs/heads/a/',
    'refs/heads/@{',
    'refs/heads/a\\b',
  ])('refuse the name %s', (name) => {
    const sha = commit({ a: '1' });
    expect(() => {
      repo.updateRef(name, sha, null);
    }).toThrow(RefRefused);
  });

  it.each(['refs/heads/curfew/revert-1', 'refs/heads/ümlaut', 'refs/heads/a+b', 'refs/tags/v1.0'])(
    'take the name %s',
    (name) => {
      const sha = commit({ a: '1' });
      repo.updateRef(name, sha, null);
      expect(git('rev-parse', name).trim()).toBe(sha);
      repo.updateRef(name, null, sha);
    },
  );

  it('keep a name and a folder of that name apart, and free the folder with its last ref', () => {
    const sha = commit({ a: '1' });
    repo.updateRef('refs/heads/a/b', sha, null);
    expect(() => {
      repo.updateRef('refs/heads/a', sha, null);
    }).toThrow(RefRefused);
    repo.updateRef('refs/heads/a/b', null, sha);
    repo.updateRef('refs/heads/a', sha, null);
    expect(repo.branches()).toEqual(['a']);
  });

  it('are read and deleted also where a person packed them', () => {
    const sha = commit({ a: '1' });
    repo.updateRef('refs/heads/main', sha, null);
    repo.updateRef('refs/heads/other', sha, null);
    git('pack-refs', '--all');
    expect(repo.reloadRefs().size).toBe(0);
    repo.updateRef('refs/heads/other', null, sha);
    expect(git('for-each-ref', '--format=%(refname)').trim()).toBe('refs/heads/main');
  });
});

describe('merges', () => {
  it('keep what both sides did', () => {
    const base = commit({ a: '1\n', b: '1\n' });
    const merged = repo.mergeTree(commit({ a: '2\n' }, base), commit({ b: '2\n' }, base));
    expect(merged).toEqual({ kind: 'clean', tree: repo.commit(commit({ a: '2\n', b: '2\n' })).tree });
  });

  it('find conflicts', () => {
    const base = commit({ a: '1\n' });
    expect(repo.mergeTree(commit({ a: '2\n' }, base), commit({ a: '3\n' }, base))).toMatchObject({
      kind: 'conflict',
      paths: ['a'],
    });
  });

  it('take the side that is ahead', () => {
    const base = commit({ a: '1\n' });
    const ahead = commit({ a: '2\n' }, base);
    expect(repo.mergeTree(base, ahead)).toEqual({ kind: 'clean', tree: repo.commit(ahead).tree });
    expect(repo.mergeTree(ahead, base)).toEqual({ kind: 'clean', tree: repo.commit(ahead).tree });
  });
});

describe('differences', () => {
  const texts = [
    '',
    'one\n',
    'one',
    'one\ntwo\n',
    '\n',
    '\n\n',
    'a\r\nb\r\n',
    'x\u2028diff --git a b\n',
    '-- a\n++ b\n',
  ];

  function patch(from: string, to: string): string | null {
    const printed = git('diff-tree', '-r', '-p', from, to);
    const hunk = printed.indexOf('\n@@ ');
    return hunk === -1 ? null : printed.slice(hunk + 1).replace(/\n$/, '');
  }

  it.each(texts)('of an added and a removed file are what git prints: %j', (text) => {
    const base = commit({ keep: 'x' });
    const added = commit({ new: text }, base);
    expect(repo.fileChanges(base, added)).toMatchObject([
      { path: 'new', status: 'added', patch: patch(base, added) },
    ]);
    expect(repo.fileChanges(added, base)).toMatchObject([
      { path: 'new', status: 'removed', patch: patch(added, base) },
    ]);
  });

  it('name the old path of a rename', () => {
    const text = 'one\ntwo\nthree\nfour\n';
    const before = commit({ old: text });
    const after = commit({ new: text });
    expect(repo.fileChanges(before, after)).toMatchObject([
      { path: 'new', previousPath: 'old', status: 'renamed', additions: 0, deletions: 0, patch: null },
    ]);
  });

  it('tell several files apart, also those that look like patches', () => {
    const before = commit({ a: 'x\n', b: 'diff --git a/b b/b\n@@ -1 +1 @@\n', c: 'x\n' });
    const after = commit({ a: 'y\n', b: 'diff --git a/c b/c\n@@ -2 +2 @@\n', c: 'z\n' });
    const changes = repo.fileChanges(before, after);
    expect(changes.map(({ path, patch }) => [path, patch])).toEqual([
      ['a', '@@ -1 +1 @@\n-x\n+y'],
      ['b', '@@ -1,2 +1,2 @@\n-diff --git a/b b/b\n-@@ -1 +1 @@\n+diff --git a/c b/c\n+@@ -2 +2 @@'],
      ['c', '@@ -1 +1 @@\n-x\n+z'],
    ]);
  });

  it('show a file that became a symlink', () => {
    const before = commit({ a: 'x\n', b: 'x\n' });
    const link = { path: 'a', mode: '120000', sha: repo.objects.writeBlob('b') } as const;
    const other = { path: 'b', mode: '100644', sha: repo.objects.writeBlob('y\n') } as const;
    const tree = repo.writeChangedTree(repo.commit(before).tree, [link, other]);
    const after = repo.objects.writeCommit({
      tree,
      parents: [before],
      author: own,
      committer: own,
      message: 'x',
    });
    expect(repo.fileChanges(before, after)).toMatchObject([
      { path: 'a', status: 'changed', mode: '120000' },
      { path: 'b', status: 'modified', patch: '@@ -1 +1 @@\n-x\n+y' },
    ]);
  });
});

describe('objects', () => {
  it('are the same bytes that git writes', () => {
    const sha = execFileSync('git', ['hash-object', '-w', '--stdin'], {
      cwd: repo.directory,
      input: 'hello\n',
    })
      .toString()
      .trim();
    expect(repo.objects.writeBlob('hello\n')).toBe(sha);
    expect(repo.readBlob(sha)?.toString()).toBe('hello\n');
  });

  it('carry the signature of a commit, and what it signs', () => {
    const tree = repo.writeChangedTree(null, []);
    const text = `tree ${tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\ngpgsig -----BEGIN\n line\n -----END\n\nmessage\n`;
    const sha = repo.objects.write('commit', Buffer.from(text));
    expect(repo.readCommit(sha)).toMatchObject({
      gpgsig: '-----BEGIN\nline\n-----END',
      payload: `tree ${tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nmessage\n`,
      message: 'message\n',
    });
  });

  it('are not invented', () => {
    expect(repo.readBlob('0'.repeat(40))).toBeUndefined();
    expect(repo.readCommit('../../etc/passwd')).toBeUndefined();
    expect(repo.readTree(repo.objects.writeBlob('x'))).toBeUndefined();
  });
});
