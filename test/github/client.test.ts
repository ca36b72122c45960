import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { Client } from '../../src/github/client.ts';
import { Denied, NotFound, RetryLater } from '../../src/github/errors.ts';
import { Limiter } from '../../src/github/limiter.ts';
import { createTransport } from '../../src/github/transport.ts';

const date = 'Tue, 01 Dec 2026 09:00:00 GMT';

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A client whose requests are answered one after the other; the last answer is given for ever. */
function clientFor(
  answers: readonly (() => Response | Promise<Response>)[],
  apiUrl = 'https://github.example.com/api/v3',
): { readonly client: Client; readonly sent: readonly Sent[]; readonly forgotten: () => number } {
  const sent: Sent[] = [];
  let forgotten = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const text = await request.text();
    sent.push({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: text === '' ? null : JSON.parse(text),
    });
    const answer = answers[Math.min(sent.length, answers.length) - 1];
    if (answer === undefined) throw new TypeError('fetch failed');
    return answer();
  };
  const credentials = {
    authorization: async () => `token t${forgotten}`,
    refused: () => {
      forgotten += 1;
    },
  };
  const client = new Client({
    transport: createTransport({ apiUrl, fetch }),
    credentials,
    limiter: new Limiter(() => 0),
    purpose: 'deciding',
  });
  return { client, sent, forgotten: () => forgotten };
}

const json =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}) =>
  () =>
    Response.json(body, { status, headers: { date, ...headers } });

const anything = z.unknown();
const get = (client: Client) =>
  client.get('look', 'GET /repos/{owner}/{repo}', { owner: 'a/b', repo: 'c' }, anything);
const query = (client: Client) => client.query('look', 'query { x }', { a: 1 }, z.object({ x: z.number() }));

describe('a request', () => {
  it('carries the version, and who asks, and escapes what it fills in', async () => {
    const { client, sent } = clientFor([json({})]);
    await get(client);
    expect(sent[0]?.url).toBe('https://github.example.com/api/v3/repos/a%2Fb/c');
    expect(sent[0]?.headers.get('x-github-api-version')).toBe('2022-11-28');
    expect(sent[0]?.headers.get('authorization')).toBe('token t0');
    expect(sent[0]?.headers.get('user-agent')).toMatch(/^curfew/);
  });

  it.each([
    ['https://github.example.com/api/v3', 'https://github.example.com/api/graphql'],
    ['https://github.example.com/api/v3/', 'https://github.example.com/api/graphql'],
    ['https://api.github.com', 'https://api.github.com/graphql'],
  ])('in GraphQL of %s goes to %s', async (apiUrl, expected) => {
    const { client, sent } = clientFor([json({ data: { x: 1 } })], apiUrl);
    expect(await query(client)).toEqual({ data: { x: 1 }, now: Date.parse(date) });
    expect(sent).toMatchObject([
      { method: 'POST', url: expected, body: { query: 'query { x }', variables: { a: 1 } } },
    ]);
  });

  it('is given up when the answer does not come', async () => {
    const { client, sent } = clientFor([
      () => {
        throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
      },
    ]);
    await expect(get(client)).rejects.toThrow(/no answer \(.*timeout\)/);
    expect(sent).toHaveLength(2);
  });

  it('takes a signal that ends it', async () => {
    let signal: AbortSignal | null | undefined;
    const transport = createTransport({
      apiUrl: 'https://api.github.com',
      fetch: async (_, init) => {
        signal = init?.signal;
        return Response.json({});
      },
    });
    await transport.send({ route: 'GET /x', parameters: {}, authorization: null });
    expect(signal).toBeInstanceOf(AbortSignal);
  });

  it('gets one new token after a 401, and then gives up', async () => {
    const once = clientFor([json({ message: 'Bad credentials' }, 401), json({})]);
    await get(once.client);
    expect(once.sent.map(({ headers }) => headers.get('authorization'))).toEqual(['token t0', 'token t1']);
    const always = clientFor([json({ message: 'Bad credentials' }, 401)]);
    await expect(get(always.client)).rejects.toBeInstanceOf(Denied);
    expect(always.sent).toHaveLength(2);
  });
});

