/**
 * Everything real: from a pull request on the embedded GitHub to the API server's yes, and to its no again, by expiry
 * and by revocation, with every part down that may be down. The lags are printed in one table at the end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applier, guard } from '../../src/cluster/identities.ts';
import { roleObjects } from '../../src/cluster/manifests/roles.ts';
import { letAdministratorsBypass } from '../e2e/world.ts';
import { roles } from '../template/catalog.ts';
import { eventually } from './component.ts';
import { startEverything, type Everything } from './everything.ts';
import { policyPath } from './grants.ts';
import type { OutageRow } from './outage-table.ts';
import { createOutages, type Outages, type Part } from './outages.ts';
import {
  approve,
  ask,
  deleters,
  deniedBy,
  mayReadLogs,
  ownerOf,
  places,
  policyText,
  type Held,
  type Place,
} from './people.ts';
import { keyOf, promised, universe, type Asked } from './permissions.ts';
import { concurrently } from './rbac-live.ts';

/** What should come of an end while parts are down. */
interface Scenario {
  readonly down: readonly Part[];
  /** By whom; both where nothing keeps either from it. */
  readonly by: readonly string[];
  /** Of the parts that are down the one without which access goes on. */
  readonly needs?: Part;
}

const byGuard = [guard.user];
const byFlux = [applier.user];
const either = [guard.user, applier.user];

/** Each differs from the one before by little, for stopping and starting takes time. */
const expiries: readonly Scenario[] = [
  { down: [], by: either },
  { down: ['Curfew'], by: byGuard },
  { down: ['Curfew', 'GitHub'], by: byGuard },
  { down: ['Curfew', 'GitHub', 'Flux'], by: byGuard },
  { down: ['GitHub', 'Flux'], by: byGuard },
  { down: ['Flux'], by: byGuard },
  { down: ['Curfew', 'Flux'], by: byGuard },
  { down: ['GitHub'], by: byGuard },
  { down: ['the guard'], by: byFlux },
  { down: ['the guard', 'Curfew'], by: byFlux, needs: 'Curfew' },
  { down: ['the guard', 'GitHub'], by: byFlux, needs: 'GitHub' },
  { down: ['the guard', 'Flux'], by: byFlux, needs: 'Flux' },
];

/** Somebody says so: by `/revoke`, or as an administrator who deletes the grant's file. */
interface Revocation extends Scenario {
  readonly how: '/revoke' | 'file deleted';
}

const revocations: readonly Revocation[] = [
  { how: '/revoke', down: [], by: either },
  { how: '/revoke', down: ['the guard'], by: byFlux },
  { how: '/revoke', down: ['kustomize-controller'], by: byGuard },
  { how: '/revoke', down: ['Flux'], by: either, needs: 'Flux' },
  { how: '/revoke', down: ['Curfew'], by: either, needs: 'Curfew' },
  { how: 'file deleted', down: ['Curfew'], by: either },
  { how: 'file deleted', down: ['Curfew', 'the guard'], by: byFlux },
  { how: 'file deleted', down: ['Curfew', 'kustomize-controller'], by: byGuard },
];

/** Milliseconds. How long to look on where nothing should happen, and how long to wait for what should. */
const lookingOn = 3_000;
const patience = 60_000;

let all: Everything;
let outages: Outages;
let granted: Promise<readonly Held[]>;

beforeAll(async () => {
  all = await startEverything({ files: new Map([[policyPath, policyText]]), limits: false });
  outages = createOutages(all);
  await letAdministratorsBypass(all.world.as('erin').octokit);
});
afterAll(async () => await all?.stop());

/** Milliseconds from the first approval to the end of the first grant, and from each end to the next. */
const firstEnd = 70_000;
const gap = ({ needs }: Scenario): number => (needs === undefined ? 8_000 : 16_000);
const minute = 60_000;
/** Curfew creates no more in a minute than GitHub allows: what it says on all requests is said before they are approved. */
const budgetPause = 30_000;

/** Has one grant end after the other: all are approved within the first minute, for one minute or for more. */
async function grantAll(scenarios: readonly Scenario[], round: number): Promise<readonly Held[]> {
  let end = firstEnd;
  const plans = scenarios.map((scenario, index) => {
    const place = places[index % places.length] ?? { login: '', namespace: '' };
    const minutes = Math.floor(end / minute);
    const plan = { place, minutes, approveAt: end - minutes * minute, name: `expiry-${round}-${index}` };
    end += gap(scenario);
    return plan;
  });
  const asked = await concurrently(plans, async (plan) => await ask(all, plan.place, plan));
  const start = Date.now() + budgetPause;
  return await Promise.all(
    plans.map(async ({ place, name, approveAt }, index) => {
      await sleep(start + approveAt - Date.now());
      return await approve(all, place, name, asked[index] ?? 0);
    }),
  );
}

