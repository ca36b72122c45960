/** A GitHub that fails at every kind of call, before or after it did what it was told. */
import type { FaultEffect, RequestSummary } from '../../../src/sandbox/faults.ts';
import type { Attack } from '../attack.ts';
import { grantPath, requestPath, type Field } from '../field.ts';
import { expectOneLife } from './one-life.ts';

/** From the request to the end of the access, whatever happens on the way. */
async function live(field: Field, name: string): Promise<number> {
  const number = await field.ask(name);
  // An approval before the plan is shown would not count.
  await sweepUntil(field, async () => (await field.check(number)) !== null);
  await field.as('bob').review(number, 'APPROVE');
  await sweepUntil(field, async () => (await field.grants()).includes(grantPath(name)));
  await field.pass(61);
  await sweepUntil(field, async () => !(await field.paths()).includes(requestPath(name)));
  field.sandbox.faults.clear();
  await sweepUntil(field, async () => (await field.comment(number)).includes('**Ended: '));
  await expectOneLife(field, name);
  return number;
}

/** Sweeps as the App does by itself, a minute apart: what was refused in between has to come about at last. */
async function sweepUntil(field: Field, done: () => Promise<boolean>): Promise<void> {
  for (let minutes = 0; minutes < 50 && !(await done()); minutes += 1) await field.pass(1);
}

/** Hits each kind of call of the App once. */
function eachCallOnce(): (request: RequestSummary) => boolean {
  const hit = new Set<string>();
  return ({ actor, method, route, operation }) => {
    const kind = `${method} ${route} ${operation ?? ''}`;
    if (actor?.startsWith('curfew') !== true || hit.has(kind)) return false;
    hit.add(kind);
    return true;
  };
}

/** Hits every n-th call of the App. */
function everyNth(n: number): (request: RequestSummary) => boolean {
  let calls = 0;
  return ({ actor }) => {
    if (actor?.startsWith('curfew') !== true) return false;
    calls += 1;
    return calls % n === 0;
  };
}

function failing(
  name: string,
  when: () => (request: RequestSummary) => boolean,
  effect: FaultEffect,
): Attack {
  return {
    name,
    refused: 'a second grant, and access beyond its end',
    reason: 'expired',
    says: /\*\*Ended: the time is up/,
    alone: true,
    play: async (field) => {
      field.sandbox.faults.inject({ when: when(), effect });
      return { pullRequest: await live(field, 'life') };
    },
  };
}

const statuses = [401, 403, 404, 409, 422, 429, 500, 502];

export const failures: readonly Attack[] = [
  ...statuses.map((status) =>
    failing(`GitHub answers ${status} to each kind of call once`, eachCallOnce, { kind: 'status', status }),
  ),
  ...statuses.map((status) =>
    failing(`GitHub does what it is told and answers ${status}, each kind of call once`, eachCallOnce, {
      kind: 'status-after-effect',
      status,
    }),
  ),
  failing('GitHub answers nothing to each kind of call once', eachCallOnce, { kind: 'drop' }),
  failing('GitHub does what it is told and answers nothing, each kind of call once', eachCallOnce, {
    kind: 'drop-after-effect',
  }),
  failing('GitHub answers a part and an error to each kind of call once', eachCallOnce, {
    kind: 'partial',
    answer: { path: ['repository'], type: 'SERVICE_UNAVAILABLE', message: 'Something went wrong' },
  }),
  failing('GitHub fails at every third call', () => everyNth(3), { kind: 'status', status: 502 }),
  failing('GitHub fails after every fourth call', () => everyNth(4), { kind: 'drop-after-effect' }),
];
