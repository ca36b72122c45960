/** What is wrong with an installation, and what to do about it: a pure judgement of what was read. */
import { appManifest } from '../app/app-manifest.ts';
import { webhookPath } from '../app/http.ts';
import { formatInstant } from '../base/instant.ts';
import { clockObstacles, ruleObstacles } from '../lifecycle/protection.ts';
import { mergeMethod } from '../lifecycle/merge-method.ts';
import { checkCeilings } from './doctor-ceilings.ts';
import { checkClusters } from './doctor-clusters.ts';
import { areas, note, problem, toProblems, type Diagnosis, type DoctorFacts } from './doctor-diagnosis.ts';
import { checkAdoption, checkCodeowners, checkFiles } from './doctor-files.ts';
import type { DeliveryRead, InstallationRead, RulesetRead } from './doctor-github.ts';

/** Everything that is wrong, or to be known, in the order of the areas. */
export function diagnose(facts: DoctorFacts): readonly Diagnosis[] {
  const found = [
    ...checkPermissions(facts.installation),
    ...checkRepository(facts),
    ...checkRules(facts),
    ...checkBypass(facts),
    ...checkCodeowners(facts),
    ...checkFiles(facts),
    ...checkCeilings(facts),
    ...checkClusters(facts),
    ...checkAdoption(facts),
    ...toProblems('clock', clockObstacles(facts.clocks), 'set the clock of the machine that runs Curfew'),
    ...checkWebhooks(facts),
  ];
  return found.toSorted((a, b) => areas.indexOf(a.area) - areas.indexOf(b.area));
}

/** What the App may do and is told: known without any of it. */
export function checkPermissions(installation: InstallationRead): readonly Diagnosis[] {
  const { default_permissions: needed, default_events: events } = appManifest(new URL('https://curfew/'), '');
  const { permissions } = installation;
  const where = "in the App's settings, and accept the change where it is installed";
  return [
    ...Object.entries(needed)
      .filter(([name, level]) => permissions[name] !== 'write' && permissions[name] !== level)
      .map(([name, level]) =>
        problem('permissions', `The App may not ${level} ${name}`, `give it ${name}: ${level} ${where}`),
      ),
    ...Object.entries(permissions)
      .filter(([name, level]) => level === 'write' && needed[name] !== 'write')
      .map(([name]) =>
        problem(
          'permissions',
          `The App may write ${name}, which Curfew never does`,
          `take ${name} away ${where}`,
        ),
      ),
    ...events
      .filter((event) => !installation.events.includes(event))
      .map((event) => problem('events', `The App is not told of ${event}`, `subscribe to it ${where}`)),
  ];
}

function checkRepository({ repository }: DoctorFacts): readonly Diagnosis[] {
  return [
    ...(repository.archived
      ? [problem('repository', 'The repository is archived', 'unarchive it: nothing can be granted or ended')]
      : []),
    ...(mergeMethod(repository) === null
      ? [
          problem(
            'repository',
            'No merge method is allowed that Curfew could use',
            'allow merge commits, squashing or rebasing',
          ),
        ]
      : []),
  ];
}

function checkRules({ repository }: DoctorFacts): readonly Diagnosis[] {
  const { rules } = repository;
  const none = !rules.pullRequestRequired && !rules.forcePushBlocked && rules.requiredChecks.length === 0;
  return [
    ...toProblems('rules', ruleObstacles(repository)),
    ...(rules.deletionBlocked
      ? []
      : [
          problem(
            'rules',
            'The default branch may be deleted',
            'run "curfew manifests rulesets" and post what it prints',
          ),
        ]),
    ...(rules.strictChecks
      ? [
          problem(
            'rules',
            'Branches have to be up to date before they are merged, so every grant holds up every open request',
            'turn that off in the rule that requires status checks',
          ),
        ]
      : []),
    ...(rules.mergeQueue
      ? [
          note(
            'rules',
            'A merge queue is in force; what Curfew merges goes past it',
            'know it, or take the queue off this branch',
          ),
        ]
      : []),
    ...(none
      ? [
          note(
            'rules',
            'No rule is in force at all; in a private repository GitHub has them with a paid plan only',
            'look at the plan of the organization',
          ),
        ]
      : []),
  ];
}

/** Rules that a grant commit, or the merge of an approved request, would break. */
const inTheWay = [
  'pull_request',
  'required_status_checks',
  'merge_queue',
  'update',
  'workflows',
  'required_deployments',
];

/** Rules that keep the history, which is the audit trail. */
const keeping = ['deletion', 'non_fast_forward'];

function checkBypass({ repository, rulesets }: DoctorFacts): readonly Diagnosis[] {
  const having = (types: readonly string[]): readonly RulesetRead[] =>
    rulesets.filter(({ rules }) => rules.some((type) => types.includes(type)));
  const bypassing = ['always', 'exempt'];
  return [
    ...having(inTheWay)
      .filter(({ bypass }) => bypass !== null && !bypassing.includes(bypass))
      .map(({ name }) =>
        problem(
          'bypass',
          `The ruleset "${name}" binds Curfew too, so it can commit no grant and land no revert`,
          `add the App to its bypass list, for "always", or run "curfew manifests rulesets --app-id ${repository.appId}"`,
        ),
      ),
    ...having(keeping)
      .filter(({ bypass }) => bypass !== null && bypassing.includes(bypass))
      .map(({ name }) =>
        problem(
          'bypass',
          `Curfew may go past the ruleset "${name}", and so could rewrite the history that proves what it did`,
          'take the App off its bypass list; put deletion and force pushes into a ruleset of their own',
        ),
      ),
    ...rulesets
      .filter(({ bypass }) => bypass === null)
      .map(({ name }) =>
        note(
          'bypass',
          `Whether Curfew may go past the ruleset "${name}": unknown`,
          'see that it is on its bypass list, for "always"',
        ),
      ),
    note(
      'bypass',
      'Who else may go past the rules: unknown, for GitHub does not tell an App',
      'look at the bypass lists in the settings of the repository',
    ),
  ];
}

/** Events of this repository of which no attempt got through. */
function checkWebhooks({ deliveries, repository }: DoctorFacts): readonly Diagnosis[] {
  const own = deliveries.filter((delivery) => delivery.repository === repository.id);
  if (own.length === 0) {
    return [
      note(
        'webhooks',
        `None of the last ${deliveries.length} deliveries of the App is about this repository`,
        'comment on a pull request, and run this again',
      ),
    ];
  }
  const through = new Set(own.filter(({ status }) => isSuccess(status)).map(({ guid }) => guid));
  const lost = own.filter(({ guid }) => !through.has(guid));
  const [newest] = lost;
  if (newest === undefined) return [];
  const said = newest.status === 0 ? 'got no answer' : `was answered by ${newest.status}`;
  return [
    problem(
      'webhooks',
      `${lost.length} of the last ${own.length} deliveries about this repository did not get through; the newest, ${newest.event} at ${formatInstant(newest.deliveredAt)}, ${said}`,
      remedyFor(newest),
    ),
  ];
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function remedyFor({ status }: DeliveryRead): string {
  if (status === 0)
    return "see that Curfew runs, and that GitHub reaches the webhook URL in the App's settings";
  if (status === 401 || status === 403)
    return "set the same secret as WEBHOOK_SECRET and in the App's settings";
  if (status === 404) return `let the webhook URL in the App's settings end in ${webhookPath}`;
  return 'look into the log of Curfew';
}
