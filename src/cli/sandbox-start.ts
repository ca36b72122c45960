/** `curfew start` without a GitHub App: the sandbox and the app together on one local address. */
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { appManifest } from '../app/app-manifest.ts';
import type { SandboxConfig } from '../app/config/config.ts';
import { createCurfew, type Curfew } from '../app/curfew.ts';
import { createEngine } from '../app/engine.ts';
import { webhookPath } from '../app/http.ts';
import { createLog } from '../app/log.ts';
import { shutdownSignal } from '../app/shutdown.ts';
import { createGitHubApp } from '../github/app.ts';
import { createSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { seedAcme, type Acme } from '../sandbox/seed.ts';
import { exitCode, type CommandIo } from './command.ts';
import { paint } from './paint.ts';
import { followClock } from './sandbox-clock.ts';
import { seedFiles } from './seed-files.ts';

/** Runs until Ctrl-C. */
export async function runSandbox(config: SandboxConfig, io: CommandIo): Promise<number> {
  const signal = shutdownSignal();
  let curfew: Curfew | null = null;
  const sandbox = await createSandbox({
    // What is no page of GitHub's is the app's: one address serves both.
    page: () => async (request) => curfew?.handle(request),
  });
  try {
    const acme = seed(sandbox);
    const { url } = await sandbox.listen({ host: config.host, port: config.port });
    curfew = await createApp(sandbox, acme, url, config);
    sandbox.world.setWebhook(acme.app, deliverTo(curfew));
    curfew.start();
    io.stdout.write(invitation(url, sandbox, io));
    await signal;
    await curfew.drain(5_000);
    return exitCode.ok;
  } finally {
    await sandbox.close();
  }
}

function seed(sandbox: Sandbox): Acme {
  const { default_permissions: permissions, default_events: events } = appManifest(
    new URL('http://curfew.example.com/'),
    'curfew',
  );
  return seedAcme(sandbox, {
    files: seedFiles(),
    app: { permissions, events, webhookSecret: randomBytes(32).toString('hex') },
  });
}

async function createApp(
  sandbox: Sandbox,
  { app }: Acme,
  url: string,
  config: SandboxConfig,
): Promise<Curfew> {
  const clock = followClock(sandbox.clock);
  const { id: appId, privateKey, webhookSecret } = app;
  // The standard output is for the person who tries it.
  const destination = pino.destination({ dest: 2, sync: true });
  const log = createLog({ level: config.logLevel, secrets: [webhookSecret], destination });
  const github = createGitHubApp({
    appId,
    privateKey,
    apiUrl: url,
    signsCommits: true,
    now: () => Date.now(),
    log,
  });
  const reconciler = createEngine(clock);
  return createCurfew({
    github,
    reconciler,
    appId,
    privateKey,
    webhookSecret,
    clock,
    random: Math.random,
    log,
  });
}

/** Deliveries go the way they go in production, but without a socket. */
function deliverTo(
  curfew: Curfew,
): (delivery: {
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
}) => Promise<number> {
  return async ({ payload, headers }) => {
    const request = new Request(`http://curfew${webhookPath}`, { method: 'POST', headers, body: payload });
    return (await curfew.handle(request)).status;
  };
}

function invitation(url: string, sandbox: Sandbox, io: CommandIo): string {
  const token = sandbox.world.personalToken('alice');
  const clone = new URL('/acme/access.git', url);
  clone.username = 'alice';
  clone.password = token;
  const strong = (text: string): string => paint(io.stdout, 'bold', text);
  return `${strong('Curfew is running in its sandbox:')} ${url}

An embedded GitHub with the organization acme, its people, and Curfew installed in acme/access. Nothing leaves this
machine, and everything is gone when you press Ctrl-C.

1. Clone the access repository as alice, who is on call:
     git clone ${clone.href} access
2. Push a branch that adds access-requests/<cluster>/<namespace>/<name>.yaml, and open a pull request in the page.
3. Watch Curfew's check and comment, approve as another person, and see the grant come.
4. Move the clock forward in the page, and see it go.
`;
}
