import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grantPath, isRequestFile, parseRequestPath, requestPath } from '../../src/request/path.ts';

describe('parseRequestPath', () => {
  it('reads a namespace', () => {
    expect(parseRequestPath('access-requests/prod-eu/payments/inc-4711.yaml')).toEqual({
      ok: true,
      value: { cluster: 'prod-eu', namespace: 'payments', name: 'inc-4711' },
    });
  });

  it('reads cluster scope', () => {
    expect(parseRequestPath('access-requests/prod-eu/_cluster/x.yaml')).toMatchObject({
      value: { namespace: null },
    });
  });

  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
  const path = fc.record({ cluster: label, namespace: fc.option(label), name: label });

  it('reads what requestPath writes', () => {
    fc.assert(
      fc.property(path, (value) => {
        expect(parseRequestPath(requestPath(value))).toEqual({ ok: true, value });
        expect(grantPath(value)).toBe(requestPath(value).replace(/^access-requests/, 'grants'));
      }),
    );
  });

  it('reads nothing but what requestPath writes', () => {
    const piece = fc.oneof(
      label,
      fc.constantFrom(
        'access-requests',
        '_cluster',
        '..',
        '.',
        '',
        'A',
        'a_b',
        'ä',
        'a.yaml',
        '.yaml',
        'a.yml',
      ),
    );
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((pieces) => pieces.join('/')),
    );
    fc.assert(
      fc.property(any, (text) => {
        const result = parseRequestPath(text);
        expect(result.ok ? requestPath(result.value) : result.faults.length).toBe(result.ok ? text : 1);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    'access-requests',
    'access-requests/',
    'access-requests/a.yaml',
    'access-requests/a/b.yaml',
    'access-requests/a/b/c/d.yaml',
    'access-requests/a/b/c.yml',
    'access-requests/a/b/c.YAML',
    'access-requests/a/b/c.yaml/',
    'access-requests/a/b/c.yaml.yaml',
    'access-requests/a/b/c.yaml ',
    'access-requests/a/b/c..yaml',
    'access-requests/a/b/.yaml',
    'access-requests/a/b/-c.yaml',
    'access-requests/a/b/c-.yaml',
    'access-requests/a/b/C.yaml',
    'access-requests/a/b./c.yaml',
    'access-requests/a/../c.yaml',
    'access-requests/./b/c.yaml',
    'access-requests//b/c.yaml',
    '/access-requests/a/b/c.yaml',
    'access-requests/_cluster/b/c.yaml',
    'access-requests/a/_Cluster/c.yaml',
    'access-requests/a/b/_cluster.yaml',
    'access-requests/a/b\\c/d.yaml',
    'access-requests/a/b/ｃ.yaml',
    'access-requests/a/b/c\u0430.yaml',
    'access-requests/a/b/c\n.yaml',
    'access-requests/a/b/c\u0000.yaml',
    `access-requests/a/b/${'c'.repeat(64)}.yaml`,
    'Access-Requests/a/b/c.yaml',
    'grants/a/b/c.yaml',
  ])('refuses %j', (path) => {
    expect(parseRequestPath(path).ok).toBe(false);
  });
});

describe('isRequestFile', () => {
  it.each([
    ['access-requests/a/b/c.yaml', true],
    ['access-requests/a', true],
    ['access-requests', true],
    ['Access-Requests/a/b/c.yaml', true],
    ['access-requests/readme.md', true],
    ['access-requests/a/README.md', true],
    ['access-requests/README.md', false],
    ['access-requests.yaml', false],
    ['docs/access-requests/a/b/c.yaml', false],
    ['grants/a/b/c.yaml', false],
  ])('%s: %s', (path, expected) => {
    expect(isRequestFile(path)).toBe(expected);
  });
});
