/** What somebody would try who has read the design, and knows what it trusts. */
import type { Octokit } from '@octokit/rest';
import { parseRequestPath } from '../../src/request/path.ts';
import { grantId } from '../../src/lifecycle/grant.ts';
import type { Attack } from './attack.ts';
import { bystander, repo, requestPath, requestText, type Field } from './field.ts';
import { play } from './runner.ts';

function grantOf(name: string): string {
  return requestPath(name).replace('access-requests/', 'grants/');
}

const policy = '.github/curfew.yaml';
const owners = '.github/CODEOWNERS';
const role = 'templates/roles/debug-pod.yaml';

/** Somebody with access does nothing, and something is changed under it. */
function underneath(
  name: string,
  reason: Attack['reason'],
  says: RegExp,
  change: (field: Field) => Promise<void>,
  more: Pick<Attack, 'alert' | 'lapses'> = {},
): Attack {
  return {
    name,
    refused: 'access that nobody would give today',
    reason,
    says,
    ...more,
    alone: true,
    play: async (field) => {
      const pullRequest = await field.grant('standing');
      await change(field);
      await field.calm();
      return { pullRequest };
    },
  };
}

const changes: readonly Attack[] = [
  underneath(
    'the policy maps the subject to somebody else’s user',
    'not-entitled',
    /no longer maps alice to oidc:(&#8203;)?alice/,
    async (field) => await field.edit(policy, "staging: 'oidc:alice'", "staging: 'oidc:root'"),
  ),
  underneath(
    'the policy takes the cluster away',
    'not-entitled',
    /no longer knows the cluster staging/,
    async (field) => {
      const text = await field.text(policy);
      const without = text
        .replace(/^ {4}staging: .*\n/m, '')
        .replaceAll(/, users: \{staging: '[^']*'\}/g, '')
        .replaceAll(/scopes: \[staging\/\*\]/g, 'scopes: [prod-eu/payments]')
        .replace(', staging/_cluster', '');
      await field.force({ [policy]: without });
    },
    { lapses: true },
  ),
  underneath(
    'the policy protects the namespace',
    'not-entitled',
    /no longer|is protected/,
    async (field) =>
      await field.edit(policy, 'protectedNamespaces: [vault]', 'protectedNamespaces: [vault, payments]'),
  ),
  underneath(
    'the subject leaves the team that may ask',
    'not-entitled',
    /no longer lets alice/,
    async (field) => field.sandbox.world.removeTeamMember('acme/engineers', 'alice'),
  ),
  underneath(
    'the role gives more',
    'role-widened',
    /gives more than when this access was approved/,
    async (field) =>
      await field.edit(role, 'resources: [pods, events]', 'resources: [pods, events, secrets]'),
  ),
  underneath(
    'the role is made of whatever carries a label',
    'role-widened',
    /cannot be read/,
    async (field) =>
      await field.edit(
        role,
        /^rules:[^]*/m,
        'aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}\nrules: []\n',
      ),
  ),
  underneath(
    'the role leaves the catalog, and stays in the cluster',
    'role-widened',
    /not in the catalog/,
    async (field) => {
      await field.force({ [role]: null });
    },
  ),
  underneath(
    'the request is made longer on the branch',
    'request-edited',
    /was changed after it landed/,
    async (field) => {
      await field.force({ [requestPath('standing')]: requestText({ duration: '4h' }) });
    },
    { alert: true },
  ),
  underneath(
    'the end in the grant file is moved',
    'grant-without-evidence',
    /\*\*Ended: /,
    async (field) => {
      await field.edit(grantOf('standing'), 'T10:', 'T20:');
    },
    { alert: ['grant-removed'] },
  ),
  underneath(
    'the grant file is made executable',
    'grant-without-evidence',
    /\*\*Ended: /,
    async (field) => {
      const content = await field.text(grantOf('standing'));
      await field.force({});
      field.sandbox.world.pushFiles('acme/access', 'erin', {
        branch: 'main',
        files: new Map([[grantOf('standing'), { mode: '100755', content }]]),
      });
      await field.settle();
    },
    { alert: ['grant-removed'] },
  ),
  underneath(
    'the policy goes while access is in force, and comes back when its time is up',
    'expired',
    /\*\*Ended: the time is up/,
    async (field) => {
      await field.force({ [policy]: null });
      await field.pass(61);
    },
  ),
];

/** Nothing at all is granted now. */
function onHold(
  name: string,
  reason: Attack['reason'],
  says: RegExp,
  change: (field: Field) => Promise<void>,
  more: Pick<Attack, 'alert'> = {},
): Attack {
  return {
    name,
    refused: 'a grant where nothing protects it',
    reason,
    says,
    ...more,
    alone: true,
    play: async (field) => {
      await change(field);
      const pullRequest = await field.ask('held');
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  };
}

type Rule = NonNullable<Awaited<ReturnType<Octokit['repos']['getRepoRuleset']>>['data']['rules']>[number];

/** An administrator changes the rulesets. */
async function changeRules(
  field: Field,
  change: (rule: Rule) => Rule | null,
  bypass?: readonly never[],
): Promise<void> {
  const { octokit } = field.as('erin');
  const { data } = await octokit.repos.getRepoRulesets(repo);
  for (const { id } of data) {
    const { data: ruleset } = await octokit.repos.getRepoRuleset({ ...repo, ruleset_id: id });
    const rules = (ruleset.rules ?? []).flatMap((rule) => change(rule) ?? []);
    await octokit.repos.updateRepoRuleset({
      ...repo,
      ruleset_id: id,
      name: ruleset.name,
      enforcement: ruleset.enforcement,
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules,
      bypass_actors: [...(bypass ?? ruleset.bypass_actors ?? [])],
    });
  }
  await field.settle();
}

const without =
  (type: string) =>
  async (field: Field): Promise<void> =>
    await changeRules(field, (rule) => (rule.type === type ? null : rule));

const holds: readonly Attack[] = [
  onHold(
    'the rule that asks for a pull request goes',
    'unprotected',
    /requires no pull request/,
    without('pull_request'),
  ),
  onHold(
    'the rule that asks for our check goes',
    'unprotected',
    /does not require the check "curfew"/,
    without('required_status_checks'),
  ),
  onHold(
    'the rule against force pushes goes',
    'unprotected',
    /allows force pushes/,
    without('non_fast_forward'),
  ),
  onHold(
    'the required check is anybody’s',
    'unprotected',
    /does not require the check "curfew" pinned to this App/,
    async (field) =>
      await changeRules(field, (rule) =>
        rule.type === 'required_status_checks'
          ? {
              type: rule.type,
              parameters: {
                strict_required_status_checks_policy: false,
                required_status_checks: [{ context: 'curfew' }],
              },
            }
          : rule,
      ),
  ),
  onHold('CODEOWNERS goes', 'no-owner', /There is no CODEOWNERS file/, async (field) => {
    await field.force({ [owners]: null });
  }),
  onHold(
    'nobody owns the templates any more',
    'unprotected',
    /gives templates\/[^ ]* no owner/,
    async (field) => await field.edit(owners, /^\/templates\/.*$/m, '/templates/'),
  ),
  onHold('another CODEOWNERS takes the first place', 'unprotected', /no owner/, async (field) => {
    await field.force({ [owners]: '* @mallory\n/templates/\n/.github/\n' });
  }),
  onHold(
    'the policy pauses grants',
    'paused',
    /The policy pauses new grants/,
    async (field) => await field.edit(policy, 'paused: false', 'paused: true'),
  ),
  onHold(
    'the policy is broken',
    'policy-invalid',
    /Line \d+ of \.github\/curfew\.yaml/,
    async (field) => await field.edit(policy, 'kind: Policy', 'kind: Policies'),
  ),
  onHold(
    'the policy maps somebody to a user of Kubernetes itself',
    'policy-invalid',
    /belongs to Kubernetes itself|user/,
    async (field) => await field.edit(policy, 'user: alice@example.com', "user: 'system:admin'"),
  ),
  onHold(
    'the policy names a group of Kubernetes as somebody’s user',
    'policy-invalid',
    /is not the name of a Kubernetes user|belongs to Kubernetes/,
    async (field) => await field.edit(policy, "staging: 'oidc:alice'", "staging: 'system:masters'"),
  ),
  onHold(
    'the App may not go past the rules any more',
    'merge-refused',
    /GitHub refuses the commit that would grant this/,
    async (field) => await changeRules(field, (rule) => rule, []),
    { alert: true },
  ),
  onHold(
    'the policy gives two people one Kubernetes user, in other letters',
    'policy-invalid',
    /is also the user of/,
    async (field) => await field.edit(policy, 'user: bob@example.com', 'user: Alice@Example.com'),
  ),
  onHold(
    'a line of CODEOWNERS that GitHub skips could have meant the path',
    'no-owner',
    /could have meant this path/,
    async (field) =>
      await field.edit(
        owners,
        /^(\/access-requests\/staging\/payments\/.*)$/m,
        '$1\n/access-requests/staging/payments/ !nobody',
      ),
  ),
  onHold(
    'the owners of the path are a team that may not write',
    'no-owner',
    /teams that GitHub ignores|GitHub finds an error/,
    async (field) => field.sandbox.world.setTeamPermission('acme/payments', 'acme/access', 'read', 'erin'),
  ),
  onHold(
    'a login of the policy belongs to another account by now',
    'no-identity',
    /no identity for alice \(account 1001\)/,
    async (field) => await field.edit(policy, 'login: alice, id: 1001', 'login: alice, id: 4001'),
  ),
  {
    name: 'the default branch is renamed',
    refused: 'a grant where nobody adopted it',
    reason: 'repository-moved',
    says: /adopted by repository 500 on branch main, but this is repository 500 on branch trunk/,
    alone: true,
    play: async (field) => {
      const { octokit } = field.as('erin');
      const pullRequest = await field.ask('moved');
      await octokit.repos.renameBranch({ ...repo, branch: 'main', new_name: 'trunk' });
      await field.settle();
      await field.as('bob').review(pullRequest, 'APPROVE');
      const aim = await field.check(pullRequest);
      // What the test looks at afterwards is called main.
      await octokit.repos.renameBranch({ ...repo, branch: 'trunk', new_name: 'main' });
      return { told: `${aim?.title}` };
    },
  },
];

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

const revivals: readonly Attack[] = [
  {
    name: 'a grant is deleted by hand, and the deletion taken back',
    refused: 'access that had ended',
    reason: 'grant-without-evidence',
    says: /\*\*Ended: the grant file was removed/,
    alert: ['grant-removed'],
    play: async (field) => {
      const pullRequest = await field.grant('deleted');
      const text = await field.text(grantOf('deleted'));
      await field.unseen(async () => {
        await field.force({ [grantOf('deleted')]: null });
        await field.force({ [grantOf('deleted')]: text });
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
      const [grant, request] = [await field.text(grantOf('undone')), await field.text(requestPath('undone'))];
      await field.as('alice').comment(number, '/revoke');
      const files = { [grantOf('undone')]: grant, [requestPath('undone')]: request };
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
    name: 'the request of ended access is put back by a pull request',
    refused: 'the old approval for a new request',
    reason: 'waiting-for-approval',
    says: /Waiting for 1 of 1 approval/,
    play: async (field) => {
      await field.as('alice').comment(await field.grant('asked-again'), '/revoke');
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
        [grantOf('zombie')]: await field.text(grantOf('zombie')),
        [requestPath('zombie')]: await field.text(requestPath('zombie')),
      };
      await field.as('alice').comment(number, '/revoke');
      await field.force(files);
      await field.calm();
      return { removed: grantOf('zombie') };
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
      return { removed: grantOf('merged-back') };
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
      return { removed: grantOf('rewritten') };
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
      files: { [requestPath('forged')]: request, [grantOf('forged')]: forge(await field.text(bystander)) },
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
  return { removed: grantOf('forged') };
}

const others: readonly Attack[] = [
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
    stays: [1, 2, 3, 4, 5].map((n) => grantOf(`many-${n}`)),
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
    stays: [grantOf('raced')],
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
    stays: [grantOf('edited')],
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
    stays: [grantOf('hers')],
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
    stays: [grantOf('hers')],
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
    stays: [grantOf('hers')],
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

play('design', [...changes, ...holds, ...revivals, ...others]);
