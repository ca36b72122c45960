/** Parts of everything (`everything.ts`) that are stopped and started again on purpose. */
import { webhookPath } from '../../src/app/http.ts';
import type { Everything } from './everything.ts';

export type Part = 'Curfew' | 'GitHub' | 'Flux' | 'kustomize-controller' | 'the guard';

export interface Outages {
  /** Stops these and starts all others; resolves once it is so. */
  down(parts: readonly Part[]): Promise<void>;
}

interface Switch {
  stop(): Promise<void>;
  start(): Promise<void>;
}

export function createOutages(all: Everything): Outages {
  const { sourceController, kustomizeController, notificationController } = all.flux;
  const flux = [sourceController, kustomizeController, notificationController];
  const switches: Readonly<Record<Part, Switch>> = {
    Curfew: curfewOf(all),
    GitHub: gitHubOf(all),
    Flux: {
      // Not all of it: what it keeps between two lives stays.
      stop: async () => void (await Promise.all(flux.map(async (each) => await each.stop()))),
      start: async () => void (await Promise.all(flux.map(async (each) => await each.start()))),
    },
    'kustomize-controller': kustomizeController,
    'the guard': guardOf(all),
  };
  let current: readonly Part[] = [];
  return {
    down: async (parts) => {
      const stopped = parts.filter((part) => !current.includes(part));
      const started = current.filter((part) => !parts.includes(part));
      for (const part of started) await switches[part].start();
      await Promise.all(stopped.map(async (part) => await switches[part].stop()));
      current = parts;
    },
  };
}

/** The process of the App ends, and another one takes its place. */
function curfewOf({ world }: Everything): Switch {
  let { curfew } = world;
  return {
    stop: async () => void (await curfew.drain(5_000)),
    start: async () => {
      curfew = await world.replica();
      const address = await curfew.listen('127.0.0.1', 0);
      world.sandbox.world.setWebhook(world.app, new URL(webhookPath, address).href);
      curfew.start();
    },
  };
}

/** No answer to anybody, git included, and no webhooks. */
function gitHubOf({ world: { sandbox } }: Everything): Switch {
  return {
    stop: async () => {
      sandbox.faults.inject({ effect: { kind: 'drop' } });
      sandbox.faults.onDelivery(() => 'drop');
    },
    start: async () => sandbox.faults.clear(),
  };
}

function guardOf(all: Everything): Switch {
  let { guard } = all;
  return {
    stop: async () => await guard?.stop(),
    start: async () => {
      guard = await all.startGuard();
    },
  };
}
