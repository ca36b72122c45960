/**
 * What a person reads: the verdict first, then what would be gained in a person's words, then what is missing, then the
 * rest folded. The check run and the comment say the same. Nothing here changes by time alone, so that nothing is
 * written when nothing changed.
 */
import type { ApprovalVerdict } from '../approval/approval.ts';
import { describeNotCounted, describeRequirement } from '../approval/describe.ts';
import { formatDuration } from '../base/duration.ts';
import type { Fault } from '../base/fault.ts';
import { formatInstant } from '../base/instant.ts';
import { codeBlock, codeSpan, escapeMarkdown } from '../base/markdown.ts';
import { reasons, type Finding } from '../base/reasons.ts';
import { visible } from '../base/text.ts';
import { canonicalYaml } from '../template/canonical.ts';
import { commentMarker } from './comments.ts';
import { fitItems, fitLines } from './room.ts';
import type { Plan } from './plan.ts';

/** What is to be said about a pull request. */
export interface Report {
  /** The first is the reason that counts. */
  readonly findings: readonly Finding[];
  readonly plan: Plan | null;
  readonly approvals: ApprovalVerdict | null;
  readonly faults: readonly Fault[];
}

/** The same in words. */
export interface ReportText {
  /** One plain line. */
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  /** Markdown: manifests, exact rules, digest; empty without a plan. */
  readonly details: string;
  /** The whole comment. */
  readonly comment: string;
}

/** Says a report: the check run and the comment have it in common. */
export function describeReport(report: Report): ReportText {
  const title = titleOf(report);
  const sections = [
    `**${escapeMarkdown(title)}.**`,
    ...(report.plan === null ? [] : [describePlan(report.plan)]),
    ...fitted('Why', remainingFindings(report), room.why),
    ...(report.plan === null ? [] : describeEffect(report.plan)),
    ...(report.approvals === null ? [] : describeApprovals(report.approvals)),
    ...fitted('Not known', report.plan?.effect.unknown.map(escapeMarkdown) ?? []),
    ...fitted('What to change', report.faults.map(describeFault)),
  ];
  const summary = sections.join('\n\n');
  const details = report.plan === null ? '' : describeDetails(report.plan);
  const folded =
    details === ''
      ? ''
      : `\n\n<details><summary>Manifests, exact rules, digest</summary>\n\n${details}\n\n</details>`;
  return { title, summary, details, comment: `${commentMarker}\n${summary}${folded}\n` };
}

/** The reason that counts, as one plain line. */
export function titleOf({ findings, plan }: Pick<Report, 'findings' | 'plan'>): string {
  const [first] = findings;
  if (first === undefined) return 'Nothing to decide';
  const text = visible(first.message);
  switch (reasons[first.code].outcome) {
    case 'refuse':
      return `Refused: ${continued(text)}`;
    case 'hold':
      return `On hold: ${continued(text)}`;
    case 'grant':
      return plan?.request.notBefore
        ? 'Approved: access starts at the time asked for'
        : `Approved: ${continued(text)}`;
    case 'wait':
    case 'pass':
    case 'end':
      return text;
  }
}

/** A sentence that goes on behind a colon; names keep their capitals. */
export function continued(sentence: string): string {
  return sentence.replace(/^(?!Curfew\b|Kubernetes\b)[A-Z](?=[a-z]*\b)/, (first) => first.toLowerCase());
}

/** Every reason but the one in the title; faults of the file have a list of their own. */
function remainingFindings({ findings, faults }: Report): readonly string[] {
  return findings
    .slice(1)
    .filter(({ code }) => code !== 'invalid-request' || faults.length === 0)
    .map(({ message }) => escapeMarkdown(message));
}

/** A fault as an item of a list. */
export function describeFault({ file, line, message, remedy }: Fault): string {
  const where = codeSpan(`${file}:${line}`);
  const todo = remedy === '' ? '' : `; ${escapeMarkdown(remedy)}`;
  return `${where}: ${escapeMarkdown(message)}${todo}`;
}

/** A list under its heading; nothing where it is empty. */
export function list(heading: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`**${heading}**\n${items.map((item) => `- ${item}`).join('\n')}`];
}

