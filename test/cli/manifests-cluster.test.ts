import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { readManifests } from '../../src/request/manifests.ts';
import { fakeIo } from './fake-io.ts';

async function manifests(...args: readonly string[]): Promise<readonly [number, string, string]> {
  const io = fakeIo({ cwd: join(process.cwd(), 'templates', 'roles') });
  return [await dispatch(['manifests', ...args], io, commands), io.out(), io.err()];
}

/** As kubectl and Curfew itself read it. */
function kindsIn(text: string): readonly string[] {
  const read = readManifests('out.yaml', text, {
    bytes: 2 ** 22,
    depth: 64,
    keys: 100_000,
    tokens: 2 ** 20,
    documents: 1000,
    foreign: true,
  });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.value.map(({ kind }) => kind);
}

const url = 'https://github.com/acme/access';

describe('curfew manifests, for a cluster', () => {
  test.each<readonly [readonly string[], readonly string[]]>([
    [['roles'], ['Namespace', 'ClusterRole', 'ServiceAccount', 'ClusterRoleBinding']],
    [
      ['admission', '--cluster', 'prod-eu'],
      ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'ConfigMap'],
    ],
    [
      ['flux', '--cluster', 'prod-eu', '--url', url],
      ['GitRepository', 'Kustomization', 'Receiver', 'Provider', 'Alert'],
    ],
    [
      ['argocd', '--cluster', 'staging', '--url', url],
      ['AppProject', 'Application'],
    ],
  ])('%j prints YAML documents', async (args, kinds) => {
    const [status, out, err] = await manifests(...args);
    expect([status, err]).toEqual([0, '']);
    expect([...new Set(kindsIn(out))]).toEqual(kinds);
  });

  test('says at the top which Secrets Flux needs, and prints none', async () => {
    const [, out] = await manifests('flux', '--cluster', 'prod-eu', '--url', url);
    expect(out).toMatch(/^# Before this, make three Secrets/);
    for (const name of ['curfew-git', 'curfew-receiver', 'curfew-status'])
      expect(out).toContain(`create secret generic ${name}`);
    expect(kindsIn(out)).not.toContain('Secret');
  });

  test.each<readonly [readonly string[], string]>([
    [['admission'], '--cluster is missing; one of prod-eu, staging'],
    [
      ['admission', '--cluster', 'prod-us'],
      '--cluster: the policy knows no cluster "prod-us"; did you mean "prod-eu"?',
    ],
    [['flux', '--cluster', 'prod-eu'], '--url is missing'],
    [
      ['flux', '--cluster', 'prod-eu', '--url', 'git@github.com:acme/access'],
      '--url: "git@github.com:acme/access" is no address such as https://github.com/acme/access',
    ],
    [['roles', '--dir', '/nowhere'], 'there is no folder /nowhere'],
  ])('%j is refused', async (args, message) => {
    const [status, out, err] = await manifests(...args);
    expect([status, out, err.split('\n')[0]]).toEqual([2, '', `curfew manifests: ${message}`]);
  });

  test('--check compares what is installed with what git grants', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'curfew-manifests-'));
    const file = join(folder, 'installed.yaml');
    const [, printed] = await manifests('admission', '--cluster', 'prod-eu');
    writeFileSync(file, printed);
    const [same, well] = await manifests('admission', '--cluster', 'prod-eu', '--check', file);
    expect([same, well]).toEqual([
      0,
      'The rules are those of this version, and git is within the ceilings of prod-eu.\n',
    ]);
    writeFileSync(file, readFileSync(file, 'utf8').replace('maxDuration: 4h0m', 'maxDuration: 1h'));
    const [wider, found] = await manifests('admission', '--cluster', 'prod-eu', '--check', file);
    expect([wider, found]).toEqual([
      1,
      'ConfigMap curfew-ceilings: maxDuration: git grants up to 4h, the ceiling is 1h\n',
    ]);
  });
});
