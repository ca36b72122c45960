/** Builds facts for the decisions, without any GitHub: the default is a request that is approved and ready. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Review, TeamFacts } from '../../src/approval/approval.ts';
import { parseInstant, type Instant } from '../../src/base/instant.ts';
import { checkExternalId, checkName } from '../../src/lifecycle/check.ts';
import type {
  AccountFacts,
  FileFacts,
  PullRequestFacts,
  PullRequestWorld,
  RepositoryFacts,
  TipFacts,
} from '../../src/lifecycle/facts.ts';
import type { PullRequestContext } from '../../src/lifecycle/decision.ts';

export const noon: Instant = parseInstant('2026-12-01T12:00:00Z') ?? 0;
export const minute = 60_000;
export const hour = 60 * minute;

export const people = {
  alice: person(1001, 'alice'),
  bob: person(1002, 'bob'),
  carol: person(1003, 'carol'),
  dan: person(1004, 'dan'),
  erin: person(1005, 'erin'),
  frank: person(1006, 'frank'),
  grace: person(1007, 'grace'),
  mallory: person(1008, 'mallory'),
  curfew: { id: 2001, login: 'curfew', type: 'Bot' },
} as const satisfies Record<string, AccountFacts>;

function person(id: number, login: string): AccountFacts {
  return { id, login, type: 'User' };
}

export function sha(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

export function file(path: string, text: string, mode = '100644'): FileFacts {
  const bytes = Buffer.from(text);
  return {
    path,
    mode,
    sha: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
    text,
  };
}

const root = resolve(import.meta.dirname, '../..');

/** The trusted files of this very repository, which is itself a valid access repository. */
export function repositoryFiles(): ReadonlyMap<string, string> {
  const files = ['.github', 'templates', 'clusters'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
  );
  return new Map(files.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

const trustedFiles = new Map<string, FileFacts>();

/** A trusted file is parsed once for each object that holds it: of the same file there is one, as in a running app. */
function trustedFile(path: string, text: string): FileFacts {
  const key = `${path}\0${text}`;
  const known = trustedFiles.get(key) ?? file(path, text);
  trustedFiles.set(key, known);
  return known;
}

export function tipOf(files: ReadonlyMap<string, string>): TipFacts {
  const all = [...files].map(([path, text]) =>
    /^(grants|access-requests)\//.test(path) ? file(path, text) : trustedFile(path, text),
  );
  const below = (folder: string) => all.filter(({ path }) => path.startsWith(folder));
  return {
    sha: sha(all.map((each) => `${each.path} ${each.sha}`).join('\n')),
    policy: all.find(({ path }) => path === '.github/curfew.yaml') ?? null,
    codeowners: all.find(({ path }) => path === '.github/CODEOWNERS') ?? null,
    codeownersErrorLines: [],
    templates: below('templates/').filter(({ path }) => !path.slice('templates/'.length).includes('/')),
    roles: below('templates/roles/'),
    requests: below('access-requests/'),
    grants: below('grants/'),
    clusters: below('clusters/'),
  };
}

export const repository: RepositoryFacts = {
  id: 4242,
  owner: 'acme',
  name: 'access',
  defaultBranch: 'main',
  archived: false,
  mergeMethods: ['merge', 'squash', 'rebase'],
  deletesBranchOnMerge: false,
  rules: {
    pullRequestRequired: true,
    codeOwnerReviewRequired: true,
    forcePushBlocked: true,
    deletionBlocked: true,
    requiredChecks: [{ context: checkName, appId: 77 }],
    strictChecks: false,
    linearHistory: false,
    signaturesRequired: false,
    mergeQueue: false,
    mergeMethods: null,
  },
  appId: 77,
  botId: people.curfew.id,
  signsCommits: true,
};

function team(...members: readonly AccountFacts[]): TeamFacts {
  return { members: new Map(members.map(({ id, login }) => [id, login])), canWrite: true };
}

export const teams: ReadonlyMap<string, TeamFacts> = new Map([
  ['acme/oncall', team(people.alice)],
  ['acme/engineers', team(people.alice, people.bob, people.carol, people.grace)],
  ['acme/payments', team(people.bob, people.frank)],
  ['acme/orders', team(people.grace)],
  ['acme/sre', team(people.carol)],
  ['acme/security', team(people.dan)],
  ['acme/platform', team(people.erin)],
  ['acme/leads', team(people.frank)],
]);

export const requestFile = 'access-requests/staging/payments/inc-4711.yaml';

export const requestText = `apiVersion: curfew.dev/v1
kind: AccessRequest
spec:
  template: debug-pod
  parameters:
    app: payments-api
  duration: 1h
  reason: Checkout latency, see INC-4711
  ticket: INC-4711
`;

export const head = sha('head');

export function approval(by: AccountFacts, overrides: Partial<Review> = {}): Review {
  return {
    id: by.id * 10,
    state: 'APPROVED',
    reviewer: { id: by.id, login: by.login, type: by.type, canWrite: true },
    commit: head,
    submittedAt: noon - minute,
    ...overrides,
  };
}

export function pullRequestOf(overrides: Partial<PullRequestFacts> = {}): PullRequestFacts {
  const added = file(requestFile, requestText);
  return {
    number: 12,
    title: 'Debug payments-api',
    state: 'open',
    draft: false,
    author: people.alice,
    authorCanWrite: true,
    baseRef: 'main',
    headRef: 'inc-4711',
    head,
    fromFork: false,
    createdAt: noon - 10 * minute,
    mergedAt: null,
    mergedBy: null,
    mergeCommit: null,
    baseChangedAt: null,
    files: [{ path: requestFile, change: 'added', previousPath: null }],
    filesComplete: true,
    commits: [
      {
        sha: head,
        authors: [{ email: 'alice@example.com', account: people.alice }],
        committer: { email: 'alice@example.com', account: people.alice },
      },
    ],
    commitsComplete: true,
    reviews: [approval(people.bob)],
    reviewDecision: null,
    addedFile: added,
    proposed: null,
    sameHead: [],
    checkRuns: [],
    foreignChecks: [],
    comments: [],
    ...overrides,
  };
}

export function worldOf(overrides: Partial<PullRequestWorld> = {}): PullRequestWorld {
  return {
    now: noon,
    repository,
    tip: tipOf(repositoryFiles()),
    pullRequest: pullRequestOf(),
    ...overrides,
  };
}

export const context: PullRequestContext = {
  teams,
  subjectAccount: null,
  lastPush: { account: people.alice, at: noon - 9 * minute, earlier: [] },
  localNow: noon,
  standing: null,
};

/** The world in which the plan with this digest has been shown for five minutes. */
export function shown(
  world: PullRequestWorld,
  digest: string,
  since: Instant = noon - 5 * minute,
): PullRequestWorld {
  const checkRun = {
    id: 1,
    externalId: checkExternalId(digest),
    conclusion: 'action_required',
    startedAt: since,
    title: '',
    contentDigest: '',
  };
  return { ...world, pullRequest: { ...world.pullRequest, checkRuns: [checkRun] } };
}
