/** How bad a danger is, the worst first. */
export const severities = ['critical', 'high', 'medium'] as const;

/** One of them. */
export type Severity = (typeof severities)[number];

/** Compares by severity, the worst first. */
export function bySeverity(a: { readonly severity: Severity }, b: { readonly severity: Severity }): number {
  return severities.indexOf(a.severity) - severities.indexOf(b.severity);
}
