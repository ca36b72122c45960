/** Clocks that are wrong, and clocks that jump. */
import type { Attack } from '../attack.ts';
import { grantPath } from '../field.ts';

export const clocks: readonly Attack[] = [
  {
    name: 'our own clock is two minutes behind',
    refused: 'a grant whose end nobody could tell',
    reason: 'clock-skew',
    says: /The clock here is more than 30 s behind GitHub/,
    alone: true,
    play: async (field) => {
      await field.skewClock(-120_000);
      const pullRequest = await field.ask('skew');
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'our own clock jumps a year ahead, and is put right',
    refused: 'to end for ever what is granted afterwards',
    reason: 'granted',
    says: /access is in force/,
    alone: true,
    lapses: true,
    stays: [grantPath('put-right')],
    play: async (field) => {
      const app = await field.skewClock(365 * 24 * 3600_000);
      const early = await field.ask('too-early');
      await field.as('bob').review(early, 'APPROVE');
      await app.sweep();
      app.putRight();
      await field.as('alice').comment(early, '/revoke');
      const pullRequest = await field.ask('put-right');
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'the clock jumps a day ahead and back while a request waits',
    refused: 'an approval out of the future',
    reason: 'waiting-for-approval',
    says: /Waiting for 1 of 1 approval/,
    alone: true,
    lapses: true,
    play: async (field) => {
      const pullRequest = await field.ask('jump');
      field.clock.advance(20 * 3600_000);
      await field.settle();
      field.clock.advance(-20 * 3600_000);
      await field.sweep();
      return { pullRequest };
    },
  },
  {
    name: 'the clock is set back after the end, before anybody could end it',
    refused: 'access that is over',
    reason: 'expired',
    says: /\*\*Ended: the time is up/,
    alone: true,
    lapses: true,
    play: async (field) => {
      const number = await field.grant('set-back');
      const stop = field.sandbox.faults.inject({
        actor: 'curfew[bot]',
        when: ({ method, operation }) => method !== 'GET' && (operation === null || operation === 'Commit'),
        effect: { kind: 'status', status: 500 },
      });
      await field.pass(61);
      field.clock.advance(-2 * 3600_000);
      stop();
      await field.calm();
      return { pullRequest: number };
    },
  },
];
