import type { components, operations } from '@octokit/openapi-types';
import { describe, expect, test } from 'vitest';
import { appManifest, type AppManifest } from '../../src/app/app-manifest.ts';
import { rulesets } from '../../src/app/rulesets.ts';
import { commands } from '../../src/cli/commands.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { fakeIo } from './fake-io.ts';

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
type RulesetBody = operations['repos/create-repo-ruleset']['requestBody']['content']['application/json'];

async function manifests(...args: readonly string[]): Promise<readonly [number, string, string]> {
  const io = fakeIo();
  return [await dispatch(['manifests', ...args], io, commands), io.out(), io.err()];
}

describe('the App manifest', () => {
  test('asks for the least permissions, and for exactly the events that are used', async () => {
    const [status, out] = await manifests('app', '--url', 'https://curfew.example.com');
    const manifest: AppManifest = JSON.parse(out);
    expect(status).toBe(0);
    expect(manifest).toMatchObject({
      name: 'curfew',
      public: false,
      hook_attributes: { url: 'https://curfew.example.com/api/github/webhooks', active: true },
      default_permissions: {
        checks: 'write',
        contents: 'write',
        issues: 'write',
        members: 'read',
        merge_queues: 'read',
        metadata: 'read',
        pull_requests: 'write',
        statuses: 'read',
      } satisfies components['schemas']['app-permissions'],
    });
    expect(Object.keys(manifest.default_permissions)).not.toContain('workflows');
    expect(Object.keys(manifest.default_permissions)).not.toContain('administration');
    expect(manifest.default_events.toSorted()).toEqual([
      'check_run',
      'check_suite',
      'issue_comment',
      'member',
      'membership',
      'merge_group',
      'organization',
      'pull_request',
      'pull_request_review',
      'push',
      'repository',
      'status',
      'team',
    ]);
  });

  test('keeps a path of the address', () => {
    const manifest = appManifest(new URL('https://example.com/curfew/'), 'x');
    expect(manifest.hook_attributes.url).toBe('https://example.com/curfew/api/github/webhooks');
  });

  test('is sent by a page, to the account that is to own the App', async () => {
    const [, page] = await manifests('app', '--form', '--url', 'https://c.example.com', '--org', 'acme');
    expect(page).toContain('action="https://github.com/organizations/acme/settings/apps/new"');
    const value = /name="manifest" value="([^"]*)"/.exec(page)?.[1] ?? '';
    const manifest: AppManifest = JSON.parse(value.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
    expect(manifest.name).toBe('curfew');
    const [, enterprise] = await manifests(
      'app',
      '--form',
      '--url',
      'https://c.example.com',
      '--github',
      'https://git.example.com',
    );
    expect(enterprise).toContain('action="https://git.example.com/settings/apps/new"');
  });

  test.each([
    [['app'], '--url is missing'],
    [['app', '--url', 'curfew'], '--url: "curfew" is no address such as https://curfew.example.com'],
    [['app', '--url', 'ftp://x'], '--url: "ftp://x" is no address such as https://curfew.example.com'],
    [['app', '--url', 'https://x', '--org', '../..'], '--org is no login'],
    [
      ['app', '--url', 'https://x', '--name', '"><script>'],
      '--name is up to 34 letters, digits, ".", "-" or "_"',
    ],
    [['rulesets'], '--app-id is missing'],
    [['rulesets', '--app-id', 'x'], '--app-id: "x" is no App ID'],
    [['ap'], 'there is no manifest "ap"; did you mean "app"?'],
  ])('%j is refused', async (args, message) => {
    const [status, out, err] = await manifests(...args);
    expect([status, out, err.split('\n')[0]]).toEqual([2, '', `curfew manifests: ${message}`]);
  });

  test('has to be named among the others', async () => {
    const [status, out, err] = await manifests();
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/^curfew manifests: say which: app, rulesets, roles, /);
  });
});

describe('the rulesets', () => {
  test('are what the API takes', () => {
    const bodies: readonly DeepReadonly<RulesetBody>[] = rulesets(4711);
    expect(bodies).toHaveLength(2);
  });

  test('let nobody rewrite history, and nothing land past the App', async () => {
    const [status, out] = await manifests('rulesets', '--app-id', '4711');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toEqual([
      {
        name: 'Curfew: history stays',
        target: 'branch',
        enforcement: 'active',
        conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
        bypass_actors: [],
        rules: [{ type: 'deletion' }, { type: 'non_fast_forward' }],
      },
      {
        name: 'Curfew: nothing lands unapproved',
        target: 'branch',
        enforcement: 'active',
        conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
        bypass_actors: [{ actor_id: 4711, actor_type: 'Integration', bypass_mode: 'always' }],
        rules: [
          {
            type: 'pull_request',
            parameters: {
              required_approving_review_count: 1,
              require_code_owner_review: true,
              dismiss_stale_reviews_on_push: true,
              require_last_push_approval: true,
              required_review_thread_resolution: false,
            },
          },
          {
            type: 'required_status_checks',
            parameters: {
              strict_required_status_checks_policy: false,
              required_status_checks: [{ context: 'curfew', integration_id: 4711 }],
            },
          },
        ],
      },
    ]);
  });
});
