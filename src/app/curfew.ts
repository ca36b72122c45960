/** The app: webhooks and time come in, the engine is set to work. It holds no state that matters. */
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { GitHubApp } from '../github/app.ts';
import type { Clock } from './clock.ts';
import { answerFetch, createHttp } from './http.ts';
import { createMetrics, watchSources } from './metrics.ts';
import type { QueueDepth } from './queue.ts';
import type { Reconciler } from './reconcile.ts';
import { createScheduler } from './scheduler.ts';
import { listen, type ListeningServer } from './server.ts';
import { scheduleSweeps, type Sweep } from './sweep.ts';
import { createWebhookReceiver } from './webhooks.ts';

/** What the app is put together from. */
export interface CurfewOptions {
  readonly github: GitHubApp;
  readonly reconciler: Reconciler;
  readonly appId: number;
  /** Probot does not start without it; nothing is signed with it here. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly clock: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly log: Logger;
  /** How many runs may go on at once; 16 by default. */
  readonly concurrency?: number;
}

/** Nothing runs until `start`, `sweep` or a webhook. */
export interface Curfew {
  /** Answers one HTTP request in process. */
  handle(request: Request): Promise<Response>;
  /** Answers HTTP requests on a socket; gives the address. `port` 0 takes any free one. */
  listen(host: string, port: number): Promise<string>;
  /** Sweeps everything now and by the machine's clock from now on, and has lost deliveries delivered again. */
  start(): void;
  /** Queues one sweep. */
  sweep(which: Sweep): void;
  /** Resolves as soon as nothing is running and nothing is due. */
  whenIdle(): Promise<void>;
  depth(): QueueDepth;
  readonly metrics: Registry;
  /**
   * Accepts nothing more, and finishes what is being answered and what is running. What still runs `grace` milliseconds
   * from now is told to stop. Gives whether everything had come to its end by then.
   */
  drain(grace: number): Promise<boolean>;
}

/** Puts the app together. */
export async function createCurfew(options: CurfewOptions): Promise<Curfew> {
  const { github, clock, log, appId, privateKey } = options;
  let botId: number | null = null;
  const metrics = createMetrics();
  const scheduler = createScheduler({
    ...options,
    metrics,
    concurrency: options.concurrency ?? 16,
    recognise: (identity) => {
      botId = identity.botId;
    },
  });
  const { queue, readiness } = scheduler;
  watchSources(metrics.registry, { depth: () => queue.depth(), budgets: () => github.budgets() });
  const receiver = await createWebhookReceiver({
    appId,
    privateKey,
    secret: options.webhookSecret,
    log,
    ourselves: () => ({ appId, botId }),
    look: (place, delivery) => scheduler.look(place, delivery),
  });
  const answer = createHttp({ receiver, metrics, log, readiness });
  const servers: ListeningServer[] = [];
  let stopSweeping: (() => void) | null = null;
  return {
    handle: async (request) => answerFetch(request, answer),
    listen: async (host, port) => {
      const server = await listen(host, port, answer);
      servers.push(server);
      return server.url;
    },
    start: () => {
      scheduler.sweep('everything');
      scheduler.recoverDeliveries();
      stopSweeping = scheduleSweeps((which) => scheduler.sweep(which), log);
    },
    sweep: (which) => scheduler.sweep(which),
    whenIdle: async () => queue.whenIdle(),
    depth: () => queue.depth(),
    metrics: metrics.registry,
    drain: async (grace) => {
      readiness.drain();
      stopSweeping?.();
      const [finished] = await Promise.all([
        queue.drain(clock.now() + grace),
        ...servers.map(async (server) => server.close()),
      ]);
      return finished;
    },
  };
}
