/** What happened, as operations tell it; `webhooks/` makes GitHub's payloads of it for the Apps that listen. */
import type {
  App,
  CheckRun,
  CheckSuite,
  CommitStatus,
  Installation,
  IssueComment,
  MergeQueueEntry,
  Organization,
  PullRequest,
  Repository,
  Review,
  Team,
  User,
} from './state.ts';

/** Old values of what was edited, in the shape of the payload: `{base: {ref: {from: 'main'}}}`. */
export type Changes = Readonly<Record<string, unknown>>;

export type SandboxEvent = { readonly sender: User } & (
  | RepositoryEvent
  | {
      readonly event: 'membership';
      readonly action: 'added' | 'removed';
      readonly team: Team;
      readonly member: User;
    }
  | {
      readonly event: 'organization';
      readonly action: 'member_added' | 'member_removed';
      readonly organization: Organization;
      readonly member: User;
    }
  | {
      readonly event: 'installation';
      readonly action: 'created' | 'deleted' | 'suspend' | 'unsuspend' | 'new_permissions_accepted';
      readonly installation: Installation;
    }
  | {
      readonly event: 'installation_repositories';
      readonly action: 'added' | 'removed';
      readonly installation: Installation;
      readonly repositories: readonly Repository[];
    }
);

export type RepositoryEvent = { readonly repository: Repository; readonly sender: User } & (
  | {
      readonly event: 'push';
      readonly ref: string;
      readonly before: string | null;
      readonly after: string | null;
    }
  | { readonly event: 'create' | 'delete'; readonly ref: string }
  | {
      readonly event: 'pull_request';
      readonly action:
        'opened' | 'closed' | 'reopened' | 'ready_for_review' | 'converted_to_draft' | 'enqueued';
      readonly pullRequest: PullRequest;
    }
  | {
      readonly event: 'pull_request';
      readonly action: 'synchronize';
      readonly pullRequest: PullRequest;
      readonly before: string;
      readonly after: string;
    }
  | {
      readonly event: 'pull_request';
      readonly action: 'edited';
      readonly pullRequest: PullRequest;
      readonly changes: Changes;
    }
  | {
      readonly event: 'pull_request';
      readonly action: 'dequeued';
      readonly pullRequest: PullRequest;
      readonly reason: string;
    }
  | {
      readonly event: 'pull_request';
      readonly action: 'review_requested';
      readonly pullRequest: PullRequest;
      readonly reviewer: User | Team;
    }
  | {
      readonly event: 'pull_request_review';
      readonly action: 'submitted' | 'dismissed';
      readonly review: Review;
    }
  | {
      readonly event: 'pull_request_review';
      readonly action: 'edited';
      readonly review: Review;
      readonly changes: Changes;
    }
  | {
      readonly event: 'issue_comment';
      readonly action: 'created' | 'deleted';
      readonly comment: IssueComment;
    }
  | {
      readonly event: 'issue_comment';
      readonly action: 'edited';
      readonly comment: IssueComment;
      readonly changes: Changes;
    }
  | {
      readonly event: 'check_run';
      readonly action: 'created' | 'completed' | 'rerequested';
      readonly checkRun: CheckRun;
    }
  | {
      readonly event: 'check_run';
      readonly action: 'requested_action';
      readonly checkRun: CheckRun;
      readonly identifier: string;
    }
  | {
      readonly event: 'check_suite';
      readonly action: 'requested' | 'rerequested' | 'completed';
      readonly checkSuite: CheckSuite;
    }
  | { readonly event: 'status'; readonly status: CommitStatus }
  | { readonly event: 'merge_group'; readonly action: 'checks_requested'; readonly entry: MergeQueueEntry }
  | {
      readonly event: 'merge_group';
      readonly action: 'destroyed';
      readonly entry: MergeQueueEntry;
      readonly reason: 'merged' | 'invalidated' | 'dequeued';
    }
  | { readonly event: 'repository'; readonly action: 'edited' | 'renamed'; readonly changes: Changes }
  | { readonly event: 'repository'; readonly action: 'archived' | 'unarchived' }
  | {
      readonly event: 'team';
      readonly action: 'added_to_repository' | 'removed_from_repository';
      readonly team: Team;
    }
);

/** The App that alone hears of an event; undefined for events that go to every App that subscribed to them. */
export function soleReceiver(event: SandboxEvent): App | undefined {
  if ('installation' in event) return event.installation.app;
  if ('checkSuite' in event) return event.checkSuite.app;
  const asksOwner =
    'checkRun' in event && (event.action === 'rerequested' || event.action === 'requested_action');
  return asksOwner ? event.checkRun.checkSuite.app : undefined;
}
