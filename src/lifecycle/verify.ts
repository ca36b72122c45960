/**
 * Verification: the tree below `grants/` recomputed from the history and its evidence. Whatever does not follow is a
 * difference. Works from git alone: GitHub can only corroborate what is found here (see verify-github.ts).
 */
import { formatInstant, type Instant } from '../base/instant.ts';
import {
  accountOf,
  formatPerson,
  Mainline,
  tellStory,
  type AccessLife,
  type AccessStory,
  type BlobTexts,
  type GitCommit,
  type MainlineCommit,
  type ReadmeChange,
  type Stray,
} from './access-history.ts';
import type { TipFacts } from './facts.ts';
import { readPin, readmePath } from './pin.ts';
import type { Plan } from './plan.ts';
import { readTrusted } from './trusted.ts';
import { dueOf, judgeEnd } from './verify-end.ts';
import { judgeGrantCommit, tolerance } from './verify-grant.ts';

/** What a verification is made from: git, and the time. */
export interface VerifyFacts {
  /** The first-parent history, oldest first. */
  readonly mainline: readonly MainlineCommit[];
  /** The trees of `treesToRead`, by commit. */
  readonly tips: ReadonlyMap<string, TipFacts>;
  /** Of `blobsToRead`. */
  readonly texts: BlobTexts;
  readonly now: Instant;
}

/** Something that does not follow from the history and its evidence. */
export interface Difference {
  /** Where it came about; null for what is not committed. */
  readonly commit: string | null;
  readonly path: string;
  /** One sentence without a full stop. */
  readonly message: string;
}

/** A grant that ever was, planned anew. */
export interface VerifiedGrant {
  readonly life: AccessLife;
  /** Null where it could not be planned again. */
  readonly plan: Plan | null;
}

/** What a verification comes to. */
export interface Verification {
  /** In the order of the history. */
  readonly differences: readonly Difference[];
  /** Every grant that ever was. */
  readonly grants: readonly VerifiedGrant[];
  readonly story: AccessStory;
}

/** Commits whose trees are needed: before each that touched a grant, and the last. */
export function treesToRead(mainline: readonly MainlineCommit[]): ReadonlySet<string> {
  const touching = mainline.filter(({ changes }) => changes.some(({ path }) => path.startsWith('grants/')));
  return new Set([
    ...touching.flatMap(({ parents }) => parents.slice(0, 1)),
    ...mainline.slice(-1).map(({ sha }) => sha),
  ]);
}

/** Blobs whose texts are needed beside those of the trees: everything that ever stood below `grants/`. */
export function blobsToRead(mainline: readonly MainlineCommit[]): readonly string[] {
  return mainline.flatMap(({ changes }) =>
    changes.flatMap(({ path, after }) =>
      after !== null && path.startsWith('grants/') && after.mode !== '160000' ? [after.sha] : [],
    ),
  );
}

/**
 * Recomputes the tree, and names every difference.
 *
 * @param judged is told how many grants have been judged: each is planned anew, which takes its time
 */
export function verify(facts: VerifyFacts, judged: (grants: number) => void = () => {}): Verification {
  const { mainline, tips, texts } = facts;
  const history = new Mainline(mainline);
  const story = tellStory(mainline, texts);
  const verdicts = story.lives.map((life, index) => {
    const { commit } = life;
    judged(index);
    const { differences, plan } = judgeGrantCommit(life, history, tips.get(commit.parents[0] ?? ''), texts);
    return {
      grant: { life, plan },
      differences: [...about(life, commit, differences), ...judgeRest(life, history, facts)],
    };
  });
  const differences = [
    ...verdicts.flatMap((verdict) => verdict.differences),
    ...story.strays.map((stray) => describeStray(stray, facts)),
    ...story.readmes.flatMap((readme) => judgeReadme(readme, texts)),
    ...spentTwice(story.lives),
    ...missingReadmes(story, facts),
  ];
  const place = ({ commit }: Difference): number => history.position(commit ?? '');
  return {
    differences: differences.toSorted((a, b) => place(a) - place(b)),
    grants: verdicts.map(({ grant }) => grant),
    story,
  };
}

