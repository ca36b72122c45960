import { describe, expect, test } from 'vitest';
import { ZodError } from 'zod';
import { webhookSamples } from './webhook-samples.ts';
import { alwaysDelivered, eventNames, isEventName, placesOf, type EventName } from '../../src/app/events.ts';

const ourselves = { appId: 77, botId: 700 };
const sha = 'a'.repeat(40);
const repository = { id: 5, name: 'access', owner: { login: 'acme' }, default_branch: 'main' };
const address = { installation: 3, id: 5, owner: 'acme', name: 'access' };
const common = { installation: { id: 3 }, sender: { id: 1001 }, repository };
const pullRequest = { kind: 'pull-request', repository: address, number: 7 };
const branch = { kind: 'branch', repository: address };
const pullRequests = { kind: 'pull-requests', repository: address };
const head = { kind: 'head', repository: address, sha };
const installation = { kind: 'installation', installation: 3 };

function prEvent(action: string, ref = 'ask'): object {
  return { action, pull_request: { number: 7, head: { ref, sha } } };
}

function comment(state: string, extra: object = { pull_request: {} }): object {
  return { action: 'created', issue: { number: 7, state, ...extra }, comment: { body: '/revoke' } };
}

function check(action: string, app: number | null, numbers: readonly number[] = []): object {
  const about = {
    head_sha: sha,
    app: app === null ? null : { id: app },
    pull_requests: numbers.map((number) => ({ number })),
  };
  return { action, check_run: about, check_suite: about };
}

function pushed(ref: string, ...modified: readonly string[]): object {
  return { ref, commits: [{ added: [], modified, removed: [] }] };
}

function group(ref: string, action = 'checks_requested'): object {
  return { action, merge_group: { head_sha: sha, head_ref: ref } };
}

