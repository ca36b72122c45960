/**
 * The oracle: what docs/design.md promises, checked against what lies in the repository by an own, simple reading of
 * it. It knows nothing of how the engine decides. `check` is what must hold after every step, `checkRest` what must hold
 * where faults have stopped and two sweeps are over, `checkOver` what must hold when all time is up.
 */
import type { PathChange } from '../../src/sandbox/git/changed-paths.ts';
import type { Activity, PullRequest } from '../../src/sandbox/state.ts';
import { Approvals } from './approvals.ts';
import { Chronicle, isMain, isRequest } from './chronicle.ts';
import { Dues } from './dues.ts';
import { expect, Violation } from './expect.ts';
import { approveWithin, grantWithin, openPerPerson } from './law.ts';
import { Ledger } from './ledger.ts';
import { People } from './people.ts';
import { hoursOf } from './scenery.ts';
import { bot, type Stage } from './stage.ts';

/** What machines believe about the time, as minutes ahead of GitHub. */
export type Clocks = () => readonly number[];

/** A machine whose clock is off by more than this grants nothing, in milliseconds. */
const clockTolerance = 30_000;

export class Oracle {
  readonly #stage: Stage;
  readonly #chronicle: Chronicle;
  readonly #people: People;
  readonly #approvals: Approvals;
  readonly #ledger: Ledger;
  readonly #dues: Dues;
  readonly #clocks: Clocks;
  /** At each look since the last check: why nothing may be granted, and what the clocks were off by. */
  #looks: { readonly obstacle: string | null; readonly clocks: readonly number[] }[] = [];
  #lastActivity = 0;

  constructor(stage: Stage, clocks: Clocks) {
    this.#stage = stage;
    this.#clocks = clocks;
    this.#chronicle = new Chronicle(stage);
    this.#people = new People(stage);
    this.#approvals = new Approvals(stage, this.#chronicle, this.#people);
    this.#ledger = new Ledger(stage, this.#chronicle, this.#people);
    this.#dues = new Dues(stage, this.#chronicle, this.#people, this.#approvals, this.#ledger);
    this.observe();
  }

  /** How many grants there have been. */
  get grants(): number {
    return this.#ledger.grants.length;
  }

  /** Looks at what no record keeps: memberships, rules, clocks. */
  observe(): void {
    this.#people.look();
    this.#approvals.look();
    this.#looks.push({ obstacle: this.#dues.obstacle(), clocks: this.#clocks() });
  }

  /** What must hold after every step. `alone` where no second process races for the one comment and the one check. */
  check(alone: boolean): void {
    this.observe();
    const fresh = this.#stage.repository.activities.filter(({ id }) => id > this.#lastActivity);
    for (const activity of fresh) this.#checkActivity(activity);
    this.#lastActivity = fresh.at(-1)?.id ?? this.#lastActivity;
    if (alone) {
      this.#checkOnePerKind();
      this.#checkRuns();
    }
    this.#ledger.look(this.#stage.context.clock.now() + this.#ahead());
    this.#people.forget();
    this.#looks = this.#looks.slice(-1);
  }

  /** How far a machine's clock was ahead of GitHub's. */
  #ahead(): number {
    return Math.max(0, ...this.#looks.flatMap(({ clocks }) => clocks));
  }

