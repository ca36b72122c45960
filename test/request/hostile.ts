/** Files that somebody wrote to do harm: a request that was tampered with, indicators in any order, or plain noise. */
import * as fc from 'fast-check';

/** A request that nothing is wrong with. */
export const validRequest = `apiVersion: curfew.dev/v1
kind: AccessRequest
spec:
  template: debug-pod
  parameters:
    app: payments-api
  duration: 2h
  reason: Checkout latency, see INC-4711
  ticket: INC-4711
`;

/** Pieces with which YAML readers have been fooled. */
const fragments = [
  '\n',
  '\r',
  '\t',
  ' ',
  '  ',
  ': ',
  ':',
  '- ',
  '-',
  '? ',
  '#',
  ' # ',
  '[',
  ']',
  '{',
  '}',
  ',',
  '"',
  "'",
  '|',
  '>',
  '|+9\n',
  '&a ',
  '*a',
  '!',
  '!!str ',
  '!!binary ',
  '%YAML 1.1\n',
  '---\n',
  '...\n',
  '<<: ',
  '__proto__: ',
  'constructor: ',
  '\\',
  '\\u202e',
  '\\0',
  '"\\x00"',
  '\u0000',
  '\u0085',
  '\u2028',
  '\u202e',
  '\u200b',
  '\ufeff',
  '\ud800',
  '.inf',
  '.nan',
  '0x1f',
  '1e999',
  '~',
  'null',
  'true',
  'yes',
  '9007199254740993',
  '-0',
  '010',
  '1:30',
  '${grant.user}',
  '${parameters.app}',
  'spec:\n',
  '  spec: {',
  'system:masters',
  '@acme/sre',
  'template: x\n',
  '  duration: 9999d\n',
  '  duration: -1h\n',
  'apiVersion: v1\n',
  '<!-- curfew -->',
  '```',
  'a'.repeat(300),
  '[['.repeat(40),
  '- '.repeat(40),
];

const fragment = fc.constantFrom(...fragments);

/** A valid request with pieces put in, taken out or doubled. */
const tampered = fc
  .array(fc.tuple(fc.nat(validRequest.length), fc.nat(12), fragment), { minLength: 0, maxLength: 3 })
  .map((edits) =>
    edits.reduce(
      (text, [at, length, piece]) => text.slice(0, at) + piece + text.slice(at + (length > 6 ? 0 : length)),
      validRequest,
    ),
  );

/** Indicators, words and white space in any order. */
const soup = fc
  .array(fc.oneof(fragment, fc.constantFrom('a', 'b: 1', 'c', '\n', '\n  ', '\n    ', ' ')), {
    maxLength: 30,
  })
  .map((pieces) => pieces.join(''));

const noise = fc.string({ unit: 'binary', maxLength: 200 });

export const hostileYaml = fc.oneof(
  { arbitrary: tampered, weight: 5 },
  { arbitrary: soup, weight: 4 },
  { arbitrary: noise, weight: 1 },
);
