import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { formatProblems, readConfig, type Environment } from '../../src/app/config/config.ts';
import { weaknessOfSecret } from '../../src/app/config/secret.ts';

const pkcs1 = { type: 'pkcs1', format: 'pem' } as const;
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = rsa.privateKey.export(pkcs1).toString();
const normalised = rsa.privateKey.export(pkcs8).toString();
const secret = '5f2b9c07d1e84a36b0f7c2d95e1a8843';
const complete = { APP_ID: '4711', PRIVATE_KEY: key, WEBHOOK_SECRET: secret };

const files: Readonly<Record<string, string>> = {
  '/etc/curfew/key.pem': key,
  '/etc/curfew/empty.pem': '',
  // Where Probot would look by itself.
  'private-key.pem': key,
};

function readFile(path: string): string {
  const text = files[path];
  if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
  return text;
}

function read(env: Environment): ReturnType<typeof readConfig> {
  return readConfig(env, readFile);
}

/** The variables that a refused configuration is told to mend, with what is wrong. */
function problemsOf(env: Environment): readonly string[] {
  const result = read(env);
  return result.ok ? [] : result.problems.map(({ variable, problem }) => `${variable} ${problem}`);
}

describe('no GitHub App', () => {
  test('is the sandbox, on this machine only', () => {
    const config = { mode: 'sandbox', host: '127.0.0.1', port: 3000, logLevel: 'warn' };
    expect(read({})).toEqual({ ok: true, config });
    expect(read({ APP_ID: '', PRIVATE_KEY: '', NODE_ENV: 'development' })).toEqual({ ok: true, config });
    // As in a job of GitHub Actions or in a Codespace.
    expect(read({ GITHUB_API_URL: 'https://api.github.com' })).toEqual({ ok: true, config });
    expect(read({ HOST: '::1', PORT: '0', LOG_LEVEL: 'debug' })).toEqual({
      ok: true,
      config: { mode: 'sandbox', host: '::1', port: 0, logLevel: 'debug' },
    });
  });

  test.each([
    [{ NODE_ENV: 'production' }, 'NODE_ENV is "production", but no GitHub App is configured'],
    [
      { HOST: '0.0.0.0' },
      'HOST is "0.0.0.0", but the sandbox lets everybody in and is for this machine only',
    ],
    [
      { HOST: '127.0.0.1.example.com' },
      'HOST is "127.0.0.1.example.com", but the sandbox lets everybody in and is for this machine only',
    ],
  ])('%j is refused', (env, problem) => {
    expect(problemsOf(env)).toEqual([problem]);
  });
});

describe('a GitHub App', () => {
  test('is read from the environment alone', () => {
    const config = {
      mode: 'production',
      host: '127.0.0.1',
      port: 3000,
      logLevel: 'info',
      appId: 4711,
      privateKey: normalised,
      webhookSecret: secret,
      apiUrl: 'https://api.github.com',
    };
    expect(read(complete)).toEqual({ ok: true, config });
    expect(read({ ...complete, NODE_ENV: 'production', HOST: '0.0.0.0', PORT: '8080' })).toEqual({
      ok: true,
      config: { ...config, host: '0.0.0.0', port: 8080 },
    });
  });

  test.each([
    ['PRIVATE_KEY in PKCS #8', { PRIVATE_KEY: normalised }],
    ['PRIVATE_KEY on one line', { PRIVATE_KEY: key.replaceAll('\n', String.raw`\n`) }],
    ['PRIVATE_KEY_PATH', { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: '/etc/curfew/key.pem' }],
  ])('takes the key as %s', (_name, env) => {
    expect(read({ ...complete, ...env })).toMatchObject({ ok: true, config: { privateKey: normalised } });
  });

  test.each([
    ['GHE_HOST', { GHE_HOST: 'git.example.com' }, 'https://git.example.com/api/v3'],
    ['GHE_HOST with a port', { GHE_HOST: 'git.example.com:8443' }, 'https://git.example.com:8443/api/v3'],
    ['GHE_HOST with data residency', { GHE_HOST: 'acme.ghe.com' }, 'https://api.acme.ghe.com'],
    [
      'GITHUB_API_URL',
      { GITHUB_API_URL: 'https://git.example.com/api/v3/' },
      'https://git.example.com/api/v3',
    ],
    [
      'a GitHub on this machine',
      { GITHUB_API_URL: 'http://127.0.0.1:9/api/v3' },
      'http://127.0.0.1:9/api/v3',
    ],
    [
      'both, if they agree',
      { GHE_HOST: 'git.example.com', GITHUB_API_URL: 'https://git.example.com/api/v3' },
      'https://git.example.com/api/v3',
    ],
  ])('finds GitHub by %s', (_name, env, apiUrl) => {
    expect(read({ ...complete, ...env })).toMatchObject({ ok: true, config: { apiUrl } });
  });
});

const weakRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export(pkcs8).toString();
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pkcs8).toString();
const encrypted = rsa.privateKey.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
const publicKey = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const { APP_ID, PRIVATE_KEY, WEBHOOK_SECRET } = complete;

describe('half a configuration, or a wrong one, is refused with every problem at once', () => {
  test.each<[string, Environment, readonly string[]]>([
    [
      'only APP_ID',
      { APP_ID },
      ['PRIVATE_KEY is missing, and so is PRIVATE_KEY_PATH', 'WEBHOOK_SECRET is missing'],
    ],
    ['only the key', { PRIVATE_KEY }, ['APP_ID is missing', 'WEBHOOK_SECRET is missing']],
    [
      'only the secret',
      { WEBHOOK_SECRET },
      ['APP_ID is missing', 'PRIVATE_KEY is missing, and so is PRIVATE_KEY_PATH'],
    ],
    [
      'only Enterprise Server',
      { GHE_HOST: 'git.example.com' },
      [
        'APP_ID is missing',
        'PRIVATE_KEY is missing, and so is PRIVATE_KEY_PATH',
        'WEBHOOK_SECRET is missing',
      ],
    ],
    ['no secret', { APP_ID, PRIVATE_KEY }, ['WEBHOOK_SECRET is missing']],
    ['no key', { APP_ID, WEBHOOK_SECRET }, ['PRIVATE_KEY is missing, and so is PRIVATE_KEY_PATH']],
    [
      'an APP_ID that is a name',
      { ...complete, APP_ID: 'curfew' },
      ['APP_ID is "curfew", which is no App ID'],
    ],
    [
      'an APP_ID that is a client ID',
      { ...complete, APP_ID: 'Iv23liAbCd' },
      ['APP_ID is the client ID of an App'],
    ],
    ['an APP_ID of zero', { ...complete, APP_ID: '0' }, ['APP_ID is "0", which is no App ID']],
    ['a negative APP_ID', { ...complete, APP_ID: '-1' }, ['APP_ID is "-1", which is no App ID']],
    [
      'both forms of key',
      { ...complete, PRIVATE_KEY_PATH: '/etc/curfew/key.pem' },
      ['PRIVATE_KEY and PRIVATE_KEY_PATH are both set'],
    ],
    [
      'a key that is none',
      { ...complete, PRIVATE_KEY: 'nonsense' },
      ['PRIVATE_KEY is no private key in PEM format'],
    ],
    ['a public key', { ...complete, PRIVATE_KEY: publicKey }, ['PRIVATE_KEY is a public key']],
    [
      'an encrypted key',
      { ...complete, PRIVATE_KEY: encrypted },
      ['PRIVATE_KEY is encrypted with a passphrase'],
    ],
    [
      'a short key',
      { ...complete, PRIVATE_KEY: weakRsa },
      ['PRIVATE_KEY is RSA with 1024 bits, but GitHub Apps have RSA keys of 2048 bits'],
    ],
    [
      'a key of another kind',
      { ...complete, PRIVATE_KEY: ec },
      ['PRIVATE_KEY is ec, but GitHub Apps have RSA keys of 2048 bits'],
    ],
    [
      'a key file that is not there',
      { APP_ID, WEBHOOK_SECRET, PRIVATE_KEY_PATH: '/nowhere.pem' },
      ['PRIVATE_KEY_PATH names "/nowhere.pem", which cannot be read (ENOENT)'],
    ],
    [
      'an empty key file',
      { APP_ID, WEBHOOK_SECRET, PRIVATE_KEY_PATH: '/etc/curfew/empty.pem' },
      ['PRIVATE_KEY_PATH is no private key in PEM format'],
    ],
    [
      "Probot's default secret",
      { ...complete, WEBHOOK_SECRET: 'development' },
      ['WEBHOOK_SECRET is a placeholder or a repetition'],
    ],
    ['a port that is none', { ...complete, PORT: 'http' }, ['PORT is "http", which is no port']],
    ['a port out of range', { ...complete, PORT: '65536' }, ['PORT is "65536", which is no port']],
    ['a negative port', { PORT: '-1' }, ['PORT is "-1", which is no port']],
    ['a port with a fraction', { PORT: '80.5' }, ['PORT is "80.5", which is no port']],
    [
      'a host with a port',
      { ...complete, HOST: '127.0.0.1:80' },
      ['HOST is "127.0.0.1:80", which is no address to listen on'],
    ],
    ['a level that is none', { ...complete, LOG_LEVEL: 'loud' }, ['LOG_LEVEL is "loud", which is no level']],
    [
      'an address for a host',
      { ...complete, GHE_HOST: 'https://git.example.com' },
      ['GHE_HOST is "https://git.example.com", which is no host name'],
    ],
    [
      'an unencrypted GitHub',
      { ...complete, GITHUB_API_URL: 'http://git.example.com/api/v3' },
      ['GITHUB_API_URL does not use https, so tokens could be read on the way'],
    ],
    [
      'credentials in an address',
      { ...complete, GITHUB_API_URL: 'https://a:b@git.example.com' },
      ['GITHUB_API_URL is no plain address'],
    ],
    [
      'two GitHubs',
      { ...complete, GHE_HOST: 'a.example.com', GITHUB_API_URL: 'https://api.github.com' },
      ['GHE_HOST means https://a.example.com/api/v3, but GITHUB_API_URL is https://api.github.com'],
    ],
    [
      'everything at once',
      { APP_ID: 'x', PRIVATE_KEY: 'y', WEBHOOK_SECRET: 'z', PORT: 'p' },
      [
        'PORT is "p", which is no port',
        'APP_ID is "x", which is no App ID',
        'PRIVATE_KEY is no private key in PEM format',
        'WEBHOOK_SECRET is too easy to guess',
      ],
    ],
  ])('%s', (_name, env, problems) => {
    expect(problemsOf(env)).toEqual(problems);
    expect(problemsOf({ ...env, NODE_ENV: 'production' }).filter((line) => !problems.includes(line))).toEqual(
      Object.keys(env).some((name) => /^(APP|PRIVATE|WEBHOOK|GHE)_/.test(name))
        ? []
        : ['NODE_ENV is "production", but no GitHub App is configured'],
    );
  });

  test('no problem repeats a secret', () => {
    const leaky = { APP_ID: '1', PRIVATE_KEY: 'hunter2-key', WEBHOOK_SECRET: 'hunter2-secret' };
    const result = read(leaky);
    expect(result.ok ? '' : formatProblems(result.problems)).not.toContain('hunter2');
  });
});

describe('the strength of a secret', () => {
  test.each([
    'development',
    'secret',
    'changeme',
    'test',
    'x',
    '0',
    'your-webhook-secret',
    'my-github-webhook-secret',
    'short',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'passwordpasswordpassword',
    'developmentdevelopment',
    '0123456789012345678901234567890123456789',
    'abcdefghijklmnopqrstuvwxyz',
    'abc123abc123abc123abc123abc123',
    'Tr0ub4dor&3',
    '  5f2b9c07d1e84a36b0f7c2d95e1a8843',
    '5f2b9c07d1e84a36b0f7c2d95e1a8843\n',
    ' ',
  ])('%j is too weak', (weak) => {
    expect(weaknessOfSecret(weak)).not.toBeNull();
  });

  test.each([
    secret,
    'correct horse battery staple, and then some',
    'Zm9vYmFyYmF6cXV4Y29ycmVjdA0K8f3k',
    '9fA!k2_mQz7@Lw4#Xb6R',
  ])('%j will do', (strong) => {
    expect(weaknessOfSecret(strong)).toBeNull();
  });
});
