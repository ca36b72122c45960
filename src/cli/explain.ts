/** `curfew explain`: why a pull request is not granted, who could change that, and what if somebody approved too. */
import { pino } from 'pino';
import type { ApprovalVerdict } from '../approval/approval.ts';
import { describeNotCounted, describeRequirement } from '../approval/describe.ts';
import { reasons, type Finding } from '../base/reasons.ts';
import { createGitHubApp } from '../github/app.ts';
import { newMemory } from '../app/engine-facts.ts';
import { readStanding } from '../app/engine-standing.ts';
import type { RepositoryPort } from '../github/port.ts';
import type { AccountFacts, PullRequestWorld } from '../lifecycle/facts.ts';
import { decidePullRequest, pullRequestNeeds } from '../lifecycle/pull-request.ts';
import { parseArguments } from './arguments.ts';
import { exitCode, InputError, UsageError, type Command, type CommandIo } from './command.ts';
import { createDoctorReads } from './doctor-github.ts';
import { tellStory } from './explain-story.ts';
import { appOfEnvironment, parseRepository } from './github-access.ts';
import { plainText } from './markup.ts';
import { paint } from './paint.ts';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'Say what a pull request waits for, and what if somebody approved',
  usage: `curfew explain <pull request> --repo OWNER/NAME [--approve-as LOGIN …] [--json]

Reads a pull request as Curfew does before it merges, and prints what its check run says: what would be granted, what is
missing, who could approve, and of each review that does not count why not. Of one that is merged it says what became of
it. Changes nothing.

Options:
  --repo OWNER/NAME    the access repository
  --approve-as LOGIN   as if this person approved the head now; may be repeated
  --json               print {"pullRequest", "state", "head", "title", "findings": [{"code", "message"}], "requirements":
                       [{"requirement", "met", "satisfiedBy": [LOGIN], "could": [LOGIN]}], "notCounted": [{"login",
                       "why", "message"}], "changesRequested": [LOGIN], "approvedAs": [LOGIN]}

Environment: APP_ID, PRIVATE_KEY or PRIVATE_KEY_PATH, and GHE_HOST or GITHUB_API_URL, as for curfew start.

Exits with 0 where nothing stands in the way, with 1 where something does, with 2 where GitHub does not answer.

Example:
  curfew explain 12 --repo acme/access --approve-as bob
`,
  run: async (args, io) => {
    const { values, positionals } = parseArguments(
      args,
      {
        repo: { type: 'string' },
        'approve-as': { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
      },
      { min: 1, max: 1 },
    );
    const { owner, name } = parseRepository(values.repo);
    const number = parseNumber(positionals[0] ?? '');
    const app = appOfEnvironment(io);
    const reads = createDoctorReads(app, { owner, name }, () => io.now());
    const installation = await reads.installation();
    if (installation === null) throw new InputError(`the App is not installed on ${owner}/${name}`);
    const github = createGitHubApp({ ...app, now: () => io.now(), log: pino({ enabled: false }) });
    const port = github.repository(installation.id, owner, name);
    const approvers = await Promise.all(
      values['approve-as'].map(async (login) => ({
        account: await accountOf(port, login),
        canWrite: await reads.canWrite(installation.id, login),
      })),
    );
    const explanation = await explain(port, withApprovals(await port.readPullRequest(number), approvers), io);
    const approvedAs = approvers.map(({ account }) => account.login);
    if (values.json) io.stdout.write(`${JSON.stringify(toJson(explanation, approvedAs))}\n`);
    else print(explanation, approvedAs, io);
    return explanation.clear ? exitCode.ok : exitCode.finding;
  },
};

/** `12`, `#12`, or the address of the page. */
function parseNumber(text: string): number {
  const digits = /^(?:#|https?:\/\/\S+\/pull\/)?([1-9]\d{0,8})$/.exec(text)?.[1];
  if (digits === undefined)
    throw new UsageError(`"${text}" is no pull request; write its number, such as 12`);
  return Number(digits);
}

async function accountOf(port: RepositoryPort, login: string): Promise<AccountFacts> {
  const account = await port.readAccount(login);
  if (account === null) throw new InputError(`--approve-as: GitHub has no account "${login}"`);
  return account;
}

/** The same pull request after these people approved its head just now, and GitHub itself had no objection left. */
function withApprovals(
  world: PullRequestWorld,
  approvers: readonly { readonly account: AccountFacts; readonly canWrite: boolean }[],
): PullRequestWorld {
  if (approvers.length === 0) return world;
  const { now, pullRequest } = world;
  const approving = new Set(approvers.map(({ account }) => account.id));
  const reviews = [
    ...pullRequest.reviews.filter(({ reviewer }) => !approving.has(reviewer.id)),
    ...approvers.map(({ account, canWrite }) => ({
      id: 0,
      state: 'APPROVED' as const,
      reviewer: { ...account, canWrite },
      commit: pullRequest.head,
      submittedAt: now,
    })),
  ];
  return { ...world, pullRequest: { ...pullRequest, reviews, reviewDecision: null } };
}

interface Explanation {
  readonly world: PullRequestWorld;
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly approvals: ApprovalVerdict | null;
  /** Whether there is anything left to decide. */
  readonly open: boolean;
  /** Whether nothing stands in the way. */
  readonly clear: boolean;
}

async function explain(port: RepositoryPort, world: PullRequestWorld, io: CommandIo): Promise<Explanation> {
  const needs = pullRequestNeeds(world);
  const { head, headRef } = world.pullRequest;
  const [teams, subjectAccount, lastPush, standing] = await Promise.all([
    port.readTeams(needs.teams),
    needs.account === null ? null : port.readAccount(needs.account),
    port.readLastPush(headRef, head),
    needs.standing ? readStanding(port, io, newMemory(), pino({ enabled: false })) : null,
  ]);
  const context = { teams, subjectAccount, lastPush, localNow: io.now(), standing };
  const { check, findings, approvals } = decidePullRequest(world, context);
  if (check === null) {
    const story = await tellStory(port, world);
    return { world, title: story, summary: `${story}.`, findings, approvals, open: false, clear: true };
  }
  const clear = findings.every(({ code }) => !['wait', 'hold', 'refuse'].includes(reasons[code].outcome));
  return { world, title: check.title, summary: check.summary, findings, approvals, open: true, clear };
}

function print(
  { world, summary, open }: Explanation,
  approvedAs: readonly string[],
  { stdout }: CommandIo,
): void {
  const { number, title, state, head } = world.pullRequest;
  stdout.write(`${paint(stdout, 'bold', `#${number} ${title}`)} (${state}, head ${head.slice(0, 12)})\n`);
  if (approvedAs.length > 0 && open)
    stdout.write(
      `As if ${approvedAs.join(', ')} approved it now, and GitHub itself asked for nothing more:\n`,
    );
  stdout.write(`\n${plainText(summary, stdout)}`);
}

function toJson({ world, title, findings, approvals }: Explanation, approvedAs: readonly string[]): object {
  const { number, state, head } = world.pullRequest;
  return {
    pullRequest: number,
    state,
    head,
    title,
    findings,
    requirements: (approvals?.requirements ?? []).map(({ requirement, met, satisfiedBy, could }) => ({
      requirement: describeRequirement(requirement),
      met,
      satisfiedBy: satisfiedBy.map(({ login }) => login),
      could,
    })),
    notCounted: (approvals?.notCounted ?? []).map(({ login, why }) => ({
      login,
      why,
      message: describeNotCounted(why),
    })),
    changesRequested: approvals?.changesRequested ?? [],
    approvedAs,
  };
}
