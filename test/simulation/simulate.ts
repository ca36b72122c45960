/**
 * `npm run simulate -- --histories 2000 [--seed N] [--first]`: plays histories, seed after seed, on as many processors as
 * there are. Ends with one line of totals, and with status 1 where anything that is promised did not hold; `--first` ends
 * with the first failure, and does not look for the shortest way to it. SIGINT ends it early, with status 1.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { play, type Outcome } from './history.ts';
import { shrink } from './shrink.ts';
import { chooseHistory, describeStep } from './steps.ts';
import { Totals } from './totals.ts';

if (isMainThread) await main();
else parentPort?.on('message', (seed: number) => void answer(seed));

async function answer(seed: number): Promise<void> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  parentPort?.postMessage(await play(chooseHistory(seed)));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      histories: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      first: { type: 'boolean', default: false },
    },
  });
  const [first, count] = [wholeNumber('--seed', values.seed), wholeNumber('--histories', values.histories)];
  const totals = new Totals();
  const startedAt = Date.now();
  let interrupted = false;
  process.once('SIGINT', () => (interrupted = true));
  await playAll(first, count, (outcome) => {
    if (values.first && totals.failed.length > 0) return false;
    totals.add(outcome);
    if (outcome.violation !== null) say(`seed ${outcome.seed} failed: ${outcome.violation.message}`);
    if (totals.histories % 50 === 0) {
      say(`${totals.histories} of ${count} histories, ${Math.round((Date.now() - startedAt) / 1000)} s`);
    }
    return !interrupted && (!values.first || totals.failed.length === 0);
  });
  const explained = totals.failed.toSorted((a, b) => a.seed - b.seed).slice(0, values.first ? 0 : 3);
  for (const outcome of explained) await explain(outcome);
  const never = totals.unreached.join(', ');
  process.stdout.write(`reason codes never reached: ${never === '' ? 'none' : never}\n${totals.summary()}\n`);
  process.exitCode = totals.failed.length === 0 && !interrupted ? 0 : 1;
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${option} takes a whole number from 1, not ${text}`);
  return Number(text);
}

/** `done` says whether to go on. */
async function playAll(first: number, count: number, done: (outcome: Outcome) => boolean): Promise<void> {
  let next = first;
  let goOn = true;
  const run = async (): Promise<void> => {
    const worker = new Worker(new URL(import.meta.url));
    while (goOn && next < first + count) goOn = done(await ask(worker, next++)) && goOn;
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), count) }, run));
}

async function ask(worker: Worker, seed: number): Promise<Outcome> {
  return await new Promise((resolve, reject) => {
    worker.once('message', (outcome: Outcome) => {
      worker.off('error', reject);
      resolve(outcome);
    });
    worker.once('error', reject);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    worker.postMessage(seed);
  });
}

/** Prints how to see a failure again, and the shortest way to it. */
async function explain(outcome: Outcome): Promise<void> {
  const shortest = await shrink(chooseHistory(outcome.seed), outcome);
  process.stdout.write(
    [
      `seed ${outcome.seed} failed at ${outcome.violation?.step}: ${outcome.violation?.message}`,
      `  again: npm run simulate -- --seed ${outcome.seed} --histories 1`,
      `  shortest (${shortest.history.replicas} replicas): ${shortest.outcome.violation?.message}`,
      ...shortest.history.steps.map((step) => `    ${describeStep(step)}`),
      '',
    ].join('\n'),
  );
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
