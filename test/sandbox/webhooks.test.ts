import { Webhooks } from '@octokit/webhooks';
import schema from '@octokit/webhooks-schemas/schema.json' with { type: 'json' };
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkRunsOn } from '../../src/sandbox/checks.ts';
import { requestCheckRunAction } from '../../src/sandbox/operations/checks.ts';
import { setDraft } from '../../src/sandbox/operations/pull-requests.ts';
import { pullRequestOf } from '../../src/sandbox/state.ts';
import { access, events, heard, lastPayload, openPullRequest, payloadOf, startAcme } from './support.ts';
import type { World } from './support.ts';

let world: World;

beforeEach(async () => {
  world = await startAcme();
  for (const ruleset of world.repository.rulesets) ruleset.enforcement = 'disabled';
});

afterEach(async () => {
  await world.sandbox.close();
});

/** Does once whatever causes each kind of event that the sandbox knows. */
async function liveThroughEverything(): Promise<void> {
  const alice = world.as('alice');
  const bob = world.as('bob');
  const erin = world.as('erin');
  const build = world.sandbox.world;
  build.pushFiles('acme/access', 'alice', {
    branch: 'main',
    files: { '.github/CODEOWNERS': '* @acme/payments @carol\n' },
  });
  build.pushFiles('acme/access', 'alice', { branch: 'release', files: { r: 'r\n' } });
  const pull = { ...access, pull_number: await openPullRequest(world, 'alice', 'a') };
  await alice.pulls.update({ ...pull, base: 'release', body: 'more' });
  await alice.pulls.update({ ...pull, base: 'main', title: 'other' });
  const { data: review } = await bob.pulls.createReview({ ...pull, event: 'APPROVE' });
  await bob.pulls.updateReview({ ...pull, review_id: review.id, body: 'really' });
  await erin.pulls.dismissReview({ ...pull, review_id: review.id, message: 'no' });
  const { data: comment } = await bob.issues.createComment({
    ...access,
    issue_number: pull.pull_number,
    body: 'a',
  });
  await bob.issues.updateComment({ ...access, comment_id: comment.id, body: 'b' });
  await bob.issues.deleteComment({ ...access, comment_id: comment.id });
  const head = build.pushFiles('acme/access', 'alice', { branch: 'a', files: { a: 'a\n' } });
  const check = { ...access, name: 'curfew', head_sha: head };
  const actions = [{ label: 'Revoke', description: 'End it now', identifier: 'revoke' }];
  const { data: run } = await world.bot.checks.create({
    ...check,
    external_id: '1',
    conclusion: 'success',
    actions,
  });
  await bob.checks.rerequestRun({ ...access, check_run_id: run.id });
  const [pressed] = checkRunsOn(world.repository, head);
  if (pressed !== undefined)
    requestCheckRunAction(world.sandbox.context, build.actor('bob'), pressed, 'revoke');
  await bob.checks.rerequestSuite({ ...access, check_suite_id: run.check_suite?.id ?? 0 });
  await bob.repos.createCommitStatus({ ...access, sha: head, state: 'success', context: 'other' });
  await alice.pulls.update({ ...pull, state: 'closed' });
  await alice.pulls.update({ ...pull, state: 'open' });
  const pullRequest = pullRequestOf(world.repository, pull.pull_number);
  if (pullRequest === undefined) throw new Error('the pull request is gone');
  setDraft(world.sandbox.context, build.actor('alice'), pullRequest, true);
  setDraft(world.sandbox.context, build.actor('alice'), pullRequest, false);
  await bob.pulls.merge(pull);
  await alice.git.deleteRef({ ...access, ref: 'heads/a' });
  await queueTwice();
  await changeOrganization();
}

async function queueTwice(): Promise<void> {
  const build = world.sandbox.world;
  const parameters = {
    check_response_timeout_minutes: 60,
    grouping_strategy: 'ALLGREEN',
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: 'MERGE',
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 5,
  };
  build.createRuleset('acme/access', {
    name: 'queue',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      { type: 'merge_queue', parameters },
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: [{ context: 'curfew' }],
        },
      },
    ],
  });
  const number = await openPullRequest(world, 'alice', 'queued');
  build.enqueue('acme/access', 'alice', number);
  build.pushFiles('acme/access', 'alice', { branch: 'queued', files: { q: 'q\n' } });
  build.enqueue('acme/access', 'alice', number);
  const sha = world.repository.mergeQueue[0]?.groupSha ?? '';
  await world.bot.checks.create({
    ...access,
    name: 'curfew',
    head_sha: sha,
    external_id: '2',
    conclusion: 'success',
  });
}

