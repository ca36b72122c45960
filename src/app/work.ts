/** The things that the app looks at, and the keys under which they are queued. */
import type { Work } from './queue.ts';

/** A repository and the installation through which it is reached. Its id outlives a change of name. */
export interface RepositoryAddress {
  readonly installation: number;
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

/** One thing to look at. */
export type AppWork = Work & {
  /** Webhooks that led here, directly or not; none where a sweep or the time did. */
  readonly deliveries: readonly string[];
} & (
    | {
        readonly kind: 'pull-request';
        readonly repository: RepositoryAddress;
        readonly number: number;
        /** Commits of merge groups that wait for the check of this pull request. */
        readonly mergeGroups: readonly string[];
      }
    | { readonly kind: 'branch'; readonly repository: RepositoryAddress }
    /** Looks over the open pull requests of a repository and queues those where something is to be done. */
    | { readonly kind: 'pull-requests'; readonly repository: RepositoryAddress }
    /** Finds the repositories of an installation and queues what they hold. */
    | { readonly kind: 'installation'; readonly installation: number }
    /** Finds all installations and queues each. */
    | { readonly kind: 'installations' }
    /** Has GitHub deliver again what it could not deliver. */
    | { readonly kind: 'deliveries' }
  );

/** More ids of deliveries than these help nobody who reads the log. */
const mostDeliveries = 10;

/** Looking at one pull request. */
export function pullRequestWork(
  repository: RepositoryAddress,
  number: number,
  cause: { readonly mergeGroup?: string; readonly delivery?: string } = {},
): AppWork {
  return {
    kind: 'pull-request',
    key: `pull-request:${repository.id}/${number}`,
    tenant: repository.installation,
    urgent: false,
    repository,
    number,
    mergeGroups: cause.mergeGroup === undefined ? [] : [cause.mergeGroup],
    deliveries: deliveriesOf(cause.delivery),
  };
}

/** Looking at a branch ends access: it is urgent. */
export function branchWork(repository: RepositoryAddress, delivery?: string): AppWork {
  return {
    kind: 'branch',
    key: `branch:${repository.id}`,
    tenant: repository.installation,
    urgent: true,
    repository,
    deliveries: deliveriesOf(delivery),
  };
}

/** Looking over all open pull requests of a repository. */
export function pullRequestsWork(repository: RepositoryAddress, delivery?: string): AppWork {
  return {
    kind: 'pull-requests',
    key: `pull-requests:${repository.id}`,
    tenant: repository.installation,
    urgent: false,
    repository,
    deliveries: deliveriesOf(delivery),
  };
}

/** Urgent, for the branches come to light by it. */
export function installationWork(installation: number, delivery?: string): AppWork {
  return {
    kind: 'installation',
    key: `installation:${installation}`,
    tenant: installation,
    urgent: true,
    installation,
    deliveries: deliveriesOf(delivery),
  };
}

/** Finding all that the App is installed in. Urgent, for the branches come to light by it. */
export function installationsWork(): AppWork {
  return { kind: 'installations', key: 'installations', tenant: 0, urgent: true, deliveries: [] };
}

/** Having GitHub deliver again what got lost. */
export function deliveriesWork(): AppWork {
  return { kind: 'deliveries', key: 'deliveries', tenant: 0, urgent: false, deliveries: [] };
}

/** What was queued twice under one key: the later, with whatever else the earlier was to do. */
export function combineWork(earlier: AppWork, later: AppWork): AppWork {
  const deliveries = union(earlier.deliveries, later.deliveries).slice(-mostDeliveries);
  if (earlier.kind === 'pull-request' && later.kind === 'pull-request') {
    return { ...later, deliveries, mergeGroups: union(earlier.mergeGroups, later.mergeGroups) };
  }
  return { ...later, deliveries };
}

function deliveriesOf(delivery: string | undefined): readonly string[] {
  return delivery === undefined ? [] : [delivery];
}

function union(earlier: readonly string[], later: readonly string[]): readonly string[] {
  return [...new Set([...earlier, ...later])];
}
