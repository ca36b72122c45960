/** Somebody has access, and what it rests on is changed underneath. */
import type { Attack } from '../attack.ts';
import { grantPath, requestPath, requestText, type Field } from '../field.ts';

const policy = '.github/curfew.yaml';
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

export const changedUnderneath: readonly Attack[] = [
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
      await field.edit(grantPath('standing'), 'T10:', 'T20:');
    },
    { alert: ['grant-removed'] },
  ),
  underneath(
    'the grant file is made executable',
    'grant-without-evidence',
    /\*\*Ended: /,
    async (field) => {
      const content = await field.text(grantPath('standing'));
      await field.force({});
      field.sandbox.world.pushFiles('acme/access', 'erin', {
        branch: 'main',
        files: new Map([[grantPath('standing'), { mode: '100755', content }]]),
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
  {
    name: 'the template gives more while access is in force',
    refused: 'more than was approved',
    reason: 'granted',
    says: /access is in force until/,
    alone: true,
    stays: [grantPath('standing')],
    play: async (field) => {
      const pullRequest = await field.grant('standing');
      const granted = await field.text(grantPath('standing'));
      await field.edit(
        'templates/debug-pod.yaml',
        'name: curfew:debug-pod',
        'name: curfew:restart-deployment',
      );
      await field.calm();
      if ((await field.text(grantPath('standing'))) !== granted)
        throw new Error('the grant was rendered anew');
      return { pullRequest };
    },
  },
];