describe('where an event points', () => {
  test.each<[string, EventName, object, readonly object[]]>([
    ...[
      'opened',
      'reopened',
      'synchronize',
      'edited',
      'ready_for_review',
      'converted_to_draft',
      'closed',
    ].map((action): [string, EventName, object, object[]] => [
      action,
      'pull_request',
      prEvent(action),
      [pullRequest],
    ]),
    ...['labeled', 'assigned', 'review_requested', 'locked', 'auto_merge_enabled'].map(
      (action): [string, EventName, object, object[]] => [action, 'pull_request', prEvent(action), []],
    ),
    ['our revert closed', 'pull_request', prEvent('closed', 'curfew/revert-x'), [pullRequest, branch]],
    ['submitted', 'pull_request_review', prEvent('submitted'), [pullRequest]],
    ['dismissed', 'pull_request_review', prEvent('dismissed'), [pullRequest]],
    ['while open', 'issue_comment', comment('open'), [pullRequest]],
    ['after the merge', 'issue_comment', comment('closed'), [pullRequest, branch]],
    ['on an issue', 'issue_comment', comment('open', {}), []],
    ["somebody else's check", 'check_run', check('completed', 1), [head]],
    ['a check of nobody', 'check_run', check('completed', null), [head]],
    ['our check', 'check_run', check('completed', 77), []],
    ['a check begins', 'check_run', check('created', 1), []],
    ['run again', 'check_run', check('rerequested', 77, [7]), [head, pullRequest]],
    ['run all again', 'check_suite', check('rerequested', 77, [7]), [head, pullRequest]],
    ['a suite is done', 'check_suite', check('completed', 77, [7]), []],
    ['passed', 'status', { sha, state: 'success', context: 'ci/build' }, [head]],
    ['pending', 'status', { sha, state: 'pending', context: 'ci/build' }, []],
    ['a cluster reports', 'status', { sha, state: 'failure', context: 'curfew-prod-eu' }, [head, branch]],
    ['default branch', 'push', pushed('refs/heads/main', 'README.md'), [branch]],
    ['a request lands', 'push', pushed('refs/heads/main', 'access-requests/a/b/c.yaml'), [branch]],
    ['the policy', 'push', pushed('refs/heads/main', '.github/curfew.yaml'), [branch, pullRequests]],
    ['a template', 'push', pushed('refs/heads/main', 'templates/a.yaml'), [branch, pullRequests]],
    ['CODEOWNERS', 'push', pushed('refs/heads/main', 'CODEOWNERS'), [branch, pullRequests]],
    ['a branch of a request', 'push', pushed('refs/heads/ask', '.github/curfew.yaml'), []],
    ['a branch of ours', 'push', pushed('refs/heads/curfew/revert-x', 'a'), [branch]],
    ['a tag', 'push', pushed('refs/tags/main', 'a'), []],
    [
      'merge queue',
      'merge_group',
      group(`refs/heads/gh-readonly-queue/main/pr-7-${sha}`),
      [{ ...pullRequest, mergeGroup: sha }],
    ],
    [
      'merge queue gone',
      'merge_group',
      group(`refs/heads/gh-readonly-queue/main/pr-7-${sha}`, 'destroyed'),
      [],
    ],
    ['merge queue of another shape', 'merge_group', group('refs/heads/main'), []],
    ['renamed', 'repository', { action: 'renamed' }, [branch, pullRequests]],
    ['default branch changed', 'repository', { action: 'edited' }, [branch, pullRequests]],
    ['joined a team', 'membership', { action: 'added' }, [installation]],
    ['team gets the repository', 'team', { action: 'added_to_repository' }, [installation]],
    ['left', 'organization', { action: 'member_removed' }, [installation]],
    ['collaborator', 'member', { action: 'added' }, [installation]],
    ['installed', 'installation', { action: 'created' }, [installation]],
    ['uninstalled', 'installation', { action: 'deleted' }, []],
    ['suspended', 'installation', { action: 'suspend' }, []],
    ['more repositories', 'installation_repositories', { action: 'added' }, [installation]],
    ['fewer repositories', 'installation_repositories', { action: 'removed' }, []],
  ])('%s: %s', (_what, name, payload, places) => {
    expect(placesOf(name, { ...common, ...payload }, ourselves)).toEqual(places);
    expect(placesOf(name, { ...common, sender: null, ...payload }, ourselves)).toEqual(places);
    expect(placesOf(name, { ...common, ...payload, sender: { id: 700 } }, ourselves)).toEqual([]);
  });

  test('a payload of another event, or of a hostile shape, is refused', () => {
    const payloads = [
      { ...common, ...pushed('refs/heads/main', 'a') },
      { ...common },
      {},
      null,
      [],
      'x',
      { ...common, ...prEvent('opened'), repository: { ...repository, name: '../../etc' } },
      { ...common, ...prEvent('opened'), repository: { ...repository, owner: { login: 'a/b' } } },
      { ...common, ...prEvent('opened'), pull_request: { number: '7', head: { ref: 'x' } } },
      { ...common, ...prEvent('opened'), installation: null },
    ];
    for (const payload of payloads)
      expect(() => placesOf('pull_request', payload, ourselves)).toThrow(ZodError);
  });
});

test('names of events that no event has', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'error', '*', '', 'ping', 'Pull_request']) {
    expect(isEventName(name)).toBe(false);
  }
  for (const name of eventNames) expect(isEventName(name)).toBe(true);
  expect([...alwaysDelivered].every((name) => eventNames.includes(name))).toBe(true);
});

describe("GitHub's own description of webhooks", () => {
  const samples = webhookSamples().filter(({ event }) => isEventName(event));

  test('knows every event that is used', () => {
    expect(new Set(samples.map(({ event }) => event))).toEqual(new Set(eventNames));
  });

  test.each(samples)(
    '$name is understood with nothing but what GitHub always sends',
    ({ event, payload }) => {
      if (!isEventName(event)) throw new Error(`${event} is not used`);
      expect(placesOf(event, payload, ourselves)).toBeInstanceOf(Array);
    },
  );
});
