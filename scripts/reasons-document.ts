/** The page docs/reasons.md as a function of the closed list of reasons. */
import { reasons } from '../src/base/reasons.ts';

const headings = {
  pass: 'None of our business, or nothing against it: the check succeeds',
  wait: 'Waiting for somebody: the check asks for action',
  hold: 'On hold until an administrator acts: nothing new is granted, ending goes on',
  refuse: 'Refused: final for this content',
  grant: 'Access is given',
  end: 'Access ends, or a request that landed gets none',
} as const;

export function reasonsDocument(): string {
  const sections = Object.entries(headings).map(([outcome, heading]) => {
    const rows = Object.entries(reasons)
      .filter(([, reason]) => reason.outcome === outcome)
      .map(([code, reason]) => `| \`${code}\` | ${reason.text} | ${'alert' in reason ? 'yes' : ''} |`);
    return [`## ${heading}`, '', '| code | meaning | alert |', '| --- | --- | --- |', ...rows, ''].join('\n');
  });
  return [
    '# Reasons',
    '',
    'Every decision names its reason by one of these codes: in the check run, the comment, the metric',
    '`curfew_decisions_total{reason}` and the log field `reason`. This page is generated from `src/base/reasons.ts` by',
    '`npm run generate`. An alert is also an error in the log and counts in `curfew_alerts_total{reason}`.',
    '',
    ...sections,
  ].join('\n');
}
