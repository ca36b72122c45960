/** The default branch just after an approved pull request was merged: a landed request, and the grant that follows. */
import { decideBranch } from '../../src/lifecycle/branch.ts';
import type {
  FileFacts,
  HistoryCommit,
  LandingFacts,
  PullRequestFacts,
  TipFacts,
} from '../../src/lifecycle/facts.ts';
import { grantCommit, type GrantCommit } from '../../src/lifecycle/grant-commit.ts';
import type { LandingQuestion } from '../../src/lifecycle/landing.ts';
import { decidePullRequest } from '../../src/lifecycle/pull-request.ts';
import {
  context,
  file,
  minute,
  noon,
  people,
  pullRequestOf,
  repository,
  repositoryFiles,
  requestFile,
  requestText,
  sha,
  shown,
  teams,
  tipOf,
  worldOf,
} from './world.ts';

const merge = sha('merge');

/** Read once, for the trusted files of a tip are parsed once for each object that holds one. */
const repositoryTip = tipOf(repositoryFiles());

/** The tip of the default branch of this very repository, with these files put there or replaced. */
export function tipWith(files: Iterable<readonly [string, string]>): TipFacts {
  const put = tipOf(new Map(files));
  const over = (before: readonly FileFacts[], after: readonly FileFacts[]): readonly FileFacts[] => [
    ...before.filter(({ path }) => !after.some((file) => file.path === path)),
    ...after,
  ];
  return {
    ...repositoryTip,
    sha: sha(`${repositoryTip.sha} ${put.sha}`),
    policy: put.policy ?? repositoryTip.policy,
    codeowners: put.codeowners ?? repositoryTip.codeowners,
    templates: over(repositoryTip.templates, put.templates),
    roles: over(repositoryTip.roles, put.roles),
    requests: put.requests,
    grants: put.grants,
    // What was worked out of the snapshots is known for as long as the list is the same.
    clusters: put.clusters.length === 0 ? repositoryTip.clusters : over(repositoryTip.clusters, put.clusters),
  };
}

/** A commit of the App on the default branch. */
export function commitOf(overrides: Partial<HistoryCommit>): HistoryCommit {
  return {
    sha: sha('commit'),
    message: '',
    committedAt: noon,
    author: people.curfew,
    parents: [],
    signedByGitHub: true,
    blob: null,
    ...overrides,
  };
}

interface Landed {
  /** The text of the request. */
  readonly text?: string;
  readonly pullRequest?: Partial<PullRequestFacts>;
  readonly landing?: Partial<LandingFacts>;
  /** What else the default branch holds. */
  readonly files?: readonly (readonly [string, string])[];
  readonly question?: Partial<LandingQuestion>;
}

/** The question about a request that bob approved and that landed at noon, a minute ago. */
export function landed(given: Landed = {}): LandingQuestion {
  const text = given.text ?? requestText;
  const added = file(requestFile, text);
  const tip = tipWith([[requestFile, text], ...(given.files ?? [])]);
  const open = worldOf({ tip: repositoryTip, pullRequest: pullRequestOf({ addedFile: added }) });
  const digest = decidePullRequest(open, context).check?.externalId.replace('curfew/1:', '') ?? '';
  const landing: LandingFacts = {
    path: requestFile,
    history: [commitOf({ sha: merge, message: 'Merge', blob: added.sha })],
    grantHistory: [],
    pullRequest: {
      ...shown(open, digest).pullRequest,
      state: 'merged',
      mergedAt: noon,
      mergedBy: people.curfew,
      mergeCommit: merge,
      ...given.pullRequest,
    },
    landed: [{ path: requestFile, change: 'added', previousPath: null }],
    lastPush: { account: people.alice, at: noon - 9 * minute, earlier: [] },
    ...given.landing,
  };
  return {
    repository,
    tip,
    file: added,
    landing,
    now: noon + minute,
    teams,
    subjectAccount: null,
    obstacles: [],
    merges: [],
    ...given.question,
  };
}

export interface Granted {
  readonly commit: GrantCommit;
  /** The grant file. */
  readonly file: FileFacts;
  /** The commit, as the history of the grant file has it. */
  readonly made: HistoryCommit;
  readonly landing: LandingFacts;
}

/** The grant of that request, or of another text, made at noon for one hour. */
export function granted(text = requestText): Granted {
  const { tip, landing } = landed({ text });
  const world = {
    now: noon,
    repository,
    tip,
    landings: new Map([[requestFile, landing]]),
    commands: [],
    reverts: [],
    merges: [],
    verdicts: new Map(),
  };
  const [verdict] = decideBranch(world, {
    teams,
    accounts: new Map(),
    blobs: new Map(),
    localNow: noon,
    latestNow: noon,
  }).grants;
  if (verdict === undefined) throw new Error('nothing is granted');
  const commit = grantCommit(world, verdict);
  const grant = file(commit.path, commit.text);
  const made = commitOf({
    sha: sha('grant'),
    message: `${commit.headline}\n\n${commit.body}`,
    parents: [tip.sha],
    blob: grant.sha,
  });
  return { commit, file: grant, made, landing };
}