async function changeOrganization(): Promise<void> {
  const build = world.sandbox.world;
  const erin = world.as('erin');
  await erin.repos.update({ ...access, default_branch: 'release' });
  await erin.repos.update({ ...access, archived: true });
  await erin.repos.update({ ...access, archived: false });
  await erin.repos.update({ ...access, name: 'renamed' });
  build.createUser({ login: 'newcomer' });
  build.addTeamMember('acme/sre', 'newcomer');
  build.removeMember('acme', 'newcomer');
  build.setTeamPermission('acme/sre', 'acme/renamed', 'none', 'erin');
  build.setTeamPermission('acme/sre', 'acme/renamed', 'write', 'erin');
  build.createRepository('acme/second', { creator: 'erin', files: new Map([['a', 'a']]) });
  build.changeInstallation(world.installation, 'added', ['acme/second'], 'erin');
  build.changeInstallation(world.installation, 'removed', ['acme/second'], 'erin');
  const installation = { installation_id: world.installation.id };
  await world.asApp.apps.suspendInstallation(installation);
  await world.asApp.apps.unsuspendInstallation(installation);
  await world.asApp.apps.deleteInstallation(installation);
  await world.sandbox.settle();
}

/**
 * The published schemas are older than GitHub's payloads, which have gained fields since: what they require and how it
 * is typed holds, what they do not know is let through, so that alternatives overlap. Their `tsAdditionalProperties` is no keyword of JSON Schema.
 */
function withoutClosure(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutClosure);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(key === 'additionalProperties' && inner === false) && !key.startsWith('ts'))
      .map(([key, inner]) => [key === 'oneOf' ? 'anyOf' : key, withoutClosure(inner)]),
  );
}

describe('every payload', () => {
  it('is what the published schemas say', async () => {
    await liveThroughEverything();
    const definitions = Object.entries(schema.definitions);
    const plain = definitions.map(([name, definition]) => [
      name.replaceAll('$', '__'),
      withoutClosure(definition),
    ]);
    const text = JSON.stringify({ $id: 'all', definitions: Object.fromEntries(plain) });
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    ajv.addSchema(
      JSON.parse(
        text.replaceAll(/("#\/definitions\/[^"]*?)\$/g, '$1__').replaceAll(/"\$schema":"[^"]*",/g, ''),
      ),
    );
    const problems = world.received.flatMap((delivery) => {
      const payload = payloadOf(delivery);
      const action = typeof payload['action'] === 'string' ? payload['action'] : 'event';
      const validate = ajv.getSchema(`all#/definitions/${delivery.name}__${action}`);
      if (validate === undefined) return [`${delivery.name}.${action} has no schema`];
      if (validate(payload) === true) return [];
      return (validate.errors ?? []).map(
        ({ instancePath, message }) => `${delivery.name}.${action}${instancePath} ${message}`,
      );
    });
    expect(problems).toEqual([]);
  });

  it('is signed over its raw bytes, and names itself in its headers', async () => {
    world.sandbox.world.pushFiles('acme/access', 'alice', { branch: 'ünïcode', files: { ü: 'ü' } });
    await world.sandbox.settle();
    expect(world.received.length).toBeGreaterThan(2);
    for (const { id, name, headers, payload } of world.received) {
      expect(headers).toMatchObject({
        'x-github-event': name,
        'x-github-delivery': id,
        'content-type': 'application/json',
      });
      const signature = headers['x-hub-signature-256'] ?? '';
      expect(await new Webhooks({ secret: 'a secret that is long enough' }).verify(payload, signature)).toBe(
        true,
      );
      expect(await new Webhooks({ secret: 'another secret' }).verify(payload, signature)).toBe(false);
    }
  });
});

it('every event that the sandbox claims to know is sent by something', async () => {
  await liveThroughEverything();
  const names = new Set(world.received.map(({ name }) => name));
  expect([...names]).toEqual(
    expect.arrayContaining([...events, 'installation', 'installation_repositories']),
  );
  expect(new Set(heard(world))).toEqual(new Set(everything));
});

