/** What is wrong with the files that a pull request changes: the faults that `curfew validate` would print. */
import { formatFault, type Fault } from '../../base/fault.ts';
import { isCeilingsPath } from '../../policy/ceilings.ts';
import type { FileFacts, ProposedFiles, TipFacts } from '../facts.ts';
import { readSnapshotFile } from '../trusted.ts';
import { isTrustedPath } from '../trusted-paths.ts';
import { validateRepository } from '../validate.ts';

/** Faults of changed files, and those that the change makes in others; by file and line. */
export function proposalFaults(
  before: TipFacts,
  after: TipFacts,
  { files }: ProposedFiles,
): readonly Fault[] {
  const known = new Set(faultsOf(before).map(withoutPlace));
  const faults = faultsOf(after).filter((fault) => files.has(fault.file) || !known.has(withoutPlace(fault)));
  const snapshots = [...files.values()].flatMap((file) =>
    file !== null && isSnapshot(file) ? readSnapshotFile(file) : [],
  );
  const all = new Map([...faults, ...snapshots].map((fault) => [formatFault(fault), fault]));
  return [...all.values()].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** A line that moves is the same fault. */
function withoutPlace({ file, message }: Fault): string {
  return `${file}: ${message}`;
}

function isSnapshot({ path }: FileFacts): boolean {
  return path.startsWith('clusters/') && !path.endsWith('.md');
}

/**
 * Requests and grants are judged elsewhere; what snapshots say is read once for all, so here only their paths matter, but
 * for ceilings.
 */
function faultsOf(tip: TipFacts): readonly Fault[] {
  const textOf = ({ mode, text }: FileFacts): string | null => (mode === '100644' ? text : null);
  const files = [tip.policy, tip.codeowners, ...tip.templates, ...tip.roles].flatMap((file) =>
    file === null ? [] : [[file.path, textOf(file)] as const],
  );
  const snapshots = tip.clusters.map(
    (file) => [file.path, isCeilingsPath(file.path) ? textOf(file) : ''] as const,
  );
  const grants = tip.grants.map(({ path }) => [path, ''] as const);
  return validateRepository(new Map([...files, ...snapshots, ...grants])).filter(({ file }) =>
    isTrustedPath(file),
  );
}
