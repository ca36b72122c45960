/**
 * Ending: one pull request deletes what has ended, requests and grants together, and says for each who, what, why, when
 * and approved by whom.
 */
import { sha256 } from '../base/digest.ts';
import { formatInstant, type Instant } from '../base/instant.ts';
import { codeSpan, escapeMarkdown, tableCell } from '../base/markdown.ts';
import type { Finding } from '../base/reasons.ts';
import { visible } from '../base/text.ts';
import { approvedBy } from './grant-commit.ts';
import { ownBranchPrefix } from './candidate.ts';
import { writeEnding, type GrantEvidence } from './evidence.ts';
import type { RevertFacts } from './facts.ts';
import { fitItems } from './room.ts';

/** Access, or a request for it, that has ended. */
export interface Ended {
  readonly finding: Finding;
  /** Path of the request file. */
  readonly request: string;
  /** Null where nothing was ever granted. */
  readonly evidence: GrantEvidence | null;
  readonly pullRequest: number | null;
  /** What the access let be opened and may still be open, with its bound; empty where nothing was ever granted. */
  readonly leftOpen: readonly string[];
  /** Exactly these blobs are deleted; whatever else stands at a path by then is left alone. */
  readonly deletions: readonly { readonly path: string; readonly sha: string }[];
}

/** The pull request that ends access, and the commit that it consists of. */
export interface Revert {
  readonly branch: string;
  readonly title: string;
  readonly commitBody: string;
  readonly body: string;
  readonly deletions: readonly string[];
  /** The deletions below `grants/` alone, for the direct commit when the pull request is refused. */
  readonly grantDeletions: readonly string[];
}

const branchPrefix = `${ownBranchPrefix}revert-`;

/** The revert of everything that has ended. The same set gives the same branch, so that a restart finds it again. */
export function revertOf(ended: readonly Ended[]): Revert {
  const deletions = ended.flatMap((each) => each.deletions);
  const key = sha256(deletions.map(({ path, sha }) => `${sha} ${path}`).sort()).slice(0, 12);
  const paths = [...new Set(deletions.map(({ path }) => path))].sort();
  return {
    branch: `${branchPrefix}${key}`,
    title: titleOf(ended),
    commitBody: [...ended.map(sentence), '', ...ended.map(trailer)].join('\n'),
    body: bodyOf(ended),
    deletions: paths,
    grantDeletions: paths.filter((path) => path.startsWith('grants/')),
  };
}

/** Branches of ours that are not `wanted`: what they were to end has ended, or ends by another. */
export function supersededReverts(
  reverts: readonly RevertFacts[],
  wanted: string | null,
): readonly RevertFacts[] {
  return reverts.filter((revert) => revert.headRef.startsWith(branchPrefix) && revert.headRef !== wanted);
}

function titleOf(ended: readonly Ended[]): string {
  const [only, ...others] = ended;
  if (only === undefined) return 'Revert nothing';
  const count = others.length + 1;
  return others.length > 0 ? `Revert ${count} access requests that have ended` : `Revert ${describe(only)}`;
}

function describe({ evidence, request }: Ended): string {
  // Whoever pushes a request past every rule can put line breaks into its path, and trailers behind them.
  if (evidence === null) return visible(request);
  return `${evidence.templateBlob.name} of ${evidence.subject.login} (${request.replace('access-requests/', '').replace('.yaml', '')})`;
}

function sentence(ended: Ended): string {
  return `${describe(ended)}: ${visible(ended.finding.message)}${ended.pullRequest === null ? '' : `, see #${ended.pullRequest}`}`;
}

function trailer({ finding, evidence, request }: Ended): string {
  return writeEnding(finding.code, evidence?.grant ?? null, request);
}

/** GitHub takes 65,536 characters; a thousand grants may end together, and the commit message tells of each. */
const roomForRows = 40_000;
const roomForOpen = 12_000;
const roomForNames = 600;
const inCommit = 'the commit names them all';

function bodyOf(ended: readonly Ended[]): string {
  const rows = ended.map(({ evidence, finding, pullRequest, request }) =>
    [
      pullRequest === null ? 'none' : `#${pullRequest}`,
      codeSpan(request),
      evidence === null ? 'never granted' : `${evidence.subject.login}, ${evidence.templateBlob.name}`,
      evidence === null ? '' : period(evidence.grantedAt, evidence.expiresAt),
      evidence === null ? '' : approvedBy(evidence),
      finding.message,
    ].map((cell, index) => (index === 1 || index === 0 ? cell : tableCell(escapeMarkdown(cell)))),
  );
  return [
    'This pull request ends access. It needs no review and lands by itself.',
    '',
    '| Pull request | Request | Who, what | In force | Approved by | Why it ends |',
    '| --- | --- | --- | --- | --- | --- |',
    ...fitItems(
      rows.map((row) => `| ${row.join(' | ')} |`),
      roomForRows,
      inCommit,
    ),
    ...whatMayBeOpen(ended),
  ].join('\n');
}

/** What outlives the binding: each kind once, and of whom where it is of several. */
function whatMayBeOpen(ended: readonly Ended[]): readonly string[] {
  const left = ended.flatMap((each) => each.leftOpen.map((sentence) => ({ sentence, of: nameOf(each) })));
  if (left.length === 0) return [];
  const bySentence = Map.groupBy(left, ({ sentence }) => sentence);
  const isOfOne = new Set(left.map(({ of }) => of)).size === 1;
  return [
    '',
    '**May still be open**',
    ...fitItems(
      [...bySentence].map(
        ([sentence, same]) => `- ${escapeMarkdown(sentence)}${isOfOne ? '' : ` (${namesOf(same)})`}`,
      ),
      roomForOpen,
      inCommit,
    ),
    '',
    'Nothing new can be opened once the cluster has followed. What was read stays read.',
  ];
}

function namesOf(same: readonly { readonly of: string }[]): string {
  return fitItems([...new Set(same.map(({ of }) => of))], roomForNames, inCommit).join(', ');
}

function nameOf({ evidence, pullRequest, request }: Ended): string {
  const who = evidence === null ? codeSpan(request) : escapeMarkdown(evidence.subject.login);
  return pullRequest === null ? who : `${who} #${pullRequest}`;
}

function period(from: Instant, until: Instant): string {
  return `${formatInstant(from)} to ${formatInstant(until)} at most`;
}
