/**
 * The shell of the branch loop. What has ended goes first and is never held up by what is to be granted; after every
 * commit the branch is read again and decided anew, for the tip that was decided on is gone.
 */
import type { Instant } from '../base/instant.ts';
import { isAlert, reasons } from '../base/reasons.ts';
import { GitHubError } from '../github/errors.ts';
import type { BranchRead, RepositoryPort } from '../github/port.ts';
import {
  branchAccounts,
  branchTeams,
  decideBranch,
  landingPaths,
  type BranchDecision,
  type Tell,
} from '../lifecycle/branch.ts';
import type { AccountFacts, BranchWorld, CommandsFacts } from '../lifecycle/facts.ts';
import type { GrantCommit } from '../lifecycle/grant-commit.ts';
import { changedRoleBlobs, provenGrants } from '../lifecycle/grant-state.ts';
import { foreignCommit, readmeCommit } from '../lifecycle/housekeeping.ts';
import { ownComment } from '../lifecycle/comments.ts';
import { endedComment, grantedComment, waitingComment } from '../lifecycle/story.ts';
import { revertOf, supersededReverts, type Ended } from '../lifecycle/revert.ts';
import { isRequestFile } from '../request/path.ts';
import type { EngineClock } from './engine.ts';
import { landRevert, type Landed } from './engine-revert.ts';
import type { BranchOutcome, ReconcileContext, Reconciler } from './reconcile.ts';

/** How often a run decides anew before it leaves the rest to the next one. */
const maximumRounds = 100;

/** Builds the branch loop. What it remembers is only what it need not read again. */
export function createBranchReconciler(clock: EngineClock): Reconciler['branch'] {
  const memories = new Map<string, Memory>();
  return async (port, context) => {
    const key = `${port.owner}/${port.name}`;
    const memory: Memory = memories.get(key) ?? { latestNow: 0, heard: new Map(), untold: null };
    memories.set(key, memory);
    return await reconcileBranch(port.withPurpose('ending'), context, clock, memory);
  };
}

interface Memory {
  /** The latest time ever seen: the end is judged by it, so that a clock set back revives nothing. */
  latestNow: Instant;
  /** Comments of pull requests as they were when last read. */
  readonly heard: Map<number, { readonly at: Instant; readonly commands: CommandsFacts }>;
  /** Pull requests whose comment may not tell yet that their access has ended; null before the first run. */
  untold: Set<number> | null;
}

interface Evaluation {
  readonly world: BranchWorld;
  readonly decision: BranchDecision;
}

/** What applying came to: whether to decide anew, and when a grant that was just made ends. */
interface Applied {
  readonly again: boolean;
  readonly grantEndsAt: Instant | null;
}

async function reconcileBranch(
  port: RepositoryPort,
  context: ReconcileContext,
  clock: EngineClock,
  memory: Memory,
): Promise<BranchOutcome> {
  let adopted = false;
  let wakeAt: Instant | null = null;
  for (let round = 0; round < maximumRounds; round++) {
    context.signal.throwIfAborted();
    const evaluation = await evaluate(port, clock, memory);
    observe(evaluation.decision, context);
    const applied = await applyNext(port, evaluation, context, memory);
    adopted = evaluation.world.tip.policy !== null;
    wakeAt = earliest(evaluation.decision.wakeAt, applied.grantEndsAt);
    if (!applied.again) break;
  }
  const pullRequests = [...(memory.untold ?? [])];
  memory.untold = new Set();
  return { adopted, wakeAt, pullRequests };
}

