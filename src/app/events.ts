/**
 * From a webhook to the places that it points at. Nothing else of a payload is ever used: facts are read anew. The
 * name of an event is not covered by GitHub's signature, so a payload is checked against its event's shape.
 */
import { z } from 'zod';
import { reportPrefix } from '../lifecycle/refused-by-cluster.ts';
import type { RepositoryAddress } from './work.ts';

/** Where to look. */
export type Place =
  | {
      readonly kind: 'pull-request';
      readonly repository: RepositoryAddress;
      readonly number: number;
      readonly mergeGroup?: string;
    }
  /** The pull requests whose head is this commit. */
  | { readonly kind: 'head'; readonly repository: RepositoryAddress; readonly sha: string }
  | { readonly kind: 'branch'; readonly repository: RepositoryAddress }
  | { readonly kind: 'pull-requests'; readonly repository: RepositoryAddress }
  | { readonly kind: 'installation'; readonly installation: number };

/** Who we are, for telling our own doings from other people's. */
export interface Ourselves {
  readonly appId: number;
  /** The account of our bot; null until GitHub has said which. */
  readonly botId: number | null;
}

/** Where branches of ours lie. */
const ownBranches = 'curfew/';

const account = z.object({ id: z.int() });
const anyEvent = z.object({ installation: account, sender: account.nullish() });
const onRepository = anyEvent.extend({
  repository: z.object({
    id: z.int(),
    name: z.string().regex(/^[\w.-]{1,100}$/),
    owner: z.object({ login: z.string().regex(/^[\w-]{1,100}$/) }),
    default_branch: z.string(),
  }),
});
const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const numbered = z.object({ number: z.int() });

const pullRequest = onRepository.extend({
  action: z.string(),
  pull_request: numbered.extend({ head: z.object({ ref: z.string() }) }),
});
const issueComment = onRepository.extend({
  issue: numbered.extend({ state: z.string(), pull_request: z.object({}).optional() }),
});
const checkRun = onRepository.extend({
  action: z.string(),
  check_run: z.object({ head_sha: sha, app: account.nullable(), pull_requests: z.array(numbered) }),
});
const checkSuite = onRepository.extend({
  action: z.string(),
  check_suite: z.object({ head_sha: sha, app: account.nullable(), pull_requests: z.array(numbered) }),
});
const status = onRepository.extend({ sha, state: z.string(), context: z.string() });
const paths = z.array(z.string()).optional();
const push = onRepository.extend({
  ref: z.string(),
  commits: z.array(z.object({ added: paths, modified: paths, removed: paths })),
});
const mergeGroup = onRepository.extend({
  action: z.string(),
  merge_group: z.object({ head_sha: sha, head_ref: z.string() }),
});
const withAction = anyEvent.extend({ action: z.string() });

/** Actions of a pull request that can change a verdict. Labels, assignees and the like are never an input. */
const pullRequestActions = new Set([
  'opened',
  'reopened',
  'synchronize',
  'edited',
  'ready_for_review',
  'converted_to_draft',
  'closed',
]);

/** What every verdict depends on: when it changes on the default branch, open requests are looked at again. */
const trustedPaths = /^(\.github\/|docs\/CODEOWNERS$|CODEOWNERS$|templates\/|clusters\/)/;

type Mapper = (payload: unknown, ourselves: Ourselves) => readonly Place[];

/**
 * The events that Curfew uses, each with the places that it points at.
 */
