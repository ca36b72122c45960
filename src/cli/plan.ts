/** `curfew plan`: what a request would grant, from the files of a folder alone. */
import { describeRequirement } from '../approval/describe.ts';
import { formatFault, type Fault } from '../base/fault.ts';
import { parseInstant } from '../base/instant.ts';
import { reasons, type Finding } from '../base/reasons.ts';
import { accountOf } from '../lifecycle/access-history.ts';
import type { TipFacts } from '../lifecycle/facts.ts';
import { planRequest, type Person, type Plan } from '../lifecycle/plan.ts';
import { decidePullRequest } from '../lifecycle/pull-request.ts';
import { describeReport } from '../lifecycle/report.ts';
import { readTrusted } from '../lifecycle/trusted.ts';
import { policyPath } from '../lifecycle/trusted-paths.ts';
import { identityByLogin } from '../policy/identity.ts';
import type { Policy } from '../policy/policy.ts';
import { isRequestFile } from '../request/path.ts';
import { parseArguments } from './arguments.ts';
import { exitCode, InputError, UsageError, type Command, type CommandIo } from './command.ts';
import { askGit } from './git-process.ts';
import { plainText } from './markup.ts';
import { paint } from './paint.ts';
import { locate, readFolderTip, readRequest } from './plan-folder.ts';
import { assumptions, contextOf, questionOf, worldOf, type Hypothesis } from './plan-question.ts';

