import type { Severity } from '../../base/severity.ts';
import type { Danger } from '../effect.ts';

/** A danger that no line of the policy allows. */
export function refused(rule: string, message: string): Danger {
  return { severity: 'critical', rule, message, refusedAlways: true, secondApprovalInProduction: false };
}

/** A danger that is shown, and that the policy may refuse or let more people approve. */
export function flagged(severity: Severity, rule: string, message: string): Danger {
  return { severity, rule, message, refusedAlways: false, secondApprovalInProduction: false };
}
