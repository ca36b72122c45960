/** Plays one history, step by step, and asks the oracle after each. */
import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { parseInstant } from '../../src/base/instant.ts';
import { createWorld, type World } from '../../src/cli/world.ts';
import { createWorldClock } from '../../src/cli/world-clock.ts';
import { manualClock } from '../../src/sandbox/clock.ts';
import { generatePrivateKey } from '../../src/sandbox/operations/apps.ts';
import { actions } from './actions.ts';
import { approveEverything, closeEverything, pathOf } from './asking.ts';
import { Violation } from './expect.ts';
import { letLoose } from './faults.ts';
import { heal } from './housekeeping.ts';
import { Machine } from './machine.ts';
import { Oracle } from './oracle.ts';
import { createDice, type Dice } from './random.ts';
import { requestText, type Asked } from './scenery.ts';
import { reporter, Stage } from './stage.ts';
import { describeStep, type History, type Step } from './steps.ts';

const log = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
const minute = 60_000;
const start = parseInstant('2026-12-01T09:00:00Z') ?? 0;
const privateKey = generatePrivateKey();

/** What no history touches, and every plan would be judged by: left out, for it takes time and proves nothing here. */
const leftOut: ReadonlyMap<string, null> = new Map(
  [
    ...['prod-eu', 'staging'].flatMap((cluster) =>
      ['network-policies', 'catalog', 'namespaces', 'rbac', 'workloads'].map(
        (file) => `clusters/${cluster}/${file}.yaml`,
      ),
    ),
    ...['network-path', 'restart-deployment'].flatMap((name) => [
      `templates/${name}.yaml`,
      `templates/roles/${name}.yaml`,
    ]),
  ].map((path) => [path, null]),
);

/** The policy of this repository, which also believes the GitOps engine of staging. */
async function policyWithReporter(): Promise<string> {
  const text = await readFile(new URL('../../.github/curfew.yaml', import.meta.url), 'utf8');
  const { login, id } = reporter;
  return text.replace('staging: {environment: staging}', (entry) =>
    entry.replace('}', `, reporter: {login: ${login}, id: ${id}}}`),
  );
}

/** What came of a history. */
export interface Outcome {
  readonly seed: number;
  readonly steps: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly crashes: number;
  /** How often the clock of a machine jumped. */
  readonly jumps: number;
  readonly replicas: number;
  readonly grants: number;
  /** How often each reason was the verdict. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Null where everything held. */
  readonly violation: { readonly step: string; readonly message: string } | null;
}

/** Plays a history to its end, or to the first violation. */
export async function play(history: History): Promise<Outcome> {
  const clock = createWorldClock(manualClock(start));
  const transport = { kind: 'in-process' } as const;
  const world = await createWorld({
    clock,
    log,
    transport,
    privateKey,
    random: () => 0.5,
    files: new Map([...leftOut, ['.github/curfew.yaml', await policyWithReporter()]]),
    sandbox: { limits: false },
  });
  const player = new Player(world, history);
  try {
    return await player.play();
  } finally {
    await player.close();
    await world.close();
  }
}

class Player {
  readonly #world: World;
  readonly #history: History;
  readonly #stage: Stage;
  readonly #oracle: Oracle;
  readonly #faults = new Map<string, number>();
  readonly #reasons = new Map<string, number>();
  #machines: Machine[] = [];
  #crashes = 0;
  #jumps = 0;
  #deliveries = 0;

  constructor(world: World, history: History) {
    this.#world = world;
    this.#history = history;
    this.#stage = new Stage(world, history.protection);
    this.#oracle = new Oracle(this.#stage, () => this.#machines.map(({ skew }) => skew));
    world.sandbox.world.setWebhook(world.app, async ({ headers, payload }) => {
      const machine = this.#machines[this.#deliveries++ % this.#machines.length];
      if (machine === undefined) throw new Error('nobody listens');
      return await machine.deliver(headers, payload);
    });
  }

