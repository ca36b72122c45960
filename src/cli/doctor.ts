/** `curfew doctor`: what a live repository lacks, with a remedy for each thing. */
import { pino } from 'pino';
import type { AppAccess } from '../app/config/config.ts';
import { createGitHubApp } from '../github/app.ts';
import { Denied, NotFound } from '../github/errors.ts';
import { expectedReports } from '../lifecycle/refused-by-cluster.ts';
import { readTrusted } from '../lifecycle/trusted.ts';
import { parseArguments } from './arguments.ts';
import { exitCode, type Command, type CommandIo } from './command.ts';
import { checkPermissions, diagnose } from './doctor-checks.ts';
import { areas, problem, type Diagnosis, type DoctorFacts } from './doctor-diagnosis.ts';
import { teamsOf } from './doctor-files.ts';
import { createDoctorReads, type DoctorReads, type InstallationRead } from './doctor-github.ts';
import { appOfEnvironment, parseRepository, type RepositoryName } from './github-access.ts';
import { paint } from './paint.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Say what is wrong with an access repository on GitHub, and what to do',
  usage: `curfew doctor --repo OWNER/NAME [--json]

Looks at a live access repository as the App sees it: the installation with its permissions and events, the rules in force
on the default branch and who may go past them, CODEOWNERS, policy and templates, whether they are within the ceilings of
the clusters, whether these say what they take, what Curfew adopted, the clocks, and the webhooks that arrived of late.
Changes nothing.

Options:
  --repo OWNER/NAME   the access repository
  --json              print {"repository", "healthy", "findings": [{"area", "level", "message", "remedy"}]}; area is one
                      of ${areas.slice(0, 6).join(', ')},
                      ${areas.slice(6).join(', ')}; level is problem, or note for what is only to be known

Environment: APP_ID, PRIVATE_KEY or PRIVATE_KEY_PATH, and GHE_HOST or GITHUB_API_URL, as for curfew start.

Exits with 0 where there is no problem, with 1 where there is one, with 2 where GitHub does not answer.

Example:
  curfew doctor --repo acme/access
`,
  run: async (args, io) => {
    const { values } = parseArguments(
      args,
      { repo: { type: 'string' }, json: { type: 'boolean', default: false } },
      { max: 0 },
    );
    const repository = parseRepository(values.repo);
    const { findings, looked } = await examine(appOfEnvironment(io), repository, io);
    const healthy = findings.every(({ level }) => level === 'note');
    const fullName = `${repository.owner}/${repository.name}`;
    if (values.json) io.stdout.write(`${JSON.stringify({ repository: fullName, healthy, findings })}\n`);
    else print(fullName, findings, looked, io);
    return healthy ? exitCode.ok : exitCode.finding;
  },
};

interface Examination {
  readonly findings: readonly Diagnosis[];
  /** The areas that could be looked at. */
  readonly looked: readonly Diagnosis['area'][];
}

async function examine(app: AppAccess, repository: RepositoryName, io: CommandIo): Promise<Examination> {
  const reads = createDoctorReads(app, repository, () => io.now());
  const installation = await reads.installation();
  const cutShort = (...findings: readonly Diagnosis[]): Examination => ({ findings, looked: [] });
  if (installation === null) {
    const remedy = 'install it there, from its settings page, under "Install App"';
    return cutShort(
      problem('installation', `The App is not installed on ${repository.owner}/${repository.name}`, remedy),
    );
  }
  if (installation.suspended) {
    const remedy = 'unsuspend it in the settings of the account, under "GitHub Apps"';
    return cutShort(problem('installation', 'The installation is suspended', remedy));
  }
  try {
    const facts = await readFacts(app, repository, installation, reads, io);
    return { findings: diagnose(facts), looked: areas };
  } catch (error) {
    // What the App may not read it cannot look at; that it may not is a finding.
    if (!(error instanceof Denied) && !(error instanceof NotFound)) throw error;
    const remedy = 'mend what is said above, and run this again';
    return cutShort(...checkPermissions(installation), problem('repository', error.message, remedy));
  }
}

async function readFacts(
  app: AppAccess,
  { owner, name }: RepositoryName,
  installation: InstallationRead,
  reads: DoctorReads,
  io: CommandIo,
): Promise<DoctorFacts> {
  const log = pino({ enabled: false });
  const github = createGitHubApp({ ...app, now: () => io.now(), log });
  const port = github.repository(installation.id, owner, name);
  const { now, repository, tip } = await port.readBranch();
  const local = io.now();
  const { codeowners } = readTrusted(tip);
  const [teams, rulesets, codeownersErrors, deliveries, verdicts] = await Promise.all([
    port.readTeams(codeowners === null ? [] : teamsOf(codeowners.value)),
    reads.rulesets(installation.id, repository.defaultBranch),
    reads.codeownersErrors(installation.id),
    reads.deliveries(),
    port.readVerdicts(tip.sha, expectedReports(tip)),
  ]);
  const clocks = { github: now, local };
  return { installation, repository, tip, teams, rulesets, codeownersErrors, deliveries, verdicts, clocks };
}

function print(
  fullName: string,
  findings: readonly Diagnosis[],
  looked: Examination['looked'],
  { stdout }: CommandIo,
): void {
  stdout.write(`${paint(stdout, 'bold', fullName)}\n\n`);
  const width = Math.max(...areas.map((area) => area.length));
  for (const area of areas) {
    const own = findings.filter((finding) => finding.area === area);
    if (own.length === 0 && looked.includes(area))
      stdout.write(`${paint(stdout, 'green', 'ok     ')}  ${area}\n`);
    for (const { level, message, remedy } of own) {
      const label = paint(stdout, level === 'problem' ? 'red' : 'yellow', level.padEnd('problem'.length));
      const indent = ' '.repeat('problem'.length + width + 4);
      stdout.write(`${label}  ${area.padEnd(width)}  ${message}\n${indent}→ ${remedy}\n`);
    }
  }
  const problems = findings.filter(({ level }) => level === 'problem').length;
  stdout.write(`\n${problems === 0 ? 'No problem.' : `${problems} problem${problems === 1 ? '' : 's'}.`}\n`);
}