export const planCommand: Command = {
  name: 'plan',
  summary: 'Say what a request would grant, before it is a pull request',
  usage: `curfew plan <request file> [--dir DIR] [--as LOGIN] [--now TIME] [--json]

Plans a request as the check run of its pull request would: who gets what, where, for how long, what that gives, whose
approval it needs. Works on the files of a folder, with nothing asked of GitHub; so it assumes that whoever asks is in the
teams that the policy names, and says which.

Options:
  --dir DIR    root of the access repository (default: the nearest folder above the file that holds
               ${policyPath})
  --as LOGIN   who asks (default: the identity of the policy to whom git's user.email belongs)
  --now TIME   as if it were then, such as 2026-12-01T09:00:00Z
  --json       print {"allowed", "title", "findings": [{"code", "message"}], "faults": [{"file", "line", "column",
               "message", "remedy"}], "assumptions": [TEXT], "plan"}, where plan is null, or {"subject": {"id", "login",
               "user"}, "requester", "template", "cluster", "namespace", "duration" (seconds), "policyEntry",
               "environment", "approvals": [TEXT], "gains": [TEXT], "dangers": [{"severity", "message"}],
               "openSessions": [TEXT], "unknown": [TEXT], "objects": [OBJECT], "digest"}

Exits with 1 where the request is refused, or nothing is granted now; with 2 on wrong use and where the file or the
repository cannot be read.

Example:
  curfew plan access-requests/staging/payments/inc-4711.yaml --as alice
`,
  run: async (args, io) => {
    const { values, positionals } = parseArguments(
      args,
      {
        dir: { type: 'string' },
        as: { type: 'string' },
        now: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
      { min: 1, max: 1 },
    );
    const now = values.now === undefined ? io.now() : parseInstant(values.now);
    if (now === null) throw new UsageError(`--now: "${values.now}" is no time such as 2026-12-01T09:00:00Z`);
    const place = await locate(positionals[0] ?? '', values.dir, io);
    const [tip, file] = [await readFolderTip(place), await readRequest(place)];
    const policy = policyOf(tip);
    const requester = values.as === undefined ? await whoAmI(place.root, policy) : named(values.as, policy);
    const answer = plan({ tip, policy, file, requester, now });
    if (values.json) io.stdout.write(`${JSON.stringify(toJson(answer))}\n`);
    else print(answer, io);
    return answer.allowed ? exitCode.ok : exitCode.finding;
  },
};

interface Answer {
  readonly allowed: boolean;
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  /** Markdown; empty without a plan. */
  readonly details: string;
  readonly findings: readonly Finding[];
  readonly faults: readonly Fault[];
  readonly assumptions: readonly string[];
  readonly plan: Plan | null;
}

function plan(hypothesis: Hypothesis): Answer {
  const question = questionOf(hypothesis);
  const planned = planRequest(question);
  // Of a file elsewhere a check run would only say that it is none of ours.
  const decision = isRequestFile(hypothesis.file.path)
    ? decidePullRequest(worldOf(hypothesis), contextOf(question, hypothesis.now))
    : null;
  const findings = decision?.findings ?? (planned.ok ? [] : planned.findings);
  const faults = decision?.check?.faults ?? (planned.ok ? [] : planned.faults);
  const report = describeReport({ findings, plan: null, approvals: null, faults });
  return {
    allowed: findings.every(({ code }) => !['refuse', 'hold'].includes(reasons[code].outcome)),
    title: decision?.check?.title ?? report.title,
    summary: decision?.check?.summary ?? report.summary,
    details: decision?.check?.text ?? '',
    findings,
    faults,
    assumptions: planned.ok ? assumptions(planned.plan, hypothesis.policy) : [],
    plan: planned.ok ? planned.plan : null,
  };
}

/** @throws InputError where nothing could be planned by it */
function policyOf(tip: TipFacts): Policy {
  const { policy, faults } = readTrusted(tip);
  if (policy !== null) return policy.value;
  const own = faults.filter(({ file }) => file === policyPath).map(formatFault);
  const why = own.length === 0 ? [`${policyPath} is missing`] : own;
  throw new InputError(['the policy cannot be read', ...why].join('\n'));
}

/** Somebody whom the policy knows, or nobody's account. */
function named(login: string, policy: Policy): Person {
  const identity = identityByLogin(policy, login);
  return { id: identity?.id ?? 0, login: identity?.login ?? login };
}

/** The one identity to whom git's address belongs. @throws UsageError where that says nothing */
async function whoAmI(root: string, policy: Policy): Promise<Person> {
  const { output } = await askGit(root, ['config', '--get', 'user.email']);
  const email = output.toString().trim().toLowerCase();
  const account = accountOf({ name: '', email });
  const [found, ...others] = policy.identities.filter(
    ({ id, user, users }) =>
      id === account?.id || [user, ...Object.values(users)].some((name) => name.toLowerCase() === email),
  );
  if (found !== undefined && others.length === 0) return { id: found.id, login: found.login };
  const why =
    email === '' ? 'is not set' : `is ${email}, which belongs to no identity of the policy or to several`;
  throw new UsageError(`say with --as who asks: git's user.email ${why}`);
}

function print(
  { summary, details, assumptions: assumed, plan: planned }: Answer,
  { stdout }: CommandIo,
): void {
  stdout.write(plainText(summary, stdout));
  if (planned === null) return;
  stdout.write(`\n${plainText(details, stdout)}`);
  const list = assumed.map((sentence) => `- ${sentence}\n`).join('');
  stdout.write(`\n${paint(stdout, 'bold', 'Assumed, for only GitHub knows')}\n${list}`);
}

function toJson({ allowed, title, findings, faults, assumptions: assumed, plan: planned }: Answer): object {
  const json = planned === null ? null : planJson(planned);
  return { allowed, title, findings, faults, assumptions: assumed, plan: json };
}

function planJson(planned: Plan): object {
  const { subject, requester, path, duration, policyEntry, environment, requirements, effect } = planned;
  return {
    subject,
    requester,
    template: planned.template.value.name,
    cluster: path.cluster,
    namespace: path.namespace,
    duration,
    policyEntry,
    environment,
    approvals: requirements.map(describeRequirement),
    gains: effect.gains,
    dangers: effect.dangers.map(({ severity, message }) => ({ severity, message })),
    openSessions: effect.openSessions,
    unknown: effect.unknown,
    objects: planned.objects,
    digest: planned.digest,
  };
}
