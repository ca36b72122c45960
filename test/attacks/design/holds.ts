/** Rules, CODEOWNERS and policy that protect nothing any more: nothing is granted until an administrator acts. */
import type { Octokit } from '@octokit/rest';
import type { Attack } from '../attack.ts';
import { repo, type Field } from '../field.ts';

const policy = '.github/curfew.yaml';
const owners = '.github/CODEOWNERS';

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

export const holds: readonly Attack[] = [
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
  onHold(
    'a line of CODEOWNERS that GitHub skips could have meant the templates',
    'unprotected',
    /GitHub skips a line of \.github\/CODEOWNERS that could have been meant for templates\//,
    async (field) => await field.edit(owners, /^\/templates\/.*$/m, '$&\n/templates/ @acme/security !sre'),
  ),
  onHold(
    'only an e-mail address owns the templates',
    'unprotected',
    /gives templates\/[^ ]* no owner/,
    async (field) => await field.edit(owners, /^\/templates\/.*$/m, '/templates/ erin@example.com'),
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
    'the policy becomes a symlink to a file of somebody else’s',
    'policy-invalid',
    /not an ordinary file/,
    async (field) => {
      await field.force({});
      field.sandbox.world.pushFiles('acme/access', 'erin', {
        branch: 'main',
        files: new Map([[policy, { mode: '120000', content: '../notes/curfew.yaml' }]]),
      });
      field.forced.add(policy);
      await field.settle();
    },
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
