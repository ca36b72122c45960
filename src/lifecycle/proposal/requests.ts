/** Requests on the way, open or landed, that would be decided otherwise. */
import { describeRequirement } from '../../approval/describe.ts';
import type { TeamFacts } from '../../approval/approval.ts';
import { escapeMarkdown } from '../../base/markdown.ts';
import { reasons } from '../../base/reasons.ts';
import type { Danger } from '../../effect/effect.ts';
import { count, joinWords } from '../../effect/network/words.ts';
import { identityByLogin } from '../../policy/identity.ts';
import { principalTeams } from '../../policy/principals.ts';
import { purposeOf } from '../candidate.ts';
import type { AccountFacts, FileFacts, PullRequestFacts } from '../facts.ts';
import { landingPaths } from '../branch.ts';
import { describeScope, planRequest, requestedSubject, type Planned } from '../plan.ts';
import { obstacles } from '../protection.ts';
import type { Allowance } from './allowance.ts';
import { missingFrom, nested, section, type Section } from './section.ts';
import type { Side, Standing } from './side.ts';

/** A section with an item for each request that would be decided otherwise, and what would hold up all of them. */
export function requestChanges(standing: Standing, before: Side, after: Side, allowance: Allowance): Section {
  const open = standing.open.flatMap((pullRequest) =>
    openChange(pullRequest, standing, before, after, allowance),
  );
  const landed = landedChanges(standing, before, after);
  const all = [...open, ...landed];
  return section(
    'Requests on the way',
    [...heldUp(standing, before, after), ...all],
    all.length === 0 ? null : `${count(all.length, 'request')} would be decided otherwise`,
  );
}

/** What would keep everything from being granted. */
function heldUp({ world, context }: Standing, before: Side, after: Side): readonly string[] {
  const clocks = { github: world.now, local: context.localNow };
  const of = ({ tip, trusted }: Side): readonly string[] =>
    obstacles(world.repository, tip, trusted, clocks).map(({ message }) => message);
  return missingFrom(of(before), of(after)).map(
    (message) => `Nothing new would be granted: ${escapeMarkdown(message)}`,
  );
}

interface OpenRequest {
  readonly pullRequest: PullRequestFacts;
  readonly file: FileFacts;
  readonly author: AccountFacts;
}

function openChange(
  pullRequest: PullRequestFacts,
  { world, context }: Standing,
  before: Side,
  after: Side,
  allowance: Allowance,
): readonly string[] {
  const { addedFile: file, author } = pullRequest;
  const isRequest = purposeOf(pullRequest, world.repository).kind === 'request';
  if (!isRequest || file === null || author === null || !allowance.take(2)) return [];
  const request = { pullRequest, file, author };
  const [was, is] = [before, after].map((side) => planned(request, side, world.repository.id, context.teams));
  const lines =
    was === undefined || is === undefined ? [] : difference(was, is, unseenTeams(after, context.teams));
  return lines.length === 0 ? [] : [nested(describe(request, was), lines)];
}

function planned(
  { pullRequest, file, author }: OpenRequest,
  { tip, policy }: Side,
  repositoryId: number,
  teams: ReadonlyMap<string, TeamFacts>,
): Planned {
  const login = requestedSubject(file);
  const identity = login === null || policy === null ? null : identityByLogin(policy, login);
  return planRequest({
    repositoryId,
    tip,
    file,
    pullRequest: pullRequest.number,
    openedAt: pullRequest.createdAt,
    requester: author,
    // Nobody is asked who has this login now: before anything is granted that is asked.
    subjectAccount: identity === null ? null : { id: identity.id, login: identity.login, type: 'User' },
    teams,
  });
}

/**
 * Teams that are named and of which nothing is known. They are not looked up: a pull request that names a team must
 * not tell who is in it.
 */
function unseenTeams({ policy }: Side, teams: ReadonlyMap<string, TeamFacts>): readonly string[] {
  return policy === null ? [] : missingFrom([...teams.keys()], principalTeams(policy));
}

function difference(was: Planned, is: Planned, unseen: readonly string[]): readonly string[] {
  if (!is.ok) {
    if (!was.ok) return [];
    const [first] = is.findings;
    const unless = unseen.length === 0 ? '' : `, unless by way of ${unseen.join(', ')}`;
    return [`would be refused${unless}: ${first?.message ?? ''}`];
  }
  if (!was.ok) return ['is refused now, and would be allowed'];
  const [asked, asks] = [was, is].map(({ plan }) =>
    joinWords(plan.requirements.map((requirement) => describeRequirement(requirement))),
  );
  const dangers = missingFrom(was.plan.effect.dangers.map(sayDanger), is.plan.effect.dangers.map(sayDanger));
  return [
    ...(asked === asks
      ? []
      : [`would ask for ${asks || 'nobody'} to approve, in place of ${asked || 'nobody'}`]),
    ...(asked === asks && was.plan.digest !== is.plan.digest
      ? ['what it would grant changes, so approvals given until then would no longer count']
      : []),
    ...dangers.map((danger) => `new danger, ${danger}`),
  ];
}

function sayDanger({ severity, message }: Danger): string {
  return `${severity}: ${message}`;
}

/** `#12: **alice** asks for **debug-pod** in payments on prod-eu`. */
function describe({ pullRequest, file, author }: OpenRequest, was: Planned | undefined): string {
  const who = `#${pullRequest.number}: **${escapeMarkdown(author.login)}** asks for`;
  if (was?.ok !== true) return `${who} ${escapeMarkdown(file.path)}`;
  return `${who} **${escapeMarkdown(was.plan.request.template)}** in ${escapeMarkdown(describeScope(was.plan.path))}`;
}

function landedChanges({ world }: Standing, before: Side, after: Side): readonly string[] {
  const codesOf = (side: Side) => new Map(side.branch.codes.map(({ path, code }) => [path, code]));
  const [was, is] = [codesOf(before), codesOf(after)];
  return landingPaths(world.tip).pending.flatMap((path) => {
    const [old, now] = [was.get(path), is.get(path)];
    if (old === undefined || now === undefined || old === now) return [];
    const line = `landed and not granted yet: ${reasons[now].text}; until now: ${reasons[old].text}`;
    return [nested(escapeMarkdown(path), [line])];
  });
}
