/**
 * Flux: from a commit in the access repository to objects in the cluster, and the verdict back. Everything lies in
 * `curfew-system`, so that nobody who may write elsewhere changes how access ends.
 */
import type { KubernetesObject } from '../../base/json.ts';
import { applier } from '../identities.ts';
import { deliveryName, grantsFolder, type Delivery } from './delivery.ts';
import { inSystem } from './object.ts';

/** Secrets that are made by hand, and never printed. */
export const fluxSecrets = {
  /** To read the access repository. */
  git: 'curfew-git',
  /** What GitHub signs its webhooks with. */
  receiver: 'curfew-receiver',
  /** To write commit statuses. */
  status: 'curfew-status',
} as const;

/** A commit is acted on at once; this is how long a lost webhook can delay it. */
const fetchInterval = '1m';

/** What somebody changed or deleted in the cluster by hand is put right after this time. */
const applyInterval = '10m';

/** After a refusal. Short, for until it is overcome nothing is pruned. */
const retryInterval = '15s';

export function fluxObjects(delivery: Delivery): readonly KubernetesObject[] {
  return [gitRepository(delivery), kustomization(delivery), receiver(delivery), ...verdict(delivery)];
}

function gitRepository(delivery: Delivery): KubernetesObject {
  const { url, branch, cluster } = delivery;
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: inSystem(deliveryName(delivery), 'delivery'),
    spec: {
      url,
      ref: { branch },
      interval: fetchInterval,
      // Where thousands have asked for access, writing out their requests took most of the time of a fetch.
      sparseCheckout: [grantsFolder(delivery)],
      secretRef: { name: fluxSecrets.git },
      // As .gitignore: nothing of the repository but the grants of this cluster reaches it.
      ignore: `/*\n!/grants\n/grants/*\n!/grants/${cluster}\n`,
    },
  };
}

function kustomization(delivery: Delivery): KubernetesObject {
  const name = deliveryName(delivery);
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: inSystem(name, 'delivery'),
    spec: {
      sourceRef: { kind: 'GitRepository', name },
      path: `./${grantsFolder(delivery)}`,
      interval: applyInterval,
      retryInterval,
      timeout: '1m',
      prune: true,
      serviceAccountName: applier.name,
      // The verdict is about what was applied. A Pod that does not start is no reason to withdraw a grant.
      wait: false,
    },
  };
}

function receiver(delivery: Delivery): KubernetesObject {
  return {
    apiVersion: 'notification.toolkit.fluxcd.io/v1',
    kind: 'Receiver',
    metadata: inSystem(deliveryName(delivery), 'delivery'),
    spec: {
      type: 'github',
      events: ['ping', 'push'],
      secretRef: { name: fluxSecrets.receiver },
      resources: [
        {
          apiVersion: 'source.toolkit.fluxcd.io/v1',
          kind: 'GitRepository',
          name: deliveryName(delivery),
        },
      ],
    },
  };
}

/** Whether the cluster took a revision, as a commit status on it: its context is the name of the delivery. */
function verdict(delivery: Delivery): readonly KubernetesObject[] {
  const name = deliveryName(delivery);
  const apiVersion = 'notification.toolkit.fluxcd.io/v1beta3';
  return [
    {
      apiVersion,
      kind: 'Provider',
      metadata: inSystem(name, 'delivery'),
      spec: {
        type: 'github',
        address: delivery.url.replace(/\.git$/, ''),
        secretRef: { name: fluxSecrets.status },
        commitStatusExpr: `'${name}'`,
      },
    },
    {
      apiVersion,
      kind: 'Alert',
      metadata: inSystem(name, 'delivery'),
      spec: {
        providerRef: { name },
        eventSeverity: 'info',
        eventSources: [{ kind: 'Kustomization', name }],
      },
    },
  ];
}
