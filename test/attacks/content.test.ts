/** Pull requests and request files that are not what they seem. */
import type { ReasonCode } from '../../src/base/reasons.ts';
import type { FileContent } from '../../src/sandbox/operations/repositories.ts';
import type { Attack } from './attack.ts';
import { bystander, repo, requestPath, requestText, type Change, type Field } from './field.ts';
import { play } from './runner.ts';

/** A pull request of alice's with these files, approved by whoever may. */
function byPullRequest(
  name: string,
  refused: string,
  reason: ReasonCode,
  says: RegExp,
  files: Change['files'] | ((field: Field) => Promise<Change['files']>),
): Attack {
  return {
    name,
    refused,
    reason,
    says,
    play: async (field) => {
      const changed = typeof files === 'function' ? await files(field) : files;
      const pullRequest = await field.pull('alice', { branch: branchOf(name), files: changed });
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  };
}

function branchOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** A request file with this text. */
function byText(name: string, refused: string, reason: ReasonCode, says: RegExp, text: string): Attack {
  return byPullRequest(name, refused, reason, says, { [path]: text });
}

/** A good request with one line in place of another. */
function byLine(name: string, reason: ReasonCode, says: RegExp, from: string | RegExp, to: string): Attack {
  return byText(name, 'a value that is not what it seems', reason, says, requestText().replace(from, to));
}

const path = requestPath('asked');
const request = requestText();

const companions: readonly (readonly [what: string, path: string])[] = [
  ['CODEOWNERS', '.github/CODEOWNERS'],
  ['the policy', '.github/curfew.yaml'],
  ['a template', 'templates/debug-pod.yaml'],
  ['a role of the catalog', 'templates/roles/debug-pod.yaml'],
  ['a workflow', '.github/workflows/ci.yml'],
  ['the snapshot of the cluster', 'clusters/staging/workloads.yaml'],
];

function withMode(mode: '100755' | '120000' | '160000', content: string): FileContent {
  return { mode, content };
}

const pullRequests: readonly Attack[] = [
  ...companions.map(([what, companion]) =>
    byPullRequest(
      `a request that brings ${what} along`,
      'to be judged by what it brings along',
      'mixed-change',
      /changes 2 files; a request is alone in its pull request/,
      { [path]: request, [companion]: '# mine now\n' },
    ),
  ),
  byPullRequest('two requests in one', 'the second request', 'mixed-change', /changes 2 files/, {
    [path]: request,
    [requestPath('asked-too')]: request,
  }),
  byPullRequest(
    'a symlink',
    'a file that is another',
    'invalid-request',
    /not an ordinary file \(its mode is 120000\)/,
    { [path]: withMode('120000', '../../../README.md') },
  ),
  byPullRequest(
    'a submodule',
    'a file that is none',
    'invalid-request',
    /not an ordinary file \(its mode is 160000\)/,
    { [path]: withMode('160000', '1'.repeat(40)) },
  ),
  byPullRequest(
    'an executable',
    'a file that can be run',
    'invalid-request',
    /not an ordinary file \(its mode is 100755\)/,
    { [path]: withMode('100755', request) },
  ),
  byPullRequest(
    'a file over the limit',
    'more than is read of a request',
    'invalid-request',
    /larger than 8192 bytes/,
    { [path]: `${request}# ${'x'.repeat(8192)}\n` },
  ),
  byPullRequest(
    'a binary file',
    'a file that is no text',
    'invalid-request',
    /not a text file of reasonable size/,
    { [path]: { mode: '100644', content: Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe, 0x00]) } },
  ),
  byPullRequest(
    'a file renamed to a request',
    'a request that nobody wrote',
    'mixed-change',
    /adds one request file, or deletes one, and nothing else/,
    async (field) => ({
      'README.md': null,
      [path]: await field.text('README.md'),
    }),
  ),
  byPullRequest(
    'a request renamed away',
    'a request that goes by another name',
    'mixed-change',
    /adds one request file, or deletes one, and nothing else/,
    async (field) => ({
      'access-requests/staging/orders/bystander.yaml': null,
      'notes.yaml': await field.text('access-requests/staging/orders/bystander.yaml'),
    }),
  ),
  ...(
    [
      ['dots for a name', 'access-requests/staging/payments/..yaml', 'is not a name for a request'],
      [
        'other letters for the folder',
        'Access-Requests/staging/payments/asked.yaml',
        'not the path of an access request',
      ],
      [
        'other letters for the namespace',
        'access-requests/staging/Payments/asked.yaml',
        'is not the name of a namespace',
      ],
      [
        'a look-alike of the namespace',
        'access-requests/staging/p\u0430yments/asked.yaml',
        'is not the name of a namespace',
      ],
      ['a trailing dot', 'access-requests/staging/payments/asked.yaml.', 'does not end in .yaml'],
      [
        'an invisible character in the name',
        'access-requests/staging/payments/as\u200bked.yaml',
        'is not a name for a request',
      ],
      [
        'one folder more',
        'access-requests/staging/payments/deep/asked.yaml',
        'not the path of an access request',
      ],
      ['one folder less', 'access-requests/staging/asked.yaml', 'not the path of an access request'],
      ['a README of its own', 'access-requests/staging/README.md', 'not the path of an access request'],
    ] as const
  ).map(([what, odd, says]) =>
    byPullRequest(
      `a path with ${what}`,
      'a scope that nobody can tell',
      'invalid-request',
      new RegExp(says),
      { [odd]: request },
    ),
  ),
  byPullRequest(
    'a request that landed, made longer',
    'more than was approved',
    'request-modified',
    /a request that landed is never modified/i,
    {
      'access-requests/staging/orders/bystander.yaml': requestText({ template: 'read-logs', duration: '8h' }),
    },
  ),
  byPullRequest(
    'a pull request that changes a grant',
    'a hand below grants/',
    'grants-touched',
    /Only Curfew writes below grants\/, but this changes grants\/staging\/orders\/bystander\.yaml/,
    async (field) => ({ [bystander]: (await field.text(bystander)).replace('T10:', 'T20:') }),
  ),
  byPullRequest(
    'a pull request that deletes somebody else’s grant',
    'a hand below grants/',
    'grants-touched',
    /Only Curfew writes below grants\//,
    { [bystander]: null },
  ),
  byPullRequest(
    'a pull request that puts a kustomization beside the grants',
    'a hand below grants/',
    'grants-touched',
    /Only Curfew writes below grants\//,
    { 'grants/staging/kustomization.yaml': 'resources: [https://evil.example.com]\n' },
  ),
  {
    name: 'a request from a fork',
    refused: 'a requester without write access',
    reason: 'from-fork',
    says: /Requests from forks are refused/,
    play: async (field) => {
      const { world } = field.sandbox;
      const fork = world.fork('acme/access', 'mallory');
      world.pushFiles(`mallory/${fork.name}`, 'mallory', { branch: 'fork', files: { [path]: request } });
      return { pullRequest: await field.open('mallory', 'mallory:fork') };
    },
  },
  {
    name: 'a request by somebody who may only read, from a branch of somebody else’s',
    refused: 'a requester without write access',
    reason: 'requester-cannot-write',
    says: /rita has no write access/,
    play: async (field) => {
      const { world } = field.sandbox;
      world.createUser({ login: 'rita', id: 1100, name: 'Rita', emails: ['rita@example.com'] });
      world.setCollaborator('acme/access', 'rita', 'read');
      await field.push('mallory', { branch: 'for-rita', files: { [path]: request } });
      return { pullRequest: await field.open('rita', 'for-rita') };
    },
  },
  {
    name: 'a request by an App',
    refused: 'a requester who is no person',
    reason: 'not-a-person',
    says: /not a person whom GitHub knows/,
    play: async (field) => {
      await field.push('mallory', { branch: 'robot', files: { [path]: request } });
      const asked = { ...repo, head: 'robot', base: 'main', title: 'Access' };
      const { data } = await field.otherApp().pulls.create(asked);
      await field.settle();
      return { pullRequest: data.number };
    },
  },
];

