/** Who would own what decides, and the paths of requests. */
import { ownersOf, type Codeowners } from '../../approval/codeowners.ts';
import { codeSpan, escapeMarkdown } from '../../base/markdown.ts';
import { finding, type Finding } from '../../base/reasons.ts';
import { joinSome } from '../../effect/network/words.ts';
import { clusterScope } from '../../request/path.ts';
import { guarded, unprotectedPaths } from '../protection.ts';
import { knownNamespaces } from './sample.ts';
import { missingFrom, section, type Section } from './section.ts';
import type { Side } from './side.ts';

/** What has an owner now and would have none whom GitHub accepts. */
export function lostProtection(before: Side, after: Side): readonly Finding[] {
  const was = unprotectedPaths(before.tip, before.trusted);
  const lost = missingFrom(was, unprotectedPaths(after.tip, after.trusted));
  const more = lost.length - mostFindings;
  return [
    ...lost
      .slice(0, mostFindings)
      .map((path) => finding('proposal-unprotected', `${path} would have no owner whom GitHub accepts`)),
    ...(more > 0 ? [finding('proposal-unprotected', `${more} more paths would have none`)] : []),
  ];
}

/** More say nothing new: folders come before the files in them. */
const mostFindings = 10;

/** A section with an item for each change of owners, and the lines that GitHub would not take. */
export function ownerChanges(before: Side, after: Side): Section {
  const [was, is] = [before, after].map(({ trusted }) => trusted.codeowners?.value ?? null);
  const moves = Map.groupBy(places(after), (place) => {
    const [old, now] = [was, is].map((codeowners) => describeOwners(codeowners ?? null, place.path));
    return old === now ? '' : `${old} → ${now}`;
  });
  const changed = [...moves].flatMap(([move, paths]) => {
    const names = joinSome(
      paths.map(({ name }) => codeSpan(name)),
      5,
    );
    return move === '' ? [] : [`${names}: ${escapeMarkdown(move)}`];
  });
  const errors = after.tip.codeownersErrorLines.map(
    (line) => `line ${line}: GitHub finds an error, so nobody owns what it names`,
  );
  return section('Owners', [...changed, ...errors], changed.length === 0 ? null : 'owners would change');
}

interface Place {
  /** As it is shown. */
  readonly name: string;
  /** A file there. */
  readonly path: string;
}

/** Each costs a look at every line of CODEOWNERS. */
const mostScopes = 500;

/** What is guarded, and where requests are for. */
function places({ tip, policy }: Side): readonly Place[] {
  const scopes = Object.keys(policy?.clusters ?? {}).flatMap((cluster) =>
    [clusterScope, ...knownNamespaces(tip, cluster)].map(
      (namespace) => `access-requests/${cluster}/${namespace}/`,
    ),
  );
  return [
    ...guarded.map(({ directory, sample }) => ({ name: directory, path: sample })),
    ...[tip.policy, tip.codeowners].flatMap((file) =>
      file === null ? [] : [{ name: file.path, path: file.path }],
    ),
    ...scopes.slice(0, mostScopes).map((name) => ({ name, path: `${name}new.yaml` })),
  ];
}

function describeOwners(codeowners: Codeowners | null, path: string): string {
  const owners = codeowners === null ? [] : ownersOf(codeowners, path).written;
  return owners.length === 0 ? 'nobody' : owners.join(' ');
}
