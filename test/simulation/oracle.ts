/**
 * The oracle: what docs/design.md promises, checked against what lies in the repository by an own, simple reading of
 * it. It knows nothing of how the engine decides; ids in the sandbox rise with time, so "before" is "a smaller id".
 */
import { changedPaths, type PathChange } from '../../src/sandbox/git/changed-paths.ts';
import type { Activity, PullRequest, Review } from '../../src/sandbox/state.ts';
import { policyVariants, type PolicyVariant } from './scenery.ts';
import { bot, type Stage } from './stage.ts';

/** Something that must never be. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

const mainRef = 'refs/heads/main';

export class Oracle {
  readonly #stage: Stage;
  /** Grant commits by the number of their pull request. */
  readonly #granted = new Map<number, string>();
  /** `login team` of everybody who was in a team at some time since the last check. */
  readonly #members = new Set<string>();
  #lastActivity = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.observe();
  }

  /** How many grants there have been. */
  get grants(): number {
    return this.#granted.size;
  }

  /** Remembers who is in which team now. */
  observe(): void {
    for (const team of this.#stage.world.sandbox.world.organization('acme').teams) {
      for (const { user } of team.members.values()) this.#members.add(`${user.login} ${team.slug}`);
    }
  }

  /** What must hold after every step. `alone` where no second process races for the one comment and the one check. */
  check(alone: boolean): void {
    this.observe();
    const fresh = this.#stage.repository.activities.filter(({ id }) => id > this.#lastActivity);
    for (const activity of fresh) this.#checkActivity(activity);
    this.#lastActivity = fresh.at(-1)?.id ?? this.#lastActivity;
    if (alone) {
      this.checkOnePerKind();
      this.#checkRuns();
    }
    this.#members.clear();
    this.observe();
  }

  #checkActivity(activity: Activity): void {
    const { actor, ref, after } = activity;
    if (actor.login !== bot) return;
    const branch = ref.replace('refs/heads/', '');
    expect(branch === 'main' || branch.startsWith('curfew/'), `the app pushed to ${branch}`);
    if (/^0+$/.test(after)) {
      expect(branch !== 'main', 'the app deleted main');
      return;
    }
    if (branch !== 'main') return;
    const changes = this.#changes(activity);
    const carried = this.#stage.pullRequests.find(({ mergeCommitSha }) => mergeCommitSha === after);
    if (carried !== undefined && carried.author.login !== bot) {
      this.#checkMerge(carried, changes);
      return;
    }
    for (const change of changes) this.#checkOwnChange(activity, change, changes.length);
  }

  #changes({ before, after }: Activity): readonly PathChange[] {
    const { git } = this.#stage.repository;
    const treeOf = (sha: string): string | null => (/^0+$/.test(sha) ? null : git.commit(sha).tree);
    return changedPaths(git, treeOf(before), treeOf(after));
  }

  /** The app merges pull requests that add or delete one request, and nothing else. */
  #checkMerge(pullRequest: PullRequest, changes: readonly PathChange[]): void {
    const [change, ...others] = changes;
    const right =
      change !== undefined &&
      others.length === 0 &&
      isRequest(change.path) &&
      (change.before === null || change.after === null);
    expect(
      right,
      `the app merged #${pullRequest.number}, which changes ${changes.map(({ path }) => path).join(' ')}`,
    );
  }

  #checkOwnChange(activity: Activity, { path, before, after }: PathChange, changes: number): void {
    const inGrants = path.startsWith('grants/');
    if (after === null) {
      expect(inGrants || path.startsWith('access-requests/'), `the app deleted ${path}`);
      return;
    }
    expect(inGrants, `the app wrote ${path}`);
    if (/^grants\/[^/]+\/README\.md$/.test(path)) return;
    expect(before === null, `the app changed the bytes of ${path}`);
    expect(changes === 1, `a grant commit changes ${changes} files`);
    this.#checkGrant(activity, path);
  }

  #checkGrant({ before, after, timestamp }: Activity, path: string): void {
    const stage = this.#stage;
    const { message } = stage.repository.git.commit(after);
    const number = Number(/^Curfew-Pull-Request: (\d+)$/m.exec(message)?.[1]);
    const pullRequest = stage.pullRequests.find((each) => each.number === number);
    if (pullRequest === undefined) throw new Violation(`${path} names no pull request`);
    const earlier = this.#granted.get(number);
    expect(earlier === undefined, `#${number} was granted twice: ${earlier} and ${after}`);
    this.#granted.set(number, after);

    const request = path.replace('grants/', 'access-requests/');
    const merged = stage.repository.activities.find(
      ({ ref, after: sha }) => ref === mainRef && sha === pullRequest.mergeCommitSha,
    );
    if (merged === undefined || pullRequest.mergedAt === null)
      throw new Violation(`#${number} was granted and is not merged`);
    expect(pullRequest.baseRef === 'main', `#${number} was granted and is not for main`);
    const asked = stage.blob(request, pullRequest.headSha);
    expect(
      asked !== null && asked === stage.blob(request, before),
      `#${number} was granted for other content`,
    );
    this.#checkScope(stage.text(path, after) ?? '', path);
    this.#checkTime(stage.text(path, after) ?? '', timestamp, pullRequest, path);
    this.#checkAgreed(pullRequest, merged, before, request);
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

  #checkTime(text: string, grantedAt: number, { author }: PullRequest, path: string): void {
    const hours = (endOf(text) - grantedAt) / 3600_000;
    expect(hours > 0 && hours <= 4, `${path} of ${author.login} lasts ${hours} hours`);
  }

  /** Whether the people whom the policy at the parent demands approved this very head before it was merged. */
  #checkAgreed(pullRequest: PullRequest, merged: Activity, parent: string, requestPath: string): void {
    const stage = this.#stage;
    const text = stage.text(requestPath, parent) ?? '';
    const [, cluster = '', namespace = ''] = requestPath.split('/');
    const policy = this.#policyAt(parent);
    const subject = /^ {2}for: (.*)$/m.exec(text)?.[1] ?? pullRequest.author.login;
    const about = `#${pullRequest.number} was granted to ${subject} in ${cluster}/${namespace}, although`;
    expect(policy.grantsNothing !== true, `${about} the policy grants nothing`);
    expect(policy.unknown !== subject, `${about} the policy does not know them`);
    expect(namespace !== 'vault' && policy.closed !== namespace, `${about} the namespace is closed`);
    const team = cluster === 'staging' ? 'engineers' : 'oncall';
    expect(this.#isMember(subject, team), `${about} they are not in ${team}`);
    expect(
      subject === pullRequest.author.login || this.#isMember(pullRequest.author.login, 'leads'),
      `${about} another asked`,
    );
    this.#checkPeople(pullRequest, merged, parent, { text, cluster, namespace, subject, policy, about });
  }

  #checkPeople(
    pullRequest: PullRequest,
    merged: Activity,
    parent: string,
    asked: {
      readonly text: string;
      readonly cluster: string;
      readonly namespace: string;
      readonly subject: string;
      readonly policy: PolicyVariant;
      readonly about: string;
    },
  ): void {
    const { text, cluster, namespace, subject, policy, about } = asked;
    const debugs = text.includes('template: debug-pod');
    const short = /^ {2}duration: (30m|1h)$/m.test(text);
    if (cluster === 'staging' && !debugs && short) return;
    const approvers = new Set(
      pullRequest.reviews
        .filter((review) => this.#counts(review, pullRequest, merged, parent, debugs))
        .map(({ author }) => author.login)
        .filter((login) => login !== subject && login !== pullRequest.author.login),
    );
    const owning = namespace === 'orders' ? ['orders', 'sre'] : ['payments'];
    const demanded = [
      owning,
      ...(cluster === 'prod-eu' && debugs ? [['sre']] : []),
      ...(cluster === 'staging' && debugs && policy.staging === 'with security' ? [['security']] : []),
    ];
    expect(
      this.#canPair(demanded, [...approvers]),
      `${about} only ${[...approvers].join(' ') || 'nobody'} had approved`,
    );
  }

  /** Whether each demand finds a person of its own. */
  #canPair([teams, ...others]: readonly (readonly string[])[], people: readonly string[]): boolean {
    if (teams === undefined) return true;
    return people.some(
      (login) =>
        teams.some((team) => this.#isMember(login, team)) &&
        this.#canPair(
          others,
          people.filter((other) => other !== login),
        ),
    );
  }

  /** Whether an approval is of the head that was merged, still stood then, and is of what is granted now. */
  #counts(
    review: Review,
    pullRequest: PullRequest,
    merged: Activity,
    parent: string,
    debugs: boolean,
  ): boolean {
    const { repository } = this.#stage;
    const dismissal = pullRequest.timeline.find(
      (event) => event.event === 'review_dismissed' && event.review === review,
    );
    const approved =
      review.state === 'APPROVED' ||
      (dismissal?.event === 'review_dismissed' &&
        dismissal.previousState === 'APPROVED' &&
        dismissal.id > merged.id);
    const retargeted = pullRequest.timeline.findLast(
      (event) => event.event === 'base_ref_changed' && event.id < merged.id,
    );
    const pushedBy = repository.activities
      .filter(
        ({ ref, after }) => ref === `refs/heads/${pullRequest.headRef}` && after === pullRequest.headSha,
      )
      .map(({ actor }) => actor);
    // GitHub's times are whole seconds, and so is what "after" can mean.
    const shown = repository.checkSuites
      .filter(({ headSha, app }) => headSha === pullRequest.headSha && app.slug === 'curfew')
      .some(({ checkRuns }) => checkRuns.some(({ startedAt }) => startedAt <= (review.submittedAt ?? 0)));
    return (
      approved &&
      shown &&
      review.commitId === pullRequest.headSha &&
      review.id < merged.id &&
      review.id > (retargeted?.id ?? 0) &&
      !pushedBy.includes(review.author) &&
      this.#sameWords(this.#tipBefore(review.id), parent, debugs)
    );
  }

  /** Template and role are what they were when somebody approved. */
  #sameWords(then: string, now: string, debugs: boolean): boolean {
    const name = debugs ? 'debug-pod' : 'read-logs';
    return [`templates/${name}.yaml`, `templates/roles/${name}.yaml`].every(
      (path) => this.#stage.blob(path, then) === this.#stage.blob(path, now),
    );
  }

  #tipBefore(id: number): string {
    const moves = this.#stage.repository.activities.filter(
      (activity) => activity.ref === mainRef && activity.id < id,
    );
    return moves.at(-1)?.after ?? this.#stage.tip;
  }

  #policyAt(commit: string): PolicyVariant {
    const text = this.#stage.text('.github/curfew.yaml', commit);
    const original = this.#stage.original.get('.github/curfew.yaml') ?? '';
    const variant = Object.values<PolicyVariant>(policyVariants).find(
      ({ change }) => change(original) === text,
    );
    return variant ?? { change: () => '', grantsNothing: true };
  }

  #isMember(login: string, team: string): boolean {
    return this.#members.has(`${login} ${team}`);
  }

  /**
   * One check run for each head and content. A new one takes the place of another where its annotations change, for
   * these cannot be taken back; one that says the same as the one before it was written twice.
   */
  #checkRuns(): void {
    const { pullRequests, repository } = this.#stage;
    for (const { headSha } of pullRequests) {
      if (pullRequests.filter((other) => other.headSha === headSha).length > 1) continue;
      const runs = repository.checkSuites
        .filter((suite) => suite.app.slug === 'curfew' && suite.headSha === headSha)
        .flatMap(({ checkRuns }) => checkRuns.map(({ externalId }) => externalId));
      expect(
        runs.every((content, at) => at === 0 || content !== runs[at - 1]),
        `two check runs on ${headSha} say the same`,
      );
    }
  }

  /** One comment for each pull request, one open revert for each request. */
  checkOnePerKind(): void {
    const { pullRequests } = this.#stage;
    for (const { number, comments } of pullRequests) {
      const own = comments.filter(({ author }) => author.login === bot).length;
      expect(own <= 1, `there are ${own} comments of ours on #${number}`);
    }
    const reverted = pullRequests
      .filter(({ author, state }) => author.login === bot && state === 'open')
      .flatMap((each) => this.#deletedBy(each));
    const doubled = reverted.find((path, at) => reverted.indexOf(path) !== at);
    expect(doubled === undefined, `two open revert pull requests delete ${doubled}`);
  }

  #deletedBy({ headSha }: PullRequest): readonly string[] {
    const { git } = this.#stage.repository;
    const [parent] = git.commit(headSha).parents;
    const before = parent === undefined ? null : git.commit(parent).tree;
    return changedPaths(git, before, git.commit(headSha).tree).map(({ path }) => path);
  }

  /** No grant is past its end: for after a sweep without trouble that began at `since`. */
  checkEnds(since: number): void {
    for (const path of this.#stage.grants) {
      const end = endOf(this.#stage.text(path) ?? '');
      expect(end > since, `${path} is past its end by ${(since - end) / 60_000} minutes`);
    }
  }

  /** What must hold when everything has had time to end. */
  checkAllEnded(): void {
    const stage = this.#stage;
    expect(stage.grants.length === 0, `these grants never ended: ${stage.grants.join(' ')}`);
    expect(stage.requests.length === 0, `these requests never ended: ${stage.requests.join(' ')}`);
    const open = stage.pullRequests.filter(({ author, state }) => author.login === bot && state === 'open');
    expect(open.length === 0, `${open.length} revert pull requests are still open`);
    const unseen = stage.open.filter(
      ({ headSha, baseRef }) => baseRef === 'main' && !this.#hasCheck(headSha),
    );
    expect(unseen.length === 0, `nobody looked at #${unseen.map(({ number }) => number).join(' #')}`);
  }

  #hasCheck(head: string): boolean {
    return this.#stage.repository.checkSuites.some(
      ({ headSha, app, checkRuns }) => headSha === head && app.slug === 'curfew' && checkRuns.length > 0,
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

function isRequest(path: string): boolean {
  return /^access-requests\/[^/]+\/[^/]+\/[^/]+\.yaml$/.test(path);
}

/** By what the grant file itself says. */
function endOf(text: string): number {
  return Date.parse(/curfew\.dev\/expires-at: "?([^"\n]*)/.exec(text)?.[1] ?? '');
}

function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Violation(otherwise);
}
