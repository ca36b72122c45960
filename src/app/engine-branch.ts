/**
 * The shell of the branch loop. What has ended goes first and is never held up by what is to be granted; after every
 * commit the branch is read again and decided anew, for the tip that was decided on is gone.
 */
import type { Instant } from '../base/instant.ts';
import { isAlert, reasons } from '../base/reasons.ts';
import { GitHubError } from '../github/errors.ts';
import type { RepositoryPort } from '../github/port.ts';
import { decideBranch, type BranchDecision } from '../lifecycle/branch.ts';
import type { BranchWorld } from '../lifecycle/facts.ts';
import { foreignCommit, readmeCommit } from '../lifecycle/housekeeping.ts';
import { revertOf, supersededReverts, type Ended } from '../lifecycle/revert.ts';
import { endedComment, notEndedComment } from '../lifecycle/story.ts';
import type { Clock } from './clock.ts';
import { newMemory, readKnown, readRest, type Memory } from './engine-facts.ts';
import { grantOne, type Applied } from './engine-grant.ts';
import { landRevert, type Landed } from './engine-revert.ts';
import { say, tell } from './engine-tell.ts';
import type { BranchOutcome, ReconcileContext, Reconciler } from './reconcile.ts';

/** How often a run decides anew before it leaves the rest to the next one. */
const maximumRounds = 100;

/** Builds the branch loop. What it remembers is only what it need not read again. */
export function createBranchReconciler(clock: Pick<Clock, 'now'>): Reconciler['branch'] {
  const memories = new Map<string, Memory>();
  return async (port, context) => {
    const key = `${port.owner}/${port.name}`;
    const memory: Memory = memories.get(key) ?? newMemory();
    memories.set(key, memory);
    return await reconcileBranch(port.withPurpose('ending'), context, clock, memory);
  };
}

interface Evaluation {
  readonly world: BranchWorld;
  readonly decision: BranchDecision;
}

/** What a run has come to so far: it holds also where something then fails. */
interface Progress {
  /** Null until the tip has been read. */
  adopted: boolean | null;
  wakeAt: Instant | null;
  failure: GitHubError | null;
}

async function reconcileBranch(
  port: RepositoryPort,
  context: ReconcileContext,
  clock: Pick<Clock, 'now'>,
  memory: Memory,
): Promise<BranchOutcome> {
  const progress: Progress = { adopted: null, wakeAt: null, failure: null };
  try {
    await runRounds(port, context, clock, memory, progress);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    progress.failure = error;
  }
  const { adopted, wakeAt, failure } = progress;
  if (adopted === null) throw failure ?? new Error('a run of the branch loop read nothing');
  const pullRequests = [...(memory.untold ?? [])];
  memory.untold = new Set();
  return { adopted, wakeAt, pullRequests, failure };
}

async function runRounds(
  port: RepositoryPort,
  context: ReconcileContext,
  clock: Pick<Clock, 'now'>,
  memory: Memory,
  progress: Progress,
): Promise<void> {
  for (let round = 0; round < maximumRounds; round++) {
    context.signal.throwIfAborted();
    const known = await readKnown(port, clock, memory);
    // What has ended is ended before anything is asked that might fail.
    const over = decideBranch(known.world, known.context);
    progress.adopted = known.read.tip.policy !== null || known.proven.length > 0;
    progress.wakeAt = over.wakeAt;
    const ended = await applyEnd(port, { world: known.world, decision: over }, context, memory);
    if (ended !== 'nothing') {
      observe(over, context);
      const alone = known.paths.pending.length === 0 && over.inForce.length === 0;
      if (ended === 'settled' && alone && isAllEnded(known.world, over)) return;
      continue;
    }
    const rest = await readRest(port, known, memory, context.log);
    const decision = decideBranch(rest.world, rest.context);
    observe(decision, context);
    progress.wakeAt = decision.wakeAt;
    const applied = await applyNext(port, { world: rest.world, decision }, over, context, memory);
    progress.wakeAt = earliest(decision.wakeAt, applied.grantEndsAt);
    progress.failure = rest.unread;
    if (!applied.again) return;
  }
}

