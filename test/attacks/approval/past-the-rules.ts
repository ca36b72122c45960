/** What reaches the default branch past the rules, and what only looks like an approval. */
import type { Attack } from '../attack.ts';
import { repo, requestPath, requestText, type Field } from '../field.ts';

export const pastTheRules: readonly Attack[] = [
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
    name: 'a draft, approved',
    refused: 'the merge of what nobody has offered yet',
    reason: 'draft',
    says: /draft/,
    play: async (field) => {
      const files = { [requestPath('draft')]: requestText() };
      await field.push('alice', { branch: 'draft', files });
      const asked = { ...repo, head: 'draft', base: 'main', title: 'Not yet', draft: true };
      const { data } = await field.as('alice').octokit.pulls.create(asked);
      await field.settle();
      await field.as('bob').review(data.number, 'APPROVE');
      return { pullRequest: data.number };
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
];

/** The title of the check run that the rules ask for: the one of the App itself. */
async function ownCheck(field: Field, ref: string): Promise<string | null | undefined> {
  const { data } = await field.as('erin').octokit.checks.listForRef({ ...repo, ref, app_id: field.app.id });
  return data.check_runs[0]?.output.title;
}
