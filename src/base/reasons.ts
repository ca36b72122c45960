/**
 * The closed list of reasons: why a request waits, is refused, is granted, or why access ended. It is the one
 * source for the check run, the comment, the metric label, the log field and docs/reasons.md.
 *
 * To add one: add a line here, return it from a decision, and cover it in a test; `npm test` fails on a code that
 * nothing returns and on one that the documentation lacks.
 */
export const reasons = {
  // A pull request that is not a request
  'not-ours': { outcome: 'pass', text: 'touches nothing that Curfew looks after' },
  'own-revert': { outcome: 'pass', text: 'is the commit that Curfew itself made to end access' },
} as const satisfies Record<string, Reason>;

interface Reason {
  readonly outcome: 'pass' | 'wait' | 'refuse' | 'grant' | 'end' | 'hold';
  readonly text: string;
}
