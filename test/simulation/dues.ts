/**
 * What is due: which pull request the app has to merge, which request it has to grant, which it has to end. Three answers,
 * for where the design leaves it open, or whole seconds do, nothing is demanded.
 */
import type { PullRequest } from '../../src/sandbox/state.ts';
import type { Approvals, Question } from './approvals.ts';
import { isRequest, type Chronicle } from './chronicle.ts';
import { approveWithin, canPair, demandOf, grantWithin, openPerPerson, refusal } from './law.ts';
import type { Ledger } from './ledger.ts';
import type { People } from './people.ts';
import type { Asked } from './scenery.ts';
import type { Stage } from './stage.ts';

/** What is close to a limit of time is not judged. */
const slack = 3 * 60_000;

export class Dues {
  readonly #stage: Stage;
  readonly #chronicle: Chronicle;
  readonly #people: People;
  readonly #approvals: Approvals;
  readonly #ledger: Ledger;

  constructor(stage: Stage, chronicle: Chronicle, people: People, approvals: Approvals, ledger: Ledger) {
    this.#stage = stage;
    this.#chronicle = chronicle;
    this.#people = people;
    this.#approvals = approvals;
    this.#ledger = ledger;
  }

  /** Why nothing at all may be granted now; null where nothing stands in the way. */
  obstacle(): string | null {
    const { policy, owners } = this.#chronicle.filesAt(this.#stage.tip);
    if (policy.grantsNothing === true) return 'the policy grants nothing';
    if (owners.unguarded === true) return 'templates have no owner';
    if (!this.#stage.isProtected) return 'the branch is not protected';
    return this.#stage.main === 'main' ? null : 'the default branch is another';
  }

  /** Whom a pull request asks for, and what; null where it is no plain request. */
  subjectOf(pullRequest: PullRequest, asked: Asked): string {
    return asked.forWhom ?? pullRequest.author.login;
  }

  /** What the people who had to agree have to say. `surely` for whether the app must believe it, else whether it may. */
  agreed(question: Question, surely: boolean): string | null {
    const { pullRequest, asked, subject, parent } = question;
    const isMember = surely ? this.#people.isMember : this.#people.wasMember;
    const files = this.#chronicle.filesAt(parent);
    const refused = refusal(asked, { requester: pullRequest.author.login, subject }, files, isMember);
    if (refused !== null) return refused;
    if (asked.notBefore !== null && Date.parse(asked.notBefore) < pullRequest.createdAt)
      return 'its start had passed';
    const demand = demandOf(asked, files, surely ? 'at most' : 'at least');
    if (demand === null) return 'nobody owns the path';
    const approvers = this.#approvals.approvers(question, surely ? 'yes' : 'perhaps');
    return canPair(demand, approvers, isMember)
      ? null
      : `only ${approvers.join(' ') || 'nobody'} had approved`;
  }

  /** What stands against a pull request because of who made it, and how; null where nothing does. */
  carrier(pullRequest: PullRequest): string | null {
    const { author, headRepository, repository } = pullRequest;
    if (headRepository !== repository) return 'it is from a fork';
    if (author.type !== 'User') return 'a bot opened it';
    if (!this.#people.canWrite(author)) return 'the author cannot write';
    if (this.#chronicle.sizeOf(pullRequest) > 50) return 'it has too many commits';
    return this.#chronicle.handsIn(pullRequest).includes(null) ? 'somebody unknown wrote a commit' : null;
  }

  /** Why an open pull request need not be merged now; null where it has to be. */
  whyNotMerged(pullRequest: PullRequest): string | null {
    const stage = this.#stage;
    const found = this.#chronicle.askedBy(pullRequest);
    const { tip } = stage;
    const now = stage.context.clock.now();
    if (found === null) return 'it is no plain request';
    const { path, asked } = found;
    const subject = this.subjectOf(pullRequest, asked);
    if (pullRequest.baseRef !== stage.main || pullRequest.draft) return 'it is not ready';
    if (stage.blob(path) !== null) return 'there is such a request';
    if (stage.open.some((other) => other !== pullRequest && other.headSha === pullRequest.headSha))
      return 'another has the same head';
    if (pullRequest.comments.some(({ body }) => body.startsWith('/revoke'))) return 'perhaps withdrawn';
    if (now > pullRequest.createdAt + approveWithin(asked, this.#chronicle.filesAt(tip)) - slack)
      return 'it is too late';
    if (this.#clusterFails(asked)) return 'the cluster takes nothing';
    if (stage.foreignRules) return 'other rules stand in the way';
    if (this.#approvals.objected(pullRequest)) return 'somebody wants changes';
    if (this.#tooMany(asked, subject)) return 'there are too many';
    const until = { id: Infinity, at: now };
    const question = { pullRequest, asked, subject, until, parent: tip, digest: null };
    const why = this.carrier(pullRequest) ?? this.obstacle() ?? this.agreed(question, true);
    return why ?? (stage.conflicts(pullRequest) ? 'git cannot merge it' : null);
  }

  #clusterFails({ cluster }: Asked): boolean {
    return cluster === 'staging' && this.#stage.reports.at(-1)?.state === 'failure';
  }

  #tooMany(asked: Asked, subject: string): boolean {
    const { tip } = this.#stage;
    const standing = this.#ledger.standing(tip).filter((grant) => grant.subject === subject);
    return standing.length >= openPerPerson(asked, this.#chronicle.filesAt(tip));
  }

  /** Why a request on the default branch need not be granted now; null where it has to be. */
  whyNotGranted(path: string): string | null {
    const stage = this.#stage;
    const blob = stage.blob(path);
    const landings = blob === null ? [] : this.#chronicle.landingsOf(path, blob);
    const [landing] = landings;
    const now = stage.context.clock.now();
    if (landings.length !== 1 || landing === undefined) return 'it came more than once';
    const { pullRequest, activity, changes } = landing;
    if (pullRequest === null) return 'no pull request brought it';
    const found = this.#chronicle.askedBy(pullRequest);
    if (found === null || found.path !== path || found.blob !== blob || changes.length !== 1)
      return 'it landed differently';
    if (pullRequest.baseRef !== stage.main) return 'it is for another branch';
    if (this.#ledger.of(pullRequest) !== undefined) return 'it was granted before';
    const { asked } = found;
    const subject = this.subjectOf(pullRequest, asked);
    const start = this.startOf(asked, activity.timestamp);
    if (now < start) return 'it starts later';
    if (now > start + grantWithin - slack) return 'it is too late';
    const within = approveWithin(asked, this.#chronicle.filesAt(stage.tip));
    if (this.#clusterFails(asked)) return 'the cluster takes nothing';
    if (activity.timestamp > pullRequest.createdAt + within - slack) return 'it was merged too late';
    if (pullRequest.comments.some(({ body }) => body.startsWith('/revoke'))) return 'perhaps revoked';
    if (this.#approvals.objected(pullRequest)) return 'somebody wants changes';
    if (this.#tooMany(asked, subject)) return 'there are too many';
    const until = { id: activity.id, at: activity.timestamp };
    const question = { pullRequest, asked, subject, until, parent: stage.tip, digest: null };
    return this.carrier(pullRequest) ?? this.obstacle() ?? this.agreed(question, true);
  }

  startOf({ notBefore }: Asked, mergedAt: number): number {
    return Math.max(mergedAt, notBefore === null ? mergedAt : Date.parse(notBefore));
  }

  /** When a request on the default branch that has no grant must be gone. */
  deadlineOf(path: string): number {
    const blob = this.#stage.blob(path) ?? '';
    const asked = this.#stage.asked(path);
    const [landed = 0] = this.#chronicle
      .landingsOf(path, blob)
      .map(({ activity }) => activity.timestamp)
      .slice(-1);
    return (asked === null ? landed : this.startOf(asked, landed)) + grantWithin + slack;
  }

  /** Requests on the default branch without a grant. */
  get pending(): readonly string[] {
    const { grants, requests } = this.#stage;
    return requests.filter(
      (path) => isRequest(path) && !grants.includes(path.replace('access-requests/', 'grants/')),
    );
  }
}
