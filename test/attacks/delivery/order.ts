/** Webhooks that are lost, repeated or late, and two processes that hear all of them. */
import { webhookPath } from '../../../src/app/http.ts';
import type { Attack } from '../attack.ts';
import type { Field } from '../field.ts';
import { expectOneLife } from './one-life.ts';

function delivered(name: string, fate: 'drop' | 'duplicate'): Attack {
  return {
    name,
    refused: 'a second grant, and access beyond its end',
    reason: 'expired',
    says: /\*\*Ended: the time is up/,
    alone: true,
    play: async (field) => {
      field.sandbox.faults.onDelivery(() => fate);
      const number = await field.ask('delivered');
      await field.calm();
      await field.as('bob').review(number, 'APPROVE');
      await field.calm();
      await field.pass(61);
      await field.calm();
      return { pullRequest: number };
    },
  };
}

export const order: readonly Attack[] = [
  delivered('every delivery is lost', 'drop'),
  delivered('every delivery comes twice', 'duplicate'),
  {
    name: 'every delivery comes late, the last first',
    refused: 'a grant out of old events',
    reason: 'revoked',
    says: /revoked by alice/,
    alone: true,
    play: async (field) => {
      field.sandbox.faults.onDelivery(() => 'hold');
      const number = await field.ask('late');
      await field.calm();
      await field.as('bob').review(number, 'APPROVE');
      await field.calm();
      await field.as('alice').comment(number, '/revoke');
      await field.calm();
      field.sandbox.faults.onDelivery(() => 'deliver');
      field.sandbox.deliveries.release((held) => held.toReversed());
      await field.settle();
      return { pullRequest: number };
    },
  },
  {
    name: 'two replicas do everything at once',
    refused: 'a second grant, a second comment, a second revert',
    reason: 'revoked',
    says: /revoked by alice/,
    alone: true,
    play: async (field) => {
      await both(field);
      const number = await field.grant('replicas');
      await field.as('alice').comment(number, '/revoke');
      await expectOneLife(field, 'replicas');
      return { pullRequest: number };
    },
  },
];

/** From now on a second process of the App hears everything too. */
async function both(field: Field): Promise<void> {
  const second = await field.replica();
  field.sandbox.world.setWebhook(field.app, async ({ headers, payload: body }) => {
    const send = async (to: typeof second): Promise<number> => {
      const request = new Request(`http://127.0.0.1${webhookPath}`, { method: 'POST', headers, body });
      return (await to.handle(request)).status;
    };
    const [status] = await Promise.all([send(field.curfew), send(second)]);
    return status;
  });
}
