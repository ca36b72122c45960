/** A process for drain.test.ts: the app on a free port, with a run that takes as long as the first argument says. */
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../src/app/clock.ts';
import { shutdownSignal } from '../../src/app/shutdown.ts';
import { curfewOn, world } from './harness.ts';

const [runFor = '0'] = process.argv.slice(2);
const github = world({
  pullRequest: async () => {
    process.stdout.write('run begins\n');
    await setTimeout(Number(runFor));
    process.stdout.write('run ends\n');
    return {};
  },
});
const curfew = await curfewOn(github, systemClock, () => {});
const signal = shutdownSignal();
curfew.start();
process.stdout.write(`${await curfew.listen('127.0.0.1', 0)}\n`);
await signal;
process.stdout.write('asked to end\n');
process.exit((await curfew.drain(20_000)) ? 0 : 3);
