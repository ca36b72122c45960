import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { fakeIo } from './fake-io.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'curfew-guard-'));
  const text = `apiVersion: v1
kind: Config
clusters: [{name: far, cluster: {server: 'https://127.0.0.1:1', proxy-url: 'http://127.0.0.1:2'}}]
users: [{name: me, user: {token: x}}]
contexts:
  - {name: far, context: {cluster: far, user: me}}
  - {name: loose, context: {cluster: gone, user: me}}
current-context: loose
`;
  writeFileSync(join(folder, 'config'), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function guard(...args: readonly string[]): Promise<readonly [number, string]> {
  const io = fakeIo({ env: { KUBECONFIG: join(folder, 'config') } });
  return [await dispatch(['guard', ...args], io, commands), io.err()];
}

describe('curfew guard', () => {
  test.each<readonly [string, readonly string[], string]>([
    ['a repository without a cluster', ['--git-repository', 'a/b'], 'needs --cluster'],
    ['a cluster without a repository', ['--cluster', 'prod-eu'], 'with --git-repository only'],
    ['a repository without a namespace', ['--cluster', 'a', '--git-repository', 'b'], 'NAMESPACE/NAME'],
    ['a repository with too many parts', ['--cluster', 'a', '--git-repository', 'b/c/d'], 'NAMESPACE/NAME'],
    [
      'a cluster that leads elsewhere',
      ['--cluster', '../a', '--git-repository', 'b/c'],
      'no name of a cluster',
    ],
    ['a port that is none', ['--port', '65536'], 'is no port'],
    ['an unknown level', ['--log-level', 'loud'], 'one of debug, info'],
    ['an argument', ['now'], 'one argument too many'],
    ['an unknown context', ['--context', 'x'], 'it has far, loose'],
    ['a context without its cluster', [], 'no context "loose" with a cluster'],
    ['a cluster behind a proxy', ['--context', 'far'], 'behind a proxy'],
  ])('refuses %s', async (_, args, expected) => {
    const [status, text] = await guard(...args);
    expect(status).toBe(2);
    expect(text).toContain(expected);
  });

  test('has help that names every option', async () => {
    const io = fakeIo();
    expect(await dispatch(['guard', '--help'], io, commands)).toBe(0);
    for (const option of ['cluster', 'git-repository', 'context', 'host', 'port', 'log-level'])
      expect(io.out()).toContain(`--${option} `);
  });
});
