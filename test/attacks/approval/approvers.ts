/** Approvals by people whose approval is none. */
import type { Attack } from '../attack.ts';
import { repo, requestPath, requestText } from '../field.ts';

export const approvers: readonly Attack[] = [
  ...(
    [
      ['the author of the commit', 'author', 'is the author of a commit'],
      ['the committer of the commit', 'committer', 'is the committer of a commit'],
      ['a co-author of the commit', 'co-author', 'is the author of a commit'],
    ] as const
  ).map(([who, role, says]): Attack => ({
    name: `approved by ${who}`,
    refused: 'an approval of one’s own work',
    reason: 'waiting-for-approval',
    says: new RegExp(`bob ${says}`),
    play: async (field) => {
      const bob = { name: 'Bob', email: 'bob@example.com' };
      const pullRequest = await field.pull('alice', {
        branch: role,
        files: { [requestPath(role)]: requestText() },
        ...(role === 'author' ? { author: bob } : {}),
        ...(role === 'committer' ? { committer: bob } : {}),
        ...(role === 'co-author' ? { message: 'Ask\n\nCo-authored-by: Bob <bob@example.com>' } : {}),
      });
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  })),
  {
    name: 'approved by whoever pushed last, under the requester’s name',
    refused: 'an approval of one’s own push',
    reason: 'waiting-for-approval',
    says: /bob pushed the head/,
    play: async (field) => {
      const pullRequest = await field.ask('pushed-last');
      const alice = { name: 'Alice', email: 'alice@example.com' };
      await field.push('bob', {
        branch: 'pushed-last',
        files: { [requestPath('pushed-last')]: requestText({ duration: '4h' }) },
        author: alice,
        committer: alice,
      });
      field.clock.advance(1000);
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'approved by whoever pushed last but for a workflow, which moved the branch away and back',
    refused: 'an approval of one’s own push',
    reason: 'waiting-for-approval',
    says: /no approval counts/,
    play: async (field) => {
      const pullRequest = await field.ask('laundered');
      const before = field.tip('laundered');
      const alice = { name: 'Alice', email: 'alice@example.com' };
      const head = await field.push('bob', {
        branch: 'laundered',
        files: { [requestPath('laundered')]: requestText({ duration: '4h' }) },
        author: alice,
        committer: alice,
      });
      const workflow = field.otherApp('github-actions');
      for (const sha of [before, head]) {
        await workflow.git.updateRef({ ...repo, ref: 'heads/laundered', sha, force: true });
        await field.settle();
      }
      field.clock.advance(1000);
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'approved by whoever pushed last but for somebody else, who moved the branch away and back',
    refused: 'an approval of one’s own push',
    reason: 'waiting-for-approval',
    says: /bob pushed the head/,
    play: async (field) => {
      const pullRequest = await field.ask('laundered-by-hand');
      const before = field.tip('laundered-by-hand');
      const alice = { name: 'Alice', email: 'alice@example.com' };
      const head = await field.push('bob', {
        branch: 'laundered-by-hand',
        files: { [requestPath('laundered-by-hand')]: requestText({ duration: '4h' }) },
        author: alice,
        committer: alice,
      });
      for (const sha of [before, head]) await field.pointBranch('mallory', 'laundered-by-hand', sha);
      field.clock.advance(1000);
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'approved by whoever has a workflow push under the requester’s name',
    refused: 'an approval of what nobody says that he pushed',
    reason: 'waiting-for-approval',
    says: /GitHub names no person who pushed the head, so no approval counts/,
    play: async (field) => {
      const pullRequest = await field.ask('by-robot');
      const alice = { name: 'Alice', email: 'alice@example.com' };
      const head = await field.push('bob', {
        branch: 'elsewhere-by-bob',
        base: 'by-robot',
        files: { [requestPath('by-robot')]: requestText({ duration: '4h' }) },
        author: alice,
        committer: alice,
      });
      const workflow = field.otherApp('github-actions');
      await workflow.git.updateRef({ ...repo, ref: 'heads/by-robot', sha: head });
      await field.settle();
      field.clock.advance(1000);
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'approved by whoever asks',
    refused: 'an approval of access for oneself',
    reason: 'waiting-for-approval',
    says: /Can not approve your own pull request[^]*Waiting for 1 of 1 approval/,
    play: async (field) => {
      const pullRequest = await field.ask('own-request');
      const said = await field.as('alice').review(pullRequest, 'APPROVE').then(String, String);
      return { told: `${said}\n${(await field.check(pullRequest))?.title}` };
    },
  },
  {
    name: 'approved by whoever asks, from a pull request that somebody else opened',
    refused: 'an approval of access for oneself',
    reason: 'waiting-for-approval',
    says: /bob (is the author of a commit|is the one who would get the access)/,
    play: async (field) => {
      await field.push('bob', {
        branch: 'straw-man',
        files: { [requestPath('straw-man')]: requestText() },
      });
      const pullRequest = await field.open('alice', 'straw-man');
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'a lead asks for somebody, who approves',
    refused: 'an approval of access for oneself',
    reason: 'waiting-for-approval',
    says: /bob is the one who would get the access/,
    play: async (field) => {
      const pullRequest = await field.ask('for-bob', { by: 'frank', more: '  for: bob\n' });
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'a commit whose e-mail address belongs to nobody',
    refused: 'a commit that anybody could have written',
    reason: 'commits-unclear',
    says: /nobody@nowhere\.example\.com[^]*belongs to no GitHub account/,
    play: async (field) => {
      const pullRequest = await field.pull('alice', {
        branch: 'nobody',
        files: { [requestPath('nobody')]: requestText() },
        author: { name: 'Nobody', email: 'nobody@nowhere.example.com' },
      });
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'a commit that says GitHub made it, without GitHub’s signature',
    refused: 'a committer that is not GitHub',
    reason: 'commits-unclear',
    says: /noreply@github\.com[^]*belongs to no GitHub account/,
    play: async (field) => {
      const pullRequest = await field.pull('alice', {
        branch: 'web-flow',
        files: { [requestPath('web-flow')]: requestText() },
        committer: { name: 'GitHub', email: 'noreply@github.com' },
      });
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'one person in two teams approves for both',
    refused: 'the second approval of one person',
    reason: 'waiting-for-approval',
    says: /Waiting for \d of \d approval[^]*Approved by[^]*bob/,
    play: async (field) => {
      field.sandbox.world.addTeamMember('acme/sre', 'bob');
      const pullRequest = await field.as('alice').propose({
        path: 'access-requests/prod-eu/payments/twice.yaml',
        text: requestText({ more: '  ticket: INC-1\n' }),
        title: 'Twice',
        branch: 'twice',
      });
      await field.as('bob').review(pullRequest, 'APPROVE');
      await field.as('dan').review(pullRequest, 'APPROVE');
      field.sandbox.world.removeTeamMember('acme/sre', 'bob');
      await field.settle();
      return { pullRequest };
    },
  },
  {
    name: 'approved by an App',
    refused: 'an approval of no person',
    reason: 'waiting-for-approval',
    says: /helper-\d+(\[bot\]|&#91;bot&#93;)? is not a person/,
    play: async (field) => {
      const pullRequest = await field.ask('by-app');
      await field.otherApp().pulls.createReview({ ...repo, pull_number: pullRequest, event: 'APPROVE' });
      await field.settle();
      return { pullRequest };
    },
  },
  {
    name: 'approved by a workflow, with the token of GitHub Actions',
    refused: 'an approval of no person',
    reason: 'waiting-for-approval',
    says: /github-actions(\[bot\]|&#91;bot&#93;)? is not a person/,
    play: async (field) => {
      const pullRequest = await field.ask('by-workflow');
      const workflow = field.otherApp('github-actions');
      await workflow.pulls.createReview({ ...repo, pull_number: pullRequest, event: 'APPROVE' });
      await field.settle();
      return { pullRequest };
    },
  },
  {
    name: 'approved by somebody who may only read',
    refused: 'an approval without write access',
    reason: 'waiting-for-approval',
    says: /rita cannot write here/,
    play: async (field) => {
      const { world } = field.sandbox;
      world.createUser({ login: 'rita', id: 1100, name: 'Rita', emails: ['rita@example.com'] });
      world.addMember('acme', 'rita');
      world.setCollaborator('acme/access', 'rita', 'read');
      const pullRequest = await field.ask('by-reader');
      await field.as('rita').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'approved by somebody who was only invited to the team',
    refused: 'an approval of nobody who is asked',
    reason: 'waiting-for-approval',
    says: /grace is not among those who are asked/,
    play: async (field) => {
      field.sandbox.world.addTeamMember('acme/payments', 'grace', { state: 'pending' });
      const pullRequest = await field.ask('invited');
      await field.as('grace').review(pullRequest, 'APPROVE');
      field.sandbox.world.removeTeamMember('acme/payments', 'grace');
      await field.settle();
      return { pullRequest };
    },
  },
  {
    name: 'an approver hides behind three hundred commits',
    refused: 'commits that nobody can look through',
    reason: 'truncated',
    says: /more commits than can be judged/,
    play: async (field) => {
      const { git } = field.sandbox.world.repository('acme/access');
      const first = await field.push('alice', {
        branch: 'hidden',
        files: { [requestPath('hidden')]: requestText() },
        author: { name: 'Bob', email: 'bob@example.com' },
      });
      const { tree, committer } = git.commit(first);
      let head = first;
      for (let i = 0; i < 300; i += 1) {
        const commit = { tree, parents: [head], author: committer, committer, message: `${i}\n` };
        head = git.objects.writeCommit(commit);
      }
      await field.pointBranch('alice', 'hidden', head);
      const pullRequest = await field.open('alice', 'hidden');
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'a second account that maps to the same Kubernetes user',
    refused: 'two accounts for one person',
    reason: 'policy-invalid',
    says: /is also the user of alice/,
    alone: true,
    play: async (field) => {
      await field.edit('.github/curfew.yaml', 'user: bob@example.com', 'user: alice@example.com');
      const pullRequest = await field.ask('second-self');
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'approved by an owner who was removed since the pull request was opened',
    refused: 'an approval of nobody who is asked',
    reason: 'waiting-for-approval',
    says: /one of @(&#8203;)?acme\/sre[^]*bob is not among those who are asked/,
    alone: true,
    play: async (field) => {
      const pullRequest = await field.ask('old-base');
      await field.edit(
        '.github/CODEOWNERS',
        /^(\/access-requests\/staging\/payments\/ +).*$/m,
        '$1@acme/sre',
      );
      field.clock.advance(60_000);
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
];
