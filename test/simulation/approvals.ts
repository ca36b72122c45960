/**
 * What a review is worth: `yes` where it surely counts, `no` where it surely must not, `perhaps` where GitHub's whole
 * seconds leave it open or where the design leaves it to the engine. Ids in the sandbox rise with time.
 */
import type { PullRequest, Review } from '../../src/sandbox/state.ts';
import type { Chronicle } from './chronicle.ts';
import type { People } from './people.ts';
import { files, type Asked } from './scenery.ts';
import type { Stage } from './stage.ts';

export type Worth = 'yes' | 'perhaps' | 'no';

/** What an approval is asked about. */
export interface Question {
  readonly pullRequest: PullRequest;
  readonly asked: Asked;
  readonly subject: string;
  /** The merge, or now for one that is open. */
  readonly until: { readonly id: number; readonly at: number };
  /** The commit at which it is decided. */
  readonly parent: string;
  /** What the grant says was approved; null before there is one. */
  readonly digest: string | null;
}

/** A check run that was seen on a head, and since when. */
interface Shown {
  readonly externalId: string;
  readonly id: number;
}

/**
 * A pull request as it stood when all was quiet. Whoever approves from then on has seen everything, as long as nothing
 * changes by which another plan, or none, is shown in between.
 */
interface Quiet {
  readonly id: number;
  readonly setting: string;
}

const opinions: readonly Review['state'][] = ['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED'];

export class Approvals {
  readonly #stage: Stage;
  readonly #chronicle: Chronicle;
  readonly #people: People;
  readonly #shown = new Map<string, Shown[]>();
  readonly #quiet = new Map<number, Quiet>();

  constructor(stage: Stage, chronicle: Chronicle, people: People) {
    this.#stage = stage;
    this.#chronicle = chronicle;
    this.#people = people;
  }

