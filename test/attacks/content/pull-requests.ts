/** Pull requests that are not what they seem. */
import { writeChangedTree } from '../../../src/sandbox/git/write-tree.ts';
import type { FileContent } from '../../../src/sandbox/operations/repositories.ts';
import type { Attack } from '../attack.ts';
import { bystander, repo, requestPath, requestText } from '../field.ts';
import { byPullRequest, path, request } from './ask.ts';

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

export const pullRequests: readonly Attack[] = [
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
  {
    name: 'a path with ".." for a folder, as git itself would take it',
    refused: 'a scope that nobody can tell',
    reason: 'invalid-request',
    says: /"\.\." is not the name of a namespace/,
    play: async (field) => {
      const { git } = field.sandbox.world.repository('acme/access');
      const { tree, committer } = git.commit(field.tip());
      const sha = git.objects.writeBlob(request);
      const odd = { path: 'access-requests/staging/../asked.yaml', mode: '100644', sha } as const;
      const commit = {
        tree: writeChangedTree(git.objects, tree, [odd]),
        parents: [field.tip()],
        author: { ...committer, name: 'Alice', email: 'alice@example.com' },
        committer: { ...committer, name: 'Alice', email: 'alice@example.com' },
        message: 'Ask\n',
      };
      await field.pointBranch('alice', 'dots', git.objects.writeCommit(commit));
      const pullRequest = await field.open('alice', 'dots');
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'a path with ".." for a folder, by the API',
    refused: 'a scope that nobody can tell',
    reason: 'not-ours',
    says: /malformed path component/,
    play: async (field) => {
      const { octokit } = field.as('alice');
      const odd = { path: 'access-requests/staging/../asked.yaml', mode: '100644', type: 'blob' } as const;
      const tree = [{ ...odd, content: request }];
      const said = await octokit.git
        .createTree({ ...repo, base_tree: field.tip(), tree })
        .then(String, String);
      // What is left to her is a pull request without it.
      await field.pull('alice', { branch: 'no-dots', files: { 'notes.md': 'nothing\n' } });
      return { told: said };
    },
  },
  {
    name: 'a pull request from a branch that is called like a revert of Curfew',
    refused: 'a deletion that nobody looks at',
    reason: 'grants-touched',
    says: /Only Curfew writes below grants\//,
    play: async (field) => {
      const files = { [bystander]: null, [bystander.replace('grants/', 'access-requests/')]: null };
      // The App deletes such a branch as soon as it sees it.
      const branch = 'curfew/revert-0123456789ab';
      await field.unseen(async () => void (await field.push('mallory', { branch, files })));
      return { pullRequest: await field.open('mallory', branch, 'main', 'Revert read-logs') };
    },
  },
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
