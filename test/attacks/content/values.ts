/** Values of a request that are not what they seem. */
import type { Attack } from '../attack.ts';
import { byLine } from './ask.ts';

const app = 'app: payments-api';
const reason = 'reason: Checkout latency';
const hour = 'duration: 1h';

export const values: readonly Attack[] = [
  byLine(
    'a parameter with a line break',
    'invalid-request',
    /spec\.parameters\.app/,
    app,
    'app: "x\\n  kind: ClusterRole"',
  ),
  byLine(
    'a parameter with a document mark',
    'invalid-request',
    /spec\.parameters\.app/,
    app,
    'app: "x\\n---\\nkind: Pod"',
  ),
  byLine('a parameter with NEL', 'invalid-request', /U\+0085/, app, 'app: "x\\N"'),
  byLine('a parameter with U+2028', 'invalid-request', /U\+2028/, app, 'app: "x\\L"'),
  byLine('a parameter with a placeholder', 'invalid-request', /app/, app, "app: '${grant.user}'"),
  byLine('a parameter with a wildcard', 'invalid-request', /app/, app, "app: '*'"),
  byLine('a parameter that is a list', 'invalid-request', /app/, app, 'app: [a, b]'),
  byLine(
    'a parameter that the template has not',
    'invalid-request',
    /namespace/,
    app,
    `${app}\n    namespace: vault`,
  ),
  byLine(
    'a reason with a line break',
    'invalid-request',
    /spec\.reason/,
    reason,
    'reason: "x\\n\\nCurfew-Approval: 1"',
  ),
  byLine(
    'a reason with bidirectional characters',
    'invalid-request',
    /spec\.reason|U\+202E/,
    reason,
    'reason: "\\u202etxet"',
  ),
  byLine(
    'a reason with zero-width characters',
    'invalid-request',
    /spec\.reason|U\+200B/,
    reason,
    'reason: "x\\u200by"',
  ),
  byLine(
    'a template from another folder',
    'invalid-request',
    /spec\.template/,
    'debug-pod',
    '../roles/debug-pod',
  ),
  byLine(
    'a template that is not there',
    'unknown-template',
    /There is no template cluster-admin/,
    'debug-pod',
    'cluster-admin',
  ),
  ...[
    '-1h',
    '1.5h',
    '.inf',
    '.nan',
    '9999d',
    '99999999999999999999h',
    '1e3h',
    '0m',
    '0x10h',
    "'1h '",
    '3600',
  ].map((given) =>
    byLine(
      `a duration of ${given}`,
      'invalid-request',
      /spec\.duration|is not a plain number/,
      hour,
      `duration: ${given}`,
    ),
  ),
  byLine(
    'a duration over the template’s',
    'duration-too-long',
    /4h at most, 5h is asked for/,
    hour,
    'duration: 5h',
  ),
  ...(
    [
      ['in the past', 'not-before-past', '2026-11-01T00:00:00Z'],
      ['in the past by its offset', 'not-before-past', '2026-12-01T12:00:00+14:00'],
      ['far ahead', 'invalid-request', '9999-12-31T23:59:59Z'],
      ['without an offset', 'invalid-request', '2026-12-01T12:00:00'],
      ['with an offset that there is not', 'invalid-request', '2026-12-01T12:00:00+99:99'],
      ['on 30 February', 'invalid-request', '2027-02-30T12:00:00Z'],
    ] as const
  ).map(([what, code, given]) =>
    byLine(`a start ${what}`, code, /spec\.notBefore/, hour, `${hour}\n  notBefore: ${given}`),
  ),
  byLine(
    'for a user of Kubernetes itself',
    'invalid-request',
    /spec\.for/,
    hour,
    `${hour}\n  for: 'system:masters'`,
  ),
  byLine('for nobody', 'invalid-request', /spec\.for/, hour, `${hour}\n  for: ''`),
  byLine('for a group', 'invalid-request', /spec\.for/, hour, `${hour}\n  for: acme/platform`),
  byLine(
    'for somebody whom nobody knows',
    'unknown-subject',
    /nobody-knows is not somebody/,
    hour,
    `${hour}\n  for: nobody-knows`,
  ),
  byLine(
    'for somebody else, without the right to ask',
    'on-behalf-denied',
    /alice asks for erin/,
    hour,
    `${hour}\n  for: erin`,
  ),
];
