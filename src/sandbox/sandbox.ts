/**
 * An embedded GitHub over real git repositories: REST, GraphQL, webhooks, App authentication and git over HTTP, on a
 * socket or in process. It knows nothing of the product that is tried with it.
 */
import type { Instant } from '../base/instant.ts';
import { runningClock } from './clock.ts';
import type { SandboxClock } from './clock.ts';
import type { SandboxContext } from './context.ts';
import { ConnectionDropped, Faults } from './faults.ts';
import type { RequestReport } from './faults.ts';
import { GitBackend } from './git/http.ts';
import { Handler } from './handler.ts';
import type { PageHandler } from './handler.ts';
import { Limits } from './limits.ts';
import { listen } from './listen.ts';
import type { Listening, ListenOptions } from './listen.ts';
import { advanceMergeQueue } from './operations/merge-queue.ts';
import { State } from './state.ts';
import { removeTemporaryFolder, temporaryFolder } from './temporary.ts';
import { Deliveries } from './webhooks/deliveries.ts';
import { World } from './world.ts';

export interface SandboxOptions {
  /** Where the bare repositories are put, and left; a temporary folder that goes with the sandbox where left out. */
  readonly directory?: string;
  /** Runs with the real clock where left out. */
  readonly clock?: SandboxClock;
  /** The real clock, by which tokens and JWTs expire. */
  readonly realNow?: () => Instant;
  /** Whether GitHub's rate limits hold (facts §5), or what says so at each request; they do where left out. */
  readonly limits?: boolean | (() => boolean);
  /** Milliseconds of the sandbox's clock until a merged commit is linked to its pull request (facts §10); five seconds. */
  readonly linkDelay?: number;
  /** Answers what is neither API nor git. */
  readonly page?: (sandbox: Sandbox) => PageHandler;
}

export interface Sandbox {
  readonly state: State;
  readonly clock: SandboxClock;
  readonly faults: Faults;
  /** What operations take, for who drives them directly. */
  readonly context: SandboxContext;
  /** Builds accounts, repositories and Apps, and does what people do. */
  readonly world: World;
  readonly deliveries: Deliveries;
  /**
   * Answers one request: the API at `/` and `/api/v3`, GraphQL at `/graphql` and `/api/graphql`, git at `/<owner>/<repo>.git`.
   * @throws ConnectionDropped where a fault loses the connection
   */
  handle(request: Request): Promise<Response>;
  /** `fetch` for clients in the same process; a lost connection is the `TypeError` that the real one throws. */
  readonly fetch: typeof globalThis.fetch;
  /** Tells of every request to API and git once it is over; gives what ends it. */
  onRequest(observer: (report: RequestReport) => void): () => void;
  listen(options: ListenOptions): Promise<Listening>;
  /** Resolves once no delivery is on its way. */
  settle(): Promise<void>;
  /** Ends everything that the sandbox started and removes its temporary folder. */
  close(): Promise<void>;
}

/** The address in links until the sandbox listens on a socket. */
const inProcessUrl = 'http://github.sandbox.localhost';

/** Starts an empty GitHub. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { clock = runningClock(), realNow = Date.now } = options;
  const directory = options.directory ?? (await temporaryFolder());
  const state = new State();
  const faults = new Faults();
  const { limits: enforced = true } = options;
  const limits = new Limits(typeof enforced === 'function' ? enforced : () => enforced);
  const deliveries = new Deliveries(faults);
  const backend = new GitBackend();
  const observers = new Set<(report: RequestReport) => void>();
  const sockets = new Set<Listening>();
  let baseUrl = inProcessUrl;

  const context: SandboxContext = {
    state,
    clock,
    settings: { linkDelay: options.linkDelay ?? 5_000 },
    get baseUrl() {
      return baseUrl;
    },
    emit: (event) => {
      deliveries.emit(context, event);
      if (event.event === 'check_run' || event.event === 'status')
        advanceMergeQueue(context, event.repository);
    },
  };

  const sandbox: Sandbox = {
    state,
    clock,
    faults,
    context,
    deliveries,
    world: new World(context, deliveries, directory, realNow),
    handle: async (request) => await handler.handle(request),
    fetch: async (input, init) => await inProcess(sandbox, new Request(input, init)),
    onRequest: (observer) => {
      observers.add(observer);
      return () => observers.delete(observer);
    },
    listen: async (where) => {
      const socket = await listen((request) => handler.handle(request), where);
      sockets.add(socket);
      baseUrl = socket.url;
      return socket;
    },
    settle: async () => await deliveries.settle(),
    close: async () => {
      await Promise.all([...sockets].map((socket) => socket.close()));
      backend.close();
      await deliveries.settle();
      if (options.directory === undefined) removeTemporaryFolder(directory);
    },
  };
  const page = options.page?.(sandbox);
  const handler = new Handler({ context, limits, faults, deliveries, backend, realNow, observers, page });
  return sandbox;
}

async function inProcess(sandbox: Sandbox, request: Request): Promise<Response> {
  try {
    return await sandbox.handle(request);
  } catch (error) {
    if (!(error instanceof ConnectionDropped)) throw error;
    throw new TypeError('fetch failed', { cause: error });
  }
}
