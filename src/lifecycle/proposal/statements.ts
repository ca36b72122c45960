/** Network statements of the policy that would not hold any more, with the grants in force. */
import { escapeMarkdown } from '../../base/markdown.ts';
import { finding, type Finding } from '../../base/reasons.ts';
import { objectsOf } from '../alarms.ts';
import { brokenStatements, newlyBroken, sayBecause, type Broken } from '../invariants.ts';
import { section, type Section } from './section.ts';
import type { Side } from './side.ts';

/** What would be broken and is not now; a statement that is new has held so far. */
export function brokenBy(before: Side, after: Side): readonly Broken[] {
  const clusters = Object.keys(after.policy?.clusters ?? {});
  return clusters.flatMap((cluster) => {
    const of = ({ tip, branch }: Side): readonly Broken[] => {
      const there = branch.inForce.filter(({ path }) => path.cluster === cluster);
      return brokenStatements(tip, cluster, there.flatMap(objectsOf));
    };
    return newlyBroken(of(before), of(after));
  });
}

/** More say nothing new. */
const mostFindings = 10;

export function brokenFindings(broken: readonly Broken[]): readonly Finding[] {
  const more = broken.length - mostFindings;
  return [
    ...broken.slice(0, mostFindings).map(({ text }) => finding('invariant-broken', sentence(text))),
    ...(more > 0 ? [finding('invariant-broken', `${more} more flows break a statement of the policy`)] : []),
  ];
}

/** The section with what allows each flow. */
export function statementChanges(broken: readonly Broken[]): Section {
  return section(
    'Network statements',
    broken.map(({ text, because }) => escapeMarkdown(`${sentence(text)}${sayBecause(because)}`)),
    null,
  );
}

/** What does not hold today would not hold then either; here it would be new. */
function sentence(text: string): string {
  return text.replace('" does not hold on ', '" would not hold on ');
}
