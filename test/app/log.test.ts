import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/app/log.ts';

const secret = 'a "quoted" \\ secret';

function logged(write: (log: ReturnType<typeof createLog>) => void): {
  readonly line: string;
  readonly fields: Record<string, unknown>;
} {
  const lines: string[] = [];
  write(
    createLog({
      level: 'info',
      secrets: [secret, ''],
      destination: { write: (line) => void lines.push(line) },
    }),
  );
  const line = lines.join('');
  return { line, fields: JSON.parse(line) };
}

describe('no secret is in the log', () => {
  test.each([
    ['a given secret', `x ${secret} y`, 'x [redacted] y'],
    ['an installation token', `x ghs_${'a1'.repeat(18)} y`, 'x [redacted] y'],
    [
      'an installation token of 2026, which is a JSON web token',
      `x ghs_4711_eyJhbGciOiJSUzI1NiJ9.eyJpc3M-${'b2'.repeat(20)}.c2ln-${'c3'.repeat(20)} y`,
      'x [redacted] y',
    ],
    ['a personal token', `x github_pat_${'a1'.repeat(18)} y`, 'x [redacted] y'],
    ['a JSON web token', `x eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjF9.c2lnbmF0dXJl y`, 'x [redacted] y'],
    [
      'a private key',
      'x -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- y',
      'x [redacted] y',
    ],
    ['a private key cut off', 'x -----BEGIN PRIVATE KEY-----\nMIIE', 'x [redacted]'],
    [
      'a password in an address',
      'clone https://alice:hunter2@example.com/a',
      'clone https://[redacted]@example.com/a',
    ],
    ['a header', 'Authorization: Bearer 0123456789abcdef0123', 'Authorization: Bearer [redacted]'],
  ])('%s', (_what, text, clean) => {
    const { fields } = logged((log) => log.info({ nested: { text } }, text));
    expect(fields).toMatchObject({ msg: clean, nested: { text: clean } });
  });

  test('nor in what an error carries along', () => {
    const request = { headers: { authorization: 'something unknown' }, body: 'payload' };
    const error = Object.assign(new Error('422', { cause: new Error('deeper') }), {
      status: 422,
      request,
      event: request,
    });
    const { line, fields } = logged((log) => log.error({ err: error }, 'failed'));
    expect(line).not.toContain('something unknown');
    expect(line).not.toContain('payload');
    expect(fields).toMatchObject({
      err: { type: 'Error', message: '422', status: 422, cause: { message: 'deeper' } },
    });
  });
});

test('an ordinary sentence stays as it is', () => {
  const text = 'the token of installation 3 is basic; https://example.com/a@b has no password, v1.2.3, ghs_';
  expect(logged((log) => log.info(text)).fields['msg']).toBe(text);
});

test('one line stays one line, and nothing hides in it', () => {
  const text = 'a\r\nb\u2028c\u202ed\u001b[2Je\u0085f\u200bg';
  const { line, fields } = logged((log) => log.info({ repository: text }, text));
  expect(line).toMatch(/^[\x20-\x7e]*\n$/);
  expect(fields).toMatchObject({ msg: text, repository: text });
});
