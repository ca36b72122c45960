/**
 * Who has access at a commit and a time, by git history alone. A grant is judged as the branch loop judges it, but for
 * what git does not know: comments, teams and signatures.
 */
import type { Instant } from '../base/instant.ts';
import { finding, type Finding } from '../base/reasons.ts';
import {
  accountOf,
  formatPerson,
  type AccessLife,
  type AccessStory,
  type BlobTexts,
  type GitCommit,
  type MainlineCommit,
} from './access-history.ts';
import { readEndings, type GrantEvidence } from './evidence.ts';
import type { FileFacts, TipFacts } from './facts.ts';
import { clusterOfReadme } from './pin.ts';
import { judgeGrant, type GrantQuestion, type GrantState, type ProvenGrant } from './grant-state.ts';

/** A commit and a time, with the history up to it. */
export interface AccessQuestion {
  /** The history up to the tip, oldest first. */
  readonly mainline: readonly MainlineCommit[];
  /** Its story. */
  readonly story: AccessStory;
  readonly tip: TipFacts;
  /** By path of each grant file at the tip: the newest commit that touched it, as `git log` finds it. */
  readonly newest: ReadonlyMap<string, GitCommit>;
  /** Of the grant files, and of every catalog role that ever was. */
  readonly texts: BlobTexts;
  readonly at: Instant;
}

/** Who has access, and who had. */
export interface Access {
  /** In the order of their paths. */
  readonly inForce: readonly AccessInForce[];
  /** What was access once, in the order of its end. */
  readonly ended: readonly AccessEnded[];
  /** Files below `grants/` that are in the tree and are no access that was ever granted. */
  readonly foreign: readonly { readonly path: string; readonly finding: Finding }[];
}

/** One grant in force. */
export interface AccessInForce {
  readonly path: string;
  readonly evidence: GrantEvidence;
  /** SHA of the grant commit. */
  readonly commit: string;
}

/** One grant that is over. */
export interface AccessEnded extends AccessInForce {
  /** Null where it ended by other than time, and Curfew has not taken it away yet. */
  readonly endedAt: Instant | null;
  readonly finding: Finding;
  /** SHA of the commit that took it away; null where the file is still there although the access is over. */
  readonly endedBy: string | null;
}

/** Says who has access, who had it, and what else lies below `grants/`. */
export function accessAt(question: AccessQuestion): Access {
  const { story, tip, newest, texts } = question;
  const known = {
    blobs: new Map([...texts].flatMap(([sha, text]) => (text === null ? [] : [[sha, text] as const]))),
    merges: endings(question),
  };
  const states = tip.grants
    .filter(({ path }) => clusterOfReadme(path) === null)
    .map((file) => stateOf(question, file, known));
  const commitOf = (path: string): string => newest.get(path)?.sha ?? '';
  return {
    inForce: states.flatMap((state) =>
      state.kind === 'in-force' ? [entryOf(state.grant, commitOf(state.grant.file.path))] : [],
    ),
    ended: [
      ...story.lives.flatMap(takenAway).toSorted((a, b) => a.endedAt - b.endedAt),
      ...states.flatMap((state) =>
        state.kind === 'ended' ? [stillThere(state, commitOf(state.grant.file.path))] : [],
      ),
    ],
    foreign: states.flatMap((state) =>
      state.kind === 'foreign' ? [{ path: state.file.path, finding: state.finding }] : [],
    ),
  };
}

function stateOf(
  { story: { adoption }, tip, newest, at }: AccessQuestion,
  file: FileFacts,
  known: Pick<GrantQuestion, 'blobs' | 'merges'>,
): GrantState {
  const commit = newest.get(file.path);
  if (adoption === null || commit === undefined) {
    const message = `${file.path} is not a file that Curfew wrote`;
    return { kind: 'foreign', file, finding: finding('grant-without-evidence', message) };
  }
  const author = accountOf(commit.author);
  return judgeGrant({
    repository: { id: adoption.pin.repositoryId, botId: adoption.bot.id, signsCommits: false },
    tip,
    file,
    landing: {
      path: file.path,
      history: [],
      grantHistory: [{ ...commit, author, signedByGitHub: false, blob: file.sha }],
      pullRequest: null,
      landed: null,
      lastPush: null,
    },
    now: at,
    teams: new Map(),
    commentsOf: () => [],
    ...known,
  });
}

/** The commits by which Curfew ended access: who takes files from before them brings nothing back. */
function endings({ mainline, story: { adoption } }: AccessQuestion): GrantQuestion['merges'] {
  return mainline
    .flatMap((commit) => [commit, ...commit.brought])
    .filter(
      ({ author, message }) => accountOf(author)?.id === adoption?.bot.id && readEndings(message).size > 0,
    );
}

function entryOf({ file, evidence }: ProvenGrant, commit: string): AccessInForce {
  return { path: file.path, evidence, commit };
}

function stillThere(
  { grant, finding: found }: Extract<GrantState, { kind: 'ended' }>,
  commit: string,
): AccessEnded {
  const endedAt = found.code === 'expired' ? grant.evidence.expiresAt : null;
  return { ...entryOf(grant, commit), endedAt, finding: found, endedBy: null };
}

function takenAway({
  path,
  evidence,
  commit,
  end,
}: AccessLife): readonly (AccessEnded & { readonly endedAt: Instant })[] {
  if (end === null) return [];
  const by = formatPerson(end.commit.author);
  const found = end.byCurfew
    ? finding(end.code ?? 'grant-removed', end.code === null ? 'Curfew does not say why' : undefined)
    : finding('grant-removed', `${by} changed or removed the grant by hand`);
  return [
    {
      path,
      evidence,
      commit: commit.sha,
      endedAt: end.commit.committedAt,
      finding: found,
      endedBy: end.commit.sha,
    },
  ];
}
