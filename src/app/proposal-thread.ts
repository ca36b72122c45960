/**
 * Proposals are decided on a thread of their own. Whoever may push writes what has to be parsed and worked out for one,
 * and can make that long: here nothing else waits for it, least of all an end, and after a while it is given up.
 */
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { PullRequestContext, PullRequestDecision } from '../lifecycle/decision.ts';
import type { PullRequestWorld } from '../lifecycle/facts.ts';
import { decidePullRequest } from '../lifecycle/pull-request.ts';

/** What the thread is asked; it answers with the decision. */
export interface ProposalQuestion {
  readonly world: PullRequestWorld;
  readonly context: PullRequestContext;
}

/** Milliseconds for one proposal: what is not adversarial takes a second or two. */
const longest = 20_000;

/** For the heap of the thread: what needs more ends the thread, and nothing else. */
const mostMegabytes = 1024;

/** The source as it is, or as it was built. */
const program = new URL(`./proposal-worker${extname(import.meta.filename)}`, import.meta.url);

/** Heads that were given up: the next look would take as long. */
const givenUp = new LRUCache<string, true>({ max: 1000 });

/** One for the process; null until it is needed. */
let thread: Worker | null = null;

/** One question after the other, in the order in which they came. */
let last: Promise<unknown> = Promise.resolve();

/** Decides a pull request whose `context.standing` was read. There always is a decision. */
export async function decideApart(question: ProposalQuestion, log: Logger): Promise<PullRequestDecision> {
  const { repository, pullRequest } = question.world;
  const key = `${repository.id} ${pullRequest.head}`;
  if (givenUp.has(key)) return withoutJudgement(question);
  const turn = last.then(() => ask(question));
  last = turn.catch(() => undefined);
  try {
    return await turn;
  } catch (error) {
    log.error({ err: error, sha: pullRequest.head }, 'what a pull request changes could not be worked out');
    givenUp.set(key, true);
    return withoutJudgement(question);
  }
}

/** As of a proposal that is too large. */
function withoutJudgement({ world, context }: ProposalQuestion): PullRequestDecision {
  const excess = `What it changes cannot be worked out, or not within ${longest / 1000} s; propose it in parts`;
  const proposed = { files: new Map(), codeownersErrorLines: [], excess };
  return decidePullRequest({ ...world, pullRequest: { ...world.pullRequest, proposed } }, context);
}

async function ask(question: ProposalQuestion): Promise<PullRequestDecision> {
  const worker = thread ?? (await start());
  // Only while it has something to do does it keep the process from ending.
  worker.ref();
  try {
    const answer: Promise<PullRequestDecision[]> = once(worker, 'message', {
      signal: AbortSignal.timeout(longest),
    });
    worker.postMessage(question);
    const [decision] = await answer;
    if (decision === undefined) throw new Error('the thread answered nothing');
    return decision;
  } catch (error) {
    forget(worker);
    await worker.terminate();
    throw error;
  } finally {
    worker.unref();
  }
}

/** The first message says that everything is loaded, which does not count against anybody. */
async function start(): Promise<Worker> {
  const worker = new Worker(program, {
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
  });
  worker.on('error', () => forget(worker));
  worker.on('exit', () => forget(worker));
  await once(worker, 'message');
  thread = worker;
  return worker;
}

function forget(worker: Worker): void {
  if (thread === worker) thread = null;
}