describe('an answer', () => {
  it.each([
    [301, NotFound, /renamed or moved/],
    [307, NotFound, /renamed or moved/],
    [404, NotFound, /404 gone/],
    [410, NotFound, /410/],
    [451, NotFound, /451/],
    [403, Denied, /permissions/],
    [429, RetryLater, /429/],
    [500, RetryLater, /500/],
  ])('of %i is an error of its kind', async (status, kind, message) => {
    const { client } = clientFor([json({ message: 'gone' }, status)]);
    await expect(get(client)).rejects.toBeInstanceOf(kind);
    await expect(get(clientFor([json({ message: 'gone' }, status)]).client)).rejects.toThrow(message);
  });

  it.each([
    ['a page of a proxy', () => new Response('<html>', { headers: { date, 'content-type': 'text/html' } })],
    [
      'half an answer',
      () => new Response('{"data":{"x":', { headers: { date, 'content-type': 'application/json' } }),
    ],
    ['another shape', json({ data: { x: 'one' } })],
    ['nothing', json({})],
    ['no date', () => Response.json({ data: { x: 1 } })],
  ])('with %s is no fact', async (_, answer) => {
    await expect(query(clientFor([answer]).client)).rejects.toBeInstanceOf(RetryLater);
  });

  it('with data and an error is no fact', async () => {
    const answer = (type: string | undefined, extra = {}) =>
      json({
        data: { x: 1 },
        errors: [{ ...(type === undefined ? {} : { type }), message: 'no', ...extra }],
      });
    const failure = async (type: string | undefined, extra = {}): Promise<unknown> =>
      query(clientFor([answer(type, extra)]).client).catch((error: unknown) => error);
    expect(await failure('NOT_FOUND')).toBeInstanceOf(NotFound);
    expect(await failure('FORBIDDEN', { path: ['x', 1] })).toMatchObject({
      message: expect.stringMatching(/at x\.1/),
    });
    expect(await failure('INSUFFICIENT_SCOPES')).toBeInstanceOf(Denied);
    expect(await failure(undefined)).toBeInstanceOf(RetryLater);
    expect(await failure(undefined, { extensions: { code: 'undefinedField' } })).toMatchObject({
      message: expect.stringMatching(/too old/),
    });
  });

  it('of a limit under HTTP 200 stops everything until GitHub says', async () => {
    const { client, sent } = clientFor([
      json({ errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] }, 200, {
        'retry-after': '10',
      }),
    ]);
    await expect(query(client)).rejects.toMatchObject({ name: 'RetryLater', retryAt: 10_000 });
    await expect(query(client)).rejects.toMatchObject({ name: 'RetryLater', retryAt: 10_000 });
    await expect(get(client)).rejects.toBeInstanceOf(RetryLater);
    expect(sent).toHaveLength(1);
  });
});

describe('a list', () => {
  it('is read over all pages, and only the query is taken from their addresses', async () => {
    const next = {
      link: '<https://elsewhere.example/x?page=2&per_page=100>; rel="next", <https://e.example/?page=9>; rel="last"',
    };
    const { client, sent } = clientFor([json([1], 200, next), json([2])]);
    expect(await client.list('look', 'GET /x', { a: 'b' }, z.array(z.number()))).toEqual([1, 2]);
    expect(sent.map(({ url }) => url)).toEqual([
      'https://github.example.com/api/v3/x?a=b&per_page=100',
      'https://github.example.com/api/v3/x?a=b&page=2&per_page=100',
    ]);
  });
});

describe('a write', () => {
  it.each([
    ['a lost connection', []],
    ['a 502', [json({ message: 'Bad Gateway' }, 502)]],
    ['a 401', [json({ message: 'Bad credentials' }, 401)]],
  ])('is sent once, whatever becomes of it: %s', async (_, answers) => {
    const { client, sent } = clientFor(answers);
    expect(await client.write('do', 'POST /x', {})).toMatchObject({ kind: 'unknown' });
    expect(sent).toHaveLength(1);
    const other = clientFor(answers);
    expect(await other.client.mutate('do', 'mutation { x }', {})).toMatchObject({ kind: 'unknown' });
    expect(other.sent).toHaveLength(1);
  });

  it('is unknown where the answer cannot be read', async () => {
    const { client } = clientFor([
      () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
    ]);
    expect(await client.mutate('do', 'mutation { x }', {})).toMatchObject({ kind: 'unknown' });
  });

  it('says what GitHub says of a refusal', async () => {
    const body = {
      message: 'Validation Failed',
      errors: [{ message: 'already exists' }, 'also', { code: 'x' }],
    };
    const { client } = clientFor([json(body, 422)]);
    expect(await client.write('do', 'POST /x', {})).toMatchObject({
      kind: 'refused',
      status: 422,
      message: 'Validation Failed: already exists: also',
    });
  });
});
