/** Access without the approvals that it needs. */
import type { Attack } from './attack.ts';
import { repo, requestPath, requestText, type Field } from './field.ts';
import { play } from './runner.ts';

/** An approval that the App has not heard of yet. */
async function approveUnseen(field: Field, login: string, pullRequest: number): Promise<void> {
  await field.unseen(async () => void (await field.as(login).review(pullRequest, 'APPROVE')));
  field.clock.advance(2000);
}

const attacks: readonly Attack[] = [
  {
    name: 'push after the approval, and its event comes last',
    refused: 'what was pushed after the approval',
    reason: 'waiting-for-approval',
    says: /bob approved an older commit/,
    play: async (field) => {
      const pullRequest = await field.ask('push-after');
      field.sandbox.faults.onDelivery(() => 'hold');
      await field.as('bob').review(pullRequest, 'APPROVE');
      await field.push('alice', {
        branch: 'push-after',
        files: { [requestPath('push-after')]: requestText({ duration: '4h' }) },
      });
      field.sandbox.deliveries.release((held) => held.toReversed());
      field.sandbox.faults.onDelivery(() => 'deliver');
      await field.settle();
      return { pullRequest };
    },
  },
  {
    name: 'push between the evaluation and the merge',
    refused: 'the merge of what nobody had approved',
    reason: 'waiting-for-approval',
    says: /bob approved an older commit/,
    play: async (field) => {
      const pullRequest = await field.ask('push-between');
      field.sandbox.faults.inject({
        method: 'PUT',
        route: '/repos/{owner}/{repo}/pulls/{pull_number}/merge',
        times: 1,
        when: () => {
          field.sandbox.world.pushFiles('acme/access', 'mallory', {
            branch: 'push-between',
            files: { [requestPath('push-between')]: requestText({ duration: '4h' }) },
            author: { name: 'Alice', email: 'alice@example.com' },
            committer: { name: 'Alice', email: 'alice@example.com' },
          });
          return false;
        },
        effect: { kind: 'drop' },
      });
      await field.as('bob').review(pullRequest, 'APPROVE');
      field.sandbox.faults.clear();
      return { pullRequest };
    },
  },
  {
    name: 'approve plan A, land plan B: the template changes in between',
    refused: 'an approval of another plan',
    reason: 'waiting-for-approval',
    says: /bob approved before this plan was shown/,
    alone: true,
    play: async (field) => {
      const pullRequest = await field.ask('plan');
      await approveUnseen(field, 'bob', pullRequest);
      await field.edit('templates/debug-pod.yaml', 'max: 4h', 'max: 3h');
      await field.calm();
      return { pullRequest };
    },
  },
  {
    name: 'plan A is shown, B is approved, and A comes back',
    refused: 'an approval of the plan in between',
    reason: 'waiting-for-approval',
    says: /bob approved before this plan was shown/,
    alone: true,
    play: async (field) => {
      const role = 'templates/roles/debug-pod.yaml';
      const wide = await field.text(role);
      const pullRequest = await field.ask('there-and-back');
      field.clock.advance(1000);
      // Faults of the request are annotations, and they can be taken back by a new check run only.
      const template = await field.text('templates/debug-pod.yaml');
      await field.force({ 'templates/debug-pod.yaml': null });
      field.clock.advance(1000);
      await field.force({
        'templates/debug-pod.yaml': template,
        [role]: wide.replace('verbs: [get, list, watch]', 'verbs: [get]'),
      });
      field.clock.advance(1000);
      await approveUnseen(field, 'bob', pullRequest);
      await field.force({ [role]: wide });
      await field.calm();
      return { pullRequest };
    },
  },
  {
    name: 'change the base branch after the approval',
    refused: 'an approval from before the change',
    reason: 'waiting-for-approval',
    says: /bob approved before the base branch was changed/,
    play: async (field) => {
      const pullRequest = await field.ask('rebased');
      await field.pointBranch('alice', 'elsewhere', field.tip());
      await approveUnseen(field, 'bob', pullRequest);
      const { octokit } = field.as('alice');
      for (const base of ['elsewhere', 'main']) {
        await octokit.pulls.update({ ...repo, pull_number: pullRequest, base });
        await field.settle();
      }
      return { pullRequest };
    },
  },
  {
    name: 'approved against another base that holds the request already, then retargeted',
    refused: 'an approval of nothing',
    reason: 'waiting-for-approval',
    says: /bob approved before/,
    play: async (field) => {
      await field.push('alice', {
        branch: 'retarget-base',
        files: { [requestPath('retarget')]: requestText() },
      });
      await field.push('alice', {
        branch: 'retarget',
        base: 'retarget-base',
        files: { 'notes.md': 'harmless\n' },
      });
      await field.push('alice', { branch: 'retarget', files: { 'notes.md': null } });
      const pullRequest = await field.open('alice', 'retarget', 'retarget-base');
      await approveUnseen(field, 'bob', pullRequest);
      await field.as('alice').octokit.pulls.update({ ...repo, pull_number: pullRequest, base: 'main' });
      await field.settle();
      return { pullRequest };
    },
  },
  {
    name: 'two pull requests with one head, one of them approved',
    refused: 'the second way to the same commit',
    reason: 'shared-head',
    says: /The open pull requests #\d+ and #\d+ have the same head commit/,
    play: async (field) => {
      const first = await field.ask('one-head');
      await field.pointBranch('mallory', 'same-head', field.tip('one-head'));
      await field.open('mallory', 'same-head');
      await field.as('bob').review(first, 'APPROVE');
      return { pullRequest: first };
    },
  },
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
    says: /bob pushed last/,
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
    name: 'approved by a reader, whom CODEOWNERS names through a team',
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
    name: 'the approval is dismissed before the merge',
    refused: 'an approval that was taken back',
    reason: 'waiting-for-approval',
    says: /bob has a dismissed review/,
    play: async (field) => {
      const pullRequest = await field.ask('dismissed');
      let review = 0;
      await field.unseen(async () => {
        review = await field.as('bob').review(pullRequest, 'APPROVE');
      });
      await field.as('erin').octokit.pulls.dismissReview({
        ...repo,
        pull_number: pullRequest,
        review_id: review,
        message: 'not so fast',
      });
      await field.settle();
      return { pullRequest };
    },
  },
  {
    name: 'the approver asks for changes later',
    refused: 'an approval that was taken back',
    reason: 'changes-requested',
    says: /Changes requested by[^]*bob/,
    play: async (field) => {
      const pullRequest = await field.ask('changes');
      await approveUnseen(field, 'bob', pullRequest);
      await field.as('bob').review(pullRequest, 'REQUEST_CHANGES');
      return { pullRequest };
    },
  },
  {
    name: 'the approver leaves the team before the merge',
    refused: 'an approval of nobody who is asked',
    reason: 'waiting-for-approval',
    says: /bob is not among those who are asked/,
    play: async (field) => {
      const pullRequest = await field.ask('left-team');
      await approveUnseen(field, 'bob', pullRequest);
      field.sandbox.world.removeTeamMember('acme/payments', 'bob');
      await field.sweep();
      await field.as('erin').close(pullRequest);
      field.sandbox.world.addTeamMember('acme/payments', 'bob');
      await field.settle();
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
    name: 'a review of an older commit, given after the push',
    refused: 'an approval of what is not the head',
    reason: 'waiting-for-approval',
    says: /bob approved an older commit/,
    play: async (field) => {
      const pullRequest = await field.ask('old-commit');
      const old = field.tip('old-commit');
      await field.push('alice', {
        branch: 'old-commit',
        files: { [requestPath('old-commit')]: requestText({ duration: '4h' }) },
      });
      const review = { ...repo, pull_number: pullRequest, event: 'APPROVE', commit_id: old } as const;
      await field.as('bob').octokit.pulls.createReview(review);
      await field.settle();
      return { pullRequest };
    },
  },
  {
    name: 'an owner comments "approved", and reviews with "LGTM" only',
    refused: 'words instead of an approval',
    reason: 'waiting-for-approval',
    says: /Waiting for 1 of 1 approval/,
    play: async (field) => {
      const pullRequest = await field.ask('words');
      await field.as('bob').comment(pullRequest, 'approved');
      await field.as('bob').comment(pullRequest, '/approve');
      await field.as('bob').review(pullRequest, 'COMMENT');
      return { pullRequest };
    },
  },
  {
    name: 'a late approval, when the time to approve has passed',
    refused: 'a request that nobody approved in time',
    reason: 'approval-expired',
    says: /had to be approved within 24 h/,
    alone: true,
    play: async (field) => {
      const pullRequest = await field.ask('late');
      await field.pass(24 * 60 + 1);
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'closed, and reopened with the old approval when its time had passed',
    refused: 'a request that nobody approved in time',
    reason: 'approval-expired',
    says: /had to be approved within 24 h/,
    alone: true,
    play: async (field) => {
      const pullRequest = await field.ask('reopened');
      await field.as('alice').close(pullRequest);
      await field.as('bob').review(pullRequest, 'APPROVE');
      await field.pass(24 * 60 + 1);
      await field.as('alice').octokit.pulls.update({ ...repo, pull_number: pullRequest, state: 'open' });
      await field.settle();
      return { pullRequest };
    },
  },
  {
    name: 'an administrator merges without approval',
    refused: 'what was merged past the rules',
    reason: 'landed-unapproved',
    says: /It was merged without 1 of 1 approval/,
    alert: true,
    play: async (field) => {
      await field.forceMerge(await field.ask('past-rules'));
      return { removed: requestPath('past-rules') };
    },
  },
  {
    name: 'push after the approval, and an administrator merges at once',
    refused: 'what nobody had approved',
    reason: 'landed-unapproved',
    says: /It was merged without 1 of 1 approval/,
    alert: true,
    play: async (field) => {
      const pullRequest = await field.ask('merged-at-once');
      await field.unseen(async () => {
        await field.as('bob').review(pullRequest, 'APPROVE');
        await field.push('alice', {
          branch: 'merged-at-once',
          files: { [requestPath('merged-at-once')]: requestText({ duration: '4h' }) },
        });
        await field.forceMerge(pullRequest);
      });
      await field.sweep();
      return { removed: requestPath('merged-at-once') };
    },
  },
  {
    name: 'an administrator pushes the head of a pull request to the default branch, which merges it',
    refused: 'what was merged past the rules',
    reason: 'landed-unapproved',
    says: /It was merged without 1 of 1 approval/,
    alert: true,
    alone: true,
    play: async (field) => {
      const pullRequest = await field.ask('by-push');
      await field.unseen(async () => void (await field.force({})));
      await field.push('alice', {
        branch: 'by-push',
        base: 'main',
        files: { [requestPath('by-push')]: requestText() },
      });
      const { octokit } = field.as('erin');
      const { data } = await octokit.git.getCommit({ ...repo, commit_sha: field.tip('by-push') });
      const { data: merge } = await octokit.git.createCommit({
        ...repo,
        message: 'Merge',
        tree: data.tree.sha,
        parents: [field.tip(), field.tip('by-push')],
      });
      await octokit.git.updateRef({ ...repo, ref: 'heads/main', sha: merge.sha });
      await field.settle();
      if ((await field.state(pullRequest)) !== 'merged') throw new Error('GitHub does not call this a merge');
      return { removed: requestPath('by-push') };
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
    name: 'an approval after an administrator has merged',
    refused: 'an approval that came after the fact',
    reason: 'landed-unapproved',
    says: /It was merged without 1 of 1 approval/,
    alert: true,
    play: async (field) => {
      const pullRequest = await field.ask('after-merge');
      await field.unseen(async () => {
        await field.forceMerge(pullRequest);
        field.clock.advance(2000);
        await field.as('bob').review(pullRequest, 'APPROVE');
      });
      await field.sweep();
      return { removed: requestPath('after-merge') };
    },
  },
  {
    name: 'a request pushed straight to the default branch',
    refused: 'a request without a pull request',
    reason: 'landed-without-pull-request',
    says: /reached the default branch without a pull request/,
    play: async (field) => {
      await field.force({ [requestPath('pushed')]: requestText() });
      await field.pass(11);
      return { removed: requestPath('pushed') };
    },
  },
  {
    name: 'a grant file written by hand',
    refused: 'a grant that is not a commit of Curfew',
    reason: 'grant-without-evidence',
    says: /forged\.yaml is not a file that Curfew wrote/,
    alert: true,
    play: async (field) => {
      const text = await field.text('grants/staging/orders/bystander.yaml');
      const forged = 'grants/staging/payments/forged.yaml';
      await field.force({ [forged]: text.replaceAll('bystander', 'forged') });
      return { removed: forged };
    },
  },
  {
    name: 'the approval is dismissed after the merge, before a scheduled start',
    refused: 'an approval that was taken back',
    reason: 'landed-unapproved',
    says: /It was merged without 1 of 1 approval/,
    alert: true,
    alone: true,
    play: async (field) => {
      const pullRequest = await field.ask('scheduled', { more: '  notBefore: 2026-12-01T09:30:00Z\n' });
      const review_id = await field.as('bob').review(pullRequest, 'APPROVE');
      const { octokit } = field.as('erin');
      await octokit.pulls.dismissReview({ ...repo, pull_number: pullRequest, review_id, message: 'no' });
      await field.pass(31);
      return { removed: requestPath('scheduled') };
    },
  },
  {
    name: 'a check run "curfew" of another App, and a status of that name',
    refused: 'a check that is not of Curfew',
    reason: 'waiting-for-approval',
    says: /Waiting for 1 of 1 approval/,
    play: async (field) => {
      const pullRequest = await field.ask('forged-check');
      const sha = field.tip('forged-check');
      await field
        .as('mallory')
        .octokit.repos.createCommitStatus({ ...repo, sha, state: 'success', context: 'curfew' });
      await field.otherApp().checks.create({
        ...repo,
        name: 'curfew',
        head_sha: sha,
        status: 'completed',
        conclusion: 'success',
        output: { title: 'Approved', summary: 'Everything is met' },
      });
      await field
        .as('mallory')
        .merge(pullRequest)
        .catch(() => {});
      await field.sweep();
      return { told: (await ownCheck(field, sha)) ?? '' };
    },
  },
  {
    name: 'a comment with the marker of Curfew’s own, by somebody else',
    refused: 'a comment that is not of Curfew',
    reason: 'waiting-for-approval',
    says: /Waiting for 1 of 1 approval/,
    play: async (field) => {
      const pullRequest = await field.ask('forged-comment');
      await field.as('mallory').comment(pullRequest, '<!-- curfew -->\n**Approved: everything is met.**');
      await field.sweep();
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
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
];

/** The title of the check run that the rules ask for: the one of the App itself. */
async function ownCheck(field: Field, ref: string): Promise<string | null | undefined> {
  const { data } = await field.as('erin').octokit.checks.listForRef({ ...repo, ref, app_id: field.app.id });
  return data.check_runs[0]?.output.title;
}

play('approval', attacks);
