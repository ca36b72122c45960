/**
 * GitHub as one installation sees it: every request goes through the limiter, reads may be sent a second time, writes
 * never are, and every answer is checked data or a typed error.
 */
import { z } from 'zod';
import type { Instant } from '../base/instant.ts';
import { bodyOf, checked, dateOf, errorFor, isLimited, messageOf } from './answer.ts';
import type { Credentials } from './credentials.ts';
import { RetryLater } from './errors.ts';
import {
  graphqlBody,
  graphqlError,
  isRateLimit,
  type GraphQLErrorItem,
  type Tolerate,
} from './graphql-errors.ts';
import type { Cost, Limiter } from './limiter.ts';
import type { Purpose } from './port.ts';
import { graphqlRoute, type Headers, type HttpAnswer, type Transport } from './transport.ts';

/** Checked data, and the time at which GitHub gave it. */
export interface Answer<T> {
  readonly data: T;
  /** GitHub's clock. */
  readonly now: Instant;
}

/** What became of a write. A refusal is for the caller to read; a limit or a bad token is thrown. */
export type WriteAnswer =
  | { readonly kind: 'done'; readonly body: unknown }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly message: string;
      readonly answer: HttpAnswer;
    }
  /** It may or may not have taken effect: look before doing anything else. */
  | { readonly kind: 'unknown'; readonly answer: HttpAnswer };

/** The same of a write by GraphQL. */
export type MutationAnswer =
  | { readonly kind: 'done'; readonly data: unknown }
  | { readonly kind: 'refused'; readonly error: GraphQLErrorItem }
  | { readonly kind: 'unknown'; readonly answer: HttpAnswer };

type Parameters = Readonly<Record<string, unknown>>;

interface Page<T extends z.ZodType> {
  readonly data: z.output<T>;
  readonly headers: Headers;
}

/** Where the next page begins, from its address; null on the last one. Nothing else of the address is believed. */
function nextPage(headers: Headers): Parameters | null {
  const next = /<([^>]+)>;\s*rel="next"/.exec(headers['link'] ?? '')?.[1];
  if (next === undefined) return null;
  const query = new URL(next).searchParams;
  return Object.fromEntries([...query].filter(([name]) => ['page', 'after', 'cursor'].includes(name)));
}

/** Whether a write may have taken effect though GitHub did not say so: also where the token ended in the meantime. */
function isUnsure(status: number): boolean {
  return status === 401 || status >= 500;
}

/** A read is sent this often at most when GitHub does not answer or fails. */
const attempts = 2;

/** One installation, and how important what is asked of it is. */
export class Client {
  readonly #transport: Transport;
  readonly #credentials: Credentials;
  readonly #limiter: Limiter;
  readonly #purpose: Purpose;

  constructor(options: {
    readonly transport: Transport;
    readonly credentials: Credentials;
    readonly limiter: Limiter;
    readonly purpose: Purpose;
  }) {
    this.#transport = options.transport;
    this.#credentials = options.credentials;
    this.#limiter = options.limiter;
    this.#purpose = options.purpose;
  }

  /** The same installation and budget, for requests of another importance. */
  withPurpose(purpose: Purpose): Client {
    return new Client({
      transport: this.#transport,
      credentials: this.#credentials,
      limiter: this.#limiter,
      purpose,
    });
  }

  /** Reads by REST. `task` completes "Could not …". */
  async get<T extends z.ZodType>(
    task: string,
    route: string,
    parameters: Parameters,
    schema: T,
  ): Promise<z.output<T>> {
    return (await this.#page(task, route, parameters, schema)).data;
  }

  /** The pages of a list by REST, a hundred at a time, for as long as the caller asks for more. */
  async *pages<T extends z.ZodType>(
    task: string,
    route: string,
    parameters: Parameters,
    schema: T,
  ): AsyncGenerator<z.output<T>, void, undefined> {
    let next: Parameters | null = {};
    while (next !== null) {
      const { data, headers }: Page<T> = await this.#page(
        task,
        route,
        { ...parameters, ...next, per_page: 100 },
        schema,
      );
      yield data;
      next = nextPage(headers);
    }
  }

  /** A list by REST over all its pages; `schema` is that of one page. */
  async list<T>(
    task: string,
    route: string,
    parameters: Parameters,
    schema: z.ZodType<readonly T[]>,
  ): Promise<readonly T[]> {
    const all: T[] = [];
    for await (const page of this.pages(task, route, parameters, schema)) all.push(...page);
    return all;
  }

