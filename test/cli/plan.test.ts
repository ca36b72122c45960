import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from '../../src/cli/dispatch.ts';
import { planCommand } from '../../src/cli/plan.ts';
import { createTestWorld, requestPath, requestText } from '../e2e/world.ts';
import { fakeIo } from './fake-io.ts';
import { cloneOf } from './lives.ts';

let folder: string;
const request = 'access-requests/staging/payments/inc-1.yaml';

/** An access repository: this one. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'curfew-plan-'));
  for (const path of ['.github/curfew.yaml', '.github/CODEOWNERS', 'templates', 'clusters'])
    cpSync(path, join(folder, path), { recursive: true });
  write(request, requestText());
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

async function plan(
  args: readonly string[],
  cwd = folder,
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const io = fakeIo({ cwd, now: Date.parse('2026-12-01T09:00:00Z') });
  const status = await dispatch(['plan', ...args], io, { plan: () => Promise.resolve(planCommand) });
  return { status, out: io.out(), err: io.err() };
}

/** What the command answers, as plain data. */
async function answer(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { out } = await plan([...args, '--json']);
  const parsed: Record<string, unknown> = JSON.parse(out);
  return parsed;
}

describe('curfew plan', () => {
  it('names the template that would do, where what is asked for is held in part', async () => {
    const rules = '[{apiGroups: [""], resources: [pods/log, events], verbs: [get, list, watch]}]';
    const subjects = '[{apiGroup: rbac.authorization.k8s.io, kind: User, name: "oidc:alice"}]';
    write(
      'clusters/staging/held.yaml',
      `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: held, namespace: payments}
rules: ${rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: held, namespace: payments}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: held}
subjects: ${subjects}
`,
    );
    const { out } = await plan([request, '--as', 'alice']);
    expect(out).toContain('Held already\n- read events in payments\n- read logs of pods in payments\n');
    expect(out).toContain('- the template network-path would be enough for what is new, and gives less\n');
  });

  it('says what a request would grant, and what it assumes', async () => {
    const { status, out, err } = await plan([request, '--as', 'alice']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(
      /^Waiting for 1 of 1 approval\.\n\nalice gets debug-pod in payments on staging for 1h from/,
    );
    expect(out).toContain('\nWaiting for\n- one of @acme/payments (CODEOWNERS line 16)\n');
    expect(out).toContain('\n    apiVersion: rbac.authorization.k8s.io/v1\n    kind: RoleBinding\n');
    expect(out.slice(out.indexOf('Assumed')).split('\n')).toEqual([
      'Assumed, for only GitHub knows',
      '- alice is a member of acme/engineers, for the policy entry "engineers debug staging"; otherwise another entry counts, or none',
      '- @acme/payments can be seen and may write to the repository',
      '- alice may write to the repository, and GitHub protects its default branch as Curfew needs it',
      '- the grant is named when the pull request has a number; the id in the manifests stands for it',
      '',
    ]);
    expect(out).not.toMatch(/&#|\*\*|```|<!--/);
  });

  it('plans the same as the check run of the pull request', async () => {
    const world = await createTestWorld();
    const number = await world.ask('inc-1');
    const { data: pull } = await world
      .as('erin')
      .octokit.pulls.get({ owner: 'acme', repo: 'access', pull_number: number });
    const clone = cloneOf(world);
    clone.git(['checkout', '--quiet', pull.head.ref]);
    const { out } = await plan([requestPath('inc-1'), '--as', 'alice', '--json'], clone.folder);
    const { plan: planned, title }: { readonly plan: { readonly digest: string }; readonly title: string } =
      JSON.parse(out);
    expect(await world.comment(number)).toContain(`Digest \`${planned.digest}\``);
    expect((await world.check(number))?.title).toBe(title);
    clone.remove();
    await world.close();
  });

  it('prints JSON', async () => {
    expect(await answer(request, '--as', 'Alice')).toMatchObject({
      allowed: true,
      title: 'Waiting for 1 of 1 approval',
      findings: [{ code: 'waiting-for-approval' }],
      faults: [],
      plan: {
        subject: { id: 1001, login: 'alice', user: 'oidc:alice' },
        requester: { id: 1001, login: 'alice' },
        template: 'debug-pod',
        cluster: 'staging',
        namespace: 'payments',
        duration: 3600,
        policyEntry: 'engineers debug staging',
        environment: 'staging',
        approvals: ['one of @acme/payments (CODEOWNERS line 16)'],
        dangers: [{ severity: 'high' }, { severity: 'medium' }],
        objects: [{ kind: 'RoleBinding' }],
        digest: expect.stringMatching(/^\w{64}$/),
      },
    });
  });

  it('plans for somebody else, and assumes that this is allowed', async () => {
    write(request, requestText({ more: '  for: alice\n' }));
    const { assumptions, plan: planned } = await answer(request, '--as', 'frank');
    expect(planned).toMatchObject({ subject: { login: 'alice' }, requester: { login: 'frank' } });
    expect(assumptions).toContain(
      'frank is a member of acme/leads, for onBehalf; otherwise another entry counts, or none',
    );
  });

  it('assumes nothing of who is named', async () => {
    const policy = readFileSync('.github/curfew.yaml', 'utf8');
    write(
      '.github/curfew.yaml',
      policy.replaceAll('requesters: [acme/engineers]', 'requesters: [acme/engineers, alice]'),
    );
    const { assumptions } = await answer(request, '--as', 'alice');
    expect(assumptions).not.toContainEqual(expect.stringContaining('is a member of'));
  });

  it('knows who asks by the address of git', async () => {
    const git = (...args: readonly string[]): void => void execFileSync('git', [...args], { cwd: folder });
    git('init', '--quiet');
    for (const address of ['alice@example.com', '1001+alice@users.noreply.github.com']) {
      git('config', 'user.email', address);
      expect((await plan([request])).out).toContain('alice gets debug-pod');
    }
    git('config', 'user.email', 'somebody@example.com');
    const { status, err } = await plan([request]);
    expect(status).toBe(2);
    expect(err).toContain(
      "say with --as who asks: git's user.email is somebody@example.com, which belongs to no identity",
    );
  });

  it('finds the repository above the file, or with --dir', async () => {
    const inside = join(folder, 'access-requests/staging');
    expect((await plan(['payments/inc-1.yaml', '--as', 'alice'], inside)).status).toBe(0);
    expect((await plan([request, '--as', 'alice', '--dir', folder], '/')).status).toBe(0);
    const drafts = mkdtempSync(join(tmpdir(), 'curfew-draft-'));
    mkdirSync(join(drafts, dirname(request)), { recursive: true });
    writeFileSync(join(drafts, request), requestText());
    expect((await plan([request, '--as', 'alice', '--dir', folder], drafts)).status).toBe(0);
    const { status, err } = await plan([request, '--as', 'alice'], drafts);
    expect(status).toBe(2);
    expect(err).toContain('say with --dir where the access repository is');
    rmSync(drafts, { recursive: true });
  });
});

describe('a request that is not granted', () => {
  it.each([
    ['a fault', requestText({ duration: 'soon' }), 'invalid-request', { line: 7, column: 13 }],
    ['no such template', requestText({ template: 'debug-node' }), 'unknown-template', { line: 4 }],
    [
      'a start that is past',
      requestText({ more: '  notBefore: 2026-11-30T09:00:00Z\n' }),
      'not-before-past',
      { line: 9 },
    ],
    ['somebody unknown', requestText({ more: '  for: zoe\n' }), 'unknown-subject', { line: 9 }],
  ])('for %s is refused, with its place', async (_, text, code, place) => {
    write(request, text);
    const { allowed, findings, faults, plan: planned } = await answer(request, '--as', 'alice');
    expect({ allowed, planned }).toEqual({ allowed: false, planned: null });
    expect(findings).toMatchObject([{ code }]);
    expect(faults).toMatchObject([{ file: request, ...place }]);
    const { status, out } = await plan([request, '--as', 'alice']);
    expect(status).toBe(1);
    expect(out).toMatch(/^Refused: /);
    expect(out).toContain(`- ${request}:${place.line}: `);
  });

  it.each([
    ['for its duration', 'staging/payments', requestText({ duration: '8h' }), 'duration-too-long'],
    ['for its namespace', 'staging/vault', requestText(), 'protected-namespace'],
    ['for its cluster', 'other/payments', requestText(), 'unknown-cluster'],
    ['for a ticket', 'prod-eu/payments', requestText(), 'ticket-missing'],
  ])('%s is refused by the policy', async (_, scope, text, code) => {
    const path = `access-requests/${scope}/inc-2.yaml`;
    write(path, text);
    expect((await plan([path, '--as', 'alice'])).status).toBe(1);
    expect((await answer(path, '--as', 'alice'))['findings']).toContainEqual(
      expect.objectContaining({ code }),
    );
  });

  it('by somebody whom the policy does not know is refused', async () => {
    const { findings } = await answer(request, '--as', 'zoe');
    expect(findings).toMatchObject([{ code: 'no-identity' }]);
  });

  it('while the policy pauses is on hold', async () => {
    write(
      '.github/curfew.yaml',
      readFileSync('.github/curfew.yaml', 'utf8').replace('paused: false', 'paused: true'),
    );
    const { status, out } = await plan([request, '--as', 'alice']);
    expect(status).toBe(1);
    expect(out).toMatch(/^On hold: the policy pauses new grants\./);
  });

  it('from another place says what its path has to be', async () => {
    write('drafts/inc-1.yaml', requestText());
    const { status, out } = await plan(['drafts/inc-1.yaml', '--as', 'alice']);
    expect(status).toBe(1);
    expect(out).toContain('name it access-requests/<cluster>/<namespace>/<name>.yaml');
  });

  it('as a link or an executable is refused', async () => {
    symlinkSync('inc-1.yaml', join(folder, dirname(request), 'link.yaml'));
    chmodSync(join(folder, request), 0o755);
    for (const name of ['link', 'inc-1']) {
      const { faults } = await answer(`${dirname(request)}/${name}.yaml`, '--as', 'alice');
      expect(faults).toMatchObject([{ message: expect.stringContaining('this is not an ordinary file') }]);
    }
  });
});

describe('what cannot be read', () => {
  it.each([
    ['no file', ['access-requests/none.yaml', '--as', 'alice'], /there is no file .*none\.yaml/],
    ['a folder', ['access-requests', '--as', 'alice'], /access-requests is no file/],
    ['no time', [request, '--now', 'tomorrow'], /--now: "tomorrow" is no time such as/],
    ['nothing at all', [], /an argument is missing/],
    ['a wrong option', [request, '--who', 'alice'], /there is no option '?--who/],
  ])('%s', async (_, args, message) => {
    const { status, out, err } = await plan(args);
    expect(err).toMatch(message);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });

  it('a policy with a fault', async () => {
    write('.github/curfew.yaml', 'apiVersion: curfew.dev/v1\nkind: Policy\nspec: {}\n');
    const { status, err } = await plan([request, '--as', 'alice']);
    expect(status).toBe(2);
    expect(err).toMatch(/the policy cannot be read\n\.github\/curfew\.yaml:3:1: /);
  });

  it('a folder without a policy', async () => {
    const { status, err } = await plan([request, '--as', 'alice', '--dir', join(folder, 'templates')]);
    expect(status).toBe(2);
    expect(err).toContain('.github/curfew.yaml is missing');
  });
});
