/** Ways to bring ended access back to life. */
import { parseRequestPath } from '../../../src/request/path.ts';
import { grantId } from '../../../src/lifecycle/grant.ts';
import type { Attack } from '../attack.ts';
import { bystander, grantPath, repo, requestPath, requestText, type Field } from '../field.ts';

/** As an administrator who goes past every rule: puts the default branch at a commit, forward or back. */
async function setMain(field: Field, sha: string, force: boolean): Promise<void> {
  await field.force({});
  await field.as('erin').octokit.git.updateRef({ ...repo, ref: 'heads/main', sha, force });
  await field.settle();
}

/** alice has access, and hands it back by deleting her request. */
async function handedBack(
  field: Field,
  name: string,
): Promise<{ readonly number: number; readonly grant: string }> {
  const number = await field.grant(name);
  const grant = field.tip();
  await field
    .as('alice')
    .propose({ path: requestPath(name), text: null, title: 'Hand back', branch: `${name}-back` });
  return { number, grant };
}

export const revivals: readonly Attack[] = [
  {
    name: 'a grant is deleted by hand, and the deletion taken back',
    refused: 'access that had ended',
    reason: 'grant-without-evidence',
    says: /\*\*Ended: the grant file was removed/,
    alert: ['grant-removed'],
    play: async (field) => {
      const pullRequest = await field.grant('deleted');
      const text = await field.text(grantPath('deleted'));
      await field.unseen(async () => {
        await field.force({ [grantPath('deleted')]: null });
        await field.force({ [grantPath('deleted')]: text });
      });
      await field.sweep();
      return { pullRequest };
    },
  },
  {
    name: 'the revert is reverted by a pull request',
    refused: 'access that had ended',
    reason: 'grants-touched',
    says: /Only Curfew writes below grants\//,
    play: async (field) => {
      const number = await field.grant('undone');
      const [grant, request] = [
        await field.text(grantPath('undone')),
        await field.text(requestPath('undone')),
      ];
      await field.as('alice').comment(number, '/revoke');
      const files = { [grantPath('undone')]: grant, [requestPath('undone')]: request };
      const pullRequest = await field.pull('alice', {
        branch: 'undo',
        files,
        title: 'Revert "Revert debug-pod"',
      });
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'an administrator merges the pull request that reverts the revert',
    refused: 'access that had ended',
    reason: 'grant-without-evidence',
    says: /undone\.yaml is not a file that Curfew wrote/,
    alert: ['landed-differently'],
    alone: true,
    play: async (field) => {
      const number = await field.grant('undone');
      const [grant, request] = [
        await field.text(grantPath('undone')),
        await field.text(requestPath('undone')),
      ];
      await field.as('alice').comment(number, '/revoke');
      const files = { [grantPath('undone')]: grant, [requestPath('undone')]: request };
      await field.forceMerge(await field.pull('alice', { branch: 'undo', files }));
      await field.calm();
      return { removed: grantPath('undone') };
    },
  },
  {
    name: 'a symlink below grants/, to a grant of somebody else’s',
    refused: 'a grant that is not a commit of Curfew',
    reason: 'grant-without-evidence',
    says: /linked\.yaml is not a file that Curfew wrote/,
    alert: true,
    play: async (field) => {
      await field.force({});
      field.sandbox.world.pushFiles('acme/access', 'erin', {
        branch: 'main',
        files: new Map([[grantPath('linked'), { mode: '120000', content: '../orders/bystander.yaml' }]]),
      });
      await field.settle();
      return { removed: grantPath('linked') };
    },
  },
  {
    name: 'the request of ended access is put back by a pull request',
    refused: 'the old approval for a new request',
    reason: 'waiting-for-approval',
    says: /Waiting for 1 of 1 approval/,
    play: async (field) => {
      await field.as('alice').comment(await field.grant('asked-again'), '/revoke');
      // Where much has ended in this minute, the request goes with the next revert pull request.
      await field.calm();
      const files = { [requestPath('asked-again')]: requestText() };
      return { pullRequest: await field.pull('alice', { branch: 'asked-again-2', files }) };
    },
  },
  {
    name: 'both files of ended access are pushed past every rule',
    refused: 'access that had ended',
    reason: 'grant-without-evidence',
    says: /Curfew-Ended: grant-removed|is not a file that Curfew wrote/,
    alert: true,
    alone: true,
    play: async (field) => {
      const number = await field.grant('zombie');
      const files = {
        [grantPath('zombie')]: await field.text(grantPath('zombie')),
        [requestPath('zombie')]: await field.text(requestPath('zombie')),
      };
      await field.as('alice').comment(number, '/revoke');
      await field.force(files);
      await field.calm();
      return { removed: grantPath('zombie') };
    },
  },
  {
    name: 'a merge takes both files from the commit that granted them, and leaves no trace in their history',
    refused: 'access that had ended',
    reason: 'grant-removed',
    says: /had ended before, and putting its files back does not bring it back/,
    alert: true,
    alone: true,
    play: async (field) => {
      const { grant } = await handedBack(field, 'merged-back');
      const { octokit } = field.as('erin');
      await field.force({});
      const { data: old } = await octokit.git.getCommit({ ...repo, commit_sha: grant });
      const { data: merge } = await octokit.git.createCommit({
        ...repo,
        message: 'Merge branch "fix"',
        tree: old.tree.sha,
        parents: [field.tip(), grant],
      });
      await setMainTo(field, merge.sha);
      await field.calm();
      return { removed: grantPath('merged-back') };
    },
  },
  {
    name: 'the history of the default branch is rewritten to before the end',
    refused: 'access that had ended',
    reason: 'grant-removed',
    says: /had ended before, and putting its files back does not bring it back/,
    alert: true,
    alone: true,
    play: async (field) => {
      const { grant } = await handedBack(field, 'rewritten');
      await setMain(field, grant, true);
      await field.calm();
      return { removed: grantPath('rewritten') };
    },
  },
  {
    name: 'the history of the default branch is rewritten to before the grant, which has ended since',
    refused: 'access that had ended',
    reason: 'grant-removed',
    says: /had ended before, and putting its files back does not bring it back/,
    alert: true,
    alone: true,
    play: async (field) => {
      const { grant } = await handedBack(field, 'again');
      const { octokit } = field.as('erin');
      const { data: granted } = await octokit.git.getCommit({ ...repo, commit_sha: grant });
      await setMain(field, granted.parents[0]?.sha ?? '', true);
      await field.calm();
      const { data: anew } = await octokit.repos.listCommits({ ...repo, path: grantPath('again') });
      if (anew.length > 0) throw new Error('one pull request was granted twice');
      return { removed: requestPath('again') };
    },
  },
  {
    name: 'a pull request of the App’s own is squashed with a forged grant and forged evidence',
    refused: 'a grant that is not a commit of Curfew',
    reason: 'grant-without-evidence',
    says: /forged\.yaml is not a file that Curfew wrote/,
    alert: ['landed-differently'],
    alone: true,
    play: forgeBySquash,
  },
];

async function setMainTo(field: Field, sha: string): Promise<void> {
  await field.as('erin').octokit.git.updateRef({ ...repo, ref: 'heads/main', sha });
  await field.settle();
}

/** What GitHub squashes out of a pull request of the App, GitHub signs in the App's name. */
async function forgeBySquash(field: Field) {
  const { octokit } = field.as('erin');
  const victim = await field.grant('victim');
  const bot = { actor: 'curfew[bot]', effect: { kind: 'status', status: 500 } } as const;
  // The App is kept from merging, closing and tidying up what it opens.
  field.sandbox.faults.inject({ ...bot, method: 'PUT', effect: { kind: 'status', status: 405 } });
  field.sandbox.faults.inject({
    ...bot,
    method: 'PATCH',
    route: '/repos/{owner}/{repo}/pulls/{pull_number}',
  });
  field.sandbox.faults.inject({ ...bot, method: 'DELETE' });
  await field.as('alice').comment(victim, '/revoke');
  const [revert] = (await field.reverts()).filter(({ state }) => state === 'open');
  const { data: pull } = await octokit.pulls.get({ ...repo, pull_number: revert?.number ?? 0 });
  await field.force({});

  const { data: commits } = await octokit.repos.listCommits({ ...repo, path: bystander, per_page: 1 });
  const [made] = commits;
  const tip = field.tip();
  const parsed = parseRequestPath(requestPath('forged'));
  if (made === undefined || !parsed.ok) throw new Error('there is nothing to forge');
  const id = grantId(field.repository.id, parsed.value, victim);
  const genuine = made.commit.message;
  const oldId = /^Curfew-Grant: (.*)$/m.exec(genuine)?.[1] ?? '';
  const forge = (text: string): string =>
    text
      .replaceAll(oldId, id)
      .replaceAll('staging/orders/bystander', 'staging/payments/forged')
      .replaceAll(/2026-12-01T10:00:00Z/g, '2029-12-01T10:00:00Z');
  const request = requestText();
  const { data: blob } = await octokit.git.createBlob({ ...repo, content: request });
  const author = { name: 'curfew[bot]', email: made.commit.author?.email ?? '' };
  await field.unseen(async () => {
    await field.push('erin', {
      branch: 'forgery',
      base: tip,
      files: { [requestPath('forged')]: request, [grantPath('forged')]: forge(await field.text(bystander)) },
      author,
      committer: author,
    });
    await field.pointBranch('erin', pull.head.ref, field.tip('forgery'));
    const message = forge(genuine)
      .replace(/^Curfew-Tip: .*$/m, `Curfew-Tip: ${tip}`)
      .replace(/^Curfew-Pull-Request: .*$/m, `Curfew-Pull-Request: ${victim}`)
      .replace(/^Curfew-Request-Blob: .*$/m, `Curfew-Request-Blob: ${blob.sha}`);
    const [title = '', ...body] = message.split('\n\n');
    await octokit.pulls.merge({
      ...repo,
      pull_number: pull.number,
      merge_method: 'squash',
      commit_title: title,
      commit_message: body.join('\n\n'),
    });
  });
  field.sandbox.faults.clear();
  await field.sweep();
  await field.calm();
  return { removed: grantPath('forged') };
}