const mappers = {
  pull_request: (payload) => {
    const event = pullRequest.parse(payload);
    if (!pullRequestActions.has(event.action)) return [];
    const repository = addressOf(event);
    const { number, head } = event.pull_request;
    const place: Place = { kind: 'pull-request', repository, number };
    return head.ref.startsWith(ownBranches) ? [place, { kind: 'branch', repository }] : [place];
  },
  pull_request_review: (payload) => {
    const event = pullRequest.parse(payload);
    return [{ kind: 'pull-request', repository: addressOf(event), number: event.pull_request.number }];
  },
  issue_comment: (payload) => {
    const event = issueComment.parse(payload);
    if (event.issue.pull_request === undefined) return [];
    const repository = addressOf(event);
    const place: Place = { kind: 'pull-request', repository, number: event.issue.number };
    // A grant in force is ended by a comment on its pull request, and that is the branch's business.
    return event.issue.state === 'closed' ? [place, { kind: 'branch', repository }] : [place];
  },
  check_run: (payload, { appId }) => {
    const event = checkRun.parse(payload);
    const { head_sha: head, app, pull_requests: numbers } = event.check_run;
    if (event.action === 'rerequested') return againOn(addressOf(event), head, numbers);
    if (event.action !== 'completed' || app?.id === appId) return [];
    return [{ kind: 'head', repository: addressOf(event), sha: head }];
  },
  check_suite: (payload) => {
    const event = checkSuite.parse(payload);
    const { head_sha: head, pull_requests: numbers } = event.check_suite;
    return event.action === 'rerequested' ? againOn(addressOf(event), head, numbers) : [];
  },
  status: (payload) => {
    const event = status.parse(payload);
    if (event.state === 'pending') return [];
    const repository = addressOf(event);
    const head: Place = { kind: 'head', repository, sha: event.sha };
    // A GitOps engine may say so what became of a commit of the default branch.
    return event.context.startsWith(reportPrefix) ? [head, { kind: 'branch', repository }] : [head];
  },
  push: (payload) => {
    const event = push.parse(payload);
    const repository = addressOf(event);
    const branch: Place = { kind: 'branch', repository };
    if (event.ref.startsWith(`refs/heads/${ownBranches}`)) return [branch];
    if (event.ref !== `refs/heads/${event.repository.default_branch}`) return [];
    const touched = event.commits.flatMap(({ added = [], modified = [], removed = [] }) => [
      ...added,
      ...modified,
      ...removed,
    ]);
    return touched.some((path) => trustedPaths.test(path))
      ? [branch, { kind: 'pull-requests', repository }]
      : [branch];
  },
  merge_group: (payload) => {
    const event = mergeGroup.parse(payload);
    const { head_ref: ref, head_sha: head } = event.merge_group;
    // gh-readonly-queue/<base>/pr-<number>-<base sha>
    const number = /\/pr-(\d{1,9})-[0-9a-f]{40,64}$/.exec(ref)?.[1];
    if (event.action !== 'checks_requested' || number === undefined) return [];
    return [{ kind: 'pull-request', repository: addressOf(event), number: Number(number), mergeGroup: head }];
  },
  repository: (payload) => {
    const repository = addressOf(onRepository.parse(payload));
    return [
      { kind: 'branch', repository },
      { kind: 'pull-requests', repository },
    ];
  },
  member: everythingOfInstallation,
  membership: everythingOfInstallation,
  team: everythingOfInstallation,
  organization: everythingOfInstallation,
  installation: installed,
  installation_repositories: installed,
} as const satisfies Record<string, Mapper>;

/** The name of an event that leads somewhere. */
export type EventName = keyof typeof mappers;

/** Every event that leads somewhere. */
export const eventNames = Object.keys(mappers).filter(isEventName);

/** Events that come to every App; a subscription to them is refused. */
export const alwaysDelivered: ReadonlySet<EventName> = new Set<EventName>([
  'installation',
  'installation_repositories',
]);

/** Whether an event of this name leads somewhere. */
export function isEventName(name: string): name is EventName {
  return Object.hasOwn(mappers, name);
}

/**
 * The places that an event points at; none where it concerns us not, or where we caused it ourselves: who writes looks
 * again by himself, and the sweep finds what that misses. Throws a ZodError on a payload of another shape.
 */
export function placesOf(name: EventName, payload: unknown, ourselves: Ourselves): readonly Place[] {
  if (anyEvent.parse(payload).sender?.id === ourselves.botId) return [];
  const mapper: Mapper = mappers[name];
  return mapper(payload, ourselves);
}

/** Somebody pressed "Re-run". GitHub names the pull requests where the head's branch lies in the same repository. */
function againOn(
  repository: RepositoryAddress,
  head: string,
  numbers: readonly { readonly number: number }[],
): readonly Place[] {
  return [
    { kind: 'head', repository, sha: head },
    ...numbers.map(({ number }): Place => ({ kind: 'pull-request', repository, number })),
  ];
}

/** Somebody joined or left: who may approve, and who is still entitled, may be different everywhere. */
function everythingOfInstallation(payload: unknown): readonly Place[] {
  return [{ kind: 'installation', installation: anyEvent.parse(payload).installation.id }];
}

function installed(payload: unknown): readonly Place[] {
  const { action, installation } = withAction.parse(payload);
  return ['deleted', 'suspend', 'removed'].includes(action)
    ? []
    : [{ kind: 'installation', installation: installation.id }];
}

function addressOf(event: z.infer<typeof onRepository>): RepositoryAddress {
  const { installation, repository } = event;
  return {
    installation: installation.id,
    id: repository.id,
    owner: repository.owner.login,
    name: repository.name,
  };
}
