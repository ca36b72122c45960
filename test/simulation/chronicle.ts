/** What the repository itself tells the oracle: who moved the default branch where, what stood there, what landed. */
import { changedPaths, type PathChange } from '../../src/sandbox/git/changed-paths.ts';
import { commitsReachable, mergeBase } from '../../src/sandbox/git/history.ts';
import { commitAuthors, isWebFlow } from '../../src/sandbox/identity.ts';
import type { Activity, PullRequest, User } from '../../src/sandbox/state.ts';
import { demandOf } from './law.ts';
import {
  files,
  ownersVariants,
  policyVariants,
  readAsked,
  roleVariants,
  templateVariants,
  variantOf,
  type Asked,
  type OwnersVariant,
  type PolicyVariant,
  type RoleVariant,
  type TemplateVariant,
} from './scenery.ts';
import type { Stage } from './stage.ts';

/** What the files that decide mean at some commit. */
export interface Files {
  readonly policy: PolicyVariant;
  readonly owners: OwnersVariant;
  readonly template: TemplateVariant;
  readonly role: RoleVariant;
}

/** A move of the default branch that left this blob at a path. */
export interface Landing {
  readonly activity: Activity;
  /** The pull request whose merge it was; null for a push. */
  readonly pullRequest: PullRequest | null;
  readonly changes: readonly PathChange[];
}

const nothing = /^0+$/;

/** The default branch, under the two names that histories give it. */
export function isMain(ref: string): boolean {
  return ref === 'refs/heads/main' || ref === 'refs/heads/trunk';
}

export class Chronicle {
  readonly #stage: Stage;
  readonly #changes = new Map<number, readonly PathChange[]>();
  readonly #files = new Map<string, Files>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Moves of the default branch, oldest first. */
  get moves(): readonly Activity[] {
    return this.#stage.repository.activities.filter(({ ref, after }) => isMain(ref) && !nothing.test(after));
  }

  /** The tip before whatever has this id happened. */
  tipBefore(id: number): string {
    return this.moves.findLast((move) => move.id < id)?.after ?? this.#stage.first;
  }

  /** Every tip between two ids, the one that stood at first included. */
  tipsBetween(from: number, to: number): readonly string[] {
    const moves = this.moves.filter(({ id }) => id >= from && id < to);
    return [this.tipBefore(from), ...moves.map(({ after }) => after)];
  }

  changes(activity: Activity): readonly PathChange[] {
    const known = this.#changes.get(activity.id);
    if (known !== undefined) return known;
    const { git } = this.#stage.repository;
    const treeOf = (sha: string): string | null => (nothing.test(sha) ? null : git.commit(sha).tree);
    const changes = changedPaths(git, treeOf(activity.before), treeOf(activity.after));
    this.#changes.set(activity.id, changes);
    return changes;
  }

  /** What the files that decide mean at a commit; one that is no known variant lets nothing pass. */
  filesAt(commit: string): Files {
    const known = this.#files.get(commit);
    if (known !== undefined) return known;
    const stage = this.#stage;
    const read = <T extends { readonly change: (text: string) => string }>(
      path: string,
      variants: readonly T[],
      otherwise: T,
    ): T => variantOf(variants, stage.original.get(path) ?? '', stage.text(path, commit)) ?? otherwise;
    const same = (text: string): string => text;
    const found: Files = {
      policy: read<PolicyVariant>(files.policy, Object.values(policyVariants), {
        change: same,
        grantsNothing: true,
        unreadable: true,
      }),
      owners: read(files.owners, ownersVariants, { change: same, payments: [], unguarded: true }),
      template: read(files.template, templateVariants, { change: same, max: null }),
      role: read<RoleVariant>(files.role, roleVariants, { change: same, level: null }),
    };
    this.#files.set(commit, found);
    return found;
  }

  /** What somebody who approves a request at a commit agrees to: anything of this that changes wants a new approval. */
  wordsAt(commit: string, asked: Asked): string {
    const paths = [`templates/${asked.template}.yaml`, `templates/roles/${asked.template}.yaml`];
    const demand = demandOf(asked, this.filesAt(commit), 'at least');
    return JSON.stringify([demand, ...paths.map((path) => this.#stage.blob(path, commit))]);
  }

  /** The files that a pull request changes, as GitHub shows them: against where it began. */
  changesOf({ headSha, baseRef, mergeCommitSha }: PullRequest): readonly PathChange[] {
    const { git } = this.#stage.repository;
    const merged = this.moves.find(({ after }) => after === mergeCommitSha);
    const base = merged?.before ?? git.branch(baseRef) ?? this.#stage.tip;
    const fork = mergeBase(git, base, headSha);
    return changedPaths(git, fork === undefined ? null : git.commit(fork).tree, git.commit(headSha).tree);
  }

  /** What a pull request that adds one request and nothing else asks for; null for any other. */
  askedBy(
    pullRequest: PullRequest,
  ): { readonly path: string; readonly blob: string; readonly asked: Asked } | null {
    const [change, ...others] = this.changesOf(pullRequest);
    if (change === undefined || others.length > 0) return null;
    const { path, before, after } = change;
    if (before !== null || after === null || !isRequest(path) || after.mode !== '100644') return null;
    const asked = readAsked(path, this.#stage.text(path, pullRequest.headSha) ?? '');
    return asked === null ? null : { path, blob: after.sha, asked };
  }

  /** Moves that brought this blob to a path, oldest first. */
  landingsOf(path: string, blob: string): readonly Landing[] {
    return this.moves.flatMap((activity) => {
      const changes = this.changes(activity);
      const brought = changes.some((change) => change.path === path && change.after?.sha === blob);
      if (!brought) return [];
      const pullRequest =
        this.#stage.pullRequests.find(({ mergeCommitSha }) => mergeCommitSha === activity.after) ?? null;
      return [{ activity, pullRequest, changes }];
    });
  }

  /** Everybody who has a hand in the commits of a pull request; null for an address that belongs to nobody. */
  handsIn({ headSha, baseRef, mergeCommitSha }: PullRequest): readonly (User | null)[] {
    const { repository, context } = this.#stage;
    const merged = this.moves.find(({ after }) => after === mergeCommitSha);
    const base = merged?.before ?? repository.git.branch(baseRef) ?? this.#stage.tip;
    return commitsReachable(repository.git, [headSha], [base]).flatMap((commit) => [
      ...commitAuthors(context.state, commit).map(({ user }) => user ?? null),
      ...(isWebFlow(commit.committer) ? [] : [context.state.userByEmail(commit.committer.email) ?? null]),
    ]);
  }

  /** How many commits a pull request has. */
  sizeOf({ headSha, baseRef }: PullRequest): number {
    const { git } = this.#stage.repository;
    return commitsReachable(git, [headSha], [git.branch(baseRef) ?? this.#stage.tip]).length;
  }

  /** Who moved the head branch of a pull request to its head, oldest first. */
  pushesOf({ headRef, headSha }: PullRequest, before: number): readonly Activity[] {
    return this.#stage.repository.activities.filter(
      ({ ref, after, id }) => ref === `refs/heads/${headRef}` && after === headSha && id < before,
    );
  }
}

export function isRequest(path: string): boolean {
  return /^access-requests\/[^/]+\/[^/]+\/[^/]+\.yaml$/.test(path);
}
