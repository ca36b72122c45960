/** The world that tests, simulation and demonstration share: the organisation `acme` and its access repository. */
import type { FileContent } from './operations/repositories.ts';
import type { Sandbox } from './sandbox.ts';
import type { App, AppPermissions, Installation, Repository } from './state.ts';
import type { WebhookTarget } from './webhooks/deliveries.ts';

interface Person {
  readonly login: string;
  readonly id: number;
  readonly teams: readonly string[];
}

/** Everybody in `acme`; addresses are `<login>@example.com`. */
export const people: readonly Person[] = [
  { login: 'alice', id: 1001, teams: ['oncall', 'engineers'] },
  { login: 'bob', id: 1002, teams: ['payments', 'engineers'] },
  { login: 'carol', id: 1003, teams: ['sre', 'engineers'] },
  { login: 'dan', id: 1004, teams: ['security'] },
  { login: 'erin', id: 1005, teams: ['platform'] },
  { login: 'frank', id: 1006, teams: ['leads', 'payments'] },
  { login: 'grace', id: 1007, teams: ['orders', 'engineers'] },
  { login: 'mallory', id: 1008, teams: [] },
];

const teams = ['oncall', 'engineers', 'payments', 'orders', 'sre', 'security', 'platform', 'leads'] as const;

const repositoryName = 'acme/access';
const owner = 'erin';

export interface AcmeOptions {
  /** Content of the access repository's first commit, by path. */
  readonly files: ReadonlyMap<string, FileContent>;
  readonly app: {
    readonly slug?: string;
    readonly permissions: AppPermissions;
    readonly events: readonly string[];
    readonly webhookSecret: string;
    readonly webhook?: WebhookTarget;
    /** PEM; made where left out, which takes a tenth of a second. */
    readonly privateKey?: string;
  };
  /** Rulesets for the App with this id, as an administrator posts them; the sandbox's own where left out. */
  readonly rulesets?: (appId: number) => readonly unknown[];
}

export interface Acme {
  readonly repository: Repository;
  readonly app: App;
  readonly installation: Installation;
}

/**
 * Builds `acme`: people, teams, the access repository with its two rulesets, and the App installed in it. The App goes
 * past the one ruleset, nobody goes past the other.
 */
export function seedAcme(sandbox: Sandbox, { files, app: options, rulesets }: AcmeOptions): Acme {
  const { world } = sandbox;
  world.createOrganization('acme', 1);
  for (const { login, id } of people) {
    world.createUser({ login, id, name: capitalized(login), emails: [`${login}@example.com`] });
    world.addMember('acme', login, login === owner ? 'admin' : 'member');
  }
  const repository = world.createRepository(repositoryName, {
    files,
    creator: owner,
    private: true,
    id: 500,
  });
  for (const team of teams) {
    world.createTeam(`acme/${team}`);
    world.setTeamPermission(`acme/${team}`, repositoryName, team === 'platform' ? 'admin' : 'write', owner);
  }
  for (const { login, teams: own } of people)
    for (const team of own) world.addTeamMember(`acme/${team}`, login);
  world.setCollaborator(repositoryName, 'mallory', 'write');
  const { slug = 'curfew', ...rest } = options;
  const app = world.createApp({ ...rest, owner: 'acme', slug, id: 900 });
  for (const ruleset of rulesets?.(app.id) ?? rulesetsFor(app)) world.createRuleset(repositoryName, ruleset);
  const installation = world.installApp(app, 'acme', [repositoryName], owner);
  return { repository, app, installation };
}

function capitalized(login: string): string {
  return login.charAt(0).toUpperCase() + login.slice(1);
}

/** The two rulesets as an administrator posts them to GitHub. */
function rulesetsFor(app: App): readonly unknown[] {
  const defaultBranch = { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } };
  return [
    {
      name: 'history stays',
      target: 'branch',
      enforcement: 'active',
      conditions: defaultBranch,
      bypass_actors: [],
      rules: [{ type: 'deletion' }, { type: 'non_fast_forward' }],
    },
    {
      name: 'reviewed by code owners',
      target: 'branch',
      enforcement: 'active',
      conditions: defaultBranch,
      bypass_actors: [{ actor_type: 'Integration', actor_id: app.id, bypass_mode: 'always' }],
      rules: [
        {
          type: 'pull_request',
          parameters: {
            required_approving_review_count: 1,
            dismiss_stale_reviews_on_push: false,
            require_code_owner_review: true,
            require_last_push_approval: false,
            required_review_thread_resolution: false,
          },
        },
        {
          type: 'required_status_checks',
          parameters: {
            strict_required_status_checks_policy: false,
            required_status_checks: [{ context: app.slug, integration_id: app.id }],
          },
        },
      ],
    },
  ];
}
