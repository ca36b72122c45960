/** Request files that can be read in two ways, or that take for ever to read. */
import type { Attack } from '../attack.ts';
import { requestText } from '../field.ts';
import { byText, request } from './ask.ts';

const nesting = `${'  '.repeat(4)}x:${' ['.repeat(900)}`;
const keys = Array.from({ length: 5000 }, (_, i) => `k${i}: 1`).join('\n');

export const yaml: readonly Attack[] = (
  [
    ['deep nesting', /the nesting is deeper than 6 levels|larger than/, `spec:\n${nesting}\n`],
    ['thousands of keys', /larger than 8192 bytes|more than 64 keys/, keys],
    [
      'keys in a small file',
      /more than 64 keys/,
      `{${Array.from({ length: 70 }, (_, i) => `k${i}: 1`).join(', ')}}`,
    ],
    ['an alias', /YAML anchors are not allowed/, request.replace('1h', '&d 1h')],
    [
      'an alias bomb',
      /YAML anchors are not allowed/,
      `a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n${request}`,
    ],
    ['a merge key', /YAML aliases are not allowed|"<<"/, request.replace('spec:', 'spec:\n  <<: *base')],
    ['a tag', /YAML tags are not allowed/, request.replace('1h', '!!str 1h')],
    ['a tag of another language', /YAML tags are not allowed/, request.replace('1h', '!!js/function "x"')],
    ['%YAML 1.1', /YAML directives are not allowed/, `%YAML 1.1\n---\n${request}`],
    ['a key twice', /twice|unique|duplicate/i, `${request}  duration: 4h\n`],
    ['a second document', /second YAML document/, `${request}---\n${requestText({ duration: '4h' })}`],
    [
      '__proto__',
      /__proto__/,
      request.replace('app: payments-api', 'app: payments-api\n    __proto__: {admin: true}'),
    ],
    ['a byte order mark', /U\+FEFF/, `\ufeff${request}`],
    ['a NUL', /not a text file of reasonable size/, request.replace('Checkout', 'Check\u0000out')],
    ['bidirectional characters in a comment', /U\+202E/, `${request}# \u202etnemmoc a\n`],
    ['a field that is not known', /subject/, `${request}  subject: erin\n`],
    ['a complex key', /the "\? key" form is not allowed/, `? spec\n: x\n${request}`],
    ['another kind', /kind/, request.replace('AccessRequest', 'Policy')],
    ['another version', /apiVersion/, request.replace('v1', 'v2')],
    ['nothing in it', /the file is empty/, ''],
  ] as const
).map(([what, says, text]) =>
  byText(`a file with ${what}`, 'YAML that can be read in two ways', 'invalid-request', says, text),
);
