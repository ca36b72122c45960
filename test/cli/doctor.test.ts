import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { doctorCommand } from '../../src/cli/doctor.ts';
import { generatePrivateKey } from '../../src/sandbox/operations/apps.ts';
import { createTestWorld, type TestWorld } from '../e2e/world.ts';
import { fakeIo } from './fake-io.ts';

const policyPath = '.github/curfew.yaml';

let world: TestWorld;

function withReporters(policy: string): string {
  return policy.replaceAll(
    /\{environment: (production|staging)\}/g,
    '{environment: $1, reporter: {login: flux, id: 2001}}',
  );
}

/** What Flux says of the newest commit. */
async function report(cluster: string, state: 'success' | 'failure'): Promise<void> {
  const repo = { owner: 'acme', repo: 'access' };
  const { octokit } = world.as('flux');
  const { data } = await octokit.git.getRef({ ...repo, ref: 'heads/main' });
  await octokit.repos.createCommitStatus({
    ...repo,
    sha: data.object.sha,
    state,
    context: `curfew-${cluster}`,
  });
}

beforeAll(async () => {
  world = await createTestWorld({
    transport: { kind: 'http', host: '127.0.0.1', port: 0 },
    files: new Map([[policyPath, withReporters(readFileSync(policyPath, 'utf8'))]]),
  });
  world.sandbox.world.createUser({ login: 'flux', id: 2001 });
  world.sandbox.world.setCollaborator('acme/access', 'flux', 'write');
  await world.ask('inc-1');
  for (const cluster of ['prod-eu', 'staging'])
    await world.force({ [`clusters/${cluster}/ceilings.yaml`]: await committedCeilings(cluster) });
  for (const cluster of ['prod-eu', 'staging']) await report(cluster, 'success');
  // From now on nobody mends what is broken here.
  world.sandbox.world.setWebhook(world.app, async () => 200);
});

afterAll(async () => await world.close());

async function doctor(
  args: readonly string[] = ['--repo', 'acme/access'],
  {
    now = world.clock.now(),
    env = {},
  }: { readonly now?: number; readonly env?: Record<string, string> } = {},
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const app = { APP_ID: String(world.app.id), PRIVATE_KEY: world.app.privateKey };
  const io = fakeIo({ now, env: { ...app, GITHUB_API_URL: `${world.url}/api/v3`, ...env } });
  const status = await dispatch(['doctor', ...args], io, { doctor: () => Promise.resolve(doctorCommand) });
  return { status, out: io.out(), err: io.err() };
}

/** What the doctor finds besides what it says of every repository, as `area level: message → remedy`. */
async function findings(now = world.clock.now()): Promise<readonly string[]> {
  const { status, out } = await doctor(['--repo', 'acme/access', '--json'], { now });
  const answer: {
    readonly healthy: boolean;
    readonly findings: readonly Readonly<Record<'area' | 'level' | 'message' | 'remedy', string>>[];
  } = JSON.parse(out);
  expect(status).toBe(answer.healthy ? 0 : 1);
  return answer.findings
    .map(({ area, level, message, remedy }) => `${area} ${level}: ${message} → ${remedy}`)
    .filter((found) => !found.startsWith('bypass note: Who else'));
}

/** The ceilings of a cluster as `kubectl get` prints what `curfew manifests admission` printed. */
async function committedCeilings(cluster: string): Promise<string> {
  const io = fakeIo({ cwd: process.cwd() });
  await dispatch(['manifests', 'admission', '--cluster', cluster], io, commands);
  return io.out().split('---\n').at(-1) ?? '';
}

/** Changes properties of something, and gives what puts them back. */
function change<T extends object>(target: T, changed: { readonly [K in keyof T]?: unknown }): () => void {
  const before = Object.fromEntries(Object.entries(target).filter(([key]) => key in changed));
  Object.assign(target, changed);
  return () => void Object.assign(target, before);
}

/** Pushes files as an administrator, and gives what puts them back. */
async function push(path: string, edit: (text: string) => string): Promise<() => Promise<void>> {
  const text = await world.text(path);
  await world.force({ [path]: edit(text) });
  return async () => void (await world.force({ [path]: text }));
}

function rulesets() {
  const [keeping, reviewing] = world.repository.rulesets;
  if (keeping === undefined || reviewing === undefined) throw new Error('the world has two rulesets');
  return { keeping, reviewing };
}

/** The rules of a ruleset, each changed. */
function rules(edit: (rule: { readonly type: string; readonly parameters?: object }) => unknown): () => void {
  const { reviewing } = rulesets();
  return change(reviewing, { rules: reviewing.rules.map(edit).filter((rule) => rule !== null) });
}

