import type { Instant } from '../base/instant.ts';

/** An owner as a line of CODEOWNERS names it; teams and logins in lower case. */
export type Owner =
  | { readonly kind: 'team'; readonly team: string }
  | { readonly kind: 'user'; readonly login: string }
  | { readonly kind: 'email'; readonly email: string };

/** One thing that must be approved before a request is granted. */
export type Requirement =
  | {
      readonly kind: 'owners';
      readonly count: number;
      readonly owners: readonly Owner[];
      /** The line of CODEOWNERS that names them. */
      readonly line: number;
    }
  | { readonly kind: 'team'; readonly count: number; readonly team: string }
  | { readonly kind: 'user'; readonly count: number; readonly login: string };

/** The latest opinionated review of one reviewer, as GitHub has it. */
export interface Review {
  readonly id: number;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'DISMISSED';
  readonly reviewer: Reviewer;
  /** The head that was reviewed. */
  readonly commit: string | null;
  readonly submittedAt: Instant;
}

/** Who reviewed; `canWrite`: in the access repository, now. */
export interface Reviewer {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Mannequin' | 'Organization' | 'EnterpriseUserAccount';
  readonly canWrite: boolean;
}

/** A person who took part and therefore cannot approve. */
export interface Participant {
  readonly id: number;
  /** Where it is known: keeps the person out of the list of those who could approve. Never proves who somebody is. */
  readonly login?: string;
  readonly role: 'requester' | 'author' | 'committer' | 'last-pusher' | 'subject';
}

/** A team as read at decision time; a team that could not be read is absent and counts for nobody. */
export interface TeamFacts {
  /** Active members, child teams included. */
  readonly members: ReadonlyMap<number, string>;
  /** Whether the team has write access to the repository: owners without it are ignored by GitHub. */
  readonly canWrite: boolean;
}

/** Everything that decides which approvals count, as it is now. */
export interface ApprovalQuestion {
  readonly requirements: readonly Requirement[];
  readonly reviews: readonly Review[];
  readonly head: string;
  /** An approval before any of these does not count: digest, last change of base, last change of head. */
  readonly notBefore: {
    readonly digest: Instant | null;
    readonly base: Instant | null;
    readonly head: Instant | null;
  };
  /** An approval after this does not count; null while open. */
  readonly mergedAt: Instant | null;
  readonly participants: readonly Participant[];
  /** GitHub id → every Kubernetes user that the person has on the request's cluster; two accounts of one person share one. */
  readonly kubernetesUsers: ReadonlyMap<number, string>;
  readonly teams: ReadonlyMap<string, TeamFacts>;
}

/** Why a review does not count. */
export type NotCounted =
  | 'older-commit'
  | 'before-plan'
  | 'before-base-change'
  | 'before-head-change'
  | 'after-merge'
  | 'requester'
  | 'author'
  | 'committer'
  | 'last-pusher'
  | 'subject'
  | 'same-person'
  | 'not-a-person'
  | 'cannot-write'
  | 'dismissed'
  | 'not-required';

/** An approval that counts. */
export interface SatisfiedBy {
  readonly id: number;
  readonly login: string;
  readonly review: number;
  readonly commit: string;
  readonly submittedAt: Instant;
}

/** What became of one requirement. */
export interface RequirementVerdict {
  readonly requirement: Requirement;
  readonly satisfiedBy: readonly SatisfiedBy[];
  readonly met: boolean;
  /** Logins that could still satisfy it, as far as teams could be read. */
  readonly could: readonly string[];
}

/** What became of all of them. */
export interface ApprovalVerdict {
  readonly met: boolean;
  readonly requirements: readonly RequirementVerdict[];
  readonly notCounted: readonly { readonly login: string; readonly why: NotCounted }[];
  /** Logins whose valid latest review requests changes: each of them blocks. */
  readonly changesRequested: readonly string[];
}
