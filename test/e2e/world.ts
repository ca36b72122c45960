/** The world of the end-to-end tests: everything in one process, on a clock that stands still until it is moved. */
import { pino } from 'pino';
import { parseInstant } from '../../src/base/instant.ts';
import { createWorld, type World, type WorldOptions } from '../../src/cli/world.ts';
import { createWorldClock } from '../../src/cli/world-clock.ts';
import { manualClock } from '../../src/sandbox/clock.ts';
import { generatePrivateKey } from '../../src/sandbox/operations/apps.ts';

const repo = { owner: 'acme', repo: 'access' };
const start = parseInstant('2026-12-01T09:00:00Z') ?? 0;
const privateKey = generatePrivateKey();

export interface TestWorld extends World {
  /** Paths of all files on the default branch. */
  paths(ref?: string): Promise<readonly string[]>;
  /** The newest check run of ours on the head of a pull request. */
  check(
    number: number,
  ): Promise<{ readonly conclusion: string | null; readonly title: string; readonly summary: string } | null>;
  /** All comments of ours on a pull request, joined. */
  comment(number: number): Promise<string>;
  /** Lets minutes pass, and one sweep. */
  pass(minutes: number): Promise<void>;
}

/** A request for a pod in payments on staging, which needs one approval of acme/payments. */
export function requestText(
  overrides: { readonly duration?: string; readonly more?: string; readonly template?: string } = {},
): string {
  const { duration = '1h', more = '', template = 'debug-pod' } = overrides;
  return `apiVersion: curfew.dev/v1
kind: AccessRequest
spec:
  template: ${template}
  parameters:
    app: payments-api
  duration: ${duration}
  reason: Checkout latency
${more}`;
}

export async function createTestWorld(options: Partial<WorldOptions> = {}): Promise<TestWorld> {
  const log = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
  const clock = createWorldClock(manualClock(start));
  const world = await createWorld({
    clock,
    log,
    transport: { kind: 'in-process' },
    privateKey,
    random: () => 0.5,
    ...options,
  });
  await world.sweep();
  const { octokit } = world.as('erin');
  return {
    ...world,
    paths: async (ref = 'main') => {
      const { data } = await octokit.git.getTree({ ...repo, tree_sha: ref, recursive: 'true' });
      return data.tree.filter(({ type }) => type === 'blob').map(({ path }) => path);
    },
    check: async (number) => {
      const { data: pull } = await octokit.pulls.get({ ...repo, pull_number: number });
      const { data } = await octokit.checks.listForRef({ ...repo, ref: pull.head.sha, check_name: 'curfew' });
      if (data.check_runs.length > 1) throw new Error('there is more than one check run on the head');
      const [run] = data.check_runs;
      if (run === undefined) return null;
      return { conclusion: run.conclusion, title: run.output.title ?? '', summary: run.output.summary ?? '' };
    },
    comment: async (number) => {
      const { data } = await octokit.issues.listComments({ ...repo, issue_number: number, per_page: 100 });
      return data
        .filter(({ user }) => user?.login === 'curfew[bot]')
        .map(({ body }) => body ?? '')
        .join('\n---\n');
    },
    pass: async (minutes) => {
      clock.advance(minutes * 60_000);
      await world.sweep();
    },
  };
}
