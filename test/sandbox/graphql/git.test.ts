import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createCommit } from '../../../src/sandbox/operations/commits.ts';
import { makeWorld } from './world.ts';

test('an expression finds a commit, a tree, a blob, or nothing', () => {
  const world = makeWorld({ 'README.md': 'Access\n', 'grants/prod/a.yaml': 'a: 1\n' });
  const main = world.tip();
  const kindsOf = (...expressions: readonly string[]): unknown[] =>
    expressions.map((expression) => world.inRepository(`object(expression: "${expression}") { __typename }`));
  const commits = ['main', 'refs/heads/main', 'heads/main', 'HEAD', main];
  expect(kindsOf(...commits)).toEqual(commits.map(() => ({ object: { __typename: 'Commit' } })));
  const trees = ['main:', `${main}:grants`, 'main:grants/', 'main:grants/prod'];
  expect(kindsOf(...trees)).toEqual(trees.map(() => ({ object: { __typename: 'Tree' } })));
  expect(kindsOf('main:grants/prod/a.yaml')).toEqual([{ object: { __typename: 'Blob' } }]);
  const absent = ['nowhere', 'main:none', 'main:README.md/x', 'main:../README.md', '0'.repeat(40)];
  expect(kindsOf(...absent)).toEqual(absent.map(() => ({ object: null })));
});

test('a tree lists entries with modes as numbers and paths from the root', () => {
  const submodule = '1'.repeat(40);
  const world = makeWorld({
    'dir/file': 'plain',
    'dir/run': { content: '#!', mode: '100755' },
    'dir/link': { content: '../secret', mode: '120000' },
    'dir/module': { content: submodule, mode: '160000' },
    'dir/sub/x': 'x',
  });
  const selection =
    'object(expression: "main:dir") { ... on Tree { entries { name path mode type object { __typename oid } } } }';
  expect(world.inRepository(selection)).toMatchObject({
    object: {
      entries: [
        { name: 'file', path: 'dir/file', mode: 33188, type: 'blob', object: { __typename: 'Blob' } },
        { name: 'link', path: 'dir/link', mode: 40960, type: 'blob', object: { __typename: 'Blob' } },
        { name: 'module', path: 'dir/module', mode: 57344, type: 'commit', object: null },
        { name: 'run', path: 'dir/run', mode: 33261, type: 'blob', object: { __typename: 'Blob' } },
        { name: 'sub', path: 'dir/sub', mode: 16384, type: 'tree', object: { __typename: 'Tree' } },
      ],
    },
  });
  // The path of a symlink gives the link's text, not what it points at.
  expect(world.inRepository('object(expression: "main:dir/link") { ... on Blob { text } }')).toEqual({
    object: { text: '../secret' },
  });
});

test('the text of a blob is whole, cut, or null', () => {
  const long = 'x'.repeat(600_000);
  const world = makeWorld({
    text: 'Grüße\n',
    empty: '',
    long,
    binary: { content: Buffer.from([1, 0, 2]), mode: '100644' },
    latin: { content: Buffer.from([0xe4, 0x0a]), mode: '100644' },
  });
  const blob = (path: string): unknown =>
    world.inRepository(
      `object(expression: "main:${path}") { ... on Blob { oid byteSize isBinary isTruncated text } }`,
    );
  const oid = createHash('sha1').update('blob 8\0Grüße\n').digest('hex');
  expect(blob('text')).toEqual({
    object: { oid, byteSize: 8, isBinary: false, isTruncated: false, text: 'Grüße\n' },
  });
  expect(blob('empty')).toMatchObject({ object: { byteSize: 0, isBinary: false, text: '' } });
  expect(blob('long')).toMatchObject({
    object: { byteSize: 600_000, isTruncated: true, text: long.slice(0, 512_000) },
  });
  expect(blob('binary')).toMatchObject({ object: { isBinary: true, text: null } });
  // What is no UTF-8 is printed, but not as it is: whoever hashes it sees that.
  expect(blob('latin')).toMatchObject({ object: { isBinary: false, text: '\uFFFD\n' } });
});

test('authors map to accounts by address, co-authors and bots included', () => {
  const world = makeWorld();
  world.team('engineers', ['alice', 'bob']);
  const { bot } = world.installation.app;
  const message = [
    'Try',
    '',
    'Co-authored-by: Bob <bob@example.com>',
    'Co-Authored-By: Nobody <nobody@elsewhere.example>',
    `Co-authored-by: curfew <${bot.id}+curfew[bot]@users.noreply.github.com>`,
  ].join('\n');
  const sha = world.push('alice', 'topic', { a: 'a' }, message);
  const selection = `object(oid: "${sha}") { ... on Commit {
    messageHeadline messageBody authoredDate committedDate
    author { name email date user { login databaseId } } committer { user { login } }
    authors(first: 10) { totalCount nodes { email user { __typename login databaseId } } }
    parents(first: 2) { nodes { oid } } tree { oid } signature { isValid } } }`;
  expect(world.inRepository(selection)).toEqual({
    object: {
      messageHeadline: 'Try',
      messageBody: message.slice('Try\n\n'.length),
      authoredDate: '2026-11-02T09:00:01Z',
      committedDate: '2026-11-02T09:00:01Z',
      author: {
        name: 'alice',
        email: 'alice@example.com',
        date: '2026-11-02T09:00:01Z',
        user: { login: 'alice', databaseId: world.user('alice').id },
      },
      committer: { user: { login: 'alice' } },
      authors: {
        totalCount: 4,
        nodes: [
          {
            email: 'alice@example.com',
            user: { login: 'alice', databaseId: world.user('alice').id, __typename: 'User' },
          },
          {
            email: 'bob@example.com',
            user: { login: 'bob', databaseId: world.user('bob').id, __typename: 'User' },
          },
          { email: 'nobody@elsewhere.example', user: null },
          {
            email: `${bot.id}+curfew[bot]@users.noreply.github.com`,
            user: { login: 'curfew[bot]', databaseId: bot.id, __typename: 'User' },
          },
        ],
      },
      parents: { nodes: [{ oid: world.tip() }] },
      tree: { oid: world.repository.git.commit(sha).tree },
      signature: null,
    },
  });
});

