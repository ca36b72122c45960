import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { appManifest } from '../../src/app/app-manifest.ts';
import { webhookPath } from '../../src/app/http.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { seedAcme, type Acme } from '../../src/sandbox/seed.ts';

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const secret = '5f2b9c07d1e84a36b0f7c2d95e1a8843';
const foreignKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();

/** Says on the error output when a module of the sandbox is loaded. */
const watchSandbox = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      if (resolved.url.includes('/src/sandbox/')) process.stderr.write('loads the sandbox\\n');
      return resolved;
    },
  });
`)}`;

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Program {
  readonly process: ChildProcess;
  readonly err: () => string;
  readonly out: () => string;
  readonly exit: Promise<number | NodeJS.Signals | null>;
  /** The first line of the standard output that matches. */
  readonly line: (pattern: RegExp) => Promise<string>;
}

function start(env: Readonly<Record<string, string>>, cwd = tmpdir()): Program {
  const child = spawn(process.execPath, ['--import', watchSandbox, main, 'start'], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  cleanups.push(() => child.kill('SIGKILL'));
  const written = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (written.err += chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  return {
    process: child,
    err: () => written.err,
    out: () => written.out,
    exit: once(child, 'close').then(([code, signal]) => signal ?? code),
    line: async (pattern) =>
      new Promise((resolve, reject) => {
        lines.on('line', (line) => {
          if (pattern.test(line)) resolve(line);
        });
        child.on('close', () =>
          reject(new Error(`ended without ${pattern.source}:\n${written.out}${written.err}`)),
        );
      }),
  };
}

async function github(): Promise<{
  readonly sandbox: Sandbox;
  readonly acme: Acme;
  readonly env: Readonly<Record<string, string>>;
}> {
  const sandbox = await createSandbox();
  cleanups.push(async () => sandbox.close());
  const { default_permissions: permissions, default_events: events } = appManifest(
    new URL('http://x/'),
    'curfew',
  );
  const files = new Map(
    ['.github/curfew.yaml', '.github/CODEOWNERS', 'templates/read-logs.yaml'].map((path) => [
      path,
      readFileSync(path, 'utf8'),
    ]),
  );
  const acme = seedAcme(sandbox, { files, app: { permissions, events, webhookSecret: secret } });
  const { url } = await sandbox.listen({ host: '127.0.0.1', port: 0 });
  const env = {
    APP_ID: String(acme.app.id),
    PRIVATE_KEY: acme.app.privateKey,
    WEBHOOK_SECRET: secret,
    GITHUB_API_URL: `${url}/api/v3`,
    NODE_ENV: 'production',
    PORT: '0',
  };
  return { sandbox, acme, env };
}

describe('curfew start refuses, and says what is missing', () => {
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['half a configuration', { APP_ID: '1' }, ['PRIVATE_KEY is missing', 'WEBHOOK_SECRET is missing']],
    [
      'production without an App',
      { NODE_ENV: 'production' },
      ['NODE_ENV is "production", but no GitHub App is configured'],
    ],
    [
      'a default secret',
      { APP_ID: '1', PRIVATE_KEY: foreignKey, WEBHOOK_SECRET: 'development' },
      ['WEBHOOK_SECRET is a placeholder'],
    ],
    [
      'a key that is none',
      { APP_ID: '1', PRIVATE_KEY: 'x', WEBHOOK_SECRET: secret },
      ['PRIVATE_KEY is no private key'],
    ],
  ])('%s', async (_what, env, problems) => {
    const program = start(env);
    expect(await program.exit).toBe(2);
    for (const problem of problems) expect(program.err()).toContain(problem);
    expect(program.out()).toBe('');
  });

  test('no key, though one lies in the folder and a file of variables beside it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'curfew-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'curfew.private-key.pem'), foreignKey);
    writeFileSync(join(folder, '.env'), `PRIVATE_KEY_PATH=curfew.private-key.pem\n`);
    const program = start({ APP_ID: '1', WEBHOOK_SECRET: secret }, folder);
    expect(await program.exit).toBe(2);
    expect(program.err()).toContain('PRIVATE_KEY is missing, and so is PRIVATE_KEY_PATH');
  });

  test('the key of another App', async () => {
    const { env } = await github();
    const program = start({ ...env, PRIVATE_KEY: foreignKey });
    expect(await program.exit).toBe(2);
    expect(program.err()).toContain('check APP_ID and the private key');
  });

  test('an address that is in use', async () => {
    const { env } = await github();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    cleanups.push(() => other.close());
    const address = other.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    const program = start({ ...env, PORT: String(port) });
    expect(await program.exit).toBe(2);
    expect(program.err()).toContain('EADDRINUSE');
  });
});

test('curfew start with an App: a pull request gets its check, and SIGTERM ends it with 0', async () => {
  const { sandbox, acme, env } = await github();
  const program = start(env);
  const listening: { readonly url: string } = JSON.parse(await program.line(/"msg":"listening"/));
  sandbox.world.setWebhook(acme.app, `${listening.url}${webhookPath}`);
  const looked = program.line(/"pullRequest":1,.*"reason":/);
  sandbox.world.pushFiles('acme/access', 'alice', {
    branch: 'docs',
    message: 'Say hello',
    files: { 'README.md': 'Hello\n' },
  });
  const opened = await sandbox.handle(
    new Request('http://github.sandbox.localhost/repos/acme/access/pulls', {
      method: 'POST',
      headers: { authorization: `token ${sandbox.world.personalToken('alice')}` },
      body: JSON.stringify({ title: 'Hello', head: 'docs', base: 'main' }),
    }),
  );
  expect(opened.status).toBe(201);
  expect(JSON.parse(await looked)).toMatchObject({ repository: 'acme/access', reason: 'not-ours' });
  program.process.kill('SIGTERM');
  expect(await program.exit).toBe(0);
  expect(program.err()).toBe('');
});

test('curfew start without an App: the sandbox and the app on one address', async () => {
  const program = start({ PORT: '0' });
  const url = /http:\S+/.exec(await program.line(/running/))?.[0] ?? '';
  expect(await (await fetch(`${url}/healthz`)).text()).toBe('ok\n');
  expect((await fetch(`${url}/api/v3/meta`)).headers.get('server')).toBe('github.com');
  program.process.kill('SIGINT');
  expect(await program.exit).toBe(0);
  expect(program.err()).toContain('loads the sandbox');
});
