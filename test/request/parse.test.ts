import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findUnsafe } from '../../src/base/text.ts';
import { parseAccessRequest } from '../../src/request/parse.ts';
import corpus from './corpus/requests.json' with { type: 'json' };
import { hostileYaml, validRequest } from './hostile.ts';

const file = 'access-requests/prod-eu/payments/inc-4711.yaml';

describe('parseAccessRequest', () => {
  it('reads every field', () => {
    const text = `${validRequest}  notBefore: 2026-12-01T10:00:00+01:00\n  for: Alice-2_acme\n`;
    const result = parseAccessRequest(file, text);
    expect(result.ok && result.value.request).toEqual({
      template: 'debug-pod',
      parameters: { app: 'payments-api' },
      duration: 7200,
      reason: 'Checkout latency, see INC-4711',
      ticket: 'INC-4711',
      notBefore: Date.UTC(2026, 11, 1, 9),
      for: 'Alice-2_acme',
    });
    expect(result.ok && result.value.at(['spec', 'parameters', 'app'])).toEqual({ line: 6, column: 10 });
    expect(result.ok && result.value.keyAt(['spec', 'parameters', 'app'])).toEqual({ line: 6, column: 5 });
  });

  it('leaves out what may be left out', () => {
    const text =
      'apiVersion: curfew.dev/v1\nkind: AccessRequest\nspec: {template: read-logs, reason: because}\n';
    const result = parseAccessRequest(file, text);
    expect(result.ok && result.value.request).toEqual({
      template: 'read-logs',
      parameters: {},
      duration: null,
      reason: 'because',
      ticket: null,
      notBefore: null,
      for: null,
    });
  });

  it('keeps the type of every parameter', () => {
    const text = validRequest.replace(
      'app: payments-api',
      "a: 80\n    b: '80'\n    c: true\n    d: 'true'\n    e: ${grant.user}",
    );
    const result = parseAccessRequest(file, text);
    expect(result.ok && result.value.request.parameters).toEqual({
      a: 80,
      b: '80',
      c: true,
      d: 'true',
      e: '${grant.user}',
    });
  });

  it.each(corpus)('$why', ({ text, faults }) => {
    const result = parseAccessRequest(file, text);
    const found = result.ok ? [] : result.faults;
    expect(
      found.map(
        ({ line, column, message, remedy }) => `${line}:${column} ${message}${remedy && `; ${remedy}`}`,
      ),
    ).toEqual(faults);
    for (const fault of found) expect(fault.file).toBe(file);
  });

  it('accepts nothing that means anything else, in 10,000 hostile files', () => {
    let accepted = 0;
    fc.assert(
      fc.property(hostileYaml, (text) => {
        if (judge(text)) accepted++;
      }),
      { numRuns: 10_000 },
    );
    expect(accepted).toBeGreaterThan(200);
  });
});

/** Whatever is accepted is within every bound; whatever is refused says so in plain text. */
function judge(text: string): boolean {
  const result = parseAccessRequest(file, text);
  if (!result.ok) {
    assert(result.faults.length > 0);
    assert(result.faults.every(({ message, remedy }) => findUnsafe(message + remedy) === null));
    return false;
  }
  const { template, duration, reason, ticket, parameters, for: subject } = result.value.request;
  assert.match(template, /^[a-z0-9-]{1,63}$/);
  assert(duration === null || (duration >= 60 && duration <= 30 * 86_400));
  assert.match(ticket ?? 'x', /^[!-~]{1,100}$/);
  assert.match(subject ?? 'x', /^[\w-]{1,100}$/);
  assert(Object.keys(parameters).every((name) => /^[a-z][A-Za-z0-9]*$/.test(name)));
  assert(Object.values(parameters).every((value) => ['string', 'number', 'boolean'].includes(typeof value)));
  assert.equal(Object.getPrototypeOf(parameters), Object.prototype);
  const shown = [reason, ...Object.values(parameters).map(String)];
  assert(shown.every((line) => findUnsafe(line) === null && line.length <= 500));
  return true;
}
