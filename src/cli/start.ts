/** `curfew start`: the app, alone with a real GitHub, or together with the sandbox where no GitHub App is configured. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatProblems, logLevels, readConfig } from '../app/config/config.ts';
import { parseArguments } from './arguments.ts';
import { exitCode, type Command } from './command.ts';

export const startCommand: Command = {
  name: 'start',
  summary: 'Run Curfew: with a GitHub App, or in the sandbox on this machine',
  usage: `curfew start

Without a GitHub App configured, starts an embedded GitHub with Curfew installed in it, on one local address, to be
tried with no account. With one, starts Curfew alone. Ends on SIGTERM or Ctrl-C when what is running is done.

Environment:
  APP_ID             the App's id, from its settings page
  PRIVATE_KEY        its private key in PEM format, or
  PRIVATE_KEY_PATH   the file that holds it
  WEBHOOK_SECRET     the secret of its webhook; make one with: openssl rand -hex 32
  GHE_HOST           host name of an Enterprise Server, or
  GITHUB_API_URL     base address of GitHub's REST API (default: https://api.github.com)
  HOST, PORT         where to listen (default: 127.0.0.1 and 3000; port 0 takes any free one)
  LOG_LEVEL          ${logLevels.join(', ')} (default: info; warn in the sandbox)
  NODE_ENV           "production" refuses to start without an App

GitHub delivers to /api/github/webhooks. For your monitoring: /healthz, /readyz, /metrics. To register the App and
protect the access repository, see: curfew manifests --help
`,
  run: async (args, io) => {
    parseArguments(args, {}, { max: 0 });
    const result = readConfig(io.env, (path) => readFileSync(resolve(io.cwd, path), 'utf8'));
    if (!result.ok) {
      io.stderr.write(`curfew start: this configuration does not work\n${formatProblems(result.problems)}`);
      return exitCode.usage;
    }
    // Each loads only what it needs: the sandbox is no part of a production process.
    if (result.config.mode === 'production') {
      const { runProduction } = await import('../app/production.ts');
      await runProduction(result.config);
      return exitCode.ok;
    }
    const { runSandbox } = await import('./sandbox-start.ts');
    return runSandbox(result.config, io);
  },
};