/**
 * GitHub takes 65,536 characters for a comment, and as many for each part of a check run: so every list and block has
 * room for so many characters, and says when it is cut. What decides has the most.
 */
const room = {
  list: 2000,
  gains: 5000,
  dangers: 6000,
  why: 4000,
  manifests: 12_000,
  exact: 9000,
  graph: 3000,
};

function fitted(heading: string, items: readonly string[], most = room.list): readonly string[] {
  return list(heading, fitItems(items, most));
}

function describePlan(plan: Plan): string {
  const { subject, requester, path, request, duration } = plan;
  const where =
    path.namespace === null
      ? `across the whole cluster ${codeSpan(path.cluster)}`
      : `in ${codeSpan(path.namespace)} on ${codeSpan(path.cluster)}`;
  const start =
    request.notBefore === null
      ? 'from the grant'
      : `from ${formatInstant(request.notBefore)} at the earliest`;
  const who = `**${escapeMarkdown(subject.login)}** gets **${escapeMarkdown(request.template)}** ${where} for **${formatDuration(duration)}** ${start}`;
  const behalf = subject.id === requester.id ? '' : `; asked for by ${escapeMarkdown(requester.login)}`;
  const ticket = request.ticket === null ? '' : ` (${escapeMarkdown(request.ticket)})`;
  return `${who}, as the Kubernetes user ${codeSpan(subject.user)}${behalf}.\n\n> ${escapeMarkdown(request.reason)}${ticket}`;
}

function describeEffect({ effect }: Plan): readonly string[] {
  const flags = effect.dangers.map(({ severity, message }) => `**${severity}**: ${escapeMarkdown(message)}`);
  return [
    ...fitted('Gains', effect.gains.map(escapeMarkdown), room.gains),
    ...fitted('Held already', effect.alreadyHeld.map(escapeMarkdown)),
    ...fitted('Red flags', flags, room.dangers),
    ...fitted('What may come of it', effect.consequences.map(escapeMarkdown)),
    ...fitted('May stay open at the end', effect.openSessions.map(escapeMarkdown)),
    ...fitted('To consider', effect.advice.map(escapeMarkdown)),
  ];
}

function describeApprovals(approvals: ApprovalVerdict): readonly string[] {
  if (approvals.requirements.length === 0) return ['The policy asks for no approval.'];
  const missing = approvals.requirements
    .filter(({ met }) => !met)
    .map(({ requirement, could }) => {
      const people = could.length === 0 ? '' : `: ${could.map(escapeMarkdown).join(', ')}`;
      return `${escapeMarkdown(describeRequirement(requirement))}${people}`;
    });
  const given = approvals.requirements.flatMap(({ requirement, satisfiedBy }) =>
    satisfiedBy.map(
      ({ login }) => `${escapeMarkdown(login)}, for ${escapeMarkdown(describeRequirement(requirement))}`,
    ),
  );
  const ignored = approvals.notCounted.map(
    ({ login, why }) => `${escapeMarkdown(login)} ${describeNotCounted(why)}`,
  );
  return [
    ...fitted('Waiting for', missing),
    ...fitted('Approved by', given),
    ...fitted('Changes requested by', approvals.changesRequested.map(escapeMarkdown)),
    ...fitted('Did not count', ignored),
  ];
}

function describeDetails(plan: Plan): string {
  return [
    codeBlock(fitLines(canonicalYaml(plan.objects), room.manifests), 'yaml'),
    ...(plan.effect.baseline === null
      ? []
      : [
          `The default-deny policy that ${codeSpan(plan.path.namespace ?? '')} lacks:`,
          codeBlock(canonicalYaml([plan.effect.baseline]), 'yaml'),
        ]),
    ...(plan.effect.mermaid === null || plan.effect.mermaid.length > room.graph
      ? []
      : [codeBlock(plan.effect.mermaid, 'mermaid')]),
    ...(plan.effect.exact.length === 0
      ? []
      : [codeBlock(fitLines(plan.effect.exact.join('\n'), room.exact), '')]),
    `Allowed by the policy entry ${codeSpan(plan.policyEntry)}. Digest ${codeSpan(plan.digest)}, grant ${codeSpan(plan.grantId)}.`,
  ].join('\n\n');
}
