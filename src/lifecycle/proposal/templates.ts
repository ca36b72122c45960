/** What each template that changes, by itself or by a role that it binds, would give and gave. */
import { escapeMarkdown } from '../../base/markdown.ts';
import type { Danger } from '../../effect/effect.ts';
import { compareRbac } from '../../effect/rbac/compare.ts';
import { loadRbac } from '../../effect/rbac/world.ts';
import { count, joinWords } from '../../effect/network/words.ts';
import { noApprovals } from '../../policy/demand.ts';
import { effectiveLimits } from '../../policy/limits.ts';
import type { RequestPath } from '../../request/request.ts';
import type { Template } from '../../template/template.ts';
import { judgeDangers } from '../dangers.ts';
import { judgeEffect, type GrantEffect } from '../effect.ts';
import { boundRoles } from '../plan.ts';
import type { Sourced } from '../trusted.ts';
import type { Allowance } from './allowance.ts';
import { describePlace, placesFor, renderSample, sampleParameters, somebody, type Sample } from './sample.ts';
import { missingFrom, nested, section, type Section } from './section.ts';
import { catalogOf, type Side } from './side.ts';

type Known = Sourced<Template> | undefined;

/** A section with an item for each template and environment in which it gives something else. */
export function templateChanges(before: Side, after: Side, allowance: Allowance): Section {
  const names = [...new Set([...before.trusted.templates.keys(), ...after.trusted.templates.keys()])].sort();
  const changed = names.flatMap((name) => {
    const was = before.trusted.templates.get(name);
    const is = after.trusted.templates.get(name);
    const change = changeOf(name, was, is, { before, after, allowance });
    return change === null ? [] : [change];
  });
  const isDangerous = changed.some(({ dangerous }) => dangerous);
  return section(
    'What templates give',
    changed.flatMap(({ items }) => items),
    `${count(changed.length, 'template')} would give something else${isDangerous ? ', with new dangers' : ''}`,
    changed.flatMap(({ exact }) => exact),
  );
}

interface Change {
  readonly items: readonly string[];
  readonly exact: readonly string[];
  readonly dangerous: boolean;
}

const harmless = { exact: [], dangerous: false };

interface Sides {
  readonly before: Side;
  readonly after: Side;
  readonly allowance: Allowance;
}

function changeOf(name: string, was: Known, is: Known, sides: Sides): Change | null {
  const { before, after, allowance } = sides;
  const title = `**${escapeMarkdown(name)}**`;
  if (is === undefined) {
    // One in fault has its own faults; whoever removes one means it.
    const inFault = after.tip.templates.some(({ path }) => path === `templates/${name}.yaml`);
    return inFault ? null : { items: [`${title} is removed: nobody can ask for it any more`], ...harmless };
  }
  const places = placesFor(is.value, after);
  if (places.length === 0) {
    if (was?.sha === is.sha) return null;
    return { items: [`${title}: no entry of the policy lets anybody ask for it`], ...harmless };
  }
  const perPlace = places.flatMap((place) => {
    // One of another scope gave nothing in this place.
    const comparable = was !== undefined && was.value.scope === is.value.scope;
    const old = comparable ? renderSample(was, place, before) : null;
    const now = renderSample(is, place, after);
    if (isSame(was, is, old, now, before, after)) return [];
    if (!allowance.take(2)) return [];
    const where = describePlace(place, after.policy);
    return [{ where, values: valuesOf(is.value, place, after), ...compare(place, old, now, before, after) }];
  });
  if (perPlace.length === 0) return null;
  // Where it is the same in all of them it is said once.
  const alike = [...Map.groupBy(perPlace, ({ values, lines }) => JSON.stringify([values, lines])).values()];
  const changes = alike.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const head = `in ${joinWords(group.map(({ where }) => where))}${first.values}`;
    return [{ ...first, head }];
  });
  return {
    items: changes.map(({ head, lines }) =>
      lines.length === 0
        ? `${title} ${escapeMarkdown(head)} gives what it gave`
        : nested(`${title} ${escapeMarkdown(head)}`, lines),
    ),
    exact: changes.flatMap(({ head, exact }) => (exact.length === 0 ? [] : [`# ${name} ${head}`, ...exact])),
    dangerous: changes.some(({ dangerous }) => dangerous),
  };
}

