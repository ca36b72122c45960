/** Faults that a test asks for: of requests and of deliveries. None happens by itself. */
import type { PartialAnswer } from './graphql/execute.ts';
import type { Delivery } from './state.ts';

/** A request as faults and observers see it. */
export interface RequestSummary {
  readonly method: string;
  /** `/repos/{owner}/{repo}/pulls`, `/graphql`, `/{owner}/{repo}.git/git-upload-pack`; the path itself where no route fits. */
  readonly route: string;
  readonly path: string;
  /** Name of the GraphQL operation. */
  readonly operation: string | null;
  /** Login of who asks; for an App by its JWT its slug; null for nobody. */
  readonly actor: string | null;
}

/** What an observer is told once a request is over; status 0 where the connection was dropped. */
export interface RequestReport extends RequestSummary {
  readonly status: number;
}

export type FaultEffect =
  /** The request has no effect, the answer is this error. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The request takes effect, the answer is this error all the same. */
  | { readonly kind: 'status-after-effect'; readonly status: number; readonly message?: string }
  /** The connection is lost before anything happened. */
  | { readonly kind: 'drop' }
  /** The request takes effect, then the connection is lost. */
  | { readonly kind: 'drop-after-effect' }
  /** The answer comes late, in real milliseconds. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** GraphQL answers with data and an error for one field. */
  | { readonly kind: 'partial'; readonly answer: PartialAnswer };

export interface RequestFault {
  readonly method?: string;
  /** Of the route or, where it does not match, of the path. */
  readonly route?: string | RegExp;
  readonly operation?: string | RegExp;
  /** Only for this actor's requests. */
  readonly actor?: string;
  /** How many requests it hits; every one where left out. */
  readonly times?: number;
  /** Decides for each request that matches: a counter, or a seeded chance. */
  readonly when?: (request: RequestSummary) => boolean;
  readonly effect: FaultEffect;
}

/** What becomes of a delivery: `hold` keeps it until `release`. */
export type DeliveryFate = 'deliver' | 'drop' | 'duplicate' | 'hold';

/** The connection was lost: no answer will come. */
export class ConnectionDropped extends Error {
  override readonly name = 'ConnectionDropped';
  /** As Node names it on a socket. */
  readonly code = 'ECONNRESET';
}

export class Faults {
  readonly #requests: { readonly fault: RequestFault; hits: number }[] = [];
  #fate: (delivery: Delivery) => DeliveryFate = () => 'deliver';

  /** Adds a fault; the first that fits a request wins. Gives what takes it away again. */
  inject(fault: RequestFault): () => void {
    const entry = { fault, hits: 0 };
    this.#requests.push(entry);
    return () => {
      const at = this.#requests.indexOf(entry);
      if (at !== -1) this.#requests.splice(at, 1);
    };
  }

  /** From now on decides what becomes of each delivery. */
  onDelivery(fate: (delivery: Delivery) => DeliveryFate): void {
    this.#fate = fate;
  }

  /** Takes all faults away; deliveries that are held stay held. */
  clear(): void {
    this.#requests.length = 0;
    this.#fate = () => 'deliver';
  }

  /** The effect that hits this request, if any. */
  effectOn(request: RequestSummary): FaultEffect | undefined {
    const entry = this.#requests.find(
      ({ fault, hits }) =>
        hits < (fault.times ?? Number.POSITIVE_INFINITY) &&
        matches(fault, request) &&
        (fault.when?.(request) ?? true),
    );
    if (entry === undefined) return undefined;
    entry.hits += 1;
    return entry.fault.effect;
  }

  fateOf(delivery: Delivery): DeliveryFate {
    return this.#fate(delivery);
  }
}

function matches(fault: RequestFault, request: RequestSummary): boolean {
  return (
    (fault.method === undefined || fault.method === request.method) &&
    (fault.route === undefined || fits(fault.route, request.route) || fits(fault.route, request.path)) &&
    (fault.operation === undefined ||
      (request.operation !== null && fits(fault.operation, request.operation))) &&
    (fault.actor === undefined || fault.actor === request.actor)
  );
}

function fits(pattern: string | RegExp, text: string): boolean {
  return typeof pattern === 'string' ? pattern === text : pattern.test(text);
}
