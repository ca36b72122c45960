/**
 * The shell around the decisions: reads the facts that they ask for, and applies what they say, in the order in which a
 * crash after any write leaves something that the next run understands.
 */
import type { Logger } from 'pino';
import type { Instant } from '../base/instant.ts';
import { visible } from '../base/text.ts';
import { purposeOf } from '../lifecycle/candidate.ts';
import { linkingDeadline } from '../lifecycle/landing.ts';
import { endedComment, tellsEnd } from '../lifecycle/story.ts';
import type { Published, PullRequestDecision } from '../lifecycle/decision.ts';
import { decidePullRequest, pullRequestNeeds } from '../lifecycle/pull-request.ts';
import { isTouched, ownComment, saysAlready } from '../lifecycle/comments.ts';
import type { PullRequestFacts, PullRequestWorld } from '../lifecycle/facts.ts';
import type { Standing } from '../lifecycle/proposal/side.ts';
import { contentDigest } from '../github/check-content.ts';
import { GitHubError } from '../github/errors.ts';
import type { Annotation, CheckContent, RepositoryPort } from '../github/port.ts';
import type { Clock } from './clock.ts';
import { createBranchReconciler } from './engine-branch.ts';
import { newMemory, type Memory } from './engine-facts.ts';
import { readStanding } from './engine-standing.ts';
import { readMergedRequest } from './merged-request.ts';
import { decideApart } from './proposal-thread.ts';
import type { OpenPullRequest, PullRequestContext, PullRequestOutcome, Reconciler } from './reconcile.ts';

/** Milliseconds before a merge that came too late is tried again. */
const staleWait = 5_000;

/** The machine's own clock, which is only asked. */
type Now = Pick<Clock, 'now'>;

/** Builds the engine. It holds no state that matters: only what it has seen of time, and what it need not read twice. */
export function createEngine(clock: Now): Reconciler {
  // Not those of the branch loop, which has to notice by its own reads what has ended.
  const memories = new Map<string, Memory>();
  const standingOf = (port: RepositoryPort, log: Logger): ReadStanding => {
    const key = `${port.owner}/${port.name}`;
    const memory = memories.get(key) ?? newMemory();
    memories.set(key, memory);
    return (open) => readStanding(port, clock, memory, log, open);
  };
  return {
    pullRequest: (port, number, context) =>
      reconcilePullRequest(port, number, context, clock, standingOf(port, context.log)),
    openPullRequests: (port, context) => lookOver(port, clock, context.log, standingOf(port, context.log)),
    branch: createBranchReconciler(clock),
  };
}

interface Evaluation {
  readonly world: PullRequestWorld;
  readonly decision: PullRequestDecision;
}

/** Reads what stands, and with it the open pull requests where they are not given. */
type ReadStanding = (open?: readonly PullRequestFacts[]) => Promise<Standing>;

/** What a run reads at most once, and where it says what went wrong. */
interface Reads {
  readonly log: Logger;
  readonly teams: RepositoryPort['readTeams'];
  readonly standing: () => Promise<Standing>;
}

async function decide(
  port: RepositoryPort,
  world: PullRequestWorld,
  clock: Now,
  lastPush: 'unread' | 'read',
  reads: Reads,
): Promise<Evaluation> {
  const needs = pullRequestNeeds(world);
  const { headRef, head } = world.pullRequest;
  const [teams, subjectAccount, push, standing] = await Promise.all([
    reads.teams(needs.teams),
    needs.account === null ? null : port.readAccount(needs.account),
    lastPush === 'read' ? port.readLastPush(headRef, head) : ('unread' as const),
    needs.standing ? reads.standing() : null,
  ]);
  const context = { teams, subjectAccount, lastPush: push, localNow: clock.now(), standing };
  const decision =
    standing === null ? decidePullRequest(world, context) : await decideApart({ world, context }, reads.log);
  return { world, decision };
}

/** One look at every open pull request: which of them deserve a run of their own. */
async function lookOver(
  port: RepositoryPort,
  clock: Now,
  log: Logger,
  readStanding: ReadStanding,
): Promise<readonly OpenPullRequest[]> {
  const found: OpenPullRequest[] = [];
  const open: PullRequestFacts[] = [];
  const proposals: PullRequestWorld[] = [];
  let standing: Promise<Standing> | null = null;
  const reads: Reads = { log, teams: remembering(port), standing: () => (standing ??= readStanding(open)) };
  const look = async (world: PullRequestWorld): Promise<void> => {
    const { decision } = await decide(port, world, clock, 'unread', reads);
    const { number, head } = world.pullRequest;
    found.push({ number, head, due: isDue(world, decision), requeueAt: decision.recheckAt });
  };
  for await (const page of port.readOpenPullRequests()) {
    for (const world of page) {
      open.push(world.pullRequest);
      // What a proposal would change is judged with all the requests that are open.
      if (pullRequestNeeds(world).standing) proposals.push(world);
      else await look(world);
    }
  }
  for (const world of proposals) {
    try {
      await look(world);
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      // What is wrong is found again by its own run, and keeps no other from having one.
      const { number, head } = world.pullRequest;
      found.push({ number, head, due: true, requeueAt: null });
    }
  }
  return found;
}

