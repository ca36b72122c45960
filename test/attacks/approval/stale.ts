/** Approvals that do not hold any more, or were given to something else. */
import type { Attack } from '../attack.ts';
import { repo, requestPath, requestText, type Field } from '../field.ts';

/** An approval that the App has not heard of yet. */
async function approveUnseen(field: Field, login: string, pullRequest: number): Promise<void> {
  await field.unseen(async () => void (await field.as(login).review(pullRequest, 'APPROVE')));
  field.clock.advance(2000);
}

export const stale: readonly Attack[] = [
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
    name: 'approve plan A in the very second in which plan B takes its place',
    refused: 'an approval of another plan',
    reason: 'waiting-for-approval',
    says: /bob approved before this plan was shown/,
    alone: true,
    play: async (field) => {
      const pullRequest = await field.ask('same-second');
      await field.unseen(async () => await field.edit('templates/debug-pod.yaml', 'max: 4h', 'max: 3h'));
      await field.as('bob').review(pullRequest, 'APPROVE');
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
];