  /** Remembers which plan each head shows now: between steps, so before whatever people do next. */
  look(): void {
    for (const [number, { setting }] of this.#quiet) {
      const pullRequest = this.#stage.open.find((each) => each.number === number);
      if (pullRequest !== undefined && this.#settingOf(pullRequest) !== setting) this.#quiet.delete(number);
    }
    for (const { headSha } of this.#stage.open) {
      const newest = this.#stage.checksOn(headSha).at(-1);
      if (newest === undefined) continue;
      const seen = this.#shown.get(headSha) ?? [];
      const externalId = newest.externalId ?? '';
      if (seen.at(-1)?.externalId === externalId) continue;
      this.#shown.set(headSha, [...seen, { externalId, id: this.#stage.context.state.nextId() }]);
    }
  }

  /** All is quiet: the app has shown what there is to show. */
  rest(): void {
    for (const pullRequest of this.#stage.open) {
      if (this.#quiet.has(pullRequest.number)) continue;
      const setting = this.#settingOf(pullRequest);
      this.#quiet.set(pullRequest.number, { id: this.#stage.context.state.nextId(), setting });
    }
  }

  /** Everything by which a pull request shows this plan and no other. */
  #settingOf(pullRequest: PullRequest): string {
    const stage = this.#stage;
    const { headSha, baseRef, draft } = pullRequest;
    const found = this.#chronicle.askedBy(pullRequest);
    const taken = found !== null && stage.blob(found.path) !== null;
    const twins = stage.open.filter((other) => other.headSha === headSha).length;
    const decisive = Object.values(files).map((path) => stage.blob(path));
    return JSON.stringify([headSha, baseRef, draft, taken, twins, decisive, this.#people.now()]);
  }

  /** Who approved, by an approval that is worth this or more. */
  approvers(question: Question, least: 'yes' | 'perhaps'): readonly string[] {
    const wanted: readonly Worth[] = least === 'yes' ? ['yes'] : ['yes', 'perhaps'];
    const { reviews } = question.pullRequest;
    const worthy = reviews.filter((review) => wanted.includes(this.worth(review, question)));
    return [...new Set(worthy.map(({ author }) => author.login))];
  }

  /** Whether somebody who can write asks for changes. */
  objected({ reviews }: PullRequest): boolean {
    return reviews.some(
      (review) =>
        review.state === 'CHANGES_REQUESTED' &&
        this.#isLatest(review, reviews) &&
        this.#people.couldWrite(review.author),
    );
  }

  worth(review: Review, question: Question): Worth {
    const all = [
      this.#asApproval(review, question),
      this.#asPerson(review, question),
      this.#asAnswer(review, question),
      this.#asSeen(review, question),
    ];
    if (all.includes('no')) return 'no';
    return all.includes('perhaps') ? 'perhaps' : 'yes';
  }

  #isLatest(review: Review, reviews: readonly Review[]): boolean {
    const own = reviews.filter(({ author, state }) => author === review.author && opinions.includes(state));
    return own.at(-1) === review;
  }

  /** It is the reviewer's last word, and says yes. */
  #asApproval(review: Review, { pullRequest, until }: Question): Worth {
    const { reviews, timeline } = pullRequest;
    const later = reviews.filter(
      ({ author, state, id }) => author === review.author && opinions.includes(state) && id > review.id,
    );
    if (later.some(({ id }) => id < until.id)) return 'no';
    if (review.state === 'APPROVED') return later.length === 0 ? 'yes' : 'perhaps';
    const dismissal = timeline.find((event) => event.event === 'review_dismissed' && event.review === review);
    const stood =
      dismissal?.event === 'review_dismissed' &&
      dismissal.previousState === 'APPROVED' &&
      dismissal.id > until.id;
    return stood ? 'perhaps' : 'no';
  }

  /** The reviewer is a person who can write and has no hand in it. */
  #asPerson({ author }: Review, { pullRequest, subject, until }: Question): Worth {
    if (author.type !== 'User' || !this.#people.couldWrite(author)) return 'no';
    if (author.login === subject || author === pullRequest.author) return 'no';
    if (this.#chronicle.handsIn(pullRequest).includes(author)) return 'no';
    const pushes = this.#chronicle.pushesOf(pullRequest, until.id);
    const last = pushes.at(-1);
    if (last?.actor === author) return 'no';
    const clear = last !== undefined && pushes.every(({ actor }) => actor !== author);
    return clear && this.#people.canWrite(author) ? 'yes' : 'perhaps';
  }

  /** It is of this head, after its push and the last change of base, and before the merge. */
  #asAnswer(review: Review, { pullRequest, until }: Question): Worth {
    const at = review.submittedAt ?? 0;
    if (review.commitId !== pullRequest.headSha) return 'no';
    const [pushed] = this.#chronicle.pushesOf(pullRequest, until.id).slice(-1);
    const moved = pullRequest.timeline.findLast(
      ({ event, id }) => event === 'base_ref_changed' && id < until.id,
    );
    const before = [pushed?.timestamp ?? 0, moved?.createdAt ?? 0];
    if (before.some((time) => time > at) || at > until.at) return 'no';
    const surely = before.every((time) => time < at) && review.id < until.id;
    return surely ? 'yes' : 'perhaps';
  }

  /** The plan that counts was shown before. */
  #asSeen(review: Review, question: Question): Worth {
    const { pullRequest, asked, digest, parent } = question;
    const words = this.#chronicle.wordsAt(parent, asked);
    const same = (from: number): readonly boolean[] =>
      this.#chronicle
        .tipsBetween(from, review.id)
        .map((tip) => this.#chronicle.wordsAt(tip, asked) === words);
    const quiet = this.#quiet.get(pullRequest.number);
    const then = this.#chronicle.wordsAt(this.#chronicle.tipBefore(review.id), asked);
    if (quiet !== undefined && quiet.id < review.id && then === words) return 'yes';
    const first = this.#stage.checksOn(pullRequest.headSha)[0];
    if (first === undefined || first.startedAt > (review.submittedAt ?? 0)) return 'no';
    if (first.startedAt === review.submittedAt) return 'perhaps';
    const shown = (this.#shown.get(pullRequest.headSha) ?? []).filter(
      ({ externalId, id }) => id < review.id && (digest === null || externalId.includes(digest)),
    );
    const agreed = shown.some(({ id }) => same(Math.min(id, first.id)).includes(true));
    return agreed ? 'perhaps' : 'no';
  }
}
