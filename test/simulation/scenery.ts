/** The variants of the files that a history plays with, and by plain words what each of them means. */

/** What a policy variant changes about who may have what; the oracle knows the original by heart. */
export interface PolicyVariant {
  readonly change: (text: string) => string;
  /** Nothing may be granted at all while this stands. */
  readonly grantsNothing?: true;
  /** Debugging on staging needs somebody of security too. */
  readonly staging?: 'with security';
  /** Nothing may be granted to this person. */
  readonly unknown?: string;
  /** Nothing may be granted in this namespace. */
  readonly closed?: string;
}

export const policyVariants = {
  original: { change: (text) => text },
  paused: { change: (text) => text.replace('paused: false', 'paused: true'), grantsNothing: true },
  broken: { change: (text) => `${text}\n  - [`, grantsNothing: true },
  stricter: {
    change: (text) =>
      text.replace(/(name: engineers debug staging[^]*?approvals: \{owners: 1)\}/, '$1, acme/security: 1}'),
    staging: 'with security',
  },
  withoutAlice: { change: (text) => text.replace(/^ *- \{login: alice.*\n/m, ''), unknown: 'alice' },
  closed: {
    change: (text) => text.replace('protectedNamespaces: [vault]', 'protectedNamespaces: [vault, payments]'),
    closed: 'payments',
  },
  oneEach: { change: (text) => text.replace('openPerPerson: 5', 'openPerPerson: 1') },
  later: { change: (text) => text.replace('onBehalf: [acme/leads]', 'onBehalf: []') },
} as const satisfies Record<string, PolicyVariant>;

/** Variants of `templates/debug-pod.yaml`. */
export const templateVariants: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replace('default: 1h', 'default: 30m'),
  (text) => text.replace('max: 4h', 'max: 1h'),
  (text) => `${text}\n  oops: [`,
];

/** Variants of `templates/roles/debug-pod.yaml`: as it is, and with more. */
export const roleVariants: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) =>
    text.replace(/^rules:\n/m, 'rules:\n  - apiGroups: [""]\n    resources: [endpoints]\n    verbs: [get]\n'),
];

export interface Asked {
  readonly cluster: 'staging' | 'prod-eu';
  readonly namespace: 'payments' | 'orders' | 'vault';
  readonly template: 'debug-pod' | 'read-logs';
  readonly duration: string;
  readonly forWhom: string | null;
  readonly notBefore: string | null;
}

/** The text of a request. */
export function requestText({ cluster, template, duration, forWhom, notBefore }: Asked): string {
  return [
    'apiVersion: curfew.dev/v1',
    'kind: AccessRequest',
    'spec:',
    `  template: ${template}`,
    ...(template === 'debug-pod' ? ['  parameters:', '    app: payments-api'] : []),
    ...(forWhom === null ? [] : [`  for: ${forWhom}`]),
    `  duration: ${duration}`,
    '  reason: Checkout latency',
    ...(cluster === 'prod-eu' ? ['  ticket: INC-42'] : []),
    ...(notBefore === null ? [] : [`  notBefore: ${notBefore}`]),
    '',
  ].join('\n');
}
