/** Apps, their installations and their tokens. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { Instant } from '../../base/instant.ts';
import { covers, permits } from '../access.ts';
import type { SandboxContext } from '../context.ts';
import { unprocessable } from '../errors.ts';
import type {
  Account,
  App,
  AppPermissions,
  Installation,
  InstallationToken,
  Repository,
  User,
} from '../state.ts';
import { createBot } from './accounts.ts';

export interface NewApp {
  readonly owner: Account;
  readonly slug: string;
  readonly name?: string;
  readonly permissions: AppPermissions;
  readonly events: readonly string[];
  readonly webhookSecret: string;
  /** PEM; making one takes a tenth of a second, so simulations bring their own. */
  readonly privateKey?: string;
  readonly id?: number;
}

export function createApp(context: SandboxContext, input: NewApp): App {
  const privateKey = input.privateKey ?? generatePrivateKey();
  const app: App = context.state.create(
    'A',
    {
      clientId: `Iv23sandbox${input.slug}`,
      slug: input.slug,
      name: input.name ?? input.slug,
      owner: input.owner,
      permissions: { metadata: 'read', ...input.permissions },
      events: input.events,
      bot: createBot(context, `${input.slug}[bot]`),
      privateKey,
      publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
      webhookSecret: input.webhookSecret,
      createdAt: context.clock.now(),
    },
    input.id,
  );
  context.state.apps.set(app.id, app);
  return app;
}

/** A new RSA key, as GitHub offers it for download. */
export function generatePrivateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

/** Installs an App on an account: for these repositories, or for all. */
export function installApp(
  context: SandboxContext,
  app: App,
  account: Account,
  repositories: readonly Repository[] | 'all',
  sender: User,
): Installation {
  const now = context.clock.now();
  const selected = repositories === 'all' ? [] : repositories;
  const installation: Installation = context.state.create('I', {
    app,
    account,
    repositorySelection: repositories === 'all' ? 'all' : 'selected',
    repositories: new Set(selected.map(({ id }) => id)),
    permissions: app.permissions,
    suspendedAt: null,
    createdAt: now,
    updatedAt: now,
  });
  context.state.installations.set(installation.id, installation);
  context.emit({ event: 'installation', action: 'created', installation, sender });
  return installation;
}

export function uninstallApp(context: SandboxContext, installation: Installation, sender: User): void {
  context.state.installations.delete(installation.id);
  context.emit({ event: 'installation', action: 'deleted', installation, sender });
}

/** Suspends an installation, or lets it work again. */
export function suspendInstallation(
  context: SandboxContext,
  installation: Installation,
  suspended: boolean,
  sender: User,
): void {
  installation.suspendedAt = suspended ? context.clock.now() : null;
  context.emit({ event: 'installation', action: suspended ? 'suspend' : 'unsuspend', installation, sender });
}

/** Adds repositories to an installation, or removes them from it. */
export function changeInstallationRepositories(
  context: SandboxContext,
  installation: Installation,
  action: 'added' | 'removed',
  repositories: readonly Repository[],
  sender: User,
): void {
  for (const { id } of repositories) {
    if (action === 'added') installation.repositories.add(id);
    else installation.repositories.delete(id);
  }
  installation.updatedAt = context.clock.now();
  context.emit({ event: 'installation_repositories', action, installation, repositories, sender });
}

const tokenLifetime = 60 * 60 * 1000;

/** What a token may be narrowed to. */
export interface TokenInput {
  readonly permissions?: AppPermissions;
  readonly repositories?: readonly Repository[];
}

/**
 * Issues an installation token that is good for one hour of the real clock.
 * @throws ApiError 422 for more than the installation has
 */
export function createInstallationToken(
  context: SandboxContext,
  installation: Installation,
  input: TokenInput,
  realNow: Instant,
): InstallationToken {
  const { permissions = installation.permissions, repositories } = input;
  const tooMuch = Object.entries(permissions).find(
    ([name, level]) => !permits(installation.permissions, [`${name}:${level}`]),
  );
  if (tooMuch !== undefined)
    throw unprocessable('The permissions requested are not granted to this installation.');
  if (repositories?.some((repository) => !covers(installation, repository)) === true) {
    throw unprocessable(
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  }
  const token: InstallationToken = {
    kind: 'installation',
    token: `ghs_sandbox${context.state.nextId()}`,
    installation,
    permissions: { metadata: 'read', ...permissions },
    repositories: repositories === undefined ? null : new Set(repositories.map(({ id }) => id)),
    expiresAt: realNow + tokenLifetime,
  };
  context.state.tokens.set(token.token, token);
  return token;
}

/** The personal token of a user; always the same one. */
export function personalToken(context: SandboxContext, user: User): string {
  const token = `ghp_sandbox_${user.login}`;
  context.state.tokens.set(token, { kind: 'personal', token, user });
  return token;
}
