/** Plays a list of attacks, and holds the world to what it has to be after each. */
import { afterAll, expect, test } from 'vitest';
import type { Aim, Attack, Refusal } from './attack.ts';
import { groups, type Group } from './groups.ts';
import { bystander, createField, repo, tidy, type Field, type FieldOptions, type LogLine } from './field.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** A row of the table that is printed at the end. */
    attack?: { readonly group: string; readonly refused: string; readonly reason: string };
  }
}

/** Plays the attacks of a group, those that are not alone one after the other in one world. */
export function play(group: Group, options: FieldOptions = {}): void {
  const attacks: readonly Attack[] = groups[group];
  let shared: Field | null = null;
  afterAll(async () => await shared?.close());

  for (const attack of attacks) {
    test(attack.name, async ({ task }) => {
      expect.hasAssertions();
      task.meta.attack = { group, refused: attack.refused, reason: attack.reason };
      const alone = attack.alone === true;
      const field = (alone ? null : shared) ?? (await createField(options));
      // A world in which an attack succeeded is none for the next one.
      shared = alone ? shared : null;
      try {
        await expectRefused(attack, field);
        if (!alone) await tidy(field);
      } catch (error) {
        await field.close();
        throw error;
      }
      if (alone) await field.close();
      else shared = field;
    });
  }
}

async function expectRefused(attack: Attack, field: Field): Promise<void> {
  const before = {
    lines: field.lines.length,
    counted: await counted(attack.reason, field),
    trusted: await field.trusted(),
  };
  const aim = await attack.play(field);
  await field.settle();

  const inForce = [
    ...(field.bystanderInForce() && attack.lapses !== true ? [bystander] : []),
    ...(attack.stays ?? []),
  ];
  expect(await field.grants(), 'the grants in force').toEqual(inForce.toSorted());
  expect(await seen(aim, field), 'what a person reads').toMatch(new RegExp(attack.says, 'im'));
  expect(await counted(attack.reason, field), attack.reason).toBeGreaterThan(before.counted);
  const lines = field.lines.slice(before.lines);
  expect(alertsIn(lines), 'alerts').toEqual(alertsOf(attack).toSorted());
  const others = (files: ReadonlyMap<string, string>) =>
    [...files].filter(([path]) => !field.forced.has(path));
  expect(others(await field.trusted()), 'trusted files').toEqual(others(before.trusted));
  await expectNothingBroken(field, lines);
}

/** How often the App has said so, all its processes together. */
async function counted(refusal: Refusal, field: Field): Promise<number> {
  const names = ['curfew_decisions_total', 'curfew_alerts_total', 'curfew_webhook_deliveries_total'];
  let sum = 0;
  for (const app of field.apps) {
    for (const name of names) {
      const values = (await app.metrics.getSingleMetric(name)?.get())?.values ?? [];
      for (const { labels, value } of values) {
        if (labels['reason'] === refusal || labels['result'] === refusal) sum += value;
      }
    }
  }
  return sum;
}

/** What is written where a person would look. */
async function seen(aim: Aim, field: Field): Promise<string> {
  if ('told' in aim) return aim.told;
  if ('removed' in aim) {
    expect(await field.paths()).not.toContain(aim.removed);
    const { octokit } = field.as('erin');
    const { data } = await octokit.repos.listCommits({ ...repo, path: aim.removed, per_page: 1 });
    expect(data[0]?.author?.login, 'who removed it').toBe('curfew[bot]');
    return data[0]?.commit.message ?? '';
  }
  const check = await field.check(aim.pullRequest);
  return [check?.title, check?.summary, await field.comment(aim.pullRequest)].join('\n');
}

function alertsOf({ alert, reason }: Attack): readonly string[] {
  return alert === undefined ? [] : [reason, ...(alert === true ? [] : alert)];
}

/** Reasons that operators were told of, each once. */
function alertsIn(lines: readonly LogLine[]): readonly string[] {
  const reasons = lines.flatMap(({ level, reason }) =>
    level === 50 && typeof reason === 'string' ? [reason] : [],
  );
  return [...new Set(reasons)].toSorted();
}

/** Errors of GitHub are expected here, any other is a defect. Nothing of the App's own is left half done. */
async function expectNothingBroken(field: Field, lines: readonly LogLine[]): Promise<void> {
  const errors = lines.flatMap(({ err, level }) =>
    level === 50 && typeof err === 'object' && err !== null && 'type' in err ? [String(err.type)] : [],
  );
  const known = ['GitHubError', 'ZodError', 'RetryLater', 'NotFound', 'Denied', 'Truncated', 'ShuttingDown'];
  expect(
    errors.filter((type) => !known.includes(type)),
    'defects in the log',
  ).toEqual([]);
  expect(await field.paths()).toEqual(
    expect.arrayContaining(['grants/staging/README.md', 'grants/prod-eu/README.md']),
  );
  const open = (await field.reverts()).filter(({ state }) => state === 'open');
  expect(open, 'revert pull requests that did not land').toEqual([]);
}
