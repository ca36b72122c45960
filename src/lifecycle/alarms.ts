/**
 * Network statements of the policy that do not hold on the default branch, with the grants in force: nobody was asked,
 * so somebody has to look. A request that would break one is refused; a snapshot or policy that came later may.
 */
import type { KubernetesObject } from '../base/json.ts';
import { escapeMarkdown } from '../base/markdown.ts';
import type { TipFacts } from './facts.ts';
import type { ProvenGrant } from './grant-state.ts';
import { brokenStatements, newlyBroken, sayBecause } from './invariants.ts';
import { readGrant, readTrusted } from './trusted.ts';

/** One statement that does not hold. */
export interface Alarm {
  /** The grant file that breaks it; the snapshot's folder where it does not hold without any. */
  readonly path: string;
  /** The pull request of that grant. */
  readonly pullRequest: number | null;
  /** One sentence without a full stop. */
  readonly text: string;
}

/** Every statement that does not hold, with the grant that alone breaks it where there is one. */
export function alarmsOf(tip: TipFacts, inForce: readonly ProvenGrant[]): readonly Alarm[] {
  const clusters = Object.keys(readTrusted(tip).policy?.value.clusters ?? {});
  return clusters.flatMap((cluster) => {
    const there = inForce.filter(({ path }) => path.cluster === cluster);
    const broken = brokenStatements(tip, cluster, there.flatMap(objectsOf));
    if (broken.length === 0) return [];
    // What cannot be worked out with the grants is not tried without them.
    const isUnknown = broken.every(({ statement }) => statement === null);
    const standing = isUnknown ? broken : brokenStatements(tip, cluster, []);
    const byGrants = newlyBroken(standing, broken);
    // Each is asked alone, and the answer is remembered for as long as the files are the same.
    const causes = byGrants.length === 0 ? [] : there.map((grant) => ({ grant, texts: alone(tip, grant) }));
    return broken.map(({ text, because }): Alarm => {
      const said = `${text}${sayBecause(because)}`;
      const cause = causes.find(({ texts }) => texts.has(text));
      if (cause === undefined || standing.some((each) => each.text === text))
        return { path: `clusters/${cluster}`, pullRequest: null, text: said };
      return { path: cause.grant.file.path, pullRequest: cause.grant.evidence.pullRequest, text: said };
    });
  });
}

/** The objects of a grant file; none where it cannot be read. */
export function objectsOf({ file }: Pick<ProvenGrant, 'file'>): readonly KubernetesObject[] {
  const read = readGrant(file);
  return read.ok ? read.value.objects : [];
}

function alone(tip: TipFacts, grant: ProvenGrant): ReadonlySet<string> {
  return new Set(brokenStatements(tip, grant.path.cluster, objectsOf(grant)).map(({ text }) => text));
}

const opening = '> [!WARNING]';

/** Our comment with a warning for each of these alarms, and none for others. */
export function withWarnings(comment: string, alarms: readonly Alarm[]): string {
  const plain = comment
    .split('\n\n')
    .filter((paragraph) => !paragraph.startsWith(opening))
    .join('\n\n');
  if (alarms.length === 0) return plain;
  const sentences = alarms.slice(0, mostWarnings).map(({ text }) => `> ${escapeMarkdown(text)}.`);
  const warning = [
    opening,
    '> While this access is in force, a statement of the policy does not hold.',
    ...sentences,
  ];
  return plain.replace('\n\n', () => `\n\n${warning.join('\n')}\n\n`);
}

/** More say nothing new about one grant. */
const mostWarnings = 5;
