/**
 * The second loop: what is to be done on the default branch. Ending comes first and depends on nothing but itself;
 * then what keeps the tree as it should be; then, one at a time, what is to be granted.
 */
import type { TeamFacts } from '../approval/approval.ts';
import type { Instant } from '../base/instant.ts';
import type { Finding, ReasonCode } from '../base/reasons.ts';
import { isRequestFile } from '../request/path.ts';
import { alarmsOf, withWarnings, type Alarm } from './alarms.ts';
import type { AccountFacts, BranchWorld, CommentFacts, FileFacts, TipFacts } from './facts.ts';
import { judgeGrant, requestPathOfGrant, type GrantState, type ProvenGrant } from './grant-state.ts';
import { ownComment, saysAlready } from './comments.ts';
import { judgeLanding, type GrantVerdict, type LandingVerdict } from './landing.ts';
import { leftOpen } from './left-open.ts';
import { clusterOfReadme, clusterReadme, pinOf, readmePath } from './pin.ts';
import { requestedSubject } from './plan.ts';
import { judgeRefusals, type Refusals } from './refused-by-cluster.ts';
import { obstacles } from './protection.ts';
import type { Ended } from './revert.ts';
import { retoldComment } from './story.ts';
import { readTrusted } from './trusted.ts';

/** What the decision needs beyond the world; read by the shell. */
export interface BranchContext {
  readonly teams: ReadonlyMap<string, TeamFacts>;
  /** Accounts by lower-case login, for `spec.for`. */
  readonly accounts: ReadonlyMap<string, AccountFacts>;
  /** Texts of the blobs that `changedRoleBlobs` named. */
  readonly blobs: ReadonlyMap<string, string>;
  readonly localNow: Instant;
  /** The latest time that GitHub ever gave, or ours where that is ahead: by it the end is judged. */
  readonly latestNow: Instant;
}

/** What to say on a pull request about what became of it. */
export interface Tell {
  readonly pullRequest: number;
  readonly landing: LandingVerdict;
}

/** Everything that is to be done on the default branch. */
export interface BranchDecision {
  /** Access that has ended: one revert pull request for all of it. */
  readonly ended: readonly Ended[];
  /** Files below `grants/` that are none of ours: removed by a direct commit. */
  readonly foreign: readonly { readonly file: FileFacts; readonly finding: Finding }[];
  /** READMEs to write, adoption included. */
  readonly readmes: readonly { readonly path: string; readonly text: string }[];
  /** What is to be granted: one of them, for the others are decided anew at the tip that its commit makes. */
  readonly grants: readonly GrantVerdict[];
  readonly tells: readonly Tell[];
  /** Comments of ours on access in force that do not say so, or not what is wrong with it; none before all has ended. */
  readonly retold: readonly { readonly pullRequest: number; readonly body: string }[];
  readonly inForce: readonly ProvenGrant[];
  /** Statements of the policy that do not hold; none before all has ended that has to. */
  readonly alarms: readonly Alarm[];
  /** Clusters that take nothing just now. */
  readonly failing: readonly { readonly cluster: string; readonly finding: Finding }[];
  /** One code for each grant, request and file that was judged: for metrics and the log. */
  readonly codes: readonly { readonly path: string; readonly code: ReasonCode }[];
  /** When time alone changes the decision. */
  readonly wakeAt: Instant | null;
}

/** Request paths whose history decides: of every grant file, and of every request without one. */
export function landingPaths(tip: TipFacts): {
  readonly granted: readonly string[];
  readonly pending: readonly string[];
} {
  const granted = tip.grants.flatMap((file) => requestPathOfGrant(file.path) ?? []);
  const pending = tip.requests
    .map(({ path }) => path)
    .filter((path) => isRequestFile(path) && !granted.includes(path));
  return { granted, pending };
}

/** Logins of `spec.for` in requests without a grant. */
export function branchAccounts(tip: TipFacts, pending: readonly string[]): readonly string[] {
  return tip.requests.flatMap((file) => (pending.includes(file.path) ? (requestedSubject(file) ?? []) : []));
}

