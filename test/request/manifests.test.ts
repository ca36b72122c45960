import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readManifests } from '../../src/request/manifests.ts';

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n';

describe('readManifests', () => {
  it('reads documents in their order and leaves out empty ones', () => {
    const result = readManifests(
      'f.yaml',
      `# header\n---\n${pod}---\n# nothing\n---\n${pod.replace('a}', 'b}')}`,
    );
    expect(result.ok && result.value.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });

  it('reads nothing as no objects', () => {
    expect(readManifests('f.yaml', '# nothing yet\n')).toEqual({ ok: true, value: [] });
  });

  it('reads what other tools write, in text and numbers', () => {
    const text = `${pod}data:\n  family: "👩‍👩‍👧 \\u001b[1m"\n  mode: 0644\n  big: 12345678901234567890\n  icon: "\ue0b0"\n`;
    const result = readManifests('f.yaml', text);
    expect(result).toMatchObject({ ok: true, value: [{ data: { family: '👩‍👩‍👧 \u001b[1m', mode: 0o644 } }] });
  });

  it('reads a leading zero as Kubernetes does: octal, where the digits are', () => {
    const ports = '[0443, -010, -00, 08, 0, 0.5, "0443"]';
    const result = readManifests('f.yaml', `${pod}spec: {ports: ${ports}}\n`);
    expect(result).toMatchObject({
      ok: true,
      value: [{ spec: { ports: [0o443, -8, 0, 8, 0, 0.5, '0443'] } }],
    });
  });

  it('reads labels that are called as what every object inherits: whoever labels a pod hides no file by it', () => {
    const labels = '{constructor: a, toString: b, hasOwnProperty: c}';
    const text = (keys: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: ${keys}}\n`;
    const result = readManifests('f.yaml', text(labels));
    expect(result.ok && Object.entries(result.value[0]?.metadata['labels'] ?? {})).toEqual([
      ['constructor', 'a'],
      ['toString', 'b'],
      ['hasOwnProperty', 'c'],
    ]);
    expect(readManifests('f.yaml', text('{__proto__: {a: b}}')).ok).toBe(false);
    expect(readManifests('f.yaml', text('{toString: a, toString: b}')).ok).toBe(false);
  });

  it('opens lists as kubectl prints them', () => {
    const list = 'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n';
    const typed = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleList\nitems:\n- metadata: {name: r}\n';
    const result = readManifests('f.yaml', `${list}---\n${typed}`);
    expect(
      result.ok && result.value.map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.name]),
    ).toEqual([
      ['v1', 'Pod', 'a'],
      ['rbac.authorization.k8s.io/v1', 'Role', 'r'],
    ]);
  });

  it.each([
    ['text', 'a: 1\n---\nhello\n', '1:1'],
    ['no kind', `${pod}---\napiVersion: v1\nmetadata: {name: a}\n`, '5:1'],
    ['no name', 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a}\n', '1:1'],
    ['an empty name', 'apiVersion: v1\nkind: Pod\nmetadata: {name: ""}\n', '1:1'],
    ['an item of a list that is none', 'kind: List\nitems:\n  - 1\n', '3:5'],
    ['a list in a list', 'kind: List\nitems:\n- kind: List\n  items:\n  - x\n', '5:5'],
    ['infinity', `${pod}spec: .inf\n`, '4:7'],
    ['a control character', `${pod}spec: \u001f\n`, '4:7'],
    ['an anchor', `a: &a 1\n`, '1:4'],
    ['a key twice', `${pod}kind: Secret\n`, '4:1'],
  ])('refuses %s', (_, text, at) => {
    const result = readManifests('f.yaml', text);
    expect(result.ok ? null : `${result.faults[0]?.line}:${result.faults[0]?.column}`).toBe(at);
  });

  it.each(
    readdirSync('clusters', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml')),
  )('reads the snapshot %s', (path) => {
    const result = readManifests(path, readFileSync(`clusters/${path}`, 'utf8'));
    expect(result.ok && result.value.length).toBeGreaterThan(0);
  });
});