  /**
   * Reads by GraphQL. An error is thrown even where data came with it, unless `tolerate` knows the part that it is
   * about as one that may be missing.
   */
  async query<T extends z.ZodType>(
    task: string,
    text: string,
    variables: Parameters,
    schema: T,
    tolerate: Tolerate = () => false,
  ): Promise<Answer<z.output<T>>> {
    const answer = await this.#read(task, graphqlRoute, { query: text, variables });
    const { data, errors } = bodyOf(task, answer, graphqlBody);
    this.#throwRateLimit(task, answer.headers, errors);
    const [error] = (errors ?? []).filter((item) => !tolerate(item));
    if (error !== undefined) throw graphqlError(task, error);
    return { data: checked(task, schema, data), now: dateOf(task, answer.headers) };
  }

  /** Writes by REST, once. */
  async write(task: string, route: string, parameters: Parameters): Promise<WriteAnswer> {
    const answer = await this.#write(task, 'rest', route, parameters);
    if (answer.kind === 'none' || isUnsure(answer.status)) return { kind: 'unknown', answer };
    return answer.status < 300
      ? { kind: 'done', body: answer.body }
      : { kind: 'refused', status: answer.status, message: messageOf(answer.body), answer };
  }

  /** Writes by GraphQL, once. */
  async mutate(task: string, text: string, variables: Parameters): Promise<MutationAnswer> {
    const answer = await this.#write(task, 'graphql', graphqlRoute, { query: text, variables });
    if (answer.kind === 'none' || isUnsure(answer.status)) return { kind: 'unknown', answer };
    if (answer.status >= 300) throw errorFor(task, answer);
    const body = graphqlBody.safeParse(answer.body);
    // A success that cannot be read is a lost answer.
    if (!body.success) return { kind: 'unknown', answer };
    this.#throwRateLimit(task, answer.headers, body.data.errors);
    const [error] = body.data.errors ?? [];
    return error === undefined ? { kind: 'done', data: body.data.data } : { kind: 'refused', error };
  }

  async #page<T extends z.ZodType>(
    task: string,
    route: string,
    parameters: Parameters,
    schema: T,
  ): Promise<Page<T>> {
    const answer = await this.#read(task, route, parameters);
    return { data: bodyOf(task, answer, schema), headers: answer.headers };
  }

  async #read(
    task: string,
    route: string,
    parameters: Parameters,
  ): Promise<Extract<HttpAnswer, { kind: 'answer' }>> {
    const cost: Cost = { resource: route === graphqlRoute ? 'graphql' : 'rest', write: false };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#send(task, cost, route, parameters);
      if (answer.kind === 'answer' && answer.status < 300) return answer;
      const passing = answer.kind === 'none' || answer.status >= 500;
      if (!passing || attempt >= attempts) throw errorFor(task, answer);
    }
  }

  /** Sends a write, once; after a 401 what comes next has a new token. */
  async #write(
    task: string,
    resource: Cost['resource'],
    route: string,
    parameters: Parameters,
  ): Promise<HttpAnswer> {
    const answer = await this.#sendOnce(task, { resource, write: true }, route, parameters);
    if (answer.kind === 'answer' && answer.status === 401) this.#credentials.refused(answer);
    return answer;
  }

  /** Sends a read; a second time only with a new token after a 401. */
  async #send(task: string, cost: Cost, route: string, parameters: Parameters): Promise<HttpAnswer> {
    const answer = await this.#sendOnce(task, cost, route, parameters);
    if (answer.kind === 'none' || answer.status !== 401) return answer;
    this.#credentials.refused(answer);
    return this.#sendOnce(task, cost, route, parameters);
  }

  async #sendOnce(task: string, cost: Cost, route: string, parameters: Parameters): Promise<HttpAnswer> {
    const authorization = await this.#credentials.authorization();
    const answer = await this.#limiter.run(cost, this.#purpose, () =>
      this.#transport.send({ route, parameters, authorization }),
    );
    if (answer.kind === 'none') return answer;
    this.#limiter.observe(cost.resource, answer.headers);
    if (isLimited(answer.status, answer.headers, answer.body)) {
      const retryAt = this.#limiter.pause(cost.resource, answer.headers);
      throw new RetryLater(`Could not ${task}: ${answer.status} ${messageOf(answer.body)}`, retryAt);
    }
    return answer;
  }

  #throwRateLimit(task: string, headers: Headers, errors: readonly GraphQLErrorItem[] | undefined): void {
    const limit = errors?.find(isRateLimit);
    if (limit === undefined) return;
    const retryAt = this.#limiter.pause('graphql', headers);
    throw new RetryLater(`Could not ${task}: ${limit.message}`, retryAt);
  }
}
