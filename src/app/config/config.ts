/**
 * The environment as configuration, or every problem with it at once. Nothing else is read: no `.env`, and no key file
 * that happens to lie in the folder.
 */
import { isIP } from 'node:net';
import { readApiUrl } from './api-url.ts';
import { readPrivateKey } from './private-key.ts';
import { weaknessOfSecret } from './secret.ts';

/** How much is logged, the most first. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** One of `logLevels`. */
export type LogLevel = (typeof logLevels)[number];

/** Where to listen and how much to log. */
interface ListenConfig {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly logLevel: LogLevel;
}

/** With a GitHub App: Curfew alone, against a real GitHub. */
export interface ProductionConfig extends ListenConfig {
  readonly mode: 'production';
  readonly appId: number;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** Base address of GitHub's REST API, without a slash at the end. */
  readonly apiUrl: string;
}

/** Without one: the embedded GitHub and Curfew together. */
export interface SandboxConfig extends ListenConfig {
  readonly mode: 'sandbox';
}

/** One thing that a person has to put right. */
export interface ConfigProblem {
  readonly variable: string;
  /** What is wrong, read after the variable's name: `is missing`. Never holds a secret. */
  readonly problem: string;
  readonly remedy: string;
}

/** A configuration that works, or all that is wrong with it. */
export type ConfigResult =
  | { readonly ok: true; readonly config: ProductionConfig | SandboxConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Collects problems, so that a person mends them all at once. Reading goes on with a placeholder. */
export interface Reader {
  /** The value of a variable; undefined where it is not set or empty. */
  get(variable: string): string | undefined;
  report(variable: string, problem: string, remedy: string): void;
  /** Throws where the file cannot be read. */
  readFile(path: string): string;
}

const appVariables = ['APP_ID', 'PRIVATE_KEY', 'PRIVATE_KEY_PATH', 'WEBHOOK_SECRET', 'GHE_HOST'] as const;

/** Reads the configuration from `env`; `readFile` is asked only for the file that `PRIVATE_KEY_PATH` names. */
export function readConfig(env: Environment, readFile: (path: string) => string): ConfigResult {
  const problems: ConfigProblem[] = [];
  const reader = readerOf(env, readFile, problems);
  const configured = appVariables.some((variable) => reader.get(variable) !== undefined);
  // In the sandbox a person reads along.
  const listen = readListen(reader, configured ? 'info' : 'warn');
  const config = configured ? readProduction(reader, listen) : readSandbox(reader, listen);
  return problems.length === 0 ? { ok: true, config } : { ok: false, problems };
}

/** How to reach GitHub as the App: what a command needs that receives no webhooks. */
export type AppAccess = Pick<ProductionConfig, 'appId' | 'privateKey' | 'apiUrl'>;

/** Reads as much of the configuration as it takes to reach GitHub as the App. */
export function readAppAccess(
  env: Environment,
  readFile: (path: string) => string,
):
  | { readonly ok: true; readonly config: AppAccess }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const reader = readerOf(env, readFile, problems);
  const config: AppAccess = {
    appId: readAppId(reader),
    privateKey: readPrivateKey(reader),
    apiUrl: readApiUrl(reader),
  };
  return problems.length === 0 ? { ok: true, config } : { ok: false, problems };
}

function readerOf(env: Environment, readFile: (path: string) => string, problems: ConfigProblem[]): Reader {
  return {
    get: (variable) => (env[variable] === '' ? undefined : env[variable]),
    report: (variable, problem, remedy) => void problems.push({ variable, problem, remedy }),
    readFile,
  };
}

/** `APP_ID is missing; it is …`, one line for each problem. */
export function formatProblems(problems: readonly ConfigProblem[]): string {
  return problems.map(({ variable, problem, remedy }) => `${variable} ${problem}; ${remedy}\n`).join('');
}

function readProduction(reader: Reader, listen: ListenConfig): ProductionConfig {
  return {
    mode: 'production',
    ...listen,
    appId: readAppId(reader),
    privateKey: readPrivateKey(reader),
    webhookSecret: readWebhookSecret(reader),
    apiUrl: readApiUrl(reader),
  };
}

function readSandbox(reader: Reader, listen: ListenConfig): SandboxConfig {
  if (reader.get('NODE_ENV') === 'production') {
    reader.report(
      'NODE_ENV',
      'is "production", but no GitHub App is configured',
      'set APP_ID, PRIVATE_KEY or PRIVATE_KEY_PATH, and WEBHOOK_SECRET, or unset NODE_ENV to try the sandbox',
    );
  }
  if (!isLoopback(listen.host)) {
    reader.report(
      'HOST',
      `is "${listen.host}", but the sandbox lets everybody in and is for this machine only`,
      'unset it, or set it to 127.0.0.1',
    );
  }
  return { mode: 'sandbox', ...listen };
}

function readAppId(reader: Reader): number {
  const text = reader.get('APP_ID');
  const where = 'the number is on the settings page of your GitHub App, as "App ID"';
  if (text === undefined) {
    reader.report('APP_ID', 'is missing', where);
  } else if (text.startsWith('Iv')) {
    reader.report('APP_ID', 'is the client ID of an App', where);
  } else if (!/^[1-9]\d{0,14}$/.test(text)) {
    reader.report('APP_ID', `is "${text}", which is no App ID`, where);
  }
  return Number(text);
}

function readWebhookSecret(reader: Reader): string {
  const remedy =
    'make one with "openssl rand -hex 32", and set the same in the webhook settings of your GitHub App';
  const secret = reader.get('WEBHOOK_SECRET');
  const problem = secret === undefined ? 'is missing' : weaknessOfSecret(secret);
  if (problem !== null) reader.report('WEBHOOK_SECRET', problem, remedy);
  return secret ?? '';
}

function readListen(reader: Reader, defaultLevel: LogLevel): ListenConfig {
  const port = reader.get('PORT') ?? '3000';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    reader.report(
      'PORT',
      `is "${port}", which is no port`,
      'set a number from 1 to 65535, or 0 for any free port',
    );
  }
  const host = reader.get('HOST') ?? '127.0.0.1';
  if (isIP(host) === 0 && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host)) {
    reader.report(
      'HOST',
      `is "${host}", which is no address to listen on`,
      'set an IP address or a host name alone',
    );
  }
  const level = reader.get('LOG_LEVEL') ?? defaultLevel;
  const logLevel = logLevels.find((known) => known === level);
  if (logLevel === undefined) {
    reader.report('LOG_LEVEL', `is "${level}", which is no level`, `set one of ${logLevels.join(', ')}`);
  }
  return { host, port: Number(port), logLevel: logLevel ?? defaultLevel };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