/** Whether neither the template nor a role that it binds there is another than before. */
function isSame(
  was: Known,
  is: Sourced<Template>,
  old: Sample | null,
  now: Sample,
  before: Side,
  after: Side,
): boolean {
  if (was === undefined || was.sha !== is.sha || old?.fault !== now.fault) return false;
  return boundRoles([...old.objects, ...now.objects]).every(
    (role) => before.trusted.roles.get(role)?.sha === after.trusted.roles.get(role)?.sha,
  );
}

interface Compared extends Omit<Change, 'items'> {
  readonly lines: readonly string[];
}

function compare(place: RequestPath, old: Sample | null, now: Sample, before: Side, after: Side): Compared {
  if (now.fault !== null) return { lines: [`nothing: ${now.fault}`], ...harmless };
  const differences = compareRbac(
    loadRbac([...catalogOf(before), ...(old?.objects ?? [])]),
    loadRbac([...catalogOf(after), ...now.objects]),
    null,
    { minor: null },
  );
  const [gave, gives] = [effectOf(place, old, before), effectOf(place, now, after)];
  const who = (subject: string): string => (subject === `User ${somebody}` ? '' : `${subject} `);
  const dangers = gives.dangers.filter(
    ({ message }) => !gave.dangers.some((each) => each.message === message),
  );
  return {
    lines: [
      ...differences.flatMap(({ subject, gains }) => gains.map((gain) => `${who(subject)}gains: ${gain}`)),
      ...differences.flatMap(({ subject, losses }) => losses.map((loss) => `${who(subject)}loses: ${loss}`)),
      ...missingFrom(gave.connections, gives.connections).map((each) => `network: ${each}`),
      ...missingFrom(gives.connections, gave.connections).map((each) => `network, no longer: ${each}`),
      ...dangers.map((danger) => sayDanger(danger, place, after)),
    ],
    exact: differences.flatMap(({ exact }) => exact),
    // That the cluster has the role as it was is nothing but late.
    dangerous: dangers.some(({ rule }) => rule !== 'role-differs'),
  };
}

type Given = Pick<GrantEffect, 'dangers' | 'connections'>;

const nothing: Given = { dangers: [], connections: [] };

function effectOf(place: RequestPath, sample: Sample | null, side: Side): Given {
  const { tip, trusted, policy } = side;
  if (sample === null || sample.fault !== null || policy === null) return nothing;
  const { dangers, connections } = judgeEffect({
    objects: sample.objects,
    roles: [...trusted.roles.values()].map(({ value }) => value),
    tip,
    policy,
    limits: effectiveLimits(policy, place),
    subjectUser: somebody,
    path: place,
  });
  // What the whole difference of a grant adds to its last sentence says nothing about two grants.
  return { dangers, connections: connections.map((each) => each.replace(/; nothing else changes$/, '')) };
}

/** The danger, and whether anybody could get it all the same. */
function sayDanger(danger: Danger, place: RequestPath, { policy }: Side): string {
  const said = `new danger, ${danger.severity}: ${danger.message}`;
  if (policy === null) return said;
  const environment = policy.clusters[place.cluster]?.environment ?? 'production';
  const limits = effectiveLimits(policy, place);
  const verdict = judgeDangers(
    { dangers: [danger], approvals: [] },
    { approvals: noApprovals, limits },
    environment,
  );
  if (verdict.refused.length > 0) return `${said}; every request for it would be refused there`;
  const { owners, others } = verdict.demand;
  return owners > 0 || others.length > 0 ? `${said}; further approvals would be asked for there` : said;
}

/** `, with app=payments-api, port=8443`, where it takes any. */
function valuesOf(template: Template, place: RequestPath, { tip }: Side): string {
  const values = Object.entries(sampleParameters(template, place, tip));
  const said = values.map(([name, value]) => `${name}=${String(value)}`).join(', ');
  return values.length === 0 ? '' : `, with ${said}`;
}
