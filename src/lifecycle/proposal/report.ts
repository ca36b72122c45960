/** What a person reads about a proposal: the verdict first, then what is against it, then what it changes. */
import { codeBlock, codeSpan, escapeMarkdown } from '../../base/markdown.ts';
import { count } from '../../effect/network/words.ts';
import { list, describeFault, titleOf, type ReportText } from '../report.ts';
import type { ProposalReport } from './judge.ts';

/** More are in "curfew validate". */
const mostFaults = 20;

/** Says what a proposal comes to; there is no comment. */
export function describeProposal(report: ProposalReport): Omit<ReportText, 'comment'> {
  const { findings, faults, sections, passedOver } = report;
  const title = titleOf({ findings, plan: null });
  const more = faults.length - mostFaults;
  const whatToChange = [
    ...faults.slice(0, mostFaults).map(describeFault),
    ...(more > 0 ? [`… and ${more} more: ${codeSpan('curfew validate')} prints them all`] : []),
  ];
  const exact = sections.flatMap((each) => each.exact);
  return {
    title,
    summary: [
      `**${escapeMarkdown(title)}.**`,
      ...list('Also', others(report)),
      ...list('What to change', whatToChange),
      ...sections.flatMap(({ heading, items }) => list(heading, items)),
      ...(passedOver === 0
        ? []
        : [
            `${count(passedOver, 'template, grant or request was', 'templates, grants and requests were')} not looked at: there are too many, or the snapshots are too large.`,
          ]),
    ].join('\n\n'),
    details: exact.length === 0 ? '' : codeBlock(exact.join('\n'), 'diff'),
  };
}

/** What else is against it, where nothing below says so: faults and statements have lists of their own. */
function others({ findings }: ProposalReport): readonly string[] {
  return findings
    .slice(1)
    .filter(({ code }) => code !== 'proposal-invalid' && code !== 'invariant-broken')
    .map(({ message }) => escapeMarkdown(message));
}
