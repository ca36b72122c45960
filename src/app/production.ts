/** Curfew alone, against a real GitHub, for the life of this process. */
import type { Logger } from 'pino';
import { createGitHubApp, type GitHubApp } from '../github/app.ts';
import { RetryLater } from '../github/errors.ts';
import { systemClock } from './clock.ts';
import type { ProductionConfig } from './config/config.ts';
import { createCurfew } from './curfew.ts';
import { createEngine } from './engine.ts';
import { createLog } from './log.ts';
import { shutdownSignal } from './shutdown.ts';

/** What runs has so long to come to its end. Kubernetes kills after 30 s. */
const grace = 20_000;

/**
 * Runs until SIGTERM or SIGINT, and resolves when everything has come to its end. Throws where the address is in use,
 * and a GitHubError where GitHub does not know this App.
 */
export async function runProduction(config: ProductionConfig): Promise<void> {
  const { appId, privateKey, webhookSecret, apiUrl, host, port } = config;
  const log = createLog({ level: config.logLevel, secrets: [webhookSecret] });
  const signal = shutdownSignal();
  const clock = systemClock;
  const github = createGitHubApp({ appId, privateKey, apiUrl, now: () => clock.now(), log });
  await introduce(github, log);
  const curfew = await createCurfew({
    github,
    reconciler: createEngine(clock),
    appId,
    privateKey,
    webhookSecret,
    clock,
    random: Math.random,
    log,
  });
  const url = await curfew.listen(host, port);
  log.info({ url, appId, github: apiUrl }, 'listening');
  curfew.start();
  log.info({ signal: await signal }, 'shutting down');
  const finished = await curfew.drain(grace);
  log.info({ finished }, 'shut down');
}

/** A key that GitHub refuses is found out now. That GitHub is away is no reason not to start. */
async function introduce(github: GitHubApp, log: Logger): Promise<void> {
  try {
    const { slug, botLogin } = await github.identity();
    log.info({ slug, botLogin }, 'GitHub knows this App');
  } catch (error) {
    if (!(error instanceof RetryLater)) throw error;
    log.warn({ err: error }, 'GitHub does not answer yet');
  }
}
