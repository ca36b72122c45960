/** Answers as web-standard responses. */
import { createHash } from 'node:crypto';
import type { ApiError } from './errors.ts';
import type { FaultEffect } from './faults.ts';
import { RateLimited } from './limits.ts';
import type { Answer } from './rest/route.ts';

/** A handler's answer as a response. */
export function toResponse({ status, body, headers = {} }: Answer): Response {
  if (body === undefined) return new Response(null, { status, headers });
  if (typeof body === 'string') return new Response(body, { status, headers });
  if (Buffer.isBuffer(body)) return new Response(new Uint8Array(body), { status, headers });
  return jsonResponse(status, body, headers);
}

/** JSON with the `ETag` that conditional requests are compared with. */
export function jsonResponse(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const text = JSON.stringify(body);
  const etag = `W/"${createHash('sha256').update(text).digest('hex')}"`;
  return new Response(text, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', etag, ...headers },
  });
}

/** A GET whose answer the client has already is answered by 304. */
export function conditional(request: Request, response: Response): Response {
  const etag = response.headers.get('etag');
  const known = request.headers.get('if-none-match');
  if (request.method !== 'GET' || response.status !== 200) {
    response.headers.delete('etag');
    return response;
  }
  if (etag === null || known === null || !known.split(/, */).includes(etag)) return response;
  return new Response(null, { status: 304, headers: { etag } });
}

/** A refusal in GitHub's shape. */
export function errorResponse(error: ApiError): Response {
  const documentation = 'https://docs.github.com/rest';
  const body = {
    message: error.message,
    ...(error.errors.length === 0 ? {} : { errors: error.errors }),
    documentation_url: documentation,
    status: String(error.status),
  };
  const retry = error instanceof RateLimited ? error.retryAfter : null;
  const response = jsonResponse(error.status, body, retry === null ? {} : { 'retry-after': String(retry) });
  response.headers.delete('etag');
  return response;
}

/** The answer that a test asked for in place of the real one. */
export function faultResponse(effect: Extract<FaultEffect, { status: number }>): Response {
  const headers = 'headers' in effect ? effect.headers : {};
  return jsonResponse(
    effect.status,
    { message: effect.message ?? 'injected fault', status: String(effect.status) },
    headers,
  );
}
