/** Words of a request that want to do something where they are shown. */
import type { Attack } from '../attack.ts';
import { repo, requestPath } from '../field.ts';
import { branchOf, request } from './ask.ts';

const reason = 'reason: Checkout latency';

/** What is asked for is allowed: only the words in which it is asked are not to do anything, so nobody approves. */
const reasons: readonly Attack[] = (
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

const title: Attack = {
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
};

export const shown: readonly Attack[] = [...reasons, title];