  #checkActivity(activity: Activity): void {
    const { actor, ref, after } = activity;
    const own = actor.login === bot;
    const branch = ref.replace('refs/heads/', '');
    const gone = /^0+$/.test(after);
    if (own) {
      expect(isMain(ref) || branch.startsWith('curfew/'), `the app pushed to ${branch}`);
      expect(!gone || !isMain(ref), `the app deleted ${branch}`);
    }
    if (!isMain(ref) || gone) return;
    if (own) this.#checkOwn(activity);
    this.#ledger.learn(activity, own);
  }

  #checkOwn(activity: Activity): void {
    const changes = this.#chronicle.changes(activity);
    const carried = this.#stage.pullRequests.find(({ mergeCommitSha }) => mergeCommitSha === activity.after);
    const meant = changes.length > 0 || carried === undefined ? changes : this.#overtaken(carried, activity);
    expect(meant.length > 0, 'the app made a commit that changes nothing');
    if (carried !== undefined && carried.author.login !== bot) {
      this.#checkMerge(carried, activity, meant);
      return;
    }
    for (const change of changes) this.#checkOwnChange(activity, change, changes.length);
  }

  /**
   * What a pull request deletes, where all of it was deleted at the very moment of its merge: GitHub pins the head of a
   * merge and not its base, so of two that delete the same request the second cannot know of the first. Else nothing.
   */
  #overtaken(pullRequest: PullRequest, { id, timestamp }: Activity): readonly PathChange[] {
    const gone = this.#chronicle.moves
      .filter((move) => move.id < id && move.timestamp === timestamp)
      .flatMap((move) => this.#chronicle.changes(move).filter(({ after }) => after === null));
    const meant = this.#chronicle.changesOf(pullRequest);
    const isGone = ({ path, after }: PathChange): boolean =>
      after === null && gone.some((change) => change.path === path);
    return meant.every(isGone) ? meant : [];
  }

  /** The app merges pull requests that add or delete one request, and nothing else. */
  #checkMerge(pullRequest: PullRequest, activity: Activity, changes: readonly PathChange[]): void {
    const about = `the app merged #${pullRequest.number}`;
    const [change, ...others] = changes;
    const one = change !== undefined && others.length === 0 && isRequest(change.path);
    expect(
      one && (change.before === null || change.after === null),
      `${about}, which changes ${changes.map(({ path }) => path).join(' ')}`,
    );
    if (change.after === null) return;
    const found = this.#chronicle.askedBy(pullRequest);
    if (found === null) throw new Violation(`${about}, which is no request`);
    const subject = this.#dues.subjectOf(pullRequest, found.asked);
    const until = { id: activity.id, at: activity.timestamp };
    const parent = activity.before;
    const question = { pullRequest, asked: found.asked, subject, until, parent, digest: null };
    const missing = this.#dues.agreed(question, false);
    expect(missing === null, `${about} for ${subject}, although ${missing}`);
    this.#checkUnhindered(about);
  }

  /** Nothing is granted while something stands in the way all the time. */
  #checkUnhindered(about: string): void {
    const obstacle = this.#looks.every((look) => look.obstacle !== null) ? this.#looks[0]?.obstacle : null;
    expect(obstacle === null, `${about}, although ${obstacle}`);
    const wrong = this.#looks.every(({ clocks }) =>
      clocks.every((off) => Math.abs(off) > clockTolerance + 1000),
    );
    expect(!wrong, `${about}, although every clock was wrong`);
  }

  #checkOwnChange(activity: Activity, { path, before, after }: PathChange, changes: number): void {
    const readme = /^grants\/[^/]+\/README\.md$/.test(path);
    if (after === null) {
      const ours = path.startsWith('grants/') || path.startsWith('access-requests/');
      expect(ours && !readme, `the app deleted ${path}`);
      this.#checkEnd(activity, path, before?.sha ?? '');
      return;
    }
    expect(path.startsWith('grants/'), `the app wrote ${path}`);
    if (readme) return;
    expect(before === null, `the app changed the bytes of ${path}`);
    expect(changes === 1, `a grant commit changes ${changes} files`);
    this.#checkGrant(activity, path, after.sha);
  }

  #checkGrant({ id, before, after, timestamp }: Activity, path: string, blob: string): void {
    const stage = this.#stage;
    const { message } = stage.repository.git.commit(after);
    const trailer = (key: string): string =>
      new RegExp(`^Curfew-${key}: (.*)$`, 'm').exec(message)?.[1] ?? '';
    const number = Number(trailer('Pull-Request'));
    const pullRequest = stage.pullRequests.find((each) => each.number === number);
    if (pullRequest === undefined) throw new Violation(`${path} names no pull request`);
    const earlier = this.#ledger.of(pullRequest);
    expect(earlier === undefined, `#${number} was granted twice: ${earlier?.commit} and ${after}`);

    const request = path.replace('grants/', 'access-requests/');
    const merged = this.#chronicle.moves.find((move) => move.after === pullRequest.mergeCommitSha);
    if (merged === undefined || merged.id > id)
      throw new Violation(`#${number} was granted and is not merged`);
    expect(pullRequest.baseRef === 'main', `#${number} was granted and is not for main`);
    const found = this.#chronicle.askedBy(pullRequest);
    if (found === null || found.path !== request)
      throw new Violation(`#${number} was granted and asks for no such thing`);
    expect(found.blob === stage.blob(request, before), `#${number} was granted for other content`);
    const { asked } = found;
    const subject = this.#dues.subjectOf(pullRequest, asked);
    const text = stage.text(path, after) ?? '';
    this.#checkScope(text, path);

    const until = { id: merged.id, at: merged.timestamp };
    const question = { pullRequest, asked, subject, until, parent: before, digest: trailer('Digest') };
    const missing = this.#dues.agreed(question, false);
    expect(missing === null, `#${number} was granted to ${subject} at ${path}, although ${missing}`);
    this.#checkUnhindered(`#${number} was granted`);
    const files = this.#chronicle.filesAt(before);
    const standing = this.#ledger
      .standing(before)
      .filter((each) => each.subject === subject && each.end > timestamp);
    expect(
      standing.length < openPerPerson(asked, files),
      `#${number} was granted as one too many for ${subject}`,
    );
    const within = merged.timestamp - pullRequest.createdAt;
    expect(within <= approveWithin(asked, files), `#${number} was granted although it was merged too late`);
    const start = this.#dues.startOf(asked, merged.timestamp);
    expect(timestamp >= start, `#${number} was granted before its start`);
    expect(
      timestamp <= start + grantWithin + 1000,
      `#${number} was granted ${(timestamp - start) / 60_000} minutes after it could`,
    );
    const end = endOf(text);
    const hours = (end - timestamp) / 3600_000;
    expect(hours > 0 && hours <= hoursOf(asked.duration), `${path} of ${subject} lasts ${hours} hours`);
    this.#ledger.add({
      pullRequest,
      asked,
      subject,
      commit: after,
      path,
      blob,
      request,
      requestBlob: found.blob,
      end,
      causes: new Set(),
    });
  }

  #checkScope(text: string, path: string): void {
    const [, cluster, namespace] = path.split('/');
    const namespaces = [...text.matchAll(/^ {2}namespace: (.*)$/gm)].map((found) => found[1]);
    expect(
      namespaces.length > 0 && namespaces.every((each) => each === namespace),
      `${path} leaves its namespace`,
    );
    expect(!text.includes('ClusterRoleBinding'), `${path} binds in the whole cluster`);
    expect(text.includes(`curfew.dev/cluster: ${cluster}`), `${path} is for another cluster`);
  }

  /** What the app takes away has ended, for the reason that it gives. */
  #checkEnd({ before, after, timestamp, id }: Activity, path: string, blob: string): void {
    const request = path.replace('grants/', 'access-requests/');
    const { message } = this.#stage.repository.git.commit(after);
    const given = [...message.matchAll(/^Curfew-Ended: (\S+) \S+ (.+)$/gm)].filter(
      (each) => each[2] === request,
    );
    const codes = given.map(([, code = '']) => code);
    // A request that somebody pushed over is still that of the pull request which brought it.
    const pushedOver = this.#chronicle
      .landingsOf(request, blob)
      .some(({ pullRequest }) => pullRequest === null);
    const grants = this.#ledger.grants.filter((grant) =>
      path === request
        ? grant.request === path && (grant.requestBlob === blob || pushedOver)
        : grant.path === path && grant.blob === blob,
    );
    const isFile = path !== request;
    if (isFile && grants.every(({ causes }) => causes.has('grant-removed'))) return;
    expect(codes.length > 0, `the app deleted ${path} and does not say why`);
    const clock = timestamp + this.#ahead();
    const causes = new Set(
      grants.flatMap((grant) => [
        ...grant.causes,
        ...this.#ledger.causesNow(grant, before, clock, this.#people.isMember),
        ...(this.#ledger.standing(before).includes(grant) ? [] : ['grant-removed']),
      ]),
    );
    if (!isFile)
      for (const cause of this.#requestCauses(path, blob, before, timestamp, id)) causes.add(cause);
    expect(
      codes.some((code) => causes.has(code)),
      `the app ended ${path} as ${codes.join(' ')}, which it is not; only ${[...causes].join(' ') || 'nothing'}`,
    );
  }

  /** Why a request that was never granted may be ended. */
  #requestCauses(path: string, blob: string, tip: string, now: number, id: number): readonly string[] {
    return this.#chronicle
      .landingsOf(path, blob)
      .filter(({ activity }) => activity.id < id)
      .flatMap(({ pullRequest, activity, changes }) => {
        if (pullRequest === null)
          return ['landed-without-pull-request', 'request-edited', 'landed-differently'];
        const found = this.#chronicle.askedBy(pullRequest);
        if (pullRequest.baseRef !== this.#stage.main)
          return ['landed-differently', 'landed-without-pull-request'];
        if (found === null || found.path !== path || changes.length !== 1)
          return ['landed-differently', 'landed-unapproved', 'request-edited'];
        const { asked } = found;
        const subject = this.#dues.subjectOf(pullRequest, asked);
        const files = this.#chronicle.filesAt(tip);
        const until = { id: activity.id, at: activity.timestamp };
        const question = { pullRequest, asked, subject, until, parent: tip, digest: null };
        const start = this.#dues.startOf(asked, activity.timestamp);
        const doubtful =
          this.#dues.agreed(question, true) !== null ||
          this.#dues.carrier(pullRequest) !== null ||
          this.#approvals.objected(pullRequest);
        const teams = ['payments', 'orders', 'leads', 'sre', 'security'];
        return [
          doubtful ? 'landed-unapproved' : '',
          found.blob === blob ? '' : 'request-edited',
          now >= start + grantWithin ? 'not-granted-in-time' : '',
          activity.timestamp > pullRequest.createdAt + approveWithin(asked, files) ? 'approval-expired' : '',
          this.#ledger.revoked(pullRequest, subject, teams, this.#people.wasMember) ? 'revoked' : '',
        ];
      });
  }

  /**
   * One check run for each head and content. A new one takes the place of another where its annotations change, for
   * these cannot be taken back; one that says the same as the one before it was written twice.
   */
  #checkRuns(): void {
    const { pullRequests } = this.#stage;
    for (const { headSha } of pullRequests) {
      if (pullRequests.filter((other) => other.headSha === headSha).length > 1) continue;
      const runs = this.#stage.checksOn(headSha).map(({ externalId }) => externalId);
      expect(
        runs.every((content, at) => at === 0 || content !== runs[at - 1]),
        `two check runs on ${headSha} say the same`,
      );
    }
  }

  /** One comment for each pull request, one open revert for each request. */
  #checkOnePerKind(): void {
    const { pullRequests } = this.#stage;
    for (const { number, comments } of pullRequests) {
      const own = comments.filter(({ author }) => author.login === bot).length;
      expect(own <= 1, `there are ${own} comments of ours on #${number}`);
    }
    const reverted = pullRequests
      .filter(({ author, state }) => author.login === bot && state === 'open')
      .flatMap((each) => this.#chronicle.changesOf(each).map(({ path }) => path));
    const doubled = reverted.find((path, at) => reverted.indexOf(path) !== at);
    expect(doubled === undefined, `two open revert pull requests delete ${doubled}`);
  }

  /** What must hold after sweeps without trouble, of which the last began at `since`. */
  checkRest(since: number): void {
    const stage = this.#stage;
    this.#checkOnePerKind();
    this.#checkTree(since);
    const right = this.#clocks().every((off) => Math.abs(off) < clockTolerance - 1000);
    for (const path of this.#dues.pending) {
      expect(since < this.#dues.deadlineOf(path), `${path} has no grant and stays`);
      const why = right ? this.#dues.whyNotGranted(path) : 'a clock is wrong';
      expect(why !== null, `${path} was not granted, although nothing stands in the way`);
    }
    for (const pullRequest of stage.open) {
      if (pullRequest.baseRef !== stage.main) continue;
      const [check] = stage.checksOn(pullRequest.headSha).slice(-1);
      expect(check !== undefined, `nobody looked at #${pullRequest.number}`);
      const why = right ? this.#dues.whyNotMerged(pullRequest) : 'a clock is wrong';
      expect(why !== null, `#${pullRequest.number} was not merged, although nothing stands in the way`);
    }
    this.#approvals.rest();
  }

  /** No grant is past its end: for after a sweep that began at `since`. */
  checkEnds(since: number): void {
    for (const { path, end } of this.#ledger.standing(this.#stage.tip))
      expect(since < end, `${path} is past its end by ${(since - end) / 60_000} minutes`);
  }

  /** The tree holds exactly the grants that are in force. */
  #checkTree(since: number): void {
    const stage = this.#stage;
    this.checkEnds(since);
    const standing = this.#ledger.standing(stage.tip);
    for (const path of stage.grants) {
      const grant = standing.find((each) => each.path === path);
      if (grant === undefined) throw new Violation(`${path} is not a file that the app granted`);
      expect(!grant.causes.has('grant-removed'), `${path} had ended and is there again`);
      const causes = this.#ledger.causesNow(grant, stage.tip, since, this.#people.isMember);
      expect(
        causes.every((cause) => cause === 'cluster-refused'),
        `${path} is still there, although ${causes.join(' ')}`,
      );
    }
  }

  /** What must hold when everything has had time to end. */
  checkOver(): void {
    const stage = this.#stage;
    expect(stage.grants.length === 0, `these grants never ended: ${stage.grants.join(' ')}`);
    expect(stage.requests.length === 0, `these requests never ended: ${stage.requests.join(' ')}`);
    const open = stage.pullRequests.filter(({ author, state }) => author.login === bot && state === 'open');
    expect(open.length === 0, `${open.length} revert pull requests are still open`);
    const branches = stage.repository.git.branches().filter((name) => name.startsWith('curfew/revert-'));
    expect(branches.length === 0, `these branches of ours are still there: ${branches.join(' ')}`);
    for (const { pullRequest } of this.#ledger.grants) this.#checkTold(pullRequest);
  }

  /** The one comment on a request that was granted tells the end. */
  #checkTold({ number, comments }: PullRequest): void {
    const own = comments.filter(({ author }) => author.login === bot);
    if (this.#stage.wasRenamed || (own.length === 0 && this.#stage.silenced.has(number))) return;
    expect(own.length === 1, `there are ${own.length} comments of ours on #${number}, which was granted`);
    const body = own[0]?.body ?? '';
    expect(
      body.includes('**Ended: '),
      `the comment on #${number} does not tell its end: ${body.slice(0, 200)}`,
    );
  }

  /** Everything that a write could change, as one text. */
  fingerprint(): string {
    const { pullRequests, repository } = this.#stage;
    return JSON.stringify([
      [...repository.git.refs],
      pullRequests.map(({ state, title, body, comments }) => [
        state,
        title,
        body,
        comments.map(({ id, body }) => [id, body]),
      ]),
      repository.checkSuites.map(({ checkRuns }) =>
        checkRuns.map(({ id, conclusion, summary }) => [id, conclusion, summary]),
      ),
    ]);
  }
}

/** By what the grant file itself says. */
function endOf(text: string): number {
  return Date.parse(/curfew\.dev\/expires-at: "?([^"\n]*)/.exec(text)?.[1] ?? '');
}