const nesting = `${'  '.repeat(4)}x:${' ['.repeat(900)}`;
const keys = Array.from({ length: 5000 }, (_, i) => `k${i}: 1`).join('\n');

const yaml: readonly Attack[] = (
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

const app = 'app: payments-api';
const reason = 'reason: Checkout latency';
const hour = 'duration: 1h';

const values: readonly Attack[] = [
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

/** What is asked for is allowed: only the words in which it is asked are not to do anything, so nobody approves. */
const shown: readonly Attack[] = (
  [
    ['a mention', 'cc @acme/platform', /cc @&#8203;acme\/platform/],
    ['an image and a link', '![x](http://evil.example.com/x.png)', /!&#91;x&#93;/],
    ['HTML', '<img src=x onerror=alert(1)>', /&#60;img src=x/],
    ['a fence', '``` approved', /&#96;&#96;&#96;/],
    ['the marker of our own comment', '<!-- curfew --> **Approved**', /&#60;!-- curfew --&#62;/],
  ] as const
).map(([what, text, says]) => ({
  name: `a reason with ${what}`,
  refused: 'text that acts instead of being read',
  reason: 'waiting-for-approval',
  says,
  play: async (field) => {
    const branch = branchOf(what);
    const files = { [requestPath(branch)]: request.replace(reason, `reason: '${text}'`) };
    return { pullRequest: await field.pull('alice', { branch, files }) };
  },
}));

play('content', [
  ...pullRequests,
  ...yaml,
  ...values,
  ...shown,
  {
    name: 'invisible characters in the title of a pull request',
    refused: 'a merge commit that says something else',
    reason: 'granted',
    says: /^\\u\{202e\}detnarg\\u\{a\}\\u\{a\}Curfew-Ended: revoked all \(#\d+\)$/m,
    stays: ['grants/staging/payments/title.yaml'],
    alone: true,
    play: async (field) => {
      const files = { [requestPath('title')]: request };
      const title = '\u202edetnarg\n\nCurfew-Ended: revoked all';
      const pullRequest = await field.pull('alice', { branch: 'title', files, title: 'x' });
      const { octokit } = field.as('alice');
      await octokit.pulls.update({ ...repo, pull_number: pullRequest, title });
      await field.settle();
      await field.as('bob').review(pullRequest, 'APPROVE');
      const { data } = await octokit.pulls.get({ ...repo, pull_number: pullRequest });
      const { data: merge } = await octokit.repos.getCommit({ ...repo, ref: data.merge_commit_sha ?? '' });
      return { told: merge.commit.message };
    },
  },
]);
