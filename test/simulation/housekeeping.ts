/** What people do to the house: policy, templates, roles, owners, teams, rules, names, and files that are none of theirs. */
import { createStatus } from '../../src/sandbox/operations/checks.ts';
import { createRuleset, deleteRuleset, renameBranch } from '../../src/sandbox/operations/repositories.ts';
import type { Ruleset } from '../../src/sandbox/state.ts';
import { chooseAsked, people, person, some, type Act } from './asking.ts';
import type { Dice } from './random.ts';
import {
  files,
  ownersVariants,
  policyVariants,
  requestText,
  roleVariants,
  templateVariants,
} from './scenery.ts';
import { attempt, repositoryName, reporter, type Stage } from './stage.ts';

type Change = { readonly change: (text: string) => string };

/** Puts one of the variants in place; every other time the original, or most histories would stand still. */
function vary(path: string, [original, ...others]: readonly Change[]): Act {
  return (stage, dice) => {
    const was = stage.original.get(path) ?? '';
    const chosen = stage.text(path) !== was && dice.chance(0.5) ? original : dice.pick(others);
    const text = chosen?.change(was) ?? was;
    if (text !== stage.text(path)) attempt(() => stage.force({ [path]: text }));
  };
}

export const changePolicy = vary(files.policy, Object.values(policyVariants));
export const changeTemplate = vary(files.template, templateVariants);
export const changeRole = vary(files.role, roleVariants);
export const changeOwners = vary(files.owners, ownersVariants);

/** Puts one variant in place. */
export function put(path: string, variant: Change): Act {
  return (stage) => {
    const text = variant.change(stage.original.get(path) ?? '');
    if (text !== stage.text(path)) attempt(() => stage.force({ [path]: text }));
  };
}

export const touchGrant: Act = (stage, dice) => {
  some(dice, stage.grants, (path) => {
    const text = stage.text(path) ?? '';
    const later = text.replaceAll(/expires-at: "?2026/g, (found) => found.replace('2026', '2027'));
    attempt(() => stage.force({ [path]: dice.pick([null, null, later, `${text}# by hand\n`]) }));
  });
};

/** A grant is deleted by hand, and nothing else. */
export const deleteGrant: Act = (stage, dice) => {
  some(dice, stage.grants, (path) => attempt(() => stage.force({ [path]: null })));
};

/** Some file that once was below `grants/` or `access-requests/` comes back, as with GitHub's Revert button. */
export const bringBack: Act = (stage, dice) => {
  const ref = `refs/heads/${stage.main}`;
  const activities = stage.repository.activities.filter(
    (each) => each.ref === ref && !/^0+$/.test(each.after),
  );
  some(dice, activities, ({ after }) => {
    const paths = stage.paths(after).filter((path) => /^(grants|access-requests)\/.*\.yaml$/.test(path));
    const gone = paths.filter((path) => stage.blob(path) !== stage.blob(path, after));
    if (gone.length === 0) return;
    const which = dice.chance(0.5) ? gone : [dice.pick(gone)];
    attempt(() => stage.force(Object.fromEntries(which.map((path) => [path, stage.text(path, after)]))));
  });
};

export const forge: Act = (stage, dice) => {
  const path = dice.pick([
    'grants/staging/payments/forged.yaml',
    'grants/staging/kustomization.yaml',
    'grants/staging/README.md',
    'access-requests/staging/payments/pushed.yaml',
  ]);
  const asked = chooseAsked(stage, dice);
  const text = path.startsWith('grants/')
    ? 'kind: RoleBinding\n'
    : requestText({ ...asked, cluster: 'staging', namespace: 'payments' });
  attempt(() => stage.force({ [path]: dice.chance(0.8) ? text : null }));
};

export const touchRequest: Act = (stage, dice) => {
  some(dice, stage.requests, (path) => {
    const asked = chooseAsked(stage, dice);
    attempt(() => stage.force({ [path]: dice.chance(0.5) ? null : requestText(asked) }));
  });
};

const memberships = [
  ['alice', 'oncall'],
  ['alice', 'engineers'],
  ['bob', 'payments'],
  ['frank', 'payments'],
  ['frank', 'leads'],
  ['grace', 'orders'],
  ['grace', 'engineers'],
  ['carol', 'sre'],
  ['carol', 'engineers'],
  ['dan', 'security'],
] as const;

export const changeTeam: Act = (stage, dice) => {
  const { world } = stage.world.sandbox;
  const away = memberships.filter(
    ([login, team]) => !world.team(`acme/${team}`).members.has(world.user(login).id),
  );
  const membership = dice.pick(away.length > 0 && dice.chance(0.6) ? away : memberships);
  const [login, team] = membership;
  if (away.includes(membership)) world.addTeamMember(`acme/${team}`, login);
  else world.removeTeamMember(`acme/${team}`, login);
};

/** Somebody leaves a team. */
export function letGo(login: string, team: string): Act {
  return (stage) => stage.world.sandbox.world.removeTeamMember(`acme/${team}`, login);
}

/** Mallory, who is in no team, loses the right to write, or gets it back. */
export const changeWriter: Act = (stage) => {
  const { world } = stage.world.sandbox;
  const writes = stage.repository.collaborators.get(world.user('mallory').id)?.permission === 'write';
  world.setCollaborator(repositoryName, 'mallory', writes ? 'read' : 'write');
};

export const pushToOwnBranch: Act = (stage, dice) => {
  const own = stage.repository.git.branches().filter((name) => name.startsWith('curfew/'));
  const branch = own.length > 0 && dice.chance(0.7) ? dice.pick(own) : `curfew/revert-${dice.below(3)}`;
  some(dice, stage.paths(), (path) => attempt(() => stage.push('mallory', branch, { [path]: null })));
};

/** One of the two rulesets is switched off, or on again. */
export const changeProtection: Act = (stage, dice) => {
  const ruleset =
    stage.rulesets.find(({ enforcement }) => enforcement !== 'active') ?? dice.pick(stage.rulesets);
  ruleset.enforcement = ruleset.enforcement === 'active' ? 'disabled' : 'active';
};

type Rules = Pick<Ruleset, 'name' | 'refs' | 'rules'>;

const onMain = { include: ['~DEFAULT_BRANCH'], exclude: [] };

const foreign = {
  check: {
    name: 'somebody else has to check',
    refs: onMain,
    rules: [
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: [{ context: 'ci' }],
        },
      },
    ],
  },
  unmergeable: {
    name: 'no method is left',
    refs: onMain,
    rules: [
      { type: 'required_signatures' },
      {
        type: 'pull_request',
        parameters: {
          required_approving_review_count: 0,
          dismiss_stale_reviews_on_push: false,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_review_thread_resolution: false,
          allowed_merge_methods: ['rebase'],
        },
      },
    ],
  },
  branches: {
    name: 'no branches of ours',
    refs: { include: ['refs/heads/curfew/*'], exclude: [] },
    rules: [{ type: 'creation' }],
  },
} as const satisfies Record<string, Rules>;

