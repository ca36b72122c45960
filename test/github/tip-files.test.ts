import { describe, expect, test } from 'vitest';
import { sharing, treeFacts, trustedFiles } from '../../src/github/tip-files.ts';

const paths = [
  '.github/curfew.yaml',
  '.github/CODEOWNERS',
  'CODEOWNERS',
  'README.md',
  'templates/a.yaml',
  'templates/deep/b.yaml',
  'templates/roles/a.yaml',
  'clusters/prod/a.yaml',
  'clusters/prod/b.yaml',
  'grants/prod/README.md',
  'access-requests/prod/a/b.yaml',
];

/** The facts of a tree with these contents at some paths. */
function factsOf(contents: Readonly<Record<string, string>> = {}) {
  const files = paths.map((path) => ({
    path,
    mode: '100644',
    oid: `id of ${contents[path] ?? 'text'} at ${path}`,
  }));
  const blobs = new Map(files.map(({ path, oid }) => [oid, { text: contents[path] ?? 'text' }]));
  return treeFacts(trustedFiles(files), blobs);
}

describe('the trusted files of a tree', () => {
  test('are those that decide, of CODEOWNERS the one that GitHub reads', () => {
    const { policy, codeowners, templates, roles, clusters } = factsOf();
    expect([policy?.path, codeowners?.path]).toEqual(['.github/curfew.yaml', '.github/CODEOWNERS']);
    expect(templates.map(({ path }) => path)).toEqual(['templates/a.yaml']);
    expect(roles.map(({ path }) => path)).toEqual(['templates/roles/a.yaml']);
    expect(clusters.map(({ path }) => path)).toEqual(['clusters/prod/a.yaml', 'clusters/prod/b.yaml']);
  });

  test('stay the very same where nothing of them changes', () => {
    const before = factsOf();
    const after = sharing(before, factsOf({ 'clusters/prod/b.yaml': 'other' }));
    expect(after.templates).toBe(before.templates);
    expect(after.policy).toBe(before.policy);
    expect(after.clusters[0]).toBe(before.clusters[0]);
    expect(after.clusters[1]?.text).toBe('other');
    expect(after.clusters).not.toBe(before.clusters);
    expect(sharing(null, before)).toBe(before);
  });

  test('are never those of another content or mode', () => {
    const before = factsOf();
    const executable = { ...before, roles: before.roles.map((file) => ({ ...file, mode: '100755' })) };
    expect(sharing(before, executable).roles[0]?.mode).toBe('100755');
    const gone = { ...before, policy: null, clusters: before.clusters.slice(0, 1) };
    expect(sharing(before, gone)).toMatchObject({ policy: null });
    expect(sharing(before, gone).clusters).toHaveLength(1);
    expect(sharing(gone, before).policy).toBe(before.policy);
  });
});