/** How the access of one scenario ended. */
interface Ended {
  readonly held: Held;
  readonly by: readonly string[];
  readonly row: Omit<OutageRow, 'by'>;
}

/** Waits for the API server's no after an end, bringing back what it takes. */
async function expectEnd(
  scenario: Scenario,
  held: Held,
  end: number,
  { how, down = scenario.down }: { readonly how: string; readonly down?: readonly string[] },
): Promise<Ended> {
  const { needs, by } = scenario;
  let denied = await deniedBy(all, held, end + (needs === undefined ? patience : lookingOn));
  let from = end;
  if (needs !== undefined) {
    expect(denied, `access goes on without ${needs}`).toBeNull();
    await outages.down(scenario.down.filter((part) => part !== needs));
    from = Date.now();
    denied = await deniedBy(all, held, from + patience);
  }
  if (denied === null) throw new Error(`${how} with ${down.join(', ') || 'nothing'} down: access goes on`);
  const lag = `${((denied - from) / 1000).toFixed(2)} s`;
  const row = {
    end: how,
    down: down.join(' + ') || 'nothing',
    lag: needs === undefined ? lag : `${lag} after ${needs} was back`,
    held: needs === undefined ? 'yes' : `no: waits for ${needs}`,
  };
  return { held, by, row };
}

/** The rows of the table, with who deleted the bindings: one of those who should have. */
async function rowsOf(endings: readonly Ended[]): Promise<readonly OutageRow[]> {
  const found = await deleters(all);
  return endings.map(({ held, by, row }) => {
    const who = found.get(held.binding) ?? 'nobody';
    expect(by, `${row.end}, down: ${row.down}`).toContain(who);
    return { ...row, by: who.split(':').at(-1) ?? who };
  });
}

test('access by everything: exactly what was planned, from the approval to /revoke, and in the audit log', async () => {
  // While this goes on, the grants of the next test are made.
  granted = grantAll(expiries, 0);
  granted.catch(() => undefined);
  const place: Place = { login: 'grace', namespace: 'orders' };
  const user = 'grace@example.com';
  const allowed = async (questions: readonly Asked[]): Promise<readonly string[]> => {
    const answers = await concurrently(questions, async (asked) => await all.cluster.allows({ user }, asked));
    return questions.filter((_, index) => answers[index]).map(keyOf);
  };
  const pullRequest = await ask(all, place, { name: 'whole', minutes: 30 });
  const planned = promised(await shownPlan(pullRequest));
  expect(planned.size).toBeGreaterThan(20);
  const plannedQuestions = universe.filter((asked) => planned.has(keyOf(asked)));
  expect(await allowed(plannedQuestions)).toEqual([]);

  const held = await approve(all, place, 'whole', pullRequest);
  expect((await allowed(universe)).toSorted()).toEqual([...planned].toSorted());
  const api = await all.cluster.api(user);
  expect(await api('GET', '/api/v1/namespaces/orders/pods')).toMatchObject({ status: 200 });
  expect(await api('GET', '/api/v1/namespaces/payments/pods')).toMatchObject({ status: 403 });

  await all.world.as('grace').comment(pullRequest, '/revoke');
  await eventually('access ends', async () => !(await mayReadLogs(all, held)));
  expect(await allowed(plannedQuestions)).toEqual([]);
  expect(await api('GET', '/api/v1/namespaces/orders/pods')).toMatchObject({ status: 403 });

  const events = await all.cluster.audit();
  const reason = `RBAC: allowed by RoleBinding "${held.binding}/orders" of ClusterRole "curfew:read-logs" to User "${user}"`;
  const used = events.find(({ user: { username }, requestURI, responseStatus }) => {
    return username === user && requestURI.endsWith('/orders/pods') && responseStatus?.code === 200;
  });
  expect(used?.annotations['authorization.k8s.io/reason']).toBe(reason);
  const made = events.find(
    ({ objectRef, verb, requestURI }) =>
      objectRef?.name === held.binding &&
      ['create', 'patch'].includes(verb) &&
      !requestURI.includes('dryRun'),
  );
  expect(made?.impersonatedUser?.username).toBe(applier.user);
  expect(either).toContain((await deleters(all)).get(held.binding));
});