  async play(): Promise<Outcome> {
    let at = 'the start';
    let steps = 0;
    let violation: Outcome['violation'] = null;
    try {
      for (let each = 0; each < this.#history.replicas; each++) await this.#boot(0);
      await this.#settle();
      for (const step of this.#history.steps) {
        at = describeStep(step);
        await this.#take(step);
        steps += 1;
      }
      at = 'the end';
      await this.#end();
    } catch (error) {
      const message =
        error instanceof Violation ? error.message : String(error instanceof Error ? error.stack : error);
      violation = { step: at, message };
    }
    for (const machine of this.#machines) await this.#collect(machine);
    const { seed } = this.#history;
    return {
      seed,
      steps,
      faults: Object.fromEntries(this.#faults),
      crashes: this.#crashes,
      jumps: this.#jumps,
      replicas: this.#history.replicas,
      grants: this.#oracle.grants,
      reasons: Object.fromEntries(this.#reasons),
      violation,
    };
  }

  async close(): Promise<void> {
    for (const machine of this.#machines) await machine.stop();
  }

  async #take(step: Step): Promise<void> {
    const dice = createDice(step.dice);
    const { sandbox } = this.#world;
    letLoose(sandbox, step, (kind) => this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1));
    this.#machines[dice.below(this.#machines.length)]?.dieAt(step.crash);
    actions[step.action].act(this.#stage, dice);
    this.#oracle.observe();
    for (const machine of this.#machines) machine.tick();
    await this.#settle();
    await this.#special(step, dice);
    await this.#bury();
    if (step.weather?.only !== undefined) await this.#endInTrouble();
    sandbox.faults.clear();
    // A second of GitHub's for each step: what happens after something else also says so.
    this.#world.clock.advance(1000);
    this.#oracle.check(this.#history.replicas === 1);
    if (step.action === 'calm') await this.#calm();
  }

  /** Pull requests of ours do not get through, and what has ended ends all the same. */
  async #endInTrouble(): Promise<void> {
    const since = this.#world.clock.now();
    await this.#sweep();
    this.#oracle.checkEnds(since);
  }

  async #special(step: Step, dice: Dice): Promise<void> {
    const hours = hoursOff(step, dice);
    if (hours !== null) {
      this.#jumps += 1;
      this.#machines[dice.below(this.#machines.length)]?.setSkew(hours * 60 * minute);
    } else if (step.action === 'restart') {
      const [first] = this.#machines;
      if (first !== undefined) await this.#replace(first);
    }
    if (step.action === 'wait' || hours !== null || dice.chance(0.2)) await this.#sweep();
    else await this.#settle();
  }

  async #sweep(): Promise<void> {
    for (const { curfew } of this.#machines) curfew.sweep('everything');
    await this.#settle();
  }

  /** Two sweeps without trouble bring everything in order; the second, or else a third, finds nothing to do. */
  async #calm(): Promise<void> {
    const { clock } = this.#world;
    const overAMinute = 61_000;
    // What a limit paused goes on after it.
    this.#advance(overAMinute);
    await this.#sweep();
    const first = this.#oracle.fingerprint();
    this.#advance(overAMinute);
    const since = clock.now();
    await this.#sweep();
    this.#oracle.check(this.#history.replicas === 1);
    this.#oracle.checkRest(since);
    // Machines that do not agree about the time do not agree about what to say either.
    if (new Set(this.#machines.map(({ skew }) => skew)).size > 1) return;
    const before = this.#oracle.fingerprint();
    if (before === first) return;
    await this.#sweep();
    const after = this.#oracle.fingerprint();
    if (before !== after) throw new Violation(`a quiet sweep wrote something: ${difference(before, after)}`);
  }

  async #pass(milliseconds: number): Promise<void> {
    this.#advance(milliseconds);
    await this.#settle();
  }

  #advance(milliseconds: number): void {
    this.#world.clock.advance(milliseconds);
    for (const machine of this.#machines) machine.tick();
  }

  /** Faults have stopped: what is promised comes true. */
  async #end(): Promise<void> {
    const { sandbox } = this.#world;
    for (const machine of this.#machines) machine.setSkew(0);
    sandbox.deliveries.release((held) => held.toReversed());
    this.#oracle.observe();
    heal(this.#stage);
    this.#oracle.observe();
    askOnceMore(this.#stage);
    await this.#settle();
    await this.#calm();
    // Everybody agrees to everything: what nothing stands against is granted, and stays for its time.
    approveEverything(this.#stage);
    await this.#settle();
    if (closeConflicting(this.#stage)) {
      askOnceMore(this.#stage);
      await this.#settle();
      approveEverything(this.#stage);
      await this.#settle();
    }
    await this.#calm();
    if (!this.#stage.grants.includes(grantOf(lastAsked)))
      throw new Violation('the last request was not granted');
    await this.#pass(50 * minute);
    this.#oracle.check(this.#history.replicas === 1);
    if (!this.#stage.grants.includes(grantOf(lastAsked)))
      throw new Violation('the last grant ended before its time');
    await this.#pass(10 * minute);
    this.#oracle.check(this.#history.replicas === 1);
    if (this.#stage.grants.includes(grantOf(lastAsked)))
      throw new Violation('the last grant did not end by its timer');
    // Whatever is in force now, or waits for its start or its grant, is over after this.
    closeEverything(this.#stage);
    await this.#pass(5 * 60 * minute);
    await this.#calm();
    this.#oracle.checkOver();
  }

  async #boot(skew: number): Promise<void> {
    const machine = await Machine.start(this.#world, privateKey, skew);
    this.#machines.push(machine);
    machine.curfew.sweep('everything');
  }

  /** Replaces those that died. */
  async #bury(): Promise<void> {
    const dead = this.#machines.filter((machine) => machine.dead);
    for (const machine of this.#machines) machine.dieAt(null);
    for (const machine of dead) {
      this.#crashes += 1;
      await this.#replace(machine);
    }
  }

  async #replace(machine: Machine): Promise<void> {
    await machine.stop();
    await this.#collect(machine);
    this.#machines = this.#machines.filter((each) => each !== machine);
    await this.#boot(machine.skew);
    await this.#settle();
  }

  async #collect({ curfew }: Machine): Promise<void> {
    const metric = await curfew.metrics.getSingleMetric('curfew_decisions_total')?.get();
    for (const { labels, value } of metric?.values ?? []) {
      const reason = String(labels['reason']);
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + value);
    }
  }

  /** Until no delivery is on its way and no machine has anything to do. */
  async #settle(): Promise<void> {
    const { sandbox } = this.#world;
    do {
      await sandbox.settle();
      for (const { curfew } of this.#machines) await curfew.whenIdle();
      await sandbox.settle();
    } while (this.#machines.some(({ busy }) => busy));
  }
}

/** A request of somebody who seldom asks, that nothing stands against. */
const lastAsked: Asked = {
  cluster: 'staging',
  namespace: 'payments',
  template: 'debug-pod',
  duration: '1h',
  forWhom: null,
  notBefore: null,
};

function askOnceMore(stage: Stage): void {
  const branch = `once-more-${stage.repository.nextNumber}`;
  stage.propose('grace', branch, { [pathOf(lastAsked, 'once-more')]: requestText(lastAsked) });
}

/** Closes the last request where git cannot merge it any more; gives whether it had to. */
function closeConflicting(stage: Stage): boolean {
  const last = stage.open.filter((each) => each.headRef.startsWith('once-more-') && stage.conflicts(each));
  closeEverything(stage, last);
  return last.length > 0;
}

function grantOf({ cluster, namespace }: Asked): string {
  return `grants/${cluster}/${namespace}/once-more.yaml`;
}

/** What the clock of a machine is wrong by from now on; null where it stays as it is. */
function hoursOff({ action }: Step, dice: Dice): number | null {
  if (action === 'clock ahead') return 26;
  if (action === 'clock behind') return -26;
  if (action === 'clock off') return dice.pick([-3, -0.1, 0.1, 2]);
  return action === 'clock right' ? 0 : null;
}

function difference(before: string, after: string): string {
  let at = 0;
  while (before[at] === after[at]) at++;
  return `…${before.slice(Math.max(0, at - 80), at + 120)}… became …${after.slice(at, at + 200)}…`;
}
