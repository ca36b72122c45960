/** `curfew access`: who has what now, or had then, from git alone. */
import { resolve } from 'node:path';
import { parseInstant, type Instant } from '../base/instant.ts';
import { accessAt, type Access } from '../lifecycle/access.ts';
import { tellStory, type GitCommit, type MainlineCommit } from '../lifecycle/access-history.ts';
import { clusterOfReadme } from '../lifecycle/pin.ts';
import { printAccess, toJson } from './access-text.ts';
import { parseArguments } from './arguments.ts';
import { exitCode, InputError, type Command, type CommandIo } from './command.ts';
import { newestTouch, readHistory, resolveCommit, type GitHistory } from './git-history.ts';
import { readTips } from './git-tips.ts';
import { paint } from './paint.ts';

export const accessCommand: Command = {
  name: 'access',
  summary: 'Say who has access now, or had it then',
  usage: `curfew access [--dir DIR] [--at TIME|REF] [--all] [--json]

Answers from the history of an access repository, with nothing asked of GitHub: who has what, where, until when, by which
pull request, approved by whom. A grant counts while the newest commit that touched its file is Curfew's own, and its time
is not up. Reads the commit that is checked out; fetch first to see what is true now.

Options:
  --dir DIR   a clone of the access repository (default: the current folder)
  --at TIME   as it was then, such as 2026-12-01T09:00:00Z: at the commit on which the branch stood
  --at REF    as it was at this commit, branch or tag, and at its time
  --all       also what has ended, when and why
  --json      print {"at", "commit", "grants": [{"grant", "subject": {"id", "login", "user"}, "requester", "template",
              "cluster", "namespace", "request", "grantedAt", "expiresAt", "pullRequest", "approvedBy", "policyEntry",
              "commit"}]}; namespace is null for a whole cluster. With --all also "ended", whose entries have
              "endedAt", "reason", "message" and "endedBy" besides

Exits with 0 also where nobody has access, with 2 where the history cannot be read.

Examples:
  curfew access --dir ../access
  curfew access --at 2026-12-01T09:00:00Z --all
`,
  run: async (args, io) => {
    const { values } = parseArguments(
      args,
      {
        dir: { type: 'string', default: '.' },
        at: { type: 'string' },
        all: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
      { max: 0 },
    );
    const folder = resolve(io.cwd, values.dir);
    const moment = await findMoment(folder, values.at, io);
    const access = await readAccess(folder, moment);
    const asked = { at: moment.at, commit: moment.tip?.sha ?? null, all: values.all };
    if (values.json) io.stdout.write(`${JSON.stringify(toJson(access, asked))}\n`);
    else printAccess(access, asked, io);
    warn(access, io);
    return exitCode.ok;
  },
};

/** A state of the branch, and the time at which it is looked at. */
interface Moment {
  readonly at: Instant;
  readonly history: GitHistory;
  /** Null before the first commit. */
  readonly tip: GitCommit | null;
}

async function findMoment(folder: string, at: string | undefined, io: CommandIo): Promise<Moment> {
  const then = at === undefined ? null : parseInstant(at);
  const name = at === undefined || then !== null ? 'HEAD' : at;
  const commit = await resolveCommit(folder, name);
  if (commit === null) {
    throw new InputError(
      name === 'HEAD'
        ? `the repository in ${folder} holds no commit`
        : `--at: "${name}" is neither a time such as 2026-12-01T09:00:00Z nor a commit, branch or tag of ${folder}`,
    );
  }
  const history = await readHistory(folder, commit);
  const mainline = then === null ? history.mainline : upTo(history.mainline, then);
  const tip = mainline.at(-1) ?? null;
  const made = tip?.committedAt ?? 0;
  // It is at least as late as the newest commit, whatever the clock of this machine says.
  const now = at === undefined ? Math.max(io.now(), made) : made;
  return { at: then ?? now, history: { ...history, mainline }, tip };
}

/** The history until the newest commit that was made by then. */
function upTo(mainline: readonly MainlineCommit[], time: Instant): readonly MainlineCommit[] {
  return mainline.slice(0, mainline.findLastIndex(({ committedAt }) => committedAt <= time) + 1);
}

async function readAccess(folder: string, { at, history, tip }: Moment): Promise<Access> {
  const { mainline } = history;
  const asked = mainline.flatMap(({ changes }) =>
    changes.flatMap(({ path, after }) =>
      after !== null && (clusterOfReadme(path) !== null || path.startsWith('templates/roles/'))
        ? [after.sha]
        : [],
    ),
  );
  const { tips, texts } = await readTips(folder, mainline, new Set(tip === null ? [] : [tip.sha]), asked);
  const facts = tips.get(tip?.sha ?? '');
  if (facts === undefined) return { inForce: [], ended: [], foreign: [] };
  const newest = new Map<string, GitCommit>();
  for (const { path } of facts.grants) {
    const commit = await newestTouch(folder, history, path);
    if (commit !== null) newest.set(path, commit);
  }
  return accessAt({ mainline, story: tellStory(mainline, texts), tip: facts, newest, texts, at });
}

/** Whatever lies below `grants/` may be applied to a cluster, access or not. */
function warn({ foreign }: Access, { stderr }: CommandIo): void {
  for (const { finding } of foreign)
    stderr.write(`${paint(stderr, 'yellow', 'No grant of Curfew:')} ${finding.message}; see curfew verify\n`);
}