test("a commit of the App is GitHub's: signed, by its bot, committed by nobody's account", () => {
  const world = makeWorld();
  const { repository } = world;
  const { tree } = repository.git.commit(world.tip());
  const input = { message: 'Grant', tree, parents: [world.tip()] };
  const sha = createCommit(world.sandbox, world.asApp(), repository, input);
  const selection = `object(oid: "${sha}") { ... on Commit {
    author { user { databaseId } } committer { email user { databaseId } }
    signature { __typename isValid wasSignedByGitHub state } } }`;
  expect(world.inRepository(selection)).toEqual({
    object: {
      author: { user: { databaseId: world.installation.app.bot.id } },
      committer: { email: 'noreply@github.com', user: null },
      signature: { __typename: 'GpgSignature', isValid: true, wasSignedByGitHub: true, state: 'VALID' },
    },
  });
});

test('the history of a path is what git log says, merges and all', () => {
  const world = makeWorld({ a: '0', b: '0' });
  world.push('erin', 'main', { a: '1' });
  world.push('erin', 'topic', { a: '2' });
  world.push('erin', 'topic', { b: '2' });
  world.push('erin', 'main', { c: '1' });
  const { git } = world.repository;
  const merged = git.mergeTree(world.tip(), world.tip('topic'));
  expect(merged.kind).toBe('clean');
  const signature = git.commit(world.tip()).author;
  const merge = git.objects.writeCommit({
    tree: merged.kind === 'clean' ? merged.tree : '',
    parents: [world.tip(), world.tip('topic')],
    author: signature,
    committer: signature,
    message: 'Merge\n',
  });
  git.updateRef('refs/heads/main', merge, world.tip());
  world.push('erin', 'main', { a: null });
  world.push('erin', 'main', { a: '1' });
  for (const path of ['a', 'b', 'c', 'none']) {
    const selection = `object(expression: "main") { ... on Commit { history(first: 50, path: "${path}") { totalCount nodes { oid file(path: "${path}") { oid type } } } } }`;
    const log = git.run(['log', '--format=%H', 'main', '--', path]).split('\n').filter(Boolean);
    const nodes = log.map((oid) => {
      const entry = git.entryAt(git.commit(oid).tree, path);
      return { oid, file: entry === undefined ? null : { oid: entry.sha, type: 'blob' } };
    });
    expect([path, world.inRepository(selection)]).toEqual([
      path,
      { object: { history: { totalCount: log.length, nodes } } },
    ]);
  }
  const whole = git.run(['log', '--format=%H', 'main']).trim().split('\n');
  expect(
    world.inRepository(
      'object(expression: "main") { ... on Commit { history(first: 50) { nodes { oid } } } }',
    ),
  ).toEqual({ object: { history: { nodes: whole.map((oid) => ({ oid })) } } });
});

test('a history can start at a time', () => {
  const world = makeWorld({ a: '0' });
  world.push('erin', 'main', { a: '1' });
  world.push('erin', 'main', { a: '2' });
  const count = (since: string): unknown =>
    world.inRepository(
      `object(expression: "main") { ... on Commit { history(since: "${since}") { totalCount } } }`,
    );
  expect(count('2026-11-02T09:00:02Z')).toEqual({ object: { history: { totalCount: 1 } } });
  expect(count('2026-11-02T10:00:00+01:00')).toEqual({ object: { history: { totalCount: 3 } } });
});

test('refs are listed below a prefix and found by name', () => {
  const world = makeWorld();
  for (const branch of ['curfew/revert-2', 'curfew/revert-1', 'topic'])
    world.push('erin', branch, { a: branch });
  expect(
    world.inRepository(
      'refs(refPrefix: "refs/heads/curfew/", first: 1) { totalCount nodes { prefix name target { oid } } pageInfo { hasNextPage } }',
    ),
  ).toEqual({
    refs: {
      totalCount: 2,
      nodes: [
        { prefix: 'refs/heads/curfew/', name: 'revert-1', target: { oid: world.tip('curfew/revert-1') } },
      ],
      pageInfo: { hasNextPage: true },
    },
  });
  const ref = (name: string): unknown => world.inRepository(`ref(qualifiedName: "${name}") { prefix name }`);
  const found = { ref: { prefix: 'refs/heads/', name: 'topic' } };
  expect(['topic', 'heads/topic', 'refs/heads/topic'].map(ref)).toEqual([found, found, found]);
  expect(ref('nowhere')).toEqual({ ref: null });
});

test('GitHub has an opinion of the CODEOWNERS file', () => {
  const world = makeWorld({ '.github/CODEOWNERS': '* @erin\n/templates/ @nobody\n!x @erin\n' });
  expect(
    world.inRepository('codeowners(refName: "main") { errors { line column kind path } }'),
  ).toMatchObject({
    codeowners: {
      errors: [
        { line: 2, column: 13, kind: 'Unknown owner', path: '.github/CODEOWNERS' },
        { line: 3, column: 1, kind: 'Invalid pattern', path: '.github/CODEOWNERS' },
      ],
    },
  });
  expect(makeWorld().inRepository('codeowners { errors { line } }')).toEqual({ codeowners: null });
});
