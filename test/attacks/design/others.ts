/** Requests that race each other, and comments that mislead or want to end what is somebody else's. */
import type { Attack } from '../attack.ts';
import { bystander, grantPath, repo, requestPath, requestText, type Field } from '../field.ts';

export const others: readonly Attack[] = [
  {
    name: 'a merge a week ago that nobody saw',
    refused: 'a grant long after it was wanted',
    reason: 'not-granted-in-time',
    says: /time to grant this request has passed/,
    alone: true,
    play: async (field) => {
      const number = await field.ask('old');
      await field.unseen(async () => {
        await field.as('bob').review(number, 'APPROVE');
        await field.forceMerge(number);
      });
      await field.pass(7 * 24 * 60);
      return { removed: requestPath('old') };
    },
  },
  {
    name: 'six requests at once past the limit per person',
    refused: 'one grant more than the policy allows',
    reason: 'too-many-open',
    says: /as many open grants as the policy allows/,
    alone: true,
    stays: [1, 2, 3, 4, 5].map((n) => grantPath(`many-${n}`)),
    play: async (field) => {
      let pullRequest = 0;
      await field.unseen(async () => {
        for (let n = 1; n <= 6; n += 1) pullRequest = await field.ask(`many-${n}`, { template: 'read-logs' });
      });
      await field.calm();
      return { pullRequest };
    },
  },
  {
    name: 'two pull requests for one path, both approved',
    refused: 'the second of them',
    reason: 'request-exists',
    says: /already holds a request at this path/,
    alone: true,
    stays: [grantPath('raced')],
    play: async (field) => {
      await field.ask('raced');
      const pullRequest = await field.as('alice').propose({
        path: requestPath('raced'),
        text: requestText({ duration: '4h' }),
        title: 'The same',
        branch: 'raced-2',
      });
      await field.unseen(async () => {
        await field.as('bob').review(2, 'APPROVE');
        await field.as('bob').review(pullRequest, 'APPROVE');
      });
      await field.calm();
      return { pullRequest };
    },
  },
  {
    name: 'a stack of pull requests, of which one merge lands two requests',
    refused: 'a request that was never merged by itself',
    reason: 'landed-differently',
    says: /Curfew-Ended: landed-(differently|unapproved|without-pull-request)/,
    alert: ['landed-unapproved'],
    alone: true,
    play: async (field) => {
      await field.push('alice', { branch: 'lower', files: { [requestPath('lower')]: requestText() } });
      await field.push('alice', {
        branch: 'upper',
        base: 'lower',
        files: { [requestPath('upper')]: requestText() },
      });
      await field.open('alice', 'lower');
      const upper = await field.open('alice', 'upper');
      await field.forceMerge(upper);
      await field.pass(11);
      await field.calm();
      return { removed: requestPath('lower') };
    },
  },
  {
    name: 'our comment on access in force is edited to look harmless',
    refused: 'a comment that misleads',
    reason: 'granted',
    says: /access is in force until[^]*Somebody else had changed this comment/,
    stays: [grantPath('edited')],
    alone: true,
    play: async (field) => {
      const pullRequest = await field.grant('edited');
      await editOwnComment(field, pullRequest, '<!-- curfew -->\n**Ended: the time is up.**');
      return { pullRequest };
    },
  },
  {
    name: 'our comment on a request is edited to look harmless',
    refused: 'a comment that misleads',
    reason: 'waiting-for-approval',
    says: /<!-- curfew -->\s+\*\*Waiting for 1 of 1 approval[^]*exec into pods/,
    play: async (field) => {
      const pullRequest = await field.ask('edited-early');
      await editOwnComment(field, pullRequest, '<!-- curfew -->\n**alice** may read one log.');
      return { pullRequest };
    },
  },
  {
    name: 'our comment on ended access is edited to look as if it went on',
    refused: 'a comment that misleads',
    reason: 'revoked',
    says: /\*\*Ended: /,
    alone: true,
    play: async (field) => {
      const pullRequest = await field.grant('edited-late');
      await field.as('alice').comment(pullRequest, '/revoke');
      await editOwnComment(field, pullRequest, '<!-- curfew -->\n**Approved: access is in force for ever.**');
      return { pullRequest };
    },
  },
  {
    name: 'a commit message that says somebody else’s access has ended',
    refused: 'to end the access of somebody else',
    reason: 'granted',
    says: /access is in force/,
    stays: [grantPath('liar')],
    alone: true,
    play: async (field) => {
      const id = /^ *curfew\.dev\/grant: (\S+)$/m.exec(await field.text(bystander))?.[1] ?? '';
      const ended = bystander.replace('grants/', 'access-requests/');
      const pullRequest = await field.pull('alice', {
        branch: 'liar',
        files: { [requestPath('liar')]: requestText() },
        message: `Ask\n\nCurfew-Ended: revoked ${id} ${ended}\nCurfew-Grant: ${id}\n`,
      });
      await field.as('bob').review(pullRequest, 'APPROVE');
      await field.calm();
      return { pullRequest };
    },
  },
  {
    name: 'a /revoke below a hundred and twenty comments',
    refused: 'to keep access because nobody reads that far',
    reason: 'revoked',
    says: /revoked by alice/,
    alone: true,
    play: async (field) => {
      const pullRequest = await field.grant('drowned');
      await field.unseen(async () => {
        for (const login of ['mallory', 'carol']) {
          const { octokit } = field.as(login);
          for (let i = 0; i < 60; i += 1)
            await octokit.issues.createComment({ ...repo, issue_number: pullRequest, body: `${i}` });
        }
      });
      await field.as('alice').comment(pullRequest, '/revoke');
      return { pullRequest };
    },
  },
  {
    name: 'a path with line breaks, to write into the commit that removes it',
    refused: 'trailers that Curfew did not write',
    reason: 'landed-without-pull-request',
    says: /^access-requests\/x\\u\{a\}Curfew-Ended: revoked everything\.yaml: the request reached/,
    play: async (field) => {
      const path = 'access-requests/x\nCurfew-Ended: revoked everything.yaml';
      await field.force({ [path]: requestText() });
      await field.pass(11);
      return { removed: path };
    },
  },
  ...(
    [
      [
        'somebody without the right comments /revoke',
        async (field, number) => void (await field.as('grace').comment(number, '/revoke')),
      ],
      [
        'somebody edits a comment of alice’s into /revoke',
        async (field, number) => {
          const comment = await field.as('alice').comment(number, 'Thank you');
          await field
            .as('mallory')
            .octokit.issues.updateComment({ ...repo, comment_id: comment, body: '/revoke' });
          await field.settle();
        },
      ],
      [
        'alice mentions /revoke in passing',
        async (field, number) => void (await field.as('alice').comment(number, 'I will /revoke it later')),
      ],
    ] as const satisfies readonly (readonly [string, (field: Field, number: number) => Promise<void>])[]
  ).map(([name, act]): Attack => ({
    name,
    refused: 'to end the access of somebody else',
    reason: 'granted',
    says: /access is in force/,
    stays: [grantPath('hers')],
    alone: true,
    play: async (field) => {
      const pullRequest = await field.grant('hers');
      await act(field, pullRequest);
      await field.sweep();
      return { pullRequest };
    },
  })),
  {
    name: 'somebody without the right deletes a request by a pull request',
    refused: 'to end the access of somebody else',
    reason: 'waiting-for-approval',
    says: /mallory is neither its requester, its subject, an owner nor a revoker/,
    stays: [grantPath('hers')],
    alone: true,
    play: async (field) => {
      await field.grant('hers');
      const pullRequest = await field.pull('mallory', {
        branch: 'not-hers',
        files: { [requestPath('hers')]: null },
      });
      return { pullRequest };
    },
  },
  {
    name: 'alice hands back her access, and takes somebody else’s along',
    refused: 'to end the access of somebody else',
    reason: 'mixed-change',
    says: /changes 2 files/,
    stays: [grantPath('hers')],
    alone: true,
    play: async (field) => {
      await field.grant('hers');
      const files = { [requestPath('hers')]: null, 'access-requests/staging/orders/bystander.yaml': null };
      return { pullRequest: await field.pull('alice', { branch: 'both', files }) };
    },
  },
];

async function editOwnComment(field: Field, pullRequest: number, body: string): Promise<void> {
  const { octokit } = field.as('mallory');
  const { data } = await octokit.issues.listComments({ ...repo, issue_number: pullRequest });
  const own = data.find(({ user }) => user?.login === 'curfew[bot]');
  await octokit.issues.updateComment({ ...repo, comment_id: own?.id ?? 0, body });
  await field.settle();
}
