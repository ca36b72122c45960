/** Apps, installations and deliveries as JSON. */
import type { components } from '@octokit/openapi-types';
import { formatInstant } from '../../base/instant.ts';
import type { SandboxContext } from '../context.ts';
import type { App, Delivery, Installation, InstallationToken } from '../state.ts';
import { simpleUser } from './account.ts';
import { apiUrl } from './links.ts';

type Schemas = components['schemas'];

export function app(context: SandboxContext, { owner, ...app }: App) {
  const createdAt = formatInstant(app.createdAt);
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: app.nodeId,
    owner: simpleUser(context, owner),
    name: app.name,
    description: '',
    external_url: context.baseUrl,
    html_url: `${context.baseUrl}/apps/${app.slug}`,
    created_at: createdAt,
    updated_at: createdAt,
    permissions: app.permissions,
    events: [...app.events],
  } satisfies NonNullable<Schemas['integration']>;
}

export function installationJson(context: SandboxContext, installation: Installation) {
  const { app, account, suspendedAt } = installation;
  const url = apiUrl(context, `/app/installations/${installation.id}`);
  return {
    id: installation.id,
    client_id: app.clientId,
    account: simpleUser(context, account),
    repository_selection: installation.repositorySelection,
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: apiUrl(context, '/installation/repositories'),
    html_url: `${context.baseUrl}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type === 'Organization' ? 'Organization' : 'User',
    permissions: installation.permissions,
    events: [...app.events],
    created_at: formatInstant(installation.createdAt),
    updated_at: formatInstant(installation.updatedAt),
    single_file_name: null,
    suspended_by: suspendedAt === null ? null : simpleUser(context, account),
    suspended_at: suspendedAt === null ? null : formatInstant(suspendedAt),
  } satisfies Schemas['installation'];
}

export function installationToken(token: InstallationToken) {
  return {
    token: token.token,
    expires_at: formatInstant(token.expiresAt),
    permissions: token.permissions,
    repository_selection:
      token.repositories === null ? token.installation.repositorySelection : ('selected' as const),
  } satisfies Schemas['installation-token'];
}

/** A delivery as `GET /app/hook/deliveries` lists it. */
export function hookDelivery(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: formatInstant(delivery.deliveredAt),
    redelivery: delivery.redelivery,
    duration: 0,
    status: delivery.status,
    status_code: delivery.statusCode ?? 0,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installation?.id ?? null,
    repository_id: delivery.repository?.id ?? null,
    throttled_at: null,
  } satisfies Schemas['hook-delivery-item'];
}
