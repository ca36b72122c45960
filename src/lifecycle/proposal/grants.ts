/** What becomes of the grants in force. */
import { formatInstant } from '../../base/instant.ts';
import { escapeMarkdown } from '../../base/markdown.ts';
import { compareRbac } from '../../effect/rbac/compare.ts';
import { loadRbac } from '../../effect/rbac/world.ts';
import { count, joinWords } from '../../effect/network/words.ts';
import { beyondCeilings } from '../../policy/excess.ts';
import { effectiveLimits } from '../../policy/limits.ts';
import { objectsOf } from '../alarms.ts';
import { judgeEffect } from '../effect.ts';
import type { ProvenGrant } from '../grant-state.ts';
import { describeScope } from '../plan.ts';
import { readCommittedCeilings } from '../trusted.ts';
import type { Allowance } from './allowance.ts';
import { missingFrom, nested, section, type Section } from './section.ts';
import { catalogOf, type Side } from './side.ts';

/** A section with an item for each grant that ends, gives less, goes past a ceiling, or comes to be dangerous. */
export function grantChanges(
  before: Side,
  after: Side,
  changed: readonly string[],
  allowance: Allowance,
): Section {
  const endings = new Map(
    after.branch.ended.flatMap(({ evidence, finding }) =>
      evidence === null ? [] : [[evidence.grant, finding.message] as const],
    ),
  );
  const ends = before.branch.inForce.filter(({ evidence }) => endings.has(evidence.grant));
  const others = before.branch.inForce.flatMap((grant) => {
    if (ends.includes(grant)) return [];
    const lines = goesOn(grant, before, after, changed, allowance);
    return lines.length === 0 ? [] : [nested(describe(grant), lines)];
  });
  const ended = ends.map((grant) =>
    nested(describe(grant), [`would end: ${endings.get(grant.evidence.grant) ?? ''}`]),
  );
  const said = [
    ...(ends.length === 0 ? [] : [`${count(ends.length, 'grant')} in force would end`]),
    ...(others.length === 0 ? [] : [`${count(others.length, 'grant')} in force would be judged otherwise`]),
  ];
  return section('Grants in force', [...ended, ...others], joinWords(said));
}

/** What the holder loses, what the cluster would no longer take, and which dangers appear, while the grant goes on. */
function goesOn(
  grant: ProvenGrant,
  before: Side,
  after: Side,
  changed: readonly string[],
  allowance: Allowance,
): readonly string[] {
  const { evidence, path } = grant;
  const roleChanged = evidence.roleBlobs.some(
    ({ name }) => before.trusted.roles.get(name)?.sha !== after.trusted.roles.get(name)?.sha,
  );
  const snapshotChanged = changed.some((each) => each.startsWith(`clusters/${path.cluster}/`));
  const objects = objectsOf(grant);
  const lost = !roleChanged
    ? []
    : compareRbac(
        loadRbac([...catalogOf(before), ...objects]),
        loadRbac([...catalogOf(after), ...objects]),
        null,
        { minor: null },
      ).flatMap(({ losses }) => losses.map((loss) => `loses: ${loss}`));
  if (!snapshotChanged) return lost;
  const beyond = missingFrom(excessOf(grant, before), excessOf(grant, after)).map(
    (excess) => `would be refused today: ${excess}`,
  );
  if (!allowance.take(2)) return [...lost, ...beyond];
  const [known, dangers] = [dangersOf(grant, before), dangersOf(grant, after)];
  return [
    ...lost,
    ...beyond,
    ...dangers.filter((danger) => !known.includes(danger)).map((danger) => `new danger, ${danger}`),
  ];
}

/** Ceilings hold what is new; what is there goes on. */
function excessOf({ path, evidence, file }: ProvenGrant, { tip }: Side): readonly string[] {
  const ceilings = readCommittedCeilings(tip, path.cluster);
  if (!ceilings.ok || ceilings.value === null) return [];
  const duration = (evidence.expiresAt - evidence.grantedAt) / 1000;
  return beyondCeilings(ceilings.value, objectsOf({ file }), duration).map(({ message }) => message);
}

function dangersOf(grant: ProvenGrant, { tip, trusted, policy }: Side): readonly string[] {
  const { path, evidence } = grant;
  if (policy === null) return [];
  return judgeEffect({
    objects: objectsOf(grant),
    roles: [...trusted.roles.values()].map(({ value }) => value),
    tip,
    policy,
    limits: effectiveLimits(policy, path),
    subjectUser: evidence.subject.user,
    path,
  }).dangers.map(({ severity, message }) => `${severity}: ${message}`);
}

/** `#12: **alice** has **debug-pod** in payments on prod-eu until …`. */
function describe({ evidence, path }: ProvenGrant): string {
  const { pullRequest, subject, templateBlob, expiresAt } = evidence;
  const what = `**${escapeMarkdown(subject.login)}** has **${escapeMarkdown(templateBlob.name)}**`;
  return `#${pullRequest}: ${what} in ${escapeMarkdown(describeScope(path))} until ${formatInstant(expiresAt)}`;
}
