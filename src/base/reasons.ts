/**
 * The closed list of reasons: why a request waits, is refused, is granted, or why access ended. It is the one
 * source for the check run, the comment, the metric label, the log field and docs/reasons.md.
 *
 * `outcome` says what the reason does: `pass` lets a pull request through that asks for nothing, `wait` needs
 * somebody else to act, `hold` needs an administrator to act and nothing new is granted until then, `refuse` is
 * final for this content, `grant` gives access, `end` takes it away.
 */
export const reasons = {
  // A pull request that asks for nothing
  'not-ours': { outcome: 'pass', text: 'The pull request touches nothing that Curfew looks after' },
  'own-revert': { outcome: 'pass', text: 'This is the commit that Curfew itself made to end access' },

  // A pull request that changes what decides: templates, roles, the policy, snapshots, owners
  'proposal-sound': { outcome: 'pass', text: 'The changed files are valid and take no protection away' },
  'proposal-invalid': { outcome: 'refuse', text: 'A changed file is not valid' },
  'proposal-unprotected': { outcome: 'refuse', text: 'What decides who gets what would lose its owner' },
  'proposal-too-large': { outcome: 'refuse', text: 'The change is too large to be judged' },
  'invariant-broken': {
    outcome: 'refuse',
    alert: true,
    text: 'A network statement of the policy does not hold',
  },

  // A pull request that cannot be a request
  'grants-touched': { outcome: 'refuse', text: 'Only Curfew writes below grants/' },
  'mixed-change': {
    outcome: 'refuse',
    text: 'A pull request adds one request file, or deletes one, and nothing else',
  },
  'request-modified': {
    outcome: 'refuse',
    text: 'A request that landed is never modified; ask for other access with a new file',
  },
  'request-exists': { outcome: 'refuse', text: 'The default branch already holds a request at this path' },
  'from-fork': { outcome: 'refuse', text: 'Requests from forks are refused' },
  'not-a-person': {
    outcome: 'refuse',
    text: 'The author of the pull request is not a person whom GitHub knows',
  },
  'requester-cannot-write': {
    outcome: 'refuse',
    text: 'The requester has no write access to this repository',
  },
  'commits-unclear': { outcome: 'refuse', text: 'Who wrote the commits of this pull request cannot be told' },
  'shared-head': { outcome: 'refuse', text: 'Another open pull request has the same head commit' },
  truncated: { outcome: 'refuse', text: 'GitHub lists only a part of this pull request' },

  // The content of a request
  'invalid-request': { outcome: 'refuse', text: 'The request file is not valid' },
  'not-before-past': {
    outcome: 'refuse',
    text: 'spec.notBefore was in the past when the pull request was opened',
  },
  'unknown-template': { outcome: 'refuse', text: 'There is no such template' },
  'invalid-template': { outcome: 'hold', text: 'The template on the default branch is not valid' },
  'wrong-scope': { outcome: 'refuse', text: 'The template is for another kind of scope' },
  'unknown-subject': { outcome: 'refuse', text: 'spec.for names nobody whom the policy and GitHub agree on' },

  // The policy
  'unknown-cluster': { outcome: 'refuse', text: 'The policy knows no such cluster' },
  'protected-namespace': { outcome: 'refuse', text: 'The namespace is protected' },
  'no-identity': {
    outcome: 'refuse',
    text: 'The policy maps the subject to no Kubernetes user on this cluster',
  },
  'policy-denied': { outcome: 'refuse', text: 'No entry of the policy allows this request' },
  'on-behalf-denied': {
    outcome: 'refuse',
    text: 'The policy does not let the requester ask for somebody else',
  },
  'duration-too-long': { outcome: 'refuse', text: 'The duration is longer than allowed' },
  'ticket-missing': { outcome: 'refuse', text: 'The policy asks for a ticket' },
  'danger-refused': { outcome: 'refuse', text: 'What the grant would give is refused' },
  'beyond-ceilings': { outcome: 'refuse', text: 'The cluster would refuse it: it goes past the ceilings' },
  'no-owner': { outcome: 'refuse', text: 'Nobody who could approve owns the request path' },

  // Waiting for somebody
  draft: { outcome: 'wait', text: 'The pull request is a draft' },
  'waiting-for-approval': { outcome: 'wait', text: 'Approvals are missing' },
  'changes-requested': { outcome: 'wait', text: 'A reviewer requests changes' },
  'foreign-check': { outcome: 'wait', text: 'Another required check has not passed' },
  'too-many-open': { outcome: 'wait', text: 'The subject has as many open grants as the policy allows' },
  withdrawn: { outcome: 'refuse', text: 'The request was withdrawn' },
  'approval-expired': { outcome: 'refuse', text: 'The time to approve this request has passed' },

  // Waiting for an administrator
  'policy-invalid': { outcome: 'hold', text: 'The policy on the default branch is missing or not valid' },
  'ceilings-invalid': { outcome: 'hold', text: 'The committed ceilings of the cluster cannot be read' },
  unprotected: { outcome: 'hold', text: 'The default branch is not protected as Curfew needs it' },
  'clock-skew': { outcome: 'hold', text: 'The clock of Curfew differs from the clock of GitHub' },
  'repository-moved': {
    outcome: 'hold',
    text: 'The repository or its default branch is not the one that Curfew adopted',
  },
  paused: { outcome: 'hold', text: 'The policy pauses new grants' },
  'merge-refused': { outcome: 'hold', text: 'GitHub refuses to merge' },
  'cluster-failing': {
    outcome: 'hold',
    alert: true,
    text: 'The cluster does not take what git says',
  },

  // Granting
  ready: { outcome: 'grant', text: 'Everything that the policy demands is met' },
  'landing-unknown': {
    outcome: 'wait',
    text: 'GitHub does not say yet which pull request brought the request',
  },
  scheduled: { outcome: 'wait', text: 'The grant starts at a later time' },
  granted: { outcome: 'grant', text: 'Access is granted' },

  // Ending a request that landed and gets no grant
  'landed-without-pull-request': {
    outcome: 'end',
    text: 'The request reached the default branch without a pull request',
  },
  'landed-differently': {
    outcome: 'end',
    alert: true,
    text: 'What landed is not what the pull request asked for',
  },
  'landed-unapproved': {
    outcome: 'end',
    alert: true,
    text: 'The request landed without what the policy demands',
  },
  'not-granted-in-time': { outcome: 'end', text: 'The time to grant this request has passed' },

  // Ending a grant
  expired: { outcome: 'end', text: 'The time is up' },
  revoked: { outcome: 'end', text: 'The access was handed back or revoked' },
  'request-removed': { outcome: 'end', text: 'The request file was removed' },
  'request-edited': { outcome: 'end', alert: true, text: 'The request file was changed after it landed' },
  'grant-removed': { outcome: 'end', alert: true, text: 'The grant file was removed' },
  'grant-without-evidence': {
    outcome: 'end',
    alert: true,
    text: 'The file below grants/ is not a commit of Curfew',
  },
  'not-entitled': { outcome: 'end', text: 'The policy no longer entitles the subject' },
  'role-widened': {
    outcome: 'end',
    text: 'A role that the grant binds gives more than when it was approved',
  },
  'cluster-refused': {
    outcome: 'end',
    alert: true,
    text: 'The cluster refuses every revision that holds the access',
  },

  // A pull request that takes access away
  'nothing-to-revoke': { outcome: 'refuse', text: 'The default branch holds no request at this path' },
  'revocation-ready': { outcome: 'end', text: 'The pull request takes access away and may' },
} as const satisfies Record<string, Reason>;

/** A code of the closed list. */
export type ReasonCode = keyof typeof reasons;

interface Reason {
  readonly outcome: 'pass' | 'wait' | 'hold' | 'refuse' | 'grant' | 'end';
  /** One sentence without a full stop. */
  readonly text: string;
  /** Something that should not happen: also an error in the log and a metric of its own. */
  readonly alert?: true;
}

/** Whether a person should look at what happened. */
export function isAlert(code: ReasonCode): boolean {
  const reason: Reason = reasons[code];
  return reason.alert === true;
}

/** A reason as a decision gives it: the code, and what makes it true here, in one sentence for a person. */
export interface Finding {
  readonly code: ReasonCode;
  readonly message: string;
}

/** A finding that has nothing to add to the text of its code. */
export function finding(code: ReasonCode, message: string = reasons[code].text): Finding {
  return { code, message };
}