function earliest(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

async function evaluate(port: RepositoryPort, clock: EngineClock, memory: Memory): Promise<Evaluation> {
  const read = await port.readBranch();
  const localNow = clock.now();
  memory.latestNow = Math.max(memory.latestNow, read.now, localNow);
  const paths = landingPaths(read.tip);
  const landings = await port.readLandings(read, paths);
  const standing = provenGrants(read.repository, read.tip, landings).filter(
    ({ evidence }) => evidence.expiresAt > memory.latestNow,
  );
  const deciding = [...standing.map(({ evidence }) => evidence.request), ...paths.pending];
  const [teams, accounts, commands, blobs] = await Promise.all([
    port.readTeams(branchTeams(read.tip, deciding)),
    readAccounts(port, branchAccounts(read.tip, paths.pending)),
    readCommands(
      port,
      read,
      standing.map(({ evidence }) => evidence.pullRequest),
      memory,
    ),
    port.readBlobs(standing.flatMap(({ evidence }) => changedRoleBlobs(read.tip, evidence))),
  ]);
  memory.untold ??= new Set(endedOfLate(read));
  const { now, repository, tip, reverts } = read;
  const world: BranchWorld = { now, repository, tip, landings, commands, reverts };
  return {
    world,
    decision: decideBranch(world, { teams, accounts, blobs, localNow, latestNow: memory.latestNow }),
  };
}

/** Requests that were merged of late and are gone: who ended them may have died before telling. */
function endedOfLate({ recentlyMerged, tip }: BranchRead): readonly number[] {
  const standing = new Set(tip.requests.map(({ path }) => path));
  return recentlyMerged
    .filter(
      ({ paths }) => paths.length === 1 && paths.every((path) => isRequestFile(path) && !standing.has(path)),
    )
    .map(({ number }) => number);
}

async function readAccounts(
  port: RepositoryPort,
  logins: readonly string[],
): Promise<ReadonlyMap<string, AccountFacts>> {
  const accounts = new Map<string, AccountFacts>();
  for (const login of logins) {
    const account = await port.readAccount(login);
    if (account !== null) accounts.set(login.toLowerCase(), account);
  }
  return accounts;
}

/** Comments of these pull requests; what GitHub says was not touched since it was read is not read again. */
async function readCommands(
  port: RepositoryPort,
  read: BranchRead,
  numbers: readonly number[],
  memory: Memory,
): Promise<readonly CommandsFacts[]> {
  const oldestListed = read.recentlyMerged.at(-1)?.updatedAt ?? 0;
  const stale = numbers.filter((number) => {
    const heard = memory.heard.get(number);
    // What is not on the list was last touched before everything that is.
    const touched = read.recentlyMerged.find((each) => each.number === number)?.updatedAt ?? oldestListed;
    return heard === undefined || touched >= heard.at;
  });
  for (const commands of await port.readCommands(stale)) {
    memory.heard.set(commands.pullRequest, { at: read.now, commands });
  }
  for (const number of memory.heard.keys()) if (!numbers.includes(number)) memory.heard.delete(number);
  return numbers.flatMap((number) => memory.heard.get(number)?.commands ?? []);
}

function observe(decision: BranchDecision, context: ReconcileContext): void {
  for (const { path, code } of decision.codes) {
    context.observe.decided(code);
    if (!isAlert(code)) continue;
    context.observe.alerted(code);
    context.log.error({ path, reason: code }, reasons[code].text);
  }
}

/** Applies what comes first. */
async function applyNext(
  port: RepositoryPort,
  { world, decision }: Evaluation,
  context: ReconcileContext,
  memory: Memory,
): Promise<Applied> {
  const again: Applied = { again: true, grantEndsAt: null };
  const settled: Applied = { again: false, grantEndsAt: null };
  if (decision.foreign.length > 0) {
    const outcome = await port.commit(foreignCommit(world, decision.foreign));
    if (outcome.kind !== 'refused') return again;
    context.log.error({ outcome }, 'files below grants/ that are none of ours could not be removed');
  }
  if (decision.ended.length > 0) {
    const landed = await end(port, world, decision.ended, context, memory);
    // A revert that landed whole settles all that has ended: only what else there is wants another look.
    if (landed !== null) return landed.complete && isAllEnded(world, decision) ? settled : again;
  }
  await tidyReverts(port, world, decision.ended);
  if (decision.readmes.length > 0) {
    const outcome = await port.commit(readmeCommit(world, decision.readmes));
    if (outcome.kind !== 'refused') return again;
    context.log.error({ outcome }, 'the READMEs below grants/ could not be written');
  }
  if (decision.grant !== null) return await grant(port, world, decision.grant, context);
  for (const tell of decision.tells) await say(port, world, tell);
  return settled;
}

/** Whether nothing is left to do once everything that has ended is gone. */
function isAllEnded({ tip }: BranchWorld, { ended, grant, readmes, tells }: BranchDecision): boolean {
  // An edited request is another one than was granted: its own end is decided once the grant is gone.
  const another = ended.some(
    ({ request, deletions }) =>
      tip.requests.some(({ path }) => path === request) && !deletions.some(({ path }) => path === request),
  );
  return !another && grant === null && readmes.length === 0 && tells.length === 0;
}

/** Null where nothing could be done. */
async function end(
  port: RepositoryPort,
  world: BranchWorld,
  ended: readonly Ended[],
  context: ReconcileContext,
  memory: Memory,
): Promise<Landed | null> {
  const landed = await landRevert(port, world, revertOf(ended), context);
  if (landed === null) return null;
  for (const { evidence, finding, pullRequest } of ended) {
    context.log.info({ reason: finding.code, pullRequest, by: landed.by }, finding.message);
    if (evidence !== null && finding.code === 'expired')
      context.observe.revoked(world.now - evidence.expiresAt);
    if (pullRequest === null || landed.by === null) continue;
    try {
      await port
        .withPurpose('display')
        .publishComment(pullRequest, endedComment(finding, evidence, landed.by));
    } catch (error) {
      // The access is gone, which is what counts; a run for the pull request tells it later.
      if (!(error instanceof GitHubError)) throw error;
      memory.untold?.add(pullRequest);
    }
  }
  return landed;
}

/** Closes pull requests of ours that no longer say what has ended, and deletes their branches. */
async function tidyReverts(port: RepositoryPort, world: BranchWorld, ended: readonly Ended[]): Promise<void> {
  const wanted = ended.length === 0 ? null : revertOf(ended).branch;
  for (const { number, state, headRef } of supersededReverts(world.reverts, wanted)) {
    if (number !== null && state === 'open') await port.closePullRequest(number);
    await port.deleteBranch(headRef);
  }
}

async function grant(
  port: RepositoryPort,
  world: BranchWorld,
  commit: GrantCommit,
  context: ReconcileContext,
): Promise<Applied> {
  const { path, text, headline, body, evidence, verdict } = commit;
  const outcome = await port.withPurpose('deciding').commit({
    branch: world.repository.defaultBranch,
    expectedHead: world.tip.sha,
    headline,
    body,
    additions: [{ path, text }],
    deletions: [],
  });
  switch (outcome.kind) {
    case 'lost-race':
      return { again: true, grantEndsAt: null };
    case 'refused':
      context.log.error({ path, outcome }, 'the grant could not be committed');
      return { again: false, grantEndsAt: null };
    case 'committed': {
      context.log.info({ path, sha: outcome.sha, pullRequest: evidence.pullRequest }, headline);
      await port
        .withPurpose('display')
        .publishComment(evidence.pullRequest, grantedComment(verdict, evidence, outcome.sha));
      const more = [...world.landings.values()].filter(({ pullRequest }) => pullRequest !== null).length > 1;
      return { again: more, grantEndsAt: evidence.expiresAt };
    }
  }
}

/** Edits our comment where it says something else. */
async function say(port: RepositoryPort, world: BranchWorld, { pullRequest, landing }: Tell): Promise<void> {
  if (landing.kind !== 'wait') return;
  const body = waitingComment(landing);
  const own = ownComment(landing.pullRequest?.comments ?? [], world.repository.botId);
  if (own?.body !== body) await port.withPurpose('display').publishComment(pullRequest, body);
}