/** Reads each set of teams once. */
function remembering(port: RepositoryPort): RepositoryPort['readTeams'] {
  const answers = new Map<string, ReturnType<RepositoryPort['readTeams']>>();
  return async (teams) => {
    const key = teams.join(' ');
    const answer = answers.get(key) ?? port.readTeams(teams);
    answers.set(key, answer);
    return await answer;
  };
}

/** Whether a run of its own would write anything. */
function isDue({ repository, pullRequest }: PullRequestWorld, decision: PullRequestDecision): boolean {
  const [shown] = pullRequest.checkRuns;
  const wanted =
    decision.check === null ? null : contentDigest(checkContent(decision.check, pullRequest.head));
  return (
    decision.action !== 'none' ||
    (wanted !== null && shown?.contentDigest !== wanted) ||
    (decision.comment !== null && !saysAlready(pullRequest.comments, repository.botId, decision.comment))
  );
}

async function reconcilePullRequest(
  port: RepositoryPort,
  number: number,
  context: PullRequestContext,
  clock: Now,
  readStanding: ReadStanding,
): Promise<PullRequestOutcome> {
  // Within one run the members of a team are read once: the two reads below are a moment apart.
  const reads: Reads = { log: context.log, teams: remembering(port), standing: readStanding };
  let { world, decision } = await decide(port, await port.readPullRequest(number), clock, 'unread', reads);
  if (decision.action === 'confirm' && context.mergeGroups.length === 0) {
    // Between the first read and now somebody may have pushed, dismissed or left: the same read is made again, with
    // who pushed last, and only what it says counts.
    ({ world, decision } = await decide(port, await port.readPullRequest(number), clock, 'read', reads));
  }
  const [reason] = decision.findings;
  if (reason !== undefined) {
    context.observe.decided(reason.code);
    context.log.info({ sha: world.pullRequest.head, reason: reason.code }, reason.message);
  }
  context.signal.throwIfAborted();
  const lookAgainAt = world.pullRequest.state === 'merged' ? await tellEnd(port, world) : null;
  const { branchTouched, requeueAt } = await apply(port, world, decision, context);
  return { head: world.pullRequest.head, branchTouched, requeueAt: requeueAt ?? lookAgainAt };
}

/**
 * Makes the comment of a merged request tell its end, where whoever ended it could not.
 * @returns when to look again, where GitHub may not have linked yet what stands at the same path.
 */
async function tellEnd(
  port: RepositoryPort,
  { now, pullRequest, repository }: PullRequestWorld,
): Promise<Instant | null> {
  const { number, comments } = pullRequest;
  const purpose = purposeOf(pullRequest, repository);
  const comment = ownComment(comments, repository.botId);
  if (purpose.kind !== 'request') return null;
  const told = comment !== null && tellsEnd(comment.body) && !isTouched(comment);
  if (told && saysAlready(comments, repository.botId, comment.body)) return null;
  const display = port.withPurpose('display');
  const became = await readMergedRequest(display, repository, purpose.path, number);
  if (became.kind === 'waiting' && !became.linked) return now + linkingDeadline;
  // Nothing was ever said here, nor granted: it was before our time.
  if (became.kind !== 'ended' || (comment === null && became.evidence === null)) return null;
  await display.publishComment(number, endedComment(became.finding, became.evidence, became.by));
  return null;
}

async function apply(
  port: RepositoryPort,
  world: PullRequestWorld,
  decision: PullRequestDecision,
  context: PullRequestContext,
): Promise<Omit<PullRequestOutcome, 'head'>> {
  const { number, head, checkRuns } = world.pullRequest;
  const { branchTouched, recheckAt: requeueAt } = decision;
  if (decision.check !== null) {
    await port.publishCheck(checkContent(decision.check, head), checkRuns);
    for (const group of context.mergeGroups) await port.publishCheck(checkContent(decision.check, group), []);
  }
  if (decision.action === 'merge' && decision.mergeMethod !== null && context.mergeGroups.length === 0) {
    // The comment waits for what comes of it: the grant is a moment away and says more.
    const merged = await port.merge(
      number,
      head,
      decision.mergeMethod,
      mergeTitle(world),
      mergeMessage(decision),
    );
    if (merged.kind === 'merged') return { branchTouched: true, requeueAt };
    context.log.warn({ sha: head, outcome: merged }, 'the merge did not take effect');
    // Nobody tells that the default branch moved: it was a commit of ours as like as not.
    if (merged.kind === 'stale') return { branchTouched: false, requeueAt: world.now + staleWait };
    if (decision.comment !== null) await port.publishComment(number, decision.comment);
    return { branchTouched: false, requeueAt };
  }
  if (decision.comment !== null) await port.publishComment(number, decision.comment);
  return { branchTouched, requeueAt };
}

function mergeTitle({ pullRequest }: PullRequestWorld): string {
  return `${visible(pullRequest.title)} (#${pullRequest.number})`;
}

function mergeMessage(decision: PullRequestDecision): string {
  return decision.findings.map(({ message }) => message).join('\n');
}

function checkContent(published: Published, head: string): CheckContent {
  const { faults, ...content } = published;
  const annotations = faults.map((fault): Annotation => ({
    path: fault.file,
    line: fault.line,
    level: 'failure',
    title: 'Not valid',
    message: fault.remedy === '' ? fault.message : `${fault.message}; ${fault.remedy}`,
  }));
  return { ...content, head, annotations };
}
