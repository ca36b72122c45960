/** Network statements of the policy that would not hold any more, with the grants in force. */
import { escapeMarkdown } from '../../base/markdown.ts';
import { finding, type Finding } from '../../base/reasons.ts';
import { invariantsFor } from '../../effect/network/check-invariants.ts';
import { joinWords } from '../../effect/network/words.ts';
import { objectsOf } from '../alarms.ts';
import { brokenStatements, newlyBroken, sayBecause, type Broken } from '../invariants.ts';
import { readSnapshot } from '../trusted.ts';
import { section, type Section } from './section.ts';
import type { Side } from './side.ts';

/** What would be broken and is not now; a statement that is new has held so far. */
export function brokenBy(before: Side, after: Side): readonly Broken[] {
  return clustersOf(after).flatMap((cluster) =>
    newlyBroken(brokenIn(cluster, before), brokenIn(cluster, after)),
  );
}

function clustersOf({ policy }: Side): readonly string[] {
  return Object.keys(policy?.clusters ?? {});
}

function brokenIn(cluster: string, { tip, branch }: Side): readonly Broken[] {
  const there = branch.inForce.filter(({ path }) => path.cluster === cluster);
  return brokenStatements(tip, cluster, there.flatMap(objectsOf));
}

/** Clusters of which statements speak, and whose snapshots would be gone: there they would hold of nothing. */
function leftUnchecked(before: Side, after: Side): readonly string[] {
  return clustersOf(after).filter(
    (cluster) =>
      invariantsFor(cluster, after.trusted.invariants).length > 0 &&
      readSnapshot(before.tip, cluster).present &&
      !readSnapshot(after.tip, cluster).present,
  );
}

/** More say nothing new. */
const mostFindings = 10;

/** A finding for each flow that a proposal would allow against a statement, as far as anybody reads them. */
export function brokenFindings(broken: readonly Broken[]): readonly Finding[] {
  const more = broken.length - mostFindings;
  return [
    ...broken.slice(0, mostFindings).map(({ text }) => finding('invariant-broken', sentence(text))),
    ...(more > 0 ? [finding('invariant-broken', `${more} more flows break a statement of the policy`)] : []),
  ];
}

/** The section with what allows each flow, and with what could not be checked. */
export function statementChanges(broken: readonly Broken[], before: Side, after: Side): Section {
  const unchecked = leftUnchecked(before, after);
  // Broken already, and by so much that nobody knows what comes on top.
  const cut = clustersOf(after)
    .flatMap((cluster) => brokenIn(cluster, after))
    .filter(({ isCut, text }) => isCut && !broken.some((each) => each.text === text));
  return section(
    'Network statements',
    [
      ...unchecked.map(
        (cluster) => `no statement could be checked on ${cluster} any more: its snapshot would be gone`,
      ),
      ...broken.map(({ text, because }) => escapeMarkdown(`${sentence(text)}${sayBecause(because)}`)),
      ...cut.map(({ text }) => escapeMarkdown(text)),
    ],
    unchecked.length === 0 ? null : `no statement could be checked on ${joinWords(unchecked)}`,
  );
}

/** What does not hold today would not hold then either; here it would be new. */
function sentence(text: string): string {
  return text.replace('" does not hold on ', '" would not hold on ');
}
