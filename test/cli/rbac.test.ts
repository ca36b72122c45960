import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/base/json.ts';
import { InputError, UsageError } from '../../src/cli/command.ts';
import { rbacCommand } from '../../src/cli/rbac.ts';
import { binding, clusterRole, role } from '../effect/rbac/build.ts';
import { fakeIo } from './fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'curfew-rbac-'));

function save(path: string, objects: readonly KubernetesObject[]): void {
  writeFileSync(join(folder, path), objects.map((object) => stringify(object)).join('---\n'));
}

const pod: KubernetesObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } };
const reader = clusterRole('reader', ['get,list :pods', 'get url:/healthz']);
const alice = binding('payments', 'ClusterRole reader', ['User alice@example.com', 'Group oncall']);

beforeAll(() => {
  for (const path of ['before/deep', 'after', '.git']) mkdirSync(join(folder, path), { recursive: true });
  save('before/roles.yaml', [reader, pod]);
  save('before/deep/bindings.yml', [alice]);
  save('before/notes.txt', []);
  mkdirSync(join(folder, 'empty'));
  save('nothing.yaml', []);
  writeFileSync(join(folder, 'before/kustomization.yaml'), 'resources: [roles.yaml]\n');
  writeFileSync(join(folder, 'before/.hidden.yaml'), 'not: a manifest\n');
  symlinkSync(join(folder, 'before'), join(folder, 'before/deep/loop'));
  save('after/all.yaml', [
    reader,
    role('payments', 'exec', ['create :pods/exec']),
    binding('payments', 'Role exec', ['User alice@example.com']),
    binding(null, 'ClusterRole reader', ['ServiceAccount payments/api'], 'cluster-reader'),
  ]);
  save('admin.yaml', [binding(null, 'ClusterRole cluster-admin', ['Group system:authenticated'])]);
  writeFileSync(join(folder, 'broken.yaml'), 'kind: [\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

/** `can get pods -f before`: words parted by spaces; files below the folder of the test. */
async function run(
  line: string,
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const io = fakeIo({ cwd: folder });
  const status = await rbacCommand.run(line.split(' '), io);
  return { status, out: io.out(), err: io.err() };
}

describe('curfew rbac can', () => {
  test.each([
    ['can get pods --as alice@example.com -n payments -f before', 'yes'],
    ['can get po --as alice@example.com --namespace payments --filename before', 'yes'],
    ['can get pod/x --as alice@example.com -n payments -f before', 'yes'],
    ['can list pods --as bob --as-group oncall -n payments -f before', 'yes'],
    ['can list pods --as bob --as-group a --as-group oncall -n payments -f before', 'yes'],
    ['can list pods --as-group oncall -n payments -f before', 'yes'],
    ['can get pods --as alice@example.com -f before', 'no'],
    ['can get pods --as alice@example.com -A -f before', 'no'],
    ['can get pods --subresource log --as alice@example.com -n payments -f before', 'no'],
    ['can get deploy --as alice@example.com -n payments -f before', 'no'],
    ['can get pods -n payments -f before', 'no'],
    ['can get /healthz --as alice@example.com -f before', 'no'],
    ['can get /healthz --as system:serviceaccount:payments:api -f after', 'yes'],
    ['can get pods --as system:serviceaccount:payments:api -A -f after', 'yes'],
    ['can create pods --subresource exec --as alice@example.com -n payments -f before -f after', 'yes'],
  ])('%s → %s', async (line, answer) => {
    expect(await run(line)).toMatchObject({ out: `${answer}\n`, status: answer === 'yes' ? 0 : 1 });
  });

  test('warns about what looks like a slip of the pen', async () => {
    const { err } = await run('can fetch nodes -n payments -f before');
    expect(err).toContain('Warning: "fetch" is not a known verb\n');
    expect(err).toContain('Warning: "nodes" is not in any namespace; -n payments is left out\n');
    expect((await run('can get widgets.example.com -f before')).err).toContain('none of the built-in types');
    expect((await run('can get pods/exec -f before')).err).toContain('did you mean --subresource exec?');
  });

  test('says what it leaves out', async () => {
    const { err } = await run('can get pods -f before');
    expect(err).toBe(
      `left out: ${join(folder, 'before/kustomization.yaml')} holds no manifests itself; pipe the output of "kustomize build" into -f -\n`,
    );
    expect((await run('can get pods -f before/deep')).err).toBe(
      'Warning: RoleBinding payments/reader-binding: its ClusterRole reader is not among the files\n',
    );
  });
});

describe('curfew rbac list, who and diff', () => {
  test('list prints what the user may do', async () => {
    expect((await run('list --as system:serviceaccount:payments:api -f after')).out).toBe(
      'NAMESPACE  RESOURCE  NAMES  VERBS\n*          pods             get, list\n           /healthz         get\n',
    );
    expect((await run('list --as alice@example.com -n orders -f before')).out).toBe('nothing\n');
    expect((await run('list --as alice@example.com -f before')).status).toBe(0);
  });

  test('who prints everyone, and fails where there is nobody', async () => {
    const found = await run('who list pods -n payments -f before -f after');
    expect(found.status).toBe(0);
    expect(found.out).toBe(
      'SUBJECT                      BINDING                              ROLE\n' +
        'ServiceAccount payments/api  ClusterRoleBinding cluster-reader    ClusterRole reader\n' +
        'User alice@example.com       RoleBinding payments/reader-binding  ClusterRole reader\n' +
        'Group oncall                 RoleBinding payments/reader-binding  ClusterRole reader\n',
    );
    expect(await run('who delete pods -n payments -f before')).toMatchObject({ status: 1, out: 'nobody\n' });
  });

  test('diff prints what each subject gains and loses, dangers first', async () => {
    const { status, out } = await run('diff --before before --after after');
    expect(status).toBe(1);
    expect(out).toBe(`Group oncall
  loses: read pods in payments
    - pods: get, list (in payments)
ServiceAccount payments/api
  gains: read pods in every namespace
  gains: get /healthz of the API server
    + pods: get, list (everywhere)
    + /healthz: get
User alice@example.com
  high     exec into or attach to pods in payments: that is a shell with the ServiceAccount, the Secrets and the files of any pod there, and it has no time limit
  medium   take over the network identity of pods in payments: every connection that such a pod may open is open to the holder
  gains: exec into pods in payments
  loses: read pods in payments
    + pods/exec: create (in payments)
    - pods: get, list (in payments)
`);
  });

  test('diff of one subject takes their groups together', async () => {
    const one = await run('diff --before before --after after --as bob --as-group oncall');
    expect(one.out).toBe('User bob\n  loses: read pods in payments\n    - pods: get, list (in payments)\n');
    expect(await run('diff --before before --after before')).toMatchObject({
      status: 0,
      out: 'no difference\n',
    });
  });
});

describe('curfew rbac check', () => {
  test('prints dangers and fails on those that are as bad as asked', async () => {
    const found = await run('check -f after');
    expect(found.status).toBe(1);
    expect(found.out).toContain(
      'high     User alice@example.com by RoleBinding payments/exec-binding\n  exec into',
    );
    expect((await run('check -f after --fail-on high')).status).toBe(1);
    expect((await run('check -f after --fail-on critical')).status).toBe(0);
    expect(await run('check -f before')).toMatchObject({ status: 0, out: 'nothing dangerous\n' });
  });

  test('takes Kubernetes’ own roles for what they are', async () => {
    const { out } = await run('check -f admin.yaml');
    expect(out).toContain(
      'critical Group system:authenticated by ClusterRoleBinding cluster-admin-binding\n  a binding for',
    );
    expect(out).toContain('do anything to everything in every namespace');
  });
});

describe('wrong use and unreadable input', () => {
  test.each([
    ['', 'say what to do: can, list, who, diff, check'],
    ['cna get pods', 'there is no "rbac cna"; did you mean "can"?'],
    ['can get', '2 arguments are needed'],
    ['can get pods now -f before', '"now" is one argument too many'],
    ['can get pods', '-f says which manifests to read'],
    ['can get /healthz --subresource log -f before', '--subresource cannot be used with a URL'],
    ['can get /x --sub log -f before', 'there is no option --sub; did you mean "--subresource"?'],
    ['can get .apps -f before', '".apps" names no type'],
    ['list -f before', '--as says whose permissions to list'],
    ['diff --before before', '--before and --after say what to compare'],
    ['check -f before --fail-on low', '--fail-on is one of critical, high, medium, not "low"'],
    ['check -f before --as alice', 'there is no option --as'],
  ])('%s: %s', async (line, message) => {
    const error = await run(line).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(message);
  });

  test.each([
    ['check -f broken.yaml', 'broken.yaml:'],
    ['check -f nowhere', `there is no file or folder ${join(folder, 'nowhere')}`],
    ['check -f before/.hidden.yaml', 'this is not a Kubernetes object'],
    ['check -f nothing.yaml', 'there is no Kubernetes object in nothing.yaml'],
    ['can get pods -f empty', 'there is no Kubernetes object in empty'],
  ])('%s: %s', async (line, message) => {
    const error = await run(line).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toContain(message);
  });
});

describe('--json', () => {
  const page = readFileSync(new URL('../../docs/rbac.md', import.meta.url), 'utf8');
  const [, schema = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  const ajv = new Ajv({ strict: true, allowUnionTypes: true }).addSchema(JSON.parse(schema), 'rbac');

  test.each([
    'can get pods --as alice@example.com -n payments -f before',
    'can get pods -f before',
    'can get pods --as root --as-group system:masters -f before',
    'list --as system:serviceaccount:payments:api -f after',
    'who list pods -n payments -f after -f before',
    'diff --before before --after after',
    'check -f after -f admin.yaml',
  ])('%s is as docs/rbac.md says', async (line) => {
    const { out } = await run(`${line} --json`);
    const validate = ajv.getSchema(`rbac#/definitions/${line.split(' ')[0]}`);
    expect(out.trimEnd()).not.toContain('\n');
    expect([validate?.(JSON.parse(out)), validate?.errors]).toEqual([true, null]);
  });
});
