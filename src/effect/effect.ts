import type { Severity } from '../base/severity.ts';

/** Something dangerous that a grant gives or opens. */
export interface Danger {
  readonly severity: Severity;
  /** Stable name of the row in the table of dangers, for JSON and tests: `pods-exec`. */
  readonly rule: string;
  /** One sentence for a person: what it is and why it is dangerous. */
  readonly message: string;
  /** True where it is refused without any line of policy. */
  readonly refusedAlways: boolean;
  /** True where a production cluster demands two approvals without any line of policy. */
  readonly secondApprovalInProduction: boolean;
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

/** What a grant's bindings change. */
export interface RbacEffect extends Effect {
  /** What the grant gives and the subject holds anyway, in the words of `gains`. */
  readonly alreadyHeld: readonly string[];
  /** True where the grant gives nothing that the subject does not hold anyway: the request is not needed. */
  readonly unnecessary: boolean;
  /** Names of catalog roles that would be enough for what is new, narrower than the one that is bound. */
  readonly narrower: readonly string[];
  /** What the holder can become by way of what is gained: `act as ServiceAccount payments/deployer: …`. */
  readonly escalations: readonly string[];
  /** What the holder could leave behind that outlives the grant: `pods that go on running in payments`. */
  readonly leftBehind: readonly string[];
}