describe('curfew doctor', () => {
  it('finds nothing wrong where everything is as it should be', async () => {
    const { status, out, err } = await doctor();
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out.split('\n')).toEqual([
      'acme/access',
      '',
      ...['installation', 'permissions', 'events', 'repository', 'rules'].map((area) => `ok       ${area}`),
      'note     bypass        Who else may go past the rules: unknown, for GitHub does not tell an App',
      '                       → look at the bypass lists in the settings of the repository',
      ...['CODEOWNERS', 'files', 'ceilings', 'clusters', 'adoption', 'clock', 'webhooks'].map(
        (area) => `ok       ${area}`,
      ),
      '',
      'No problem.',
      '',
    ]);
  });

  it('prints problems with their remedies', async () => {
    const undo = rules((rule) => (rule.type === 'pull_request' ? null : rule));
    const { status, out } = await doctor();
    undo();
    expect(status).toBe(1);
    expect(out).toContain(
      [
        'problem  rules         The default branch requires no pull request',
        '                       → run "curfew manifests rulesets" and post what it prints',
        'problem  rules         The default branch requires no review by code owners',
        '',
      ]
        .join('\n')
        .trimEnd(),
    );
    expect(out).toMatch(/\n2 problems\.\n$/);
  });

  it('prints JSON', async () => {
    const { out } = await doctor(['--repo', 'acme/access', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      repository: 'acme/access',
      healthy: true,
      findings: [{ area: 'bypass', level: 'note' }],
    });
  });
});

