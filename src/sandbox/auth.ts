/**
 * Who asks. Resolved once per request from its `Authorization` header; REST, GraphQL and git over HTTP share it.
 */
import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import type { Instant } from '../base/instant.ts';
import { ApiError } from './errors.ts';
import type { App, AppPermissions, Installation, State, User } from './state.ts';

export type Actor =
  | { readonly kind: 'anonymous' }
  /** A person with a personal token, or signed in at the page. */
  | { readonly kind: 'user'; readonly user: User }
  /** An App by its JWT: may look after its installations, sees no repository. */
  | { readonly kind: 'app'; readonly app: App }
  /** An App by an installation token; acts as its bot. */
  | {
      readonly kind: 'installation';
      readonly installation: Installation;
      readonly app: App;
      readonly user: User;
      readonly permissions: AppPermissions;
      /** Ids; null for every repository of the installation. */
      readonly repositories: ReadonlySet<number> | null;
    };

/** An actor that has an account: it can write. */
export type AccountActor = Extract<Actor, { readonly user: User }>;

/** @throws ApiError 401 for an actor without an account. */
export function requireAccount(actor: Actor): AccountActor {
  if (actor.kind === 'user' || actor.kind === 'installation') return actor;
  throw new ApiError(401, 'Requires authentication');
}

/**
 * The actor behind an `Authorization` header.
 * @param realNow the real clock: clients look at theirs, so tokens expire by it whatever the sandbox's clock says
 * @throws ApiError 401 for what is no valid credential
 */
export function authenticate(state: State, header: string | null, realNow: Instant): Actor {
  if (header === null) return { kind: 'anonymous' };
  const [scheme = '', credential = ''] = header.split(/ +(.*)/s);
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return credential.split('.').length === 3
        ? { kind: 'app', app: verifyJwt(state, credential, realNow) }
        : tokenActor(state, credential, realNow);
    case 'token':
      return tokenActor(state, credential, realNow);
    case 'basic': {
      // Git and curl send the token as the password, some as the user name.
      const [user = '', password = ''] = Buffer.from(credential, 'base64').toString('utf8').split(/:(.*)/s);
      return tokenActor(state, password === '' || password === 'x-oauth-basic' ? user : password, realNow);
    }
    default:
      throw badCredentials();
  }
}

function badCredentials(message = 'Bad credentials'): ApiError {
  return new ApiError(401, message);
}

function tokenActor(state: State, text: string, realNow: Instant): Actor {
  const token = state.tokens.get(text);
  if (token === undefined) throw badCredentials();
  if (token.kind === 'personal') return { kind: 'user', user: token.user };
  const { installation, permissions, repositories } = token;
  if (token.expiresAt <= realNow || !state.installations.has(installation.id)) throw badCredentials();
  if (installation.suspendedAt !== null) throw new ApiError(403, 'This installation has been suspended');
  const { app } = installation;
  return { kind: 'installation', installation, app, user: app.bot, permissions, repositories };
}

/** Verifies an App's JWT: RS256, `iss` the App's id or client id, `exp` at most ten minutes ahead. */
function verifyJwt(state: State, jwt: string, realNow: Instant): App {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const undecodable = 'A JSON web token could not be decoded';
  if (parsePart(header, jwtHeader)?.alg !== 'RS256') throw badCredentials(undecodable);
  const claims = parsePart(payload, jwtClaims);
  if (claims === undefined) throw badCredentials(undecodable);
  const issuer = String(claims.iss);
  const app = [...state.apps.values()].find((app) => String(app.id) === issuer || app.clientId === issuer);
  if (app === undefined) throw badCredentials("'Issuer' claim ('iss') must be an Integration");
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify('sha256', signed, createPublicKey(app.publicKey), Buffer.from(signature, 'base64url'))) {
    throw badCredentials(undecodable);
  }
  const now = Math.floor(realNow / 1000);
  if (claims.exp <= now) {
    throw badCredentials(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (claims.exp > now + 600)
    throw badCredentials("'Expiration time' claim ('exp') is too far in the future");
  if (claims.iat > now) {
    throw badCredentials(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  return app;
}

const jwtHeader = z.object({ alg: z.string() });
const jwtClaims = z.object({ iss: z.union([z.string(), z.number()]), iat: z.number(), exp: z.number() });

function parsePart<T>(part: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** The name under which an actor's requests are counted and reported: a login, an App's slug, or `anonymous`. */
export function accountKey(actor: Actor): string {
  if (actor.kind === 'app') return `app:${actor.app.slug}`;
  return actor.kind === 'anonymous' ? 'anonymous' : actor.user.login;
}
