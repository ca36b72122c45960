/** `curfew start` without a GitHub App: the sandbox and the app together on one local address. */
import { pino } from 'pino';
import type { SandboxConfig } from '../app/config/config.ts';
import { servesPath } from '../app/http.ts';
import { createLog } from '../app/log.ts';
import { shutdownSignal } from '../app/shutdown.ts';
import { runningClock } from '../sandbox/clock.ts';
import { acmePage } from '../sandbox/page/acme.ts';
import { createPage } from '../sandbox/page/page.ts';
import { exitCode, type CommandIo } from './command.ts';
import { paint } from './paint.ts';
import { createWorldClock } from './world-clock.ts';
import { accessRepository, createWorld, type World } from './world.ts';

/** Runs until SIGTERM or Ctrl-C. */
export async function runSandbox(config: SandboxConfig, io: CommandIo): Promise<number> {
  const signal = shutdownSignal();
  let started: World | null = null;
  const world = await createWorld({
    clock: createWorldClock(runningClock()),
    // The standard output is for the person who tries it.
    log: createLog({ level: config.logLevel, destination: pino.destination({ dest: 2, sync: true }) }),
    transport: { kind: 'http', host: config.host, port: config.port },
    sandbox: {
      page: (sandbox) => {
        const page = createPage(sandbox.context, acmePage);
        // One address serves both: what the app answers in production, and GitHub's page.
        return async (request) =>
          servesPath(new URL(request.url).pathname) ? started?.curfew.handle(request) : await page(request);
      },
    },
  });
  started = world;
  try {
    world.curfew.start();
    io.stdout.write(invitation(world, io));
    await signal;
    return exitCode.ok;
  } finally {
    await world.close();
  }
}

function invitation({ url, sandbox }: World, io: CommandIo): string {
  const clone = new URL(`${accessRepository}.git`, url);
  clone.username = 'alice';
  clone.password = sandbox.world.personalToken('alice');
  const strong = (text: string): string => paint(io.stdout, 'bold', text);
  return `${strong('Curfew is running in its sandbox:')} ${url}

An embedded GitHub with the organization acme, its people, and Curfew installed in ${accessRepository}. Nothing leaves
this machine, and everything is gone when you press Ctrl-C.

1. Clone the access repository as alice, who is on call:
     git clone ${clone.href} access
     git -C access config user.email alice@example.com
   (an approver must know whose commits they are: an address of nobody's account is refused)
2. Push a branch that adds access-requests/<cluster>/<namespace>/<name>.yaml, and open a pull request in the page.
3. Watch Curfew's check and comment, approve as another person, and see the grant come.
4. Move the clock forward in the page, and see it go.
`;
}
