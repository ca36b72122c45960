/** What the API says about itself. */
import type { components } from '@octokit/openapi-types';
import { accountKey } from '../auth.ts';
import type { RateStatus } from '../limits.ts';
import { apiUrl } from '../represent/links.ts';
import { json, route } from './route.ts';
import type { Answer, Call } from './route.ts';

type Schemas = components['schemas'];

export const metaRoutes = [
  route('GET /', ({ context }) =>
    json({ current_user_url: apiUrl(context, '/user'), rate_limit_url: apiUrl(context, '/rate_limit') }),
  ),
  route('GET /meta', () => json({ verifiable_password_authentication: false, installed_version: '3.17.0' })),
  route('GET /versions', () => json(['2022-11-28', '2026-03-10'])),
  route('GET /rate_limit', getRateLimit),
];

function getRateLimit({ limits, actor, context }: Call): Answer {
  const account = accountKey(actor);
  const now = context.clock.now();
  const core = show(limits.status(account, 'core', now));
  const graphql = show(limits.status(account, 'graphql', now));
  const none = { limit: 30, used: 0, remaining: 30, reset: core.reset };
  return json({
    resources: { core, graphql, search: none },
    rate: core,
  } satisfies Schemas['rate-limit-overview']);
}

function show({ limit, used, resetAt }: RateStatus) {
  return { limit, used, remaining: Math.max(0, limit - used), reset: Math.ceil(resetAt / 1000) };
}