function earliest(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

function observe(decision: BranchDecision, context: ReconcileContext): void {
  for (const { path, code } of decision.codes) {
    context.observe.decided(code);
    if (!isAlert(code)) continue;
    context.observe.alerted(code);
    context.log.error({ path, reason: code }, reasons[code].text);
  }
  for (const { cluster, finding: failing } of decision.failing) {
    context.observe.alerted(failing.code);
    context.log.error({ cluster, reason: failing.code }, failing.message);
  }
  for (const { path, pullRequest, text } of decision.alarms) {
    const reason = 'invariant-broken';
    context.observe.alerted(reason);
    context.log.error({ path, pullRequest, reason }, text);
  }
}

/**
 * Applies what comes first.
 * @param over the decision of a moment ago, whose ends GitHub refused if it had any.
 */
async function applyNext(
  port: RepositoryPort,
  evaluation: Evaluation,
  over: BranchDecision,
  context: ReconcileContext,
  memory: Memory,
): Promise<Applied> {
  const { world, decision } = evaluation;
  const again: Applied = { again: true, grantEndsAt: null };
  const settled: Applied = { again: false, grantEndsAt: null };
  const ended = endsMore(decision, over) ? await applyEnd(port, evaluation, context, memory) : 'nothing';
  // A revert that landed whole settles all that has ended: only what else there is wants another look.
  if (ended !== 'nothing') return ended === 'settled' && isAllEnded(world, decision) ? settled : again;
  await tidyReverts(port, world, decision.ended);
  if (decision.readmes.length > 0) {
    const outcome = await port.commit(readmeCommit(world, decision.readmes));
    if (outcome.kind !== 'refused') return again;
    context.log.error({ outcome }, 'the READMEs below grants/ could not be written');
  }
  const granted = await grantOne(port, world, decision.grants, context, memory);
  if (granted !== null) return granted;
  for (const tell of decision.tells) await say(port, world, tell);
  const display = port.withPurpose('display');
  for (const { pullRequest, body } of decision.retold) await display.publishComment(pullRequest, body);
  return settled;
}

/** Whether more has ended than was over before. */
function endsMore({ ended, foreign }: BranchDecision, over: BranchDecision): boolean {
  const before = new Set(over.ended.map(({ request }) => request));
  return foreign.length > over.foreign.length || ended.some(({ request }) => !before.has(request));
}

/** Takes away what has ended: `settled` where all of it is gone, `again` where the branch has to be read anew. */
async function applyEnd(
  port: RepositoryPort,
  { world, decision }: Evaluation,
  context: ReconcileContext,
  memory: Memory,
): Promise<'nothing' | 'settled' | 'again'> {
  if (decision.foreign.length > 0) {
    const outcome = await port.commit(foreignCommit(world, decision.foreign));
    if (outcome.kind !== 'refused') return 'again';
    context.log.error({ outcome }, 'files below grants/ that are none of ours could not be removed');
  }
  if (decision.ended.length === 0) return 'nothing';
  const landed = await end(port, world, decision.ended, context, memory);
  if (landed === null) return 'nothing';
  return landed.complete ? 'settled' : 'again';
}

/** Whether nothing is left to do once everything that has ended is gone. */
function isAllEnded({ tip }: BranchWorld, { ended, grants, readmes, tells }: BranchDecision): boolean {
  // An edited request is another one than was granted: its own end is decided once the grant is gone.
  const another = ended.some(
    ({ request, deletions }) =>
      tip.requests.some(({ path }) => path === request) && !deletions.some(({ path }) => path === request),
  );
  return !another && grants.length === 0 && readmes.length === 0 && tells.length === 0;
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
  if (landed === null) {
    await tellRefused(port, ended, context);
    return null;
  }
  for (const { evidence, finding, pullRequest } of ended) {
    context.log.info({ reason: finding.code, pullRequest, by: landed.by }, finding.message);
    if (evidence !== null && finding.code === 'expired')
      context.observe.revoked(world.now - evidence.expiresAt);
    if (pullRequest === null || landed.by === null) continue;
    const told = await tell(port, pullRequest, endedComment(finding, evidence, landed.by), context);
    if (told) memory.standing.delete(pullRequest);
    // A run for the pull request tells it later.
    else memory.untold?.add(pullRequest);
  }
  return landed;
}

/** Says where access goes on beyond its end, for GitHub lets us do nothing about it. */
async function tellRefused(
  port: RepositoryPort,
  ended: readonly Ended[],
  context: ReconcileContext,
): Promise<void> {
  for (const { evidence, finding: end, deletions } of ended) {
    const stands = deletions.some(({ path }) => path.startsWith('grants/'));
    if (evidence !== null && stands)
      await tell(port, evidence.pullRequest, notEndedComment(end, evidence), context);
  }
}

/** Closes pull requests of ours that no longer say what has ended, and deletes their branches. */
async function tidyReverts(port: RepositoryPort, world: BranchWorld, ended: readonly Ended[]): Promise<void> {
  const wanted = ended.length === 0 ? null : revertOf(ended).branch;
  for (const { number, state, headRef } of supersededReverts(world.reverts, wanted)) {
    if (number !== null && state === 'open') await port.closePullRequest(number);
    await port.deleteBranch(headRef);
  }
}