/** Decides what is to be done on the default branch. */
export function decideBranch(world: BranchWorld, context: BranchContext): BranchDecision {
  const { repository, tip, now } = world;
  const blocked = obstacles(repository, tip, readTrusted(tip), { github: now, local: context.localNow });
  const judged = grantStates(world, context);
  const refusals = judgeRefusals(
    world.verdicts,
    judged.flatMap((state) => (state.kind === 'in-force' ? [state.grant] : [])),
    now,
  );
  const states = judged.map((state) => withdrawRefused(state, refusals));
  // A request whose landing was not read is left alone: neither granted nor ended.
  const pending = landingPaths(tip).pending.filter((path) => world.landings.has(path));
  const verdicts = pending.map((path) => {
    const failing = refusals.failing.get(path.split('/')[1] ?? '') ?? [];
    return { path, verdict: verdictOf(path, world, context, blocked.concat(failing)) };
  });

  const ended = [
    ...states.flatMap((state) => (state.kind === 'ended' ? [endedGrant(state, tip, context.blobs)] : [])),
    ...verdicts.flatMap(({ path, verdict }) =>
      verdict.kind === 'ended' ? [endedRequest(path, verdict, tip)] : [],
    ),
  ];
  const foreign = states.flatMap((state) => (state.kind === 'foreign' ? [state] : []));
  const inForce = states.flatMap((state) => (state.kind === 'in-force' ? [state.grant] : []));
  // To work out the network of a large cluster takes long: it waits until what has ended is gone.
  const isOver = ended.length + foreign.length > 0;
  const alarms = isOver ? [] : alarmsOf(tip, inForce);
  const wakes = [
    ...inForce.map(({ evidence }) => evidence.expiresAt),
    ...verdicts.flatMap(({ verdict }) => (verdict.kind === 'wait' ? [verdict.until] : [])),
    ...(refusals.wakeAt === null ? [] : [refusals.wakeAt]),
  ];
  return {
    ended,
    foreign,
    readmes: blocked.some(({ code }) => code === 'repository-moved') ? [] : readmes(world),
    grants: verdicts.flatMap(({ verdict }) => (verdict.kind === 'grant' ? [verdict] : [])),
    tells: verdicts.flatMap(({ verdict }) =>
      verdict.pullRequest !== null && verdict.kind === 'wait'
        ? [{ pullRequest: verdict.pullRequest.number, landing: verdict }]
        : [],
    ),
    retold: isOver ? [] : inForce.flatMap((grant) => retold(grant, world, alarms)),
    inForce,
    alarms,
    failing: [...refusals.failing].map(([cluster, finding]) => ({ cluster, finding })),
    codes: [
      ...states.flatMap(codeOfState),
      ...verdicts.map(({ path, verdict }) => ({ path, code: verdict.finding.code })),
    ],
    wakeAt: wakes.length === 0 ? null : Math.min(...wakes),
  };
}

function commentsOf({ commands }: BranchWorld, pullRequest: number): readonly CommentFacts[] {
  return commands.find((each) => each.pullRequest === pullRequest)?.comments ?? [];
}

function retold(grant: ProvenGrant, world: BranchWorld, alarms: readonly Alarm[]): BranchDecision['retold'] {
  const { pullRequest } = grant.evidence;
  const comments = commentsOf(world, pullRequest);
  const { botId } = world.repository;
  const own = ownComment(comments, botId);
  const told = retoldComment(grant, own, world.now) ?? own?.body ?? null;
  // Who has just granted is about to tell: until then there is nothing to add to.
  if (told === null) return [];
  const body = withWarnings(
    told,
    alarms.filter(({ path }) => path === grant.file.path),
  );
  return saysAlready(comments, botId, body) ? [] : [{ pullRequest, body }];
}

