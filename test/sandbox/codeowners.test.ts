import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownersOf, readCodeowners } from '../../src/sandbox/codeowners.ts';
import corpus from './codeowners.json' with { type: 'json' };
import { access, startAcme } from './support.ts';
import type { World } from './support.ts';

let world: World;
let count = 0;

beforeAll(async () => {
  world = await startAcme();
  const { world: build } = world.sandbox;
  build.createTeam('acme/outsiders');
  build.createTeam('acme/hidden', { privacy: 'secret' });
  build.setTeamPermission('acme/hidden', 'acme/access', 'write', 'erin');
});

afterAll(async () => {
  await world.sandbox.close();
});

/** Puts the file on a branch of its own and gives the commit. */
function commitFiles(files: Readonly<Record<string, string>>): string {
  count += 1;
  return world.sandbox.world.pushFiles('acme/access', 'alice', { branch: `b${count}`, base: 'main', files });
}

describe('CODEOWNERS', () => {
  it.each(corpus)('$why: $path', ({ file, path, line }) => {
    const { state } = world.sandbox;
    const commit = commitFiles({ '.github/CODEOWNERS': file });
    const codeowners = readCodeowners(state, world.repository, commit);
    if (codeowners === undefined) throw new Error('the file is not read');
    const owners = ownersOf(state, world.repository, codeowners, path);
    expect(owners.length > 0).toBe(line !== null);
    if (line === null) return;
    const expected = codeowners.lines.find((one) => one.line === line)?.owners.length;
    expect(owners).toHaveLength(expected ?? 0);
  });

  it('is read from the first place that has it, and only there', () => {
    const { state } = world.sandbox;
    const read = (files: Readonly<Record<string, string>>): string | undefined =>
      readCodeowners(state, world.repository, commitFiles(files))?.path;
    const all = {
      'docs/CODEOWNERS': '* @alice\n',
      CODEOWNERS: '* @bob\n',
      '.github/CODEOWNERS': '* @carol\n',
    };
    expect(read(all)).toBe('.github/CODEOWNERS');
    expect(read({ 'docs/CODEOWNERS': '* @alice\n', CODEOWNERS: '* @bob\n' })).toBe('CODEOWNERS');
    expect(read({ 'docs/CODEOWNERS': '* @alice\n' })).toBe('docs/CODEOWNERS');
    expect(read({ 'README.md': 'x\n' })).toBeUndefined();
  });

  it('is not loaded over three megabytes', () => {
    const commit = commitFiles({ CODEOWNERS: '# x\n'.repeat(800_000) });
    expect(readCodeowners(world.sandbox.state, world.repository, commit)).toBeUndefined();
  });

  it('has its errors listed with line and column', async () => {
    const file = '* @alice\n!a @bob\nb bob\nc @nobody\n';
    const sha = commitFiles({ '.github/CODEOWNERS': file });
    const { data } = await world.as('alice').repos.codeownersErrors({ ...access, ref: sha });
    expect(data.errors).toMatchObject([
      { line: 2, column: 1, kind: 'Invalid pattern', path: '.github/CODEOWNERS' },
      { line: 3, column: 3, kind: 'Invalid owner' },
      { line: 4, column: 3, kind: 'Unknown owner' },
    ]);
  });
});
