import type { Severity } from '../policy/policy.ts';

/** Something dangerous that a grant gives or opens. */
export interface Danger {
  readonly severity: Severity;
  /** Stable name of the row in the table of dangers, for JSON and tests: `pods-exec`. */
  readonly rule: string;
  /** One sentence for a person: what it is and why it is dangerous. */
  readonly message: string;
  /** True where it is refused without any line of policy. */
  readonly refusedAlways: boolean;
}

/** What a grant changes, in a person's words first and exact below. The same for comment, check run, CLI and JSON. */
export interface Effect {
  /** `exec into pods in payments`, most important first. */
  readonly gains: readonly string[];
  readonly dangers: readonly Danger[];
  /** What the plan cannot know or did not read, one sentence each. */
  readonly unknown: readonly string[];
  /** Exact lines, for the folded part. */
  readonly exact: readonly string[];
}
