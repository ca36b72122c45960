/**
 * One HTTP request to GitHub: sent once, with a timeout, the version header and no redirects, and answered with plain
 * data. Nothing is judged here: `client.ts` decides what a status means.
 */
import { Octokit } from '@octokit/rest';
import { z } from 'zod';

interface HttpRequest {
  /** `GET /repos/{owner}/{repo}/…`: what stands in braces is filled in and escaped. */
  readonly route: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly authorization: string | null;
}

/** The headers of an answer; names in lower case. */
export type Headers = Readonly<Record<string, string>>;

/** What GitHub answered, or why there is no answer: it may nevertheless have acted. */
export type HttpAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Headers; readonly body: unknown }
  | { readonly kind: 'none'; readonly cause: unknown };

/** Sends requests; it never throws. */
export interface Transport {
  send(request: HttpRequest): Promise<HttpAnswer>;
}

/** Milliseconds. GitHub itself gives up after ten seconds. */
const timeout = 20_000;

/** Enterprise Server knows this version too; a later one drops fields that we read. */
const apiVersion = '2022-11-28';

/** The route of every GraphQL document. */
export const graphqlRoute = 'POST /graphql';

/** @param options.apiUrl `https://api.github.com`, or `https://HOST/api/v3` on Enterprise Server. */
export function createTransport(options: {
  readonly apiUrl: string;
  readonly fetch: typeof fetch;
}): Transport {
  const baseUrl = options.apiUrl.replace(/\/$/, '');
  // Enterprise Server answers GraphQL at /api/graphql, beside /api/v3.
  const graphqlUrl = `${baseUrl.replace(/\/api\/v3$/, '/api')}/graphql`;
  const octokit = new Octokit({
    baseUrl,
    userAgent: 'curfew',
    log: silent,
    request: { fetch: options.fetch, redirect: 'manual' },
  });
  return {
    send: async ({ route, parameters, authorization }) => {
      const headers = {
        'x-github-api-version': apiVersion,
        ...(authorization === null ? {} : { authorization }),
      };
      try {
        const {
          status,
          headers: received,
          data,
        } = await octokit.request(route === graphqlRoute ? `POST ${graphqlUrl}` : route, {
          ...parameters,
          headers,
          request: { signal: AbortSignal.timeout(timeout) },
        });
        return { kind: 'answer', status, headers: plain(received), body: data };
      } catch (error) {
        const refused = refusal.safeParse(error);
        if (!refused.success) return { kind: 'none', cause: error };
        const { status, headers: received, data } = refused.data.response;
        return { kind: 'answer', status, headers: plain(received), body: data };
      }
    },
  };
}

/** What Octokit throws for a status of 400 and above; without `response` there was no answer. */
const refusal = z.object({
  response: z.object({ status: z.int(), headers: z.record(z.string(), z.unknown()), data: z.unknown() }),
});

function plain(headers: Readonly<Record<string, unknown>>): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function ignore(): void {}

/** Octokit's own log lines would only repeat what the errors say. */
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
