import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Json, KubernetesObject } from '../../src/base/json.ts';
import { readManifests } from '../../src/request/manifests.ts';
import { canonicalYaml } from '../../src/template/canonical.ts';

const awkward = fc.constantFrom(
  '',
  ' ',
  '~',
  'null',
  'Null',
  'true',
  'yes',
  'y',
  'N',
  'on',
  'Off',
  'no',
  '1',
  '0x1f',
  '0o17',
  '010',
  '1_000',
  '1:30',
  '1e3',
  '.5',
  '.inf',
  '.NaN',
  'NaN',
  '2026-12-01',
  '<<',
  '=',
  '-',
  '- a',
  '?',
  ': ',
  'a: b',
  'a:',
  'a #b',
  '#',
  '&a',
  '*a',
  '!a',
  '%a',
  '@a',
  '`',
  '|',
  '>',
  '[',
  '{',
  '}',
  ',',
  "'",
  '"',
  '\\',
  '---',
  '...',
  '\n',
  'a\nb',
  'a\n\nb\n',
  ' a',
  'a ',
  '\t',
  'a\tb',
  '\r',
  '\0',
  '\u001b',
  '\u0085',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\u00a0',
  '\ud800',
  '😀',
  'e0',
  'E-5',
  'curfew:read-logs',
  'alice@example.com',
  'a@',
  'a:b:',
  'docker.io/library/busybox:1.37.0',
  '__proto__',
  'constructor',
  'x'.repeat(500),
);
const text = fc.oneof(awkward, fc.string({ unit: 'binary' }), fc.string());
const tree = fc.letrec<{ value: Json; list: readonly Json[]; record: Record<string, Json> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    text,
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
    tie('list'),
    tie('record'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  record: fc.dictionary(
    text.filter((key) => key !== '__proto__'),
    tie('value'),
    { maxKeys: 4 },
  ),
}));

function object(content: Json, name = 'a'): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, content };
}

/** As Kubernetes' own tools would read it (1.1), or by the standard (1.2). */
function readAs(version: '1.1' | '1.2', yaml: string): unknown {
  const documents = parseAllDocuments(yaml, {
    version,
    schema: version === '1.1' ? 'yaml-1.1' : 'core',
    strict: true,
  });
  return Array.isArray(documents)
    ? documents.map((document) => (document.errors.length > 0 ? document.errors : document.toJS()))
    : documents;
}

describe('canonicalYaml', () => {
  it('reads back as what was written, to YAML 1.1 and 1.2', () => {
    fc.assert(
      fc.property(fc.array(tree.value, { minLength: 1, maxLength: 3 }), (values) => {
        const objects = values.map((value) => object(value));
        const yaml = canonicalYaml(objects);
        expect(readAs('1.2', yaml)).toEqual(objects);
        expect(readAs('1.1', yaml)).toEqual(objects);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads back by our own reader where that reads such text at all', () => {
    const plain = fc.oneof(
      fc.stringMatching(/^[ -~]{0,30}$/),
      fc.constantFrom('yes', '010', 'a: b', '- a', '~', '---', 'a\nb\tc'),
    );
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 3 }), (values) => {
        const objects = values.map((value, index) =>
          object({ value, list: [value, index, true, null, [], {}] }),
        );
        const result = readManifests('f.yaml', canonicalYaml(objects));
        expect(result).toEqual({ ok: true, value: objects });
      }),
    );
  });

  it('is one text for one value, whatever the order of keys', () => {
    fc.assert(
      fc.property(tree.record, (record) => {
        const turned = Object.fromEntries(Object.entries(record).reverse());
        expect(canonicalYaml([object(turned)])).toBe(canonicalYaml([object(record)]));
      }),
    );
  });

  it('writes what people read most first, and folds nothing', () => {
    const pod: KubernetesObject = {
      kind: 'Pod',
      spec: {
        nodes: [],
        containers: [{ image: 'busybox:1.37.0', name: 'a', args: ['-c', 'x '.repeat(100)] }],
        labels: {},
      },
      metadata: { labels: { b: 'yes', a: '1' }, namespace: 'payments', name: 'x' },
      apiVersion: 'v1',
    };
    expect(canonicalYaml([pod, object('a\nb')])).toBe(`apiVersion: v1
kind: Pod
metadata:
  name: x
  namespace: payments
  labels:
    a: "1"
    b: "yes"
spec:
  containers:
    - name: a
      args:
        - "-c"
        - "${'x '.repeat(100)}"
      image: busybox:1.37.0
  labels: {}
  nodes: []
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
content: "a\\nb"
`);
  });

  it('writes nothing for nothing, and refuses what YAML cannot say', () => {
    expect(canonicalYaml([])).toBe('');
    expect(() => canonicalYaml([object(Number.NaN)])).toThrow(RangeError);
    expect(() => canonicalYaml([object([Infinity])])).toThrow(RangeError);
  });
});
