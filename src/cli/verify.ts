/** `curfew verify`: recomputes the tree from git and its evidence, and names every difference. */
import { resolve } from 'node:path';
import type { MainlineCommit } from '../lifecycle/access-history.ts';
import { policyPath } from '../lifecycle/trusted-paths.ts';
import { blobsToRead, treesToRead, verify, type Difference, type Verification } from '../lifecycle/verify.ts';
import { corroborate } from '../lifecycle/verify-github.ts';
import { parseArguments } from './arguments.ts';
import { exitCode, InputError, type Command, type CommandIo } from './command.ts';
import { readHistory, resolveCommit, uncommittedGrants } from './git-history.ts';
import { readTips } from './git-tips.ts';
import { apiUrlOfEnvironment, parseRepository, type RepositoryName } from './github-access.ts';
import { paint } from './paint.ts';
import { createCorroborator } from './verify-github.ts';

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Recompute the grants from git and its evidence, and name every difference',
  usage: `curfew verify [--dir DIR] [--repo OWNER/NAME] [--json]

Reads the whole history of an access repository up to the commit that is checked out, and asks of every grant that ever
was: is its evidence complete; was it decided at its parent; are policy, template, roles, CODEOWNERS and request those
that the evidence names; do they make the same plan, digest and bytes; are the approvals enough, and by nobody who took
part; did its merge land that request and nothing else; was it granted in time; is it the only one of its pull request;
did Curfew end it, in time, for a reason that the tree bears out? Nothing else may ever have been below grants/.

In plain git an author is only a name: without --repo it is believed that the commits of Curfew are Curfew's. Neither
does git keep who was in which team; a membership that the evidence claims is taken for true.

Options:
  --dir DIR           a clone of the access repository, whole (default: the current folder)
  --repo OWNER/NAME   also have GitHub corroborate it: signatures, authors, merges and reviews. Needs GITHUB_TOKEN, and
                      GHE_HOST or GITHUB_API_URL for another GitHub than github.com
  --json              print {"commit", "commits", "grants", "inForce", "corroborated", "differences": [{"commit", "path",
                      "message"}]}; commit is null for what lies in the folder and is not committed

An end may come five minutes late before that is a difference. Exits with 0 where there is no difference, with 1 where
there is one, with 2 where the history cannot be read.

Example:
  curfew verify --dir ../access --repo acme/access
`,
  run: async (args, io) => {
    const { values } = parseArguments(
      args,
      {
        dir: { type: 'string', default: '.' },
        repo: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
      { max: 0 },
    );
    const repository = values.repo === undefined ? null : parseRepository(values.repo);
    const folder = resolve(io.cwd, values.dir);
    const { mainline, verification } = await verifyFolder(folder, io);
    const foreign = repository === null ? [] : await askGitHub(verification, mainline, repository, io);
    const loose = (await uncommittedGrants(folder)).map((path): Difference => ({
      commit: null,
      path,
      message: 'in the folder it is not as it is committed',
    }));
    const differences = [...verification.differences, ...foreign, ...loose];
    const result: Result = {
      commit: mainline.at(-1)?.sha ?? '',
      commits: mainline.length,
      grants: verification.grants.length,
      inForce: verification.grants.filter(({ life }) => life.end === null).length,
      corroborated: repository !== null,
      differences,
    };
    if (values.json) io.stdout.write(`${JSON.stringify(result)}\n`);
    else print(result, io);
    return differences.length === 0 ? exitCode.ok : exitCode.finding;
  },
};

interface Result {
  readonly commit: string;
  /** On the first-parent history. */
  readonly commits: number;
  readonly grants: number;
  readonly inForce: number;
  readonly corroborated: boolean;
  readonly differences: readonly Difference[];
}

async function verifyFolder(
  folder: string,
  io: CommandIo,
): Promise<{ readonly mainline: readonly MainlineCommit[]; readonly verification: Verification }> {
  const tip = await resolveCommit(folder, 'HEAD');
  if (tip === null) throw new InputError(`the repository in ${folder} holds no commit`);
  const { mainline } = await readHistory(folder, tip);
  const { tips, texts } = await readTips(folder, mainline, treesToRead(mainline), blobsToRead(mainline));
  const adopted = mainline.some(({ changes }) => changes.some(({ path }) => path === policyPath));
  if (!adopted) throw new InputError(`${folder} is no access repository: it never held ${policyPath}`);
  // It is at least as late as the newest commit, whatever the clock of this machine says.
  const now = Math.max(io.now(), mainline.at(-1)?.committedAt ?? 0);
  const verification = verify({ mainline, tips, texts, now }, (done) => {
    if (done > 0 && done % 500 === 0) progress(io, `verified ${done} grants`);
  });
  return { mainline, verification };
}

async function askGitHub(
  { grants, story }: Verification,
  mainline: readonly MainlineCommit[],
  { owner, name }: RepositoryName,
  io: CommandIo,
): Promise<readonly Difference[]> {
  const token = io.env['GITHUB_TOKEN'] ?? '';
  if (token === '') throw new InputError('--repo needs GITHUB_TOKEN, a token that may read the repository');
  const adoption = story.adoption ?? grants.at(-1)?.life.adoption ?? null;
  if (adoption === null) return [];
  const github = createCorroborator({
    apiUrl: apiUrlOfEnvironment(io),
    token,
    owner,
    name,
    now: () => io.now(),
  });
  const { repositoryId, tip, signs } = await github.readRepository(adoption.commit);
  if (tip !== mainline.at(-1)?.sha) {
    io.stderr.write(
      `${paint(io.stderr, 'yellow', 'Not up to date:')} the default branch of ${owner}/${name} is at ${tip}; fetch to verify that\n`,
    );
  }
  const moved: readonly Difference[] =
    repositoryId === adoption.pin.repositoryId
      ? []
      : [
          {
            commit: adoption.commit,
            path: 'grants',
            message: `Curfew adopted repository ${adoption.pin.repositoryId}, and ${owner}/${name} is repository ${repositoryId}`,
          },
        ];
  const asked = grants.map(({ life: { commit, evidence } }) => ({
    commit: commit.sha,
    pullRequest: evidence.pullRequest,
  }));
  const records = await github.readRecords(asked, (done) =>
    progress(io, `asked GitHub about ${done} of ${asked.length} grants`),
  );
  return [
    ...moved,
    ...grants.flatMap((grant, index) => {
      const record = records[index];
      return record === undefined ? [] : corroborate(grant, record, signs);
    }),
  ];
}

/** Only a person waits. */
function progress({ stderr }: CommandIo, text: string): void {
  if (stderr.isTerminal) stderr.write(`${paint(stderr, 'dim', text)}\n`);
}

function print({ commits, grants, inForce, corroborated, differences }: Result, { stdout }: CommandIo): void {
  for (const { commit, path, message } of differences) {
    const where = commit === null ? 'not committed' : commit.slice(0, 12);
    stdout.write(`${where}  ${path}: ${message}\n`);
  }
  const seen = `${count(grants, 'grant')} in ${count(commits, 'commit')}, ${inForce} of them in the tree`;
  if (differences.length > 0) {
    stdout.write(`${paint(stdout, 'red', `${count(differences.length, 'difference')}.`)} ${seen}.\n`);
    return;
  }
  const advice = corroborated
    ? 'GitHub agrees.'
    : 'In plain git an author is only a name; with --repo GitHub corroborates it.';
  stdout.write(`${paint(stdout, 'green', 'No difference:')} ${seen}. ${advice}\n`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