function about({ path }: AccessLife, commit: GitCommit, messages: readonly string[]): readonly Difference[] {
  return messages.map((message) => ({ commit: commit.sha, path, message }));
}

/** What came after the grant commit. */
function judgeRest(life: AccessLife, history: Mainline, { tips, now }: VerifyFacts): readonly Difference[] {
  const { commit, end } = life;
  const last = end?.commit ?? history.commits.at(-1) ?? commit;
  const later = history.commits.slice(history.position(commit.sha) + 1, history.position(last.sha) + 1);
  const due = dueOf(life, later);
  if (end !== null) return about(life, last, judgeEnd(life, end, due, tips.get(last.parents[0] ?? '')));
  if (now <= due.at + tolerance) return [];
  const message = `it is still there, though ${due.why} at ${formatInstant(due.at)}; if this clone is old, fetch and verify again`;
  return about(life, last, [message]);
}

function describeStray({ change, commit, why }: Stray, { mainline, tips }: VerifyFacts): Difference {
  const { path, after } = change;
  const standing = tips.get(mainline.at(-1)?.sha ?? '')?.grants ?? [];
  const stillThere = standing.some((file) => file.path === path && file.sha === after?.sha);
  return { commit: commit.sha, path, message: `it ${why}${stillThere ? ', and is still there' : ''}` };
}

/** Only Curfew writes READMEs of clusters, and each carries the pin of the adoption. */
function judgeReadme(
  { change: { path, after }, commit, adoption, besideGrants }: ReadmeChange,
  texts: BlobTexts,
): readonly Difference[] {
  const difference = (message: string): readonly Difference[] => [{ commit: commit.sha, path, message }];
  const byCurfew = accountOf(commit.author)?.id === adoption.bot.id;
  if (after === null) {
    return byCurfew || !besideGrants
      ? []
      : difference(`this README was removed by ${formatPerson(commit.author)}, who is not Curfew`);
  }
  if (!byCurfew)
    return difference(`this README was written by ${formatPerson(commit.author)}, who is not Curfew`);
  const pin = after.mode === '100644' ? readPin(texts.get(after.sha) ?? '') : null;
  const same =
    pin?.repositoryId === adoption.pin.repositoryId && pin.defaultBranch === adoption.pin.defaultBranch;
  return same
    ? []
    : difference('this README does not carry the pin with which Curfew adopted the repository');
}

/** One pull request yields one grant, ever. */
function spentTwice(lives: readonly AccessLife[]): readonly Difference[] {
  const first = new Map<number, AccessLife>();
  return lives.flatMap((life) => {
    const { pullRequest } = life.evidence;
    const earlier = first.get(pullRequest);
    first.set(pullRequest, earlier ?? life);
    return earlier === undefined
      ? []
      : about(life, life.commit, [
          `pull request #${pullRequest} was granted before, by ${earlier.commit.sha}`,
        ]);
  });
}

/** The READMEs that keep the directories of the clusters alive. */
function missingReadmes(
  { adoption }: AccessStory,
  { mainline, tips, now }: VerifyFacts,
): readonly Difference[] {
  const last = mainline.at(-1);
  const tip = tips.get(last?.sha ?? '');
  const policy = tip === undefined ? null : readTrusted(tip).policy;
  // A policy that names a new cluster is answered a moment later.
  if (last === undefined || policy === null || adoption === null || now <= last.committedAt + tolerance)
    return [];
  return Object.keys(policy.value.clusters)
    .map(readmePath)
    .filter((path) => !tip?.grants.some((file) => file.path === path))
    .map((path) => ({
      commit: last.sha,
      path,
      message: 'this README is missing, without which the directory vanishes with its last grant',
    }));
}