/** Rules that an administrator puts up or takes down. The app goes past those of the default branch. */
export function changeRules(name: keyof typeof foreign): Act {
  return (stage) => {
    const rules = foreign[name];
    const standing = stage.repository.rulesets.find((each) => each.name === rules.name);
    if (standing !== undefined) {
      deleteRuleset(stage.context, standing);
      return;
    }
    const { id } = stage.world.app;
    const past = [
      { actor_type: 'Integration', actor_id: id, bypass_mode: 'always' },
      { actor_type: 'RepositoryRole', actor_id: 5, bypass_mode: 'always' },
    ] as const;
    const bypassActors = name === 'branches' ? [] : past;
    createRuleset(stage.context, stage.repository, { ...rules, enforcement: 'active', bypassActors });
  };
}

/** Somebody sets the status that those rules ask for, or one in the name of the app. */
export const setStatus: Act = (stage, dice) => {
  some(dice, stage.open, ({ headSha }) => {
    const state = dice.pick(['success', 'failure'] as const);
    const input = {
      sha: headSha,
      context: dice.pick(['ci', 'curfew']),
      state,
      description: null,
      targetUrl: null,
    };
    attempt(() => createStatus(stage.context, person(stage, dice.pick(people)), stage.repository, input));
  });
};

/** The GitOps engine of staging says what became of the tip. */
export function report(state: 'success' | 'failure'): Act {
  return (stage) => {
    const input = { sha: stage.tip, context: 'curfew-staging', state, description: null, targetUrl: null };
    attempt(() => createStatus(stage.context, person(stage, reporter.login), stage.repository, input));
  };
}

/** The default branch gets another name, or its old one back. */
export const renameMain: Act = (stage) => {
  const to = stage.main === 'main' ? 'trunk' : 'main';
  stage.wasRenamed = true;
  attempt(() => renameBranch(stage.context, person(stage, 'erin'), stage.repository, stage.main, to));
};

/** Everything is as it was in the beginning, but what the app has to live with for ever. */
export function heal(stage: Stage): void {
  const { world } = stage.world.sandbox;
  for (const [login, team] of memberships) world.addTeamMember(`acme/${team}`, login);
  world.setCollaborator(repositoryName, 'mallory', 'write');
  for (const ruleset of stage.rulesets) ruleset.enforcement = 'active';
  for (const ruleset of stage.repository.rulesets.filter((each) => !stage.rulesets.includes(each))) {
    if (ruleset.name !== foreign.branches.name) deleteRuleset(stage.context, ruleset);
  }
  if (stage.main !== 'main') renameMain(stage, noDice);
  const changed = Object.values(files).filter((path) => stage.text(path) !== stage.original.get(path));
  if (changed.length > 0)
    stage.force(Object.fromEntries(changed.map((path) => [path, stage.original.get(path) ?? null])));
  if (stage.reports.at(-1)?.state === 'failure') report('success')(stage, noDice);
}

/** For what is left to no chance. */
const noDice: Dice = {
  roll: () => 0,
  chance: () => false,
  below: () => 0,
  pick: () => {
    throw new Error('nothing is left to chance here');
  },
};
