/** The machines that the app runs on: each process has its own connection to GitHub and its own clock, and can die. */
import { pino } from 'pino';
import { createEngine } from '../../src/app/engine.ts';
import { createCurfew, type Curfew } from '../../src/app/curfew.ts';
import type { Clock } from '../../src/app/clock.ts';
import { webhookPath } from '../../src/app/http.ts';
import { createGitHubApp } from '../../src/github/app.ts';
import type { World } from '../../src/cli/world.ts';
import type { Crash } from './steps.ts';

const log = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });

/** One process of the app. */
export class Machine {
  readonly curfew: Curfew;
  readonly #clock: MachineClock;
  readonly #connection: Connection;

  private constructor(curfew: Curfew, clock: MachineClock, connection: Connection) {
    this.curfew = curfew;
    this.#clock = clock;
    this.#connection = connection;
  }

  /** Starts a process; its clock differs from GitHub's by `skew` milliseconds. */
  static async start(world: World, privateKey: string, skew: number): Promise<Machine> {
    const clock = new MachineClock(() => world.clock.now(), skew);
    const connection = new Connection(world.sandbox.fetch);
    const github = createGitHubApp({
      appId: world.app.id,
      privateKey,
      apiUrl: `${world.url}/api/v3`,
      signsCommits: true,
      fetch: connection.fetch,
      now: () => clock.now(),
      log,
    });
    const curfew = await createCurfew({
      github,
      reconciler: createEngine(clock),
      appId: world.app.id,
      privateKey,
      webhookSecret: world.app.webhookSecret,
      clock,
      random: () => 0.5,
      log,
    });
    return new Machine(curfew, clock, connection);
  }

  get dead(): boolean {
    return this.#connection.dead;
  }

  get skew(): number {
    return this.#clock.skew;
  }

  /** Lets the process die at one of its next writes. */
  dieAt(crash: Crash | null): void {
    this.#connection.dieAt(crash);
  }

  setSkew(skew: number): void {
    this.#clock.skew = skew;
    this.#clock.tick();
  }

  /** Time has passed. */
  tick(): void {
    this.#clock.tick();
  }

  async deliver(headers: Readonly<Record<string, string>>, body: string): Promise<number> {
    if (this.dead) throw new Error('nobody listens');
    const request = new Request(`http://127.0.0.1${webhookPath}`, { method: 'POST', headers, body });
    return (await this.curfew.handle(request)).status;
  }

  get busy(): boolean {
    const { ready, running } = this.curfew.depth();
    return ready + running > 0;
  }

  /** Forgets whatever the process still had in mind. */
  async stop(): Promise<void> {
    this.#connection.dead = true;
    this.#clock.stop();
    await this.curfew.drain(0);
  }
}

/** A process that is dead sends nothing more and hears nothing more. */
class Connection {
  dead = false;
  #crash: Crash | null = null;
  #writes = 0;
  #lost = 0;
  readonly #real: typeof fetch;

  constructor(real: typeof fetch) {
    this.#real = real;
  }

  dieAt(crash: Crash | null): void {
    this.#crash = crash;
    this.#writes = 0;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    if (this.dead) throw gone();
    const request = new Request(input, init);
    const fatal = this.#crash !== null && (await isWrite(request)) && ++this.#writes === this.#crash.write;
    if (!fatal) return await this.#alive(request);
    const after = this.#crash?.when === 'after';
    this.dead = true;
    if (after) await this.#real(request);
    throw gone();
  };

  async #alive(request: Request): Promise<Response> {
    try {
      const response = await this.#real(request);
      if (!this.dead) return response;
    } catch (error) {
      // A connection that is lost and one that says nothing any more: the one error in turn with the other.
      this.#lost += 1;
      if (!this.dead) throw this.#lost % 2 === 0 ? new DOMException('Timed out', 'TimeoutError') : error;
    }
    throw gone();
  }
}

function gone(): TypeError {
  return new TypeError('fetch failed', { cause: new Error('the process is dead') });
}

async function isWrite(request: Request): Promise<boolean> {
  if (request.method === 'GET' || request.url.endsWith('/access_tokens')) return false;
  if (!request.url.endsWith('/graphql')) return true;
  return /^\{"query":"(\s|\\n)*mutation\b/.test(await request.clone().text());
}

/** The clock of one machine: GitHub's, and what it is wrong by. */
class MachineClock implements Clock {
  skew: number;
  readonly #real: () => number;
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  constructor(real: () => number, skew: number) {
    this.#real = real;
    this.skew = skew;
  }

  now(): number {
    return this.#real() + this.skew;
  }

  wakeAt(at: number, wake: () => void): () => void {
    const sleeper = { at, wake };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }

  tick(): void {
    const due = [...this.#sleepers].filter(({ at }) => at <= this.now()).sort((a, b) => a.at - b.at);
    for (const sleeper of due) if (this.#sleepers.delete(sleeper)) sleeper.wake();
  }

  stop(): void {
    this.#sleepers.clear();
  }
}