function grantStates(world: BranchWorld, context: BranchContext): readonly GrantState[] {
  const { repository, tip, landings, merges } = world;
  return tip.grants.filter(isGrantFile).map((file) => {
    const landing = landings.get(requestPathOfGrant(file.path) ?? '') ?? null;
    return judgeGrant({
      repository,
      tip,
      file,
      landing,
      now: context.latestNow,
      teams: context.teams,
      commentsOf: (pullRequest) => commentsOf(world, pullRequest),
      blobs: context.blobs,
      merges,
    });
  });
}

/** Everything below `grants/` but the READMEs that Curfew itself keeps there. */
function isGrantFile({ path }: FileFacts): boolean {
  return clusterOfReadme(path) === null;
}

/** Access that its cluster refuses has ended, even if nothing else ends it. */
function withdrawRefused(state: GrantState, { withdrawn }: Refusals): GrantState {
  if (state.kind !== 'in-force') return state;
  const refused = withdrawn.get(state.grant.commit);
  return refused === undefined ? state : { kind: 'ended', grant: state.grant, finding: refused };
}

function verdictOf(
  path: string,
  { repository, tip, landings, merges, now }: BranchWorld,
  context: BranchContext,
  blocked: readonly Finding[],
): LandingVerdict {
  const file = tip.requests.find((candidate) => candidate.path === path);
  const landing = landings.get(path);
  if (file === undefined || landing === undefined) {
    throw new Error(`The facts about ${path} were not read; landingPaths names what must be`);
  }
  const login = requestedSubject(file)?.toLowerCase();
  return judgeLanding({
    repository,
    tip,
    file,
    landing,
    now,
    teams: context.teams,
    subjectAccount: login === undefined ? null : (context.accounts.get(login) ?? null),
    obstacles: blocked,
    merges,
  });
}

function endedGrant(
  state: Extract<GrantState, { kind: 'ended' }>,
  tip: TipFacts,
  blobs: ReadonlyMap<string, string>,
): Ended {
  const { grant, finding } = state;
  // Keyed by blob: a request that was put at the same path since then is another request.
  const request = tip.requests.find(
    ({ path, sha }) => path === grant.evidence.request && sha === grant.evidence.requestBlob,
  );
  return {
    finding,
    request: grant.evidence.request,
    evidence: grant.evidence,
    pullRequest: grant.evidence.pullRequest,
    leftOpen: leftOpen(grant, tip, blobs),
    deletions: [grant.file, ...(request === undefined ? [] : [request])].map(({ path, sha }) => ({
      path,
      sha,
    })),
  };
}

function endedRequest(
  path: string,
  verdict: Extract<LandingVerdict, { kind: 'ended' }>,
  tip: TipFacts,
): Ended {
  const files = tip.requests.filter((file) => file.path === path);
  return {
    finding: verdict.finding,
    request: path,
    evidence: verdict.evidence,
    pullRequest: verdict.pullRequest?.number ?? null,
    leftOpen: [],
    deletions: files.map(({ path, sha }) => ({ path, sha })),
  };
}

function codeOfState(state: GrantState): readonly { readonly path: string; readonly code: ReasonCode }[] {
  switch (state.kind) {
    case 'in-force':
      return [{ path: state.grant.file.path, code: 'granted' }];
    case 'ended':
      return [{ path: state.grant.file.path, code: state.finding.code }];
    case 'foreign':
      return [{ path: state.file.path, code: state.finding.code }];
    case 'unknown':
      return [];
  }
}

/** READMEs that are missing, or that somebody changed. */
function readmes({ repository, tip }: BranchWorld): BranchDecision['readmes'] {
  const policy = readTrusted(tip).policy;
  if (policy === null) return [];
  return Object.keys(policy.value.clusters)
    .map((cluster) => ({ path: readmePath(cluster), text: clusterReadme(cluster, pinOf(repository)) }))
    .filter(({ path, text }) => tip.grants.find((file) => file.path === path)?.text !== text);
}