/** The exact lines of the plan that the check run shows to an approver. */
async function shownPlan(pullRequest: number): Promise<readonly string[]> {
  const { octokit } = all.world.as('erin');
  const repo = { owner: 'acme', repo: 'access' };
  const { data: pull } = await octokit.pulls.get({ ...repo, pull_number: pullRequest });
  const { data } = await octokit.checks.listForRef({ ...repo, ref: pull.head.sha, check_name: 'curfew' });
  return (data.check_runs[0]?.output.text ?? '').split('\n');
}

describe('what holds when', () => {
  test('expiry', async ({ task }) => {
    const endings: Ended[] = [];
    let left: readonly { readonly scenario: Scenario; readonly held: Held }[] = zip(expiries, await granted);
    // On a busy machine a part may not be down before an end: such a scenario is played again.
    for (let round = 1; ; round += 1) {
      const late: Scenario[] = [];
      for (const { scenario, held } of left) {
        await outages.down(scenario.down);
        if (Date.now() > held.end - 500) late.push(scenario);
        else endings.push(await expectExpiry(scenario, held));
      }
      await outages.down([]);
      if (late.length === 0) break;
      if (round === 3)
        throw new Error('this machine is too slow: grants ended before parts could be stopped');
      left = zip(late, await grantAll(late, round));
    }
    expect(endings).toHaveLength(expiries.length);
    task.meta.outages = await rowsOf(endings);
  }, 600_000);

  test('revocation', async ({ task }) => {
    const endings: Ended[] = [];
    const held = await concurrently([...revocations.keys()], async (index) => await grantFor(index));
    for (const { scenario, held: one } of zip(revocations, held)) {
      await outages.down(scenario.down);
      expect(await mayReadLogs(all, one)).toBe(true);
      const end = Date.now();
      const [ending] = await Promise.all([
        expectEnd(scenario, one, end, { how: scenario.how }),
        revoke(scenario.how, one),
      ]);
      endings.push(ending);
    }
    await outages.down([]);
    task.meta.outages = await rowsOf(endings);
  });

  test('revocation, with a grant in git that the cluster refuses', async ({ task }) => {
    const victim = await grantFor(revocations.length);
    // The catalog of the cluster is behind that of git.
    await all.cluster.apply(
      roleObjects([...roles.values()].filter(({ name }) => name !== 'curfew:debug-pod')),
    );
    const poison = { login: 'alice', namespace: 'payments' };
    const parameters = '  parameters:\n    app: payments-api\n';
    const options = { name: 'poison', minutes: 30, template: 'debug-pod', parameters };
    const pullRequest = await ask(all, poison, options);
    for (const login of [ownerOf(poison), 'carol', 'dan'])
      await all.world.as(login).review(pullRequest, 'APPROVE');
    await eventually('Flux can apply nothing', async () => (await kustomization()) === 'False');
    const end = Date.now();
    const scenario = { down: [], by: byGuard };
    const [ending] = await Promise.all([
      expectEnd(scenario, victim, end, { how: '/revoke', down: ['nothing; a refused grant in git'] }),
      revoke('/revoke', victim),
    ]);
    task.meta.outages = await rowsOf([ending]);
    expect(await kustomization()).toBe('False');
    await all.world.as('alice').comment(pullRequest, '/revoke');
    await eventually('Flux applies again', async () => (await kustomization()) === 'True');
  });
});

function zip<T extends Scenario>(
  scenarios: readonly T[],
  grants: readonly Held[],
): readonly { readonly scenario: T; readonly held: Held }[] {
  return grants.flatMap((held, index) => {
    const scenario = scenarios[index];
    return scenario === undefined ? [] : [{ scenario, held }];
  });
}

async function expectExpiry(scenario: Scenario, held: Held): Promise<Ended> {
  await sleep(held.end - Date.now() - 300);
  expect(await mayReadLogs(all, held), 'access until the end').toBe(true);
  return await expectEnd(scenario, held, held.end, { how: 'expiry' });
}

async function grantFor(index: number): Promise<Held> {
  const place = places[index % places.length] ?? { login: '', namespace: '' };
  const name = `revocation-${index}`;
  return await approve(all, place, name, await ask(all, place, { name, minutes: 30 }));
}

async function revoke(how: Revocation['how'], held: Held): Promise<void> {
  if (how === '/revoke') await all.world.as(held.login).comment(held.pullRequest, '/revoke');
  else {
    const files = { [held.path.replace('access-requests/', 'grants/')]: null };
    all.world.sandbox.world.pushFiles('acme/access', 'erin', { branch: 'main', files, message: 'By hand' });
  }
}

/** Whether Flux could apply the newest revision. */
async function kustomization(): Promise<string> {
  const path = 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}';
  return (await all.cluster.kubectl(['get', 'kustomizations', '-A', '-o', path])).stdout;
}
