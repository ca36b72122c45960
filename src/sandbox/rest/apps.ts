/** Apps: themselves, their installations, tokens and deliveries. */
import { z } from 'zod';
import { covers } from '../access.ts';
import { ApiError, notFound } from '../errors.ts';
import { createInstallationToken, suspendInstallation, uninstallApp } from '../operations/apps.ts';
import { app, hookDelivery, installationJson, installationToken } from '../represent/app.ts';
import { simpleRepository } from '../represent/repository.ts';
import type { Account, App, Delivery, Installation, InstallationToken, Repository } from '../state.ts';
import {
  json,
  noContent,
  numberParam,
  paginate,
  paginateAs,
  param,
  parseBody,
  repositoryOf,
  route,
} from './route.ts';
import type { Answer, Call } from './route.ts';

export const appRoutes = [
  route('GET /app', (call) => json(app(call.context, appOf(call)))),
  route('GET /app/hook/config', (call) => {
    appOf(call);
    return json({ content_type: 'json', insecure_ssl: '0', secret: '********', url: '' });
  }),
  route('GET /app/hook/deliveries', listDeliveries),
  route('GET /app/hook/deliveries/{delivery_id}', getDelivery),
  route('POST /app/hook/deliveries/{delivery_id}/attempts', redeliver),
  route('GET /app/installations', (call) => {
    const own = installations(call).filter((installation) => installation.app === appOf(call));
    return paginate(call, own, (one) => installationJson(call.context, one));
  }),
  route('GET /app/installations/{installation_id}', (call) =>
    json(installationJson(call.context, installationOf(call))),
  ),
  route('DELETE /app/installations/{installation_id}', (call) => {
    const installation = installationOf(call);
    uninstallApp(call.context, installation, installation.app.bot);
    return noContent;
  }),
  route('PUT /app/installations/{installation_id}/suspended', (call) => setSuspended(call, true)),
  route('DELETE /app/installations/{installation_id}/suspended', (call) => setSuspended(call, false)),
  route('POST /app/installations/{installation_id}/access_tokens', createToken),
  route('GET /installation/repositories', installedRepositories),
  route('GET /repos/{owner}/{repo}/installation', (call) => {
    const repository = repositoryOf(call);
    return findInstallation(call, (installation) => covers(installation, repository));
  }),
  route('GET /orgs/{org}/installation', (call) => accountInstallation(call, param(call, 'org'))),
  route('GET /users/{username}/installation', (call) => accountInstallation(call, param(call, 'username'))),
  route('GET /apps/{app_slug}', (call) => {
    const found = [...call.context.state.apps.values()].find(({ slug }) => slug === param(call, 'app_slug'));
    if (found === undefined) throw notFound();
    return json(app(call.context, found));
  }),
];

/** @throws ApiError 401 without an App's JWT */
function appOf({ actor }: Call): App {
  if (actor.kind !== 'app') throw new ApiError(401, 'A JSON web token could not be decoded');
  return actor.app;
}

function installations(call: Call): Installation[] {
  return [...call.context.state.installations.values()];
}

function installationOf(call: Call): Installation {
  const installation = call.context.state.installations.get(numberParam(call, 'installation_id'));
  if (installation?.app !== appOf(call)) throw notFound();
  return installation;
}

function findInstallation(call: Call, fits: (installation: Installation) => boolean): Answer {
  const own = appOf(call);
  const found = installations(call).find((installation) => installation.app === own && fits(installation));
  if (found === undefined) throw notFound();
  return json(installationJson(call.context, found));
}

function accountInstallation(call: Call, login: string): Answer {
  const account: Account | undefined = call.context.state.account(login);
  return findInstallation(call, (installation) => installation.account === account);
}

function setSuspended(call: Call, suspended: boolean): Answer {
  const installation = installationOf(call);
  suspendInstallation(call.context, installation, suspended, installation.app.bot);
  return noContent;
}

const tokenBody = z.object({
  repositories: z.array(z.string()).optional(),
  repository_ids: z.array(z.number()).optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])).optional(),
});

function createToken(call: Call): Answer {
  const installation = installationOf(call);
  if (installation.suspendedAt !== null) throw new ApiError(403, 'This installation has been suspended');
  const { repositories: names, repository_ids: ids, permissions } = parseBody(call, tokenBody);
  const all = [...call.context.state.repositories.values()];
  const wanted =
    names === undefined && ids === undefined
      ? undefined
      : [
          ...(names ?? []).map((name) =>
            all.find((one) => one.owner === installation.account && one.name === name),
          ),
          ...(ids ?? []).map((id) => call.context.state.repositories.get(id)),
        ];
  if (wanted?.includes(undefined) === true) {
    throw new ApiError(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  }
  const repositories = wanted?.filter((one) => one !== undefined);
  const input = {
    ...(permissions === undefined ? {} : { permissions }),
    ...(repositories === undefined ? {} : { repositories }),
  };
  const token = createInstallationToken(call.context, installation, input, call.realNow);
  return json(tokenJson(call, token, repositories), 201);
}

function tokenJson(call: Call, token: InstallationToken, repositories: readonly Repository[] | undefined) {
  const shown = repositories?.map((repository) => simpleRepository(call.context, repository));
  return { ...installationToken(token), ...(shown === undefined ? {} : { repositories: shown }) };
}

function installedRepositories(call: Call): Answer {
  const { actor, context } = call;
  if (actor.kind !== 'installation')
    throw new ApiError(403, 'Resource not accessible by personal access token');
  const visible = [...context.state.repositories.values()].filter(
    (repository) =>
      covers(actor.installation, repository) &&
      (actor.repositories === null || actor.repositories.has(repository.id)),
  );
  return paginateAs(call, 'repositories', visible, (repository) => simpleRepository(context, repository), {
    repository_selection: actor.installation.repositorySelection,
  });
}

function listDeliveries(call: Call): Answer {
  const own = appOf(call);
  const { query } = call;
  const status = query.get('status');
  const newest = call.context.state.deliveries
    .filter(
      (delivery) =>
        delivery.app === own && (status === null || (status === 'success') === succeeded(delivery)),
    )
    .toReversed();
  const cursor = query.get('cursor');
  const start = cursor === null ? 0 : newest.findIndex(({ id }) => String(id) === cursor);
  const perPage = Math.min(100, Number(query.get('per_page') ?? 30) || 30);
  const next = newest[start + perPage];
  const url = new URL(call.url);
  if (next !== undefined) url.searchParams.set('cursor', String(next.id));
  return {
    status: 200,
    body: newest.slice(start, start + perPage).map(hookDelivery),
    ...(next === undefined ? {} : { headers: { link: `<${url.href}>; rel="next"` } }),
  };
}

function succeeded({ statusCode }: Delivery): boolean {
  return statusCode !== null && statusCode >= 200 && statusCode < 400;
}

function deliveryOf(call: Call): Delivery {
  const id = numberParam(call, 'delivery_id');
  const delivery = call.context.state.deliveries.find((one) => one.id === id && one.app === appOf(call));
  if (delivery === undefined) throw notFound();
  return delivery;
}

function getDelivery(call: Call): Answer {
  const delivery = deliveryOf(call);
  const payload: unknown = JSON.parse(delivery.body);
  return json({
    ...hookDelivery(delivery),
    request: { headers: null, payload },
    response: { headers: null, payload: null },
  });
}

function redeliver(call: Call): Answer {
  call.deliveries.redeliver(call.context, deliveryOf(call));
  return json({}, 202);
}
