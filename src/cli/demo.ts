/** `curfew demo`: the whole life of a grant, lived for real in the sandbox and told as it happens. */
import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { createLog } from '../app/log.ts';
import { formatInstant, parseInstant } from '../base/instant.ts';
import { manualClock } from '../sandbox/clock.ts';
import { parseArguments } from './arguments.ts';
import { exitCode, InputError, UsageError, type Command, type CommandIo } from './command.ts';
import { cloneAccessRepository, gitLog } from './demo-clone.ts';
import { demoInCluster } from './demo-cluster.ts';
import { createNarrator, type Narrator } from './demo-narrator.ts';
import { createObserver, type Observer } from './demo-observer.ts';
import { createWorldClock } from './world-clock.ts';
import { createWorld, type World } from './world.ts';

export const demoCommand: Command = {
  name: 'demo',
  summary: 'Live the whole life of a grant in the sandbox, and tell it',
  usage: `curfew demo [--json] [--keep DIR] | --cluster

Starts an embedded GitHub and Curfew on this machine, opens a request as alice, approves it as bob, lets time pass, and
tells what happens: the plan, the missing approval, the merge, the grant with its manifests, the revert, and at the end the
git log as the audit trail. Needs git, and neither an account nor a cluster. Everything is read from the running GitHub;
only the clock is moved by hand.

Options:
  --json       print one JSON object per line and nothing else: {"step", "time", "pullRequest", "commit"}, where step is
               opened, planned, waiting, approved, merged, granted, expired, reverted, ended
  --keep DIR   leave the access repository in the new folder DIR, as an ordinary git clone
  --cluster    live it in real time against a real Kubernetes control plane and a real Flux on this machine, with a grant
               of one minute and kubectl as the person; only in a checkout, and needs Go: the first time they are built,
               for four minutes or more

Example:
  curfew demo --keep /tmp/access
`,
  run: async (args, io) => {
    const { values } = parseArguments(
      args,
      {
        json: { type: 'boolean', default: false },
        keep: { type: 'string' },
        cluster: { type: 'boolean', default: false },
      },
      { max: 0 },
    );
    if (values.cluster) {
      if (values.json || values.keep !== undefined)
        throw new UsageError('--cluster goes with neither --json nor --keep');
      return await demoInCluster();
    }
    const keep = values.keep === undefined ? null : resolve(io.cwd, values.keep);
    if (keep !== null && (await lstat(keep).catch(() => null)) !== null) {
      throw new InputError(`${keep} is there already; --keep wants the name of a new folder`);
    }
    const narrator = createNarrator(io, values.json);
    const world = await startWorld(io);
    try {
      await live(world, narrator);
      await narrator.end(
        async (folder) => await gitLog(folder),
        await cloneAccessRepository(world, keep),
        keep,
      );
    } finally {
      await world.close();
    }
    return exitCode.ok;
  },
};

async function startWorld(io: CommandIo): Promise<World> {
  const clock = createWorldClock(manualClock(io.now()));
  // The answer has the standard output to itself.
  const log = createLog({ level: 'error', destination: pino.destination({ dest: 2, sync: true }) });
  const world = await createWorld({ clock, log, transport: { kind: 'http', host: '127.0.0.1', port: 0 } });
  await world.sweep();
  return world;
}

const request = {
  path: 'access-requests/staging/payments/inc-4711.yaml',
  branch: 'inc-4711',
  title: 'Debug payments-api: checkout latency',
  text: `apiVersion: curfew.dev/v1
kind: AccessRequest
spec:
  template: debug-pod
  parameters:
    app: payments-api
  duration: 1h
  reason: Checkout latency, see INC-4711
  ticket: INC-4711
`,
};

async function live(world: World, narrator: Narrator): Promise<void> {
  const observer = createObserver(world);
  const pullRequest = await world.as('alice').propose(request);
  const head = (await observer.pullRequest(pullRequest)).head;
  narrator.tell({ step: 'opened', time: now(world), pullRequest, commit: head }, [
    `alice opens pull request #${pullRequest} with one file, ${request.path}:`,
    request.text,
  ]);

  const plan = await observer.check(head);
  narrator.tell({ step: 'planned', time: now(world), pullRequest, commit: head }, [
    'Curfew shows what that would give, before anybody agrees to it:',
    plan.summary,
  ]);
  narrator.tell({ step: 'waiting', time: now(world), pullRequest, commit: head }, [
    `The required check says "${plan.title}" (${plan.conclusion}), so nothing can be merged.`,
  ]);

  await minutesPass(world, 2);
  await world.as('bob').review(pullRequest, 'APPROVE');
  narrator.tell({ step: 'approved', time: now(world), pullRequest, commit: head }, [
    'bob, who owns the path, approves exactly this commit.',
  ]);
  const merged = await observer.pullRequest(pullRequest);
  narrator.tell({ step: 'merged', time: now(world), pullRequest, commit: merged.mergeCommit ?? undefined }, [
    `Curfew reads everything once more and merges the head that it evaluated. State: ${merged.state}.`,
  ]);
  const grant = await observer.grant(request.path.replace('access-requests/', 'grants/'));
  narrator.tell({ step: 'granted', time: now(world), pullRequest, commit: grant.commit }, [
    'One commit grants the access. Argo CD or Flux applies it; the manifests carry their end:',
    grant.text,
  ]);
  await endOf(world, narrator, observer, pullRequest, grant);
}

async function endOf(
  world: World,
  narrator: Narrator,
  observer: Observer,
  pullRequest: number,
  grant: { readonly path: string; readonly expiresAt: string },
): Promise<void> {
  world.clock.set(parseInstant(grant.expiresAt) ?? world.clock.now());
  narrator.tell({ step: 'expired', time: now(world), pullRequest }, [
    `Time passes. It is ${grant.expiresAt}, and the access is over.`,
  ]);
  await world.settle();
  const revert = await observer.newestPullRequest();
  narrator.tell(
    {
      step: 'reverted',
      time: now(world),
      pullRequest: revert.number,
      commit: revert.mergeCommit ?? undefined,
    },
    [`Curfew opens pull request #${revert.number}, "${revert.title}", and lands it. State: ${revert.state}.`],
  );
  const tip = await observer.tipWithout(grant.path);
  narrator.tell({ step: 'ended', time: now(world), pullRequest, commit: tip }, [
    `${grant.path} is gone from the default branch. The comment on pull request #${pullRequest} says:`,
    await observer.comment(pullRequest),
  ]);
}

async function minutesPass(world: World, minutes: number): Promise<void> {
  world.clock.advance(minutes * 60_000);
  await world.settle();
}

function now(world: World): string {
  return formatInstant(world.clock.now());
}
