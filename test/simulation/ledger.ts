/** Every grant that there ever was, and everything that has happened since by which it had to end. */
import type { Activity, PullRequest } from '../../src/sandbox/state.ts';
import type { Chronicle } from './chronicle.ts';
import { isEntitled, ownersOf, type IsMember } from './law.ts';
import type { People } from './people.ts';
import type { Asked } from './scenery.ts';
import type { Stage } from './stage.ts';

export interface Grant {
  readonly pullRequest: PullRequest;
  readonly asked: Asked;
  readonly subject: string;
  readonly commit: string;
  /** Of the grant file and of the request file. */
  readonly path: string;
  readonly blob: string;
  readonly request: string;
  readonly requestBlob: string;
  readonly end: number;
  /** Reasons for which it may end, by what has happened so far. */
  readonly causes: Set<string>;
}

export class Ledger {
  readonly #stage: Stage;
  readonly #chronicle: Chronicle;
  readonly #people: People;
  readonly #grants: Grant[] = [];

  constructor(stage: Stage, chronicle: Chronicle, people: People) {
    this.#stage = stage;
    this.#chronicle = chronicle;
    this.#people = people;
  }

  get grants(): readonly Grant[] {
    return this.#grants;
  }

  add(grant: Grant): void {
    this.#grants.push(grant);
  }

  of(pullRequest: PullRequest): Grant | undefined {
    return this.#grants.find((grant) => grant.pullRequest === pullRequest);
  }

  /** Grants whose file stands at a commit as it was written. */
  standing(commit: string): readonly Grant[] {
    return this.#grants.filter(({ path, blob }) => this.#stage.blob(path, commit) === blob);
  }

  /** Writes down what a move of the default branch means for the grants. `own` where the app made it. */
  learn({ before, after, timestamp }: Activity, own: boolean): void {
    for (const grant of this.#grants) {
      if (grant.commit === after) continue;
      const was = this.#stage.blob(grant.path, before);
      if (!own && this.#stage.blob(grant.path, after) !== was) grant.causes.add('grant-removed');
      if (was === grant.blob || this.#stage.blob(grant.path, after) === grant.blob)
        this.#note(grant, after, timestamp, this.#people.isMember);
    }
  }

  /** The same by what stands now; `clock` is the latest time that any machine believes in. */
  look(clock: number): void {
    for (const grant of this.standing(this.#stage.tip))
      this.#note(grant, this.#stage.tip, clock, this.#people.isMember);
  }

  #note(grant: Grant, tip: string, clock: number, isMember: IsMember): void {
    for (const cause of this.causesNow(grant, tip, clock, isMember)) grant.causes.add(cause);
    const anyOwner = [...this.#revokers(grant.asked, tip), 'sre', 'security', 'payments', 'leads'];
    if (this.revoked(grant.pullRequest, grant.subject, anyOwner, this.#people.wasMember))
      grant.causes.add('revoked');
  }

  /** Why a grant has to end, as things stand at a commit. */
  causesNow(grant: Grant, tip: string, clock: number, isMember: IsMember): readonly string[] {
    const files = this.#chronicle.filesAt(tip);
    const debugs = grant.asked.template === 'debug-pod';
    const granted = this.#chronicle.filesAt(grant.commit).role.level ?? 0;
    const request = this.#stage.blob(grant.request, tip);
    return [
      clock >= grant.end ? 'expired' : null,
      request === null ? 'request-removed' : null,
      request !== null && request !== grant.requestBlob ? 'request-edited' : null,
      this.revoked(grant.pullRequest, grant.subject, this.#revokers(grant.asked, tip), isMember)
        ? 'revoked'
        : null,
      isEntitled(grant.asked, grant.subject, files, isMember) ? null : 'not-entitled',
      this.#isRefused(grant) ? 'cluster-refused' : null,
      debugs && (files.role.level === null || files.role.level > granted) ? 'role-widened' : null,
    ].filter((cause) => cause !== null);
  }

  /** Whether the cluster refused a revision with this grant, and never took one. */
  #isRefused(grant: Grant): boolean {
    const holding = this.#stage.reports.filter(({ sha }) => this.#stage.blob(grant.path, sha) === grant.blob);
    return holding.length > 0 && holding.every(({ state }) => state === 'failure');
  }

  /** Teams whose members may end what was asked for. */
  #revokers(asked: Asked, tip: string): readonly string[] {
    const files = this.#chronicle.filesAt(tip);
    return [...ownersOf(asked, files), ...(files.policy.unreadable === true ? [] : ['sre', 'security'])];
  }

  /** Whether somebody who may has said `/revoke`, and nobody has changed what they said. */
  revoked(
    { comments, author }: PullRequest,
    subject: string,
    teams: readonly string[],
    isMember: IsMember,
  ): boolean {
    return comments.some(
      (comment) =>
        /^\/revoke[ \t]*(\n|$)/.test(comment.body) &&
        comment.editor === null &&
        (comment.author === author ||
          comment.author.login === subject ||
          teams.some((team) => isMember(comment.author.login, team))),
    );
  }
}
