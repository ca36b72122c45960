/** What the page of `acme` begins with: a seeding file, the only one here that knows what is being tried. */
import type { PageOptions, Prefill } from './options.ts';

const repository = 'acme/access';

/** Requests that fit the policy, the templates and the clusters of the seeded repository. */
const requests: readonly Prefill[] = [
  {
    label: 'Debug a pod in staging',
    summary: 'A shell in the pods of `payments`. One of its owners has to approve: **bob** or **frank**.',
    title: 'Debug payments-api in staging',
    path: 'access-requests/staging/payments/slow-checkout.yaml',
    text: request(
      'debug-pod',
      ['app: payments-api'],
      '1h',
      'The checkout answers slowly since the last change',
    ),
  },
  {
    label: 'Read logs in staging',
    summary: 'Logs and events of `payments`. Nobody has to approve: engineers get it at once.',
    title: 'Read the logs of payments in staging',
    path: 'access-requests/staging/payments/checkout-logs.yaml',
    text: request('read-logs', [], '1h', 'The new checkout answers 500 on staging'),
  },
  {
    label: 'Restart a deployment in staging',
    summary: 'Deleting the pods of `orders`, and nothing more. **grace** or **carol** has to approve.',
    title: 'Restart orders-api in staging',
    path: 'access-requests/staging/orders/restart-orders-api.yaml',
    text: request(
      'restart-deployment',
      ['deployment: orders-api'],
      '30m',
      'orders-api hangs after the failover',
    ),
  },
  {
    label: 'Debug a pod in production',
    summary:
      'A shell in production, for who is on call: **alice**. Owners, SRE and security all have to approve.',
    title: 'INC-4711: debug payments-api in production',
    path: 'access-requests/prod-eu/payments/inc-4711.yaml',
    text: request('debug-pod', ['app: payments-api'], '2h', 'Checkout latency, see INC-4711', 'INC-4711'),
  },
  {
    label: 'Open a network path in production',
    summary:
      'A pod that reaches one port of one workload, and ends with the grant. For who is on call: **alice**.',
    title: 'INC-4712: a path to payments-db in production',
    path: 'access-requests/prod-eu/payments/inc-4712.yaml',
    text: request(
      'network-path',
      ['app: payments-db', 'port: 5432'],
      '1h',
      'Settlements are stuck',
      'INC-4712',
    ),
  },
  {
    label: 'Look across a cluster',
    summary:
      'Read-only across all of `prod-eu`, for SRE: **carol**. A namespace is no limit here, so security approves.',
    title: 'INC-4714: read-only across prod-eu',
    path: 'access-requests/prod-eu/_cluster/inc-4714.yaml',
    text: request('cluster-read', [], '30m', 'Pods are evicted in several namespaces', 'INC-4714'),
  },
];

function request(
  template: string,
  parameters: readonly string[],
  duration: string,
  reason: string,
  ticket?: string,
): string {
  return [
    'apiVersion: curfew.dev/v1',
    'kind: AccessRequest',
    'spec:',
    `  template: ${template}`,
    ...(parameters.length === 0 ? [] : ['  parameters:', ...parameters.map((each) => `    ${each}`)]),
    `  duration: ${duration}`,
    `  reason: ${reason}`,
    ...(ticket === undefined ? [] : [`  ticket: ${ticket}`]),
    '',
  ].join('\n');
}

/** The page options of the world that `seedAcme` builds. */
export const acmePage: PageOptions = {
  name: 'Curfew sandbox',
  guide: {
    headline: 'Kubernetes access that ends on time',
    about:
      'Ask for access with one small file in a pull request; when the owners of the place have approved, Curfew commits the grant. When its time is up, Curfew reverts it, and the history of the repository tells the whole story.',
    steps: [
      {
        title: 'Ask for access',
        text: 'Choose a template and open the pull request: Curfew says what it would give, and who has to approve.',
        link: { label: 'Request access', path: `/${repository}/new/main` },
      },
      {
        title: 'Have it approved',
        text: 'Nobody approves their own request. On its page, act as one of the owners who were asked, and press *Approve*: Curfew merges and grants.',
      },
      {
        title: 'Let time pass',
        text: 'Move the clock to the end of the grant: Curfew reverts it by a pull request of its own.',
      },
      {
        title: 'Read the history',
        text: 'Who asked, who approved, what was given, when it ended: the commits say it all.',
        link: { label: 'History', path: `/${repository}/commits/main` },
      },
    ],
  },
  prefills: {
    repository,
    title: 'Request access',
    about:
      'A request is one file; its path says where the access is wanted. Start from one of these, change what you like, and see what Curfew makes of it.',
    files: requests,
  },
  links: [
    { label: 'How to ask', href: `/${repository}/blob/main/access-requests/README.md` },
    { label: 'The policy', href: `/${repository}/blob/main/.github/curfew.yaml` },
    { label: 'The owners', href: `/${repository}/blob/main/.github/CODEOWNERS` },
    { label: 'The templates', href: `/${repository}/tree/main/templates` },
  ],
};
