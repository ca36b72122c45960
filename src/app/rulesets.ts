/**
 * The two rulesets that an access repository needs, as GitHub's API takes them. Two, for a bypass covers a whole
 * ruleset: nobody, Curfew included, may rewrite the history that is the audit trail.
 */
import { checkName } from '../lifecycle/check.ts';

/** One ruleset of a repository, as `POST /repos/{owner}/{repo}/rulesets` takes it. */
export interface Ruleset {
  readonly name: string;
  readonly target: 'branch';
  readonly enforcement: 'active';
  readonly conditions: {
    readonly ref_name: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  };
  readonly bypass_actors: readonly {
    readonly actor_id: number;
    readonly actor_type: 'Integration';
    readonly bypass_mode: 'always';
  }[];
  readonly rules: readonly Rule[];
}

type Rule =
  | { readonly type: 'deletion' }
  | { readonly type: 'non_fast_forward' }
  | {
      readonly type: 'pull_request';
      readonly parameters: {
        readonly required_approving_review_count: number;
        readonly require_code_owner_review: boolean;
        readonly dismiss_stale_reviews_on_push: boolean;
        readonly require_last_push_approval: boolean;
        readonly required_review_thread_resolution: boolean;
      };
    }
  | {
      readonly type: 'required_status_checks';
      readonly parameters: {
        readonly strict_required_status_checks_policy: boolean;
        readonly required_status_checks: readonly {
          readonly context: string;
          readonly integration_id: number;
        }[];
      };
    };

const defaultBranch = {
  target: 'branch',
  enforcement: 'active',
  conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
} as const;

/** The rulesets for an access repository in which the App with this id is installed. */
export function rulesets(appId: number): readonly [Ruleset, Ruleset] {
  return [
    {
      name: 'Curfew: history stays',
      ...defaultBranch,
      bypass_actors: [],
      rules: [{ type: 'deletion' }, { type: 'non_fast_forward' }],
    },
    {
      name: 'Curfew: nothing lands unapproved',
      ...defaultBranch,
      // Its grants and reverts are commits on the default branch; its own gate decides what it merges.
      bypass_actors: [{ actor_id: appId, actor_type: 'Integration', bypass_mode: 'always' }],
      rules: [
        {
          type: 'pull_request',
          parameters: {
            required_approving_review_count: 1,
            require_code_owner_review: true,
            dismiss_stale_reviews_on_push: true,
            require_last_push_approval: true,
            required_review_thread_resolution: false,
          },
        },
        {
          type: 'required_status_checks',
          parameters: {
            // Every grant is a commit: "up to date before merging" would push all open requests behind.
            strict_required_status_checks_policy: false,
            // Pinned to the App, for anyone with write access can set a status of that name.
            required_status_checks: [{ context: checkName, integration_id: appId }],
          },
        },
      ],
    },
  ];
}
