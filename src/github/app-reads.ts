/** What the App asks about itself. */
import { z } from 'zod';
import type { Client } from './client.ts';
import type { AppIdentity } from './context.ts';
import { id, instant } from './schema.ts';

/** Where the App is installed. */
export interface Installation {
  readonly id: number;
  /** Login of the organisation or user. */
  readonly account: string;
  readonly suspended: boolean;
}

/** A repository that an installation reaches. */
export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly archived: boolean;
}

/** @param reader any client that may read accounts: a bot's account is public. */
export async function readIdentity(app: Client, reader: Client, signsCommits: boolean): Promise<AppIdentity> {
  const self = await app.get('read the App', 'GET /app', {}, z.object({ id, slug: z.string() }));
  const { slug } = self;
  const botLogin = `${slug}[bot]`;
  const account = z.object({ id, login: z.string() });
  const bot = await reader.get(
    `read the account ${botLogin}`,
    'GET /users/{username}',
    { username: botLogin },
    account,
  );
  return { appId: self.id, slug, botId: bot.id, botLogin, signsCommits };
}

const installation = z.object({
  id,
  account: z.object({ login: z.string() }).nullable(),
  suspended_at: instant.nullish(),
});

/** All installations of the App. */
export async function readInstallations(app: Client): Promise<readonly Installation[]> {
  const all = await app.list('list the installations', 'GET /app/installations', {}, z.array(installation));
  return all.map(({ id: number, account, suspended_at: suspendedAt }) => ({
    id: number,
    account: account?.login ?? '',
    suspended: typeof suspendedAt === 'number',
  }));
}

const repositories = z
  .object({
    repositories: z.array(
      z.object({ id, name: z.string(), owner: z.object({ login: z.string() }), archived: z.boolean() }),
    ),
  })
  .transform((page) => page.repositories);

/** All repositories that the installation of `client` reaches. */
export async function listRepositories(
  client: Client,
  installationId: number,
): Promise<readonly Repository[]> {
  const all = await client.list(
    `list the repositories of installation ${installationId}`,
    'GET /installation/repositories',
    {},
    repositories,
  );
  return all.map(({ id: number, name, owner, archived }) => ({
    id: number,
    owner: owner.login,
    name,
    archived,
  }));
}