describe('a gap', () => {
  type Undo = () => unknown;
  const cases: readonly (readonly [string, () => Undo | Promise<Undo>, readonly (string | RegExp)[]])[] = [
    [
      'the App is not installed',
      () => {
        const { installations } = world.sandbox.state;
        const all = [...installations];
        installations.clear();
        return () => all.forEach(([id, installation]) => installations.set(id, installation));
      },
      [/^installation problem: The App is not installed on acme\/access → install it there/],
    ],
    [
      'the installation is suspended',
      () => change(world.installation, { suspendedAt: world.clock.now() }),
      [/^installation problem: The installation is suspended → unsuspend it/],
    ],
    [
      'a permission is missing',
      () =>
        change(world.installation, { permissions: { ...world.installation.permissions, checks: 'read' } }),
      [/^permissions problem: The App may not write checks → give it checks: write in the App's settings/],
    ],
    [
      'a permission without which nothing can be read',
      () => {
        const { contents: _, ...others } = world.installation.permissions;
        return change(world.installation, { permissions: others });
      },
      [
        /^permissions problem: The App may not write contents/,
        /^repository problem: .* → mend what is said above/,
      ],
    ],
    [
      'a permission that is not needed',
      () =>
        change(world.installation, {
          permissions: { ...world.installation.permissions, workflows: 'write' },
        }),
      [/^permissions problem: The App may write workflows, which Curfew never does → take workflows away/],
    ],
    [
      'an event that is not subscribed to',
      () =>
        change(world.app, { events: world.app.events.filter((event) => event !== 'pull_request_review') }),
      [/^events problem: The App is not told of pull_request_review → subscribe to it/],
    ],
    [
      'an archived repository',
      () => change(world.repository, { archived: true }),
      [/^repository problem: The repository is archived → unarchive it/],
    ],
    [
      'no merge method',
      () => change(world.repository, { mergeMethods: [] }),
      [/^repository problem: No merge method is allowed that Curfew could use → allow/],
    ],
    [
      'no rules at all',
      () => {
        const all = world.repository.rulesets.splice(0);
        return () => world.repository.rulesets.push(...all);
      },
      [
        /^rules problem: The default branch requires no pull request → run "curfew manifests rulesets"/,
        /^rules problem: The default branch requires no review by code owners/,
        /^rules problem: The default branch does not require the check "curfew" pinned to this App \(id 900\)/,
        /^rules problem: The default branch allows force pushes/,
        /^rules problem: The default branch may be deleted/,
        /^rules note: No rule is in force at all; in a private repository GitHub has them with a paid plan only/,
      ],
    ],
    [
      'a required check of anybody',
      () =>
        rules((rule) =>
          rule.type === 'required_status_checks'
            ? { ...rule, parameters: { ...rule.parameters, required_status_checks: [{ context: 'curfew' }] } }
            : rule,
        ),
      [/^rules problem: The default branch does not require the check "curfew" pinned to this App/],
    ],
    [
      'strict status checks',
      () =>
        rules((rule) =>
          rule.type === 'required_status_checks'
            ? { ...rule, parameters: { ...rule.parameters, strict_required_status_checks_policy: true } }
            : rule,
        ),
      [
        /^rules problem: Branches have to be up to date before they are merged, .* → turn that off in the rule/,
      ],
    ],
    [
      'a ruleset that binds Curfew',
      () => change(rulesets().reviewing, { bypassActors: [] }),
      [
        /^bypass problem: The ruleset ".*" binds Curfew too, so it can commit no grant .* → add the App to its bypass/,
      ],
    ],
    [
      'a bypass for pull requests only',
      () =>
        change(rulesets().reviewing, {
          bypassActors: [{ actor_type: 'Integration', actor_id: 900, bypass_mode: 'pull_request' }],
        }),
      [/^bypass problem: The ruleset ".*" binds Curfew too/],
    ],
    [
      'a history that Curfew may rewrite',
      () => change(rulesets().keeping, { bypassActors: rulesets().reviewing.bypassActors }),
      [
        /^bypass problem: Curfew may go past the ruleset ".*", and so could rewrite the history .* → take the App off/,
      ],
    ],
    [
      'an error in CODEOWNERS',
      async () => push('.github/CODEOWNERS', (text) => `${text}/docs/ nobody!\n`),
      [
        /^CODEOWNERS problem: GitHub finds an error in line \d+ of \.github\/CODEOWNERS: .* → correct the line/,
      ],
    ],
    [
      'templates without an owner',
      async () => push('.github/CODEOWNERS', (text) => `${text}/templates/roles/\n`),
      [
        /^CODEOWNERS problem: \.github\/CODEOWNERS gives templates\/roles\/new\.yaml no owner whom GitHub accepts/,
        ...Array.from({ length: 5 }, () => /^CODEOWNERS problem: .* gives templates\/roles\/\S+ no owner/),
      ],
    ],
    [
      'requests without an owner',
      async () => push('.github/CODEOWNERS', (text) => `${text}/access-requests/prod-eu/orders/\n`),
      [
        /^CODEOWNERS problem: Nobody owns requests in prod-eu\/orders, so nobody can approve them → name people/,
      ],
    ],
    [
      'a team that may not write',
      () => {
        const { repositories } = world.sandbox.world.team('acme/sre');
        const before = [...repositories];
        repositories.clear();
        return () => before.forEach(([id, permission]) => repositories.set(id, permission));
      },
      [12, 14, 15, 17].map(
        (line) =>
          new RegExp(
            `^CODEOWNERS problem: GitHub finds an error in line ${line} of \\.github/CODEOWNERS: Unknown owner → make sure`,
          ),
      ),
    ],
    [
      'a team without members',
      () => {
        world.sandbox.world.removeTeamMember('acme/sre', 'carol');
        return () => world.sandbox.world.addTeamMember('acme/sre', 'carol');
      },
      ['CODEOWNERS problem: @acme/sre has no members, so nobody can approve for it → add some'],
    ],
    [
      'a policy with a fault',
      async () => push('.github/curfew.yaml', (text) => text.replace('maxDuration: 4h', 'maxDuration: long')),
      [/^files problem: \.github\/curfew\.yaml:\d+:\d+: .*"long" is not a duration → write it as/],
    ],
    [
      'a template with a fault',
      async () =>
        push('templates/read-logs.yaml', (text) => text.replace('scope: namespace', 'scope: planet')),
      [/^files problem: templates\/read-logs\.yaml:\d+:\d+: .*"planet"/],
    ],
    [
      'a policy that grants more than a cluster takes',
      async () => push('clusters/prod-eu/ceilings.yaml', (text) => text.replace('4h0m', '1h')),
      [
        /^ceilings problem: On prod-eu, maxDuration: git grants up to 4h, the ceiling is 1h → narrow the policy, or have/,
      ],
    ],
    [
      'ceilings that no cluster could read',
      async () => push('clusters/prod-eu/ceilings.yaml', (text) => text.replace('4h0m', 'long')),
      [
        /^files problem: clusters\/prod-eu\/ceilings\.yaml:1:1: the ceilings cannot be read: maxDuration is no duration such as 4h/,
        /^ceilings problem: Those of prod-eu cannot be read: nothing new is granted there → correct/,
      ],
    ],
    [
      'a policy that pauses',
      async () => push('.github/curfew.yaml', (text) => text.replace('paused: false', 'paused: true')),
      [/^files note: The policy pauses new grants → set paused to false/],
    ],
    [
      'a pin of another repository',
      async () => push('grants/staging/README.md', (text) => text.replace('repository 500', 'repository 7')),
      [
        /^adoption problem: grants\/ was adopted by repository 7 .* → once every grant has ended, delete grants\//,
      ],
    ],
    [
      'a README that was never written',
      async () =>
        push('.github/curfew.yaml', (text) =>
          text.replace('    staging:', '    other: {environment: test}\n    staging:'),
        ),
      [
        /^ceilings note: Those of other are not committed: .* → commit them as clusters\/other\/ceilings\.yaml/,
        /^clusters note: Nobody reports whether other takes a commit/,
        'adoption problem: Curfew has not written grants/other/README.md → see that it runs, and look into its log',
      ],
    ],
    [
      'deliveries that do not get through',
      async () => {
        const delivery = world.sandbox.state.deliveries.findLast(({ repository }) => repository !== null);
        if (delivery === undefined) throw new Error('nothing was delivered');
        return change(delivery, { statusCode: 401 });
      },
      [
        /^webhooks problem: 1 of the last \d+ deliveries about this repository did not get through; .* was answered by 401 → set the same secret/,
      ],
    ],
    [
      'no deliveries',
      () => {
        const all = world.sandbox.state.deliveries.splice(0);
        return () => world.sandbox.state.deliveries.push(...all);
      },
      [
        /^webhooks note: None of the last 0 deliveries of the App is about this repository → comment on a pull request/,
      ],
    ],
  ];

  it.each(cases)('%s', async (_, breakIt, expected) => {
    const undo = await breakIt();
    await world.sandbox.settle();
    const found = await findings();
    await undo();
    expect(found).toEqual(expected.map((each) => expect.stringMatching(each)));
  });

  it('a cluster of which nobody reports', async () => {
    const undo = await push(policyPath, (text) =>
      text.replace('production, reporter: {login: flux, id: 2001}}', 'production}'),
    );
    expect(await findings()).toEqual([
      'clusters note: Nobody reports whether prod-eu takes a commit: a grant that it refuses would hold up revocations there until the guard or a person sees to it → name the account of its GitOps engine as clusters.prod-eu.reporter of the policy; see docs/cluster.md',
    ]);
    await undo();
  });

  it('a reporter of whom nothing is heard', async () => {
    const undo = await push(policyPath, (text) =>
      text.replace(
        'production, reporter: {login: flux, id: 2001}',
        'production, reporter: {login: flux, id: 2002}',
      ),
    );
    const [found, ...others] = await findings();
    expect(found).toMatch(
      /^clusters problem: flux \(2002\) has said of none of the newest \d+ commits whether prod-eu took it → see that it may write commit statuses, that its id is 2002, and that the context is curfew-prod-eu$/,
    );
    expect(others).toEqual([]);
    await undo();
  });

  it('a cluster that takes nothing', async () => {
    await report('staging', 'failure');
    world.clock.advance(120_000);
    expect(await findings()).toContainEqual(
      expect.stringMatching(
        /^clusters problem: staging has taken no revision since \S+ → look at its GitOps engine$/,
      ),
    );
    await report('staging', 'success');
    world.clock.advance(-120_000);
    expect(await findings()).toEqual([]);
  });

  it('a clock that is off', async () => {
    expect(await findings(world.clock.now() + 60_000)).toEqual([
      expect.stringMatching(
        /^clock problem: The clock here is more than 30 s (ahead of|behind) GitHub.s → correct the clock of the machine/,
      ),
    ]);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['no App', ['--repo', 'acme/access'], { APP_ID: '' }, /APP_ID is missing; /],
    [
      'no key',
      ['--repo', 'acme/access'],
      { PRIVATE_KEY: '' },
      /PRIVATE_KEY is missing, and so is PRIVATE_KEY_PATH/,
    ],
    ['no repository', [], {}, /--repo is missing; it says which, such as acme\/access/],
    ['an address', ['--repo', 'https://github.com/acme/access'], {}, /is no repository such as acme\/access/],
    [
      'no GitHub',
      ['--repo', 'acme/access'],
      { GITHUB_API_URL: 'http://127.0.0.1:1' },
      /Could not read the installation/,
    ],
  ])('%s', async (_, args, env, message) => {
    const { status, out, err } = await doctor(args, { env });
    expect(err).toMatch(message);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });

  it('a key of another App', async () => {
    const { status, err } = await doctor(undefined, { env: { PRIVATE_KEY: generatePrivateKey() } });
    expect(status).toBe(2);
    expect(err).toContain('check APP_ID and the private key');
  });

  it('a repository that the App does not reach', async () => {
    const { status, out } = await doctor(['--repo', 'acme/other']);
    expect(status).toBe(1);
    expect(out).toContain('The App is not installed on acme/other');
  });
});