/** Event → its actions; none where the event has none. */
const actions: Readonly<Record<string, readonly string[]>> = {
  push: [],
  create: [],
  delete: [],
  status: [],
  pull_request: [
    'opened',
    'edited',
    'synchronize',
    'closed',
    'reopened',
    'converted_to_draft',
    'ready_for_review',
    'review_requested',
    'enqueued',
    'dequeued',
  ],
  pull_request_review: ['submitted', 'edited', 'dismissed'],
  issue_comment: ['created', 'edited', 'deleted'],
  check_run: ['created', 'completed', 'rerequested', 'requested_action'],
  check_suite: ['requested', 'rerequested'],
  merge_group: ['checks_requested', 'destroyed'],
  repository: ['edited', 'renamed', 'archived', 'unarchived'],
  membership: ['added', 'removed'],
  organization: ['member_added', 'member_removed'],
  team: ['added_to_repository', 'removed_from_repository'],
  installation: ['created', 'suspend', 'unsuspend', 'deleted'],
  installation_repositories: ['added', 'removed'],
};

const everything = Object.entries(actions).flatMap(([event, all]) =>
  all.length === 0 ? [event] : all.map((action) => `${event}.${action}`),
);

it('an App hears only of what it subscribed to, where it is installed', async () => {
  const { world: build } = world.sandbox;
  build.createRepository('acme/other', { creator: 'erin', files: new Map([['a', 'a']]) });
  build.setCollaborator('acme/other', 'alice', 'write');
  const count = world.received.length;
  build.pushFiles('acme/other', 'alice', { branch: 'x', files: { b: 'b' } });
  await world.sandbox.settle();
  expect(world.received).toHaveLength(count);
});

describe('a delivery that fails', () => {
  async function list(status?: 'failure'): Promise<unknown[]> {
    return (await world.asApp.apps.listWebhookDeliveries(status === undefined ? {} : { status })).data;
  }

  it('is listed, is not tried again by itself, and can be sent again under its id', async () => {
    let status = 500;
    const ids: string[] = [];
    world.sandbox.world.setWebhook(world.app, async ({ id }) => {
      ids.push(id);
      return status;
    });
    const issue = await world.as('alice').issues.create({ ...access, title: 't' });
    await world.as('alice').issues.createComment({ ...access, issue_number: issue.data.number, body: 'x' });
    await world.sandbox.settle();
    expect(ids).toHaveLength(1);
    expect(await list('failure')).toMatchObject([
      { guid: ids[0], status_code: 500, event: 'issue_comment', redelivery: false },
    ]);
    status = 202;
    const id = (await world.asApp.apps.listWebhookDeliveries()).data[0]?.id ?? 0;
    await world.asApp.apps.redeliverWebhookDelivery({ delivery_id: id });
    await world.sandbox.settle();
    expect(ids).toEqual([ids[0], ids[0]]);
    expect(await list()).toMatchObject([{ redelivery: true, status_code: 202 }, { redelivery: false }, {}]);
    const { data } = await world.asApp.apps.getWebhookDelivery({ delivery_id: id });
    expect(data.request.payload).toMatchObject({ action: 'created' });
  });

  it('is a connection that fails, too', async () => {
    world.sandbox.world.setWebhook(world.app, 'http://127.0.0.1:1/');
    world.sandbox.world.pushFiles('acme/access', 'alice', { branch: 'x', files: { b: 'b' } });
    await world.sandbox.settle();
    expect(await list('failure')).toHaveLength(3);
  });

  it('is forgotten after three days', async () => {
    world.sandbox.clock.advance(3 * 24 * 3600 * 1000 + 1);
    world.sandbox.world.pushFiles('acme/access', 'alice', { branch: 'x', files: { b: 'b' } });
    await world.sandbox.settle();
    expect(await list()).toHaveLength(3);
  });
});

it('a push tells what it changed, commit by commit', async () => {
  const build = world.sandbox.world;
  const before = world.repository.git.branch('main');
  build.pushFiles('acme/access', 'alice', { branch: 'main', files: { a: '1', 'd/b': '1' } });
  build.pushFiles('acme/access', 'bob', { branch: 'main', files: { a: '2', 'd/b': null } });
  await world.sandbox.settle();
  const pushes = world.received.filter(({ name }) => name === 'push').map(payloadOf);
  expect(pushes[0]).toMatchObject({
    before,
    forced: false,
    commits: [{ added: ['a', 'd/b'], removed: [], modified: [] }],
  });
  expect(lastPayload(world, 'push')).toMatchObject({
    commits: [{ removed: ['d/b'], modified: ['a'] }],
    pusher: { name: 'bob' },
  });
});
