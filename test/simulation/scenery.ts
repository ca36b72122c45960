/** The variants of the files that a history plays with, and by plain words what each of them means. */

/** What a policy variant changes about who may have what; `law.ts` knows the original by heart. */
export interface PolicyVariant {
  readonly change: (text: string) => string;
  /** Nothing may be granted at all while this stands. */
  readonly grantsNothing?: true;
  /** It cannot be read, so it ends nothing either. */
  readonly unreadable?: true;
  /** What is not automatic on staging needs somebody of security too. */
  readonly staging?: 'with security';
  /** Nothing may be granted to this person. */
  readonly unknown?: string;
  /** Nothing may be granted in this namespace by an entry that does not name it. */
  readonly closed?: string;
  /** How many grants a person may have on staging; five where left out. */
  readonly open?: number;
  /** Hours from opening to merging; 24, in production eight, where left out. */
  readonly approveWithin?: number;
  /** Nobody may ask for somebody else. */
  readonly nobodyElse?: true;
}

export const policyVariants = {
  original: { change: (text) => text },
  paused: { change: (text) => text.replace('paused: false', 'paused: true'), grantsNothing: true },
  broken: { change: (text) => `${text}\n  - [`, grantsNothing: true, unreadable: true },
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
  oneEach: { change: (text) => text.replace('openPerPerson: 5', 'openPerPerson: 1'), open: 1 },
  hasty: {
    change: (text) => text.replace('maxDuration: 8h', 'maxDuration: 8h\n      approveWithin: 1h'),
    approveWithin: 1,
  },
  nobodyElse: {
    change: (text) => text.replace('onBehalf: [acme/leads]', 'onBehalf: []'),
    nobodyElse: true,
  },
} as const satisfies Record<string, PolicyVariant>;

/** What a proposal adds to a policy: whatever policy it is merged into means what it meant. */
export const remark = '# Said once more.\n';

export interface TemplateVariant {
  readonly change: (text: string) => string;
  /** The longest duration in hours; null where the template cannot be read. */
  readonly max: number | null;
}

/** Variants of `templates/debug-pod.yaml`. */
export const templateVariants: readonly TemplateVariant[] = [
  { change: (text) => text, max: 4 },
  { change: (text) => text.replace('default: 1h', 'default: 30m'), max: 4 },
  { change: (text) => text.replace('max: 4h', 'max: 1h'), max: 1 },
  { change: (text) => text.replace('max: 4h', 'max: 3h'), max: 3 },
  { change: (text) => text.replace('default: 1h', 'default: 30m').replace('max: 4h', 'max: 3h'), max: 3 },
  { change: (text) => `${text}\n  oops: [`, max: null },
];

export interface RoleVariant {
  readonly change: (text: string) => string;
  /** A role of a higher level gives more; null where there is no such role. */
  readonly level: number | null;
}

function withRule(resources: string, verbs: string): (text: string) => string {
  const rule = `  - apiGroups: ['']\n    resources: [${resources}]\n    verbs: [${verbs}]\n`;
  return (text) => text.replace(/^rules:\n/m, `rules:\n${rule}`);
}

/** Variants of `templates/roles/debug-pod.yaml`; the last is one that is refused wherever it is bound. */
export const roleVariants = [
  { change: (text) => text, level: 0 },
  { change: withRule('endpoints', 'get'), level: 1 },
  { change: (text) => `${text}\n  - [`, level: null },
  { change: withRule('secrets', 'create'), level: 2 },
] as const satisfies readonly RoleVariant[];

export interface OwnersVariant {
  readonly change: (text: string) => string;
  /** Who owns requests for payments on staging; nobody where the list is empty. */
  readonly payments: readonly string[];
  /** GitHub skips the line for payments on staging: nobody knows whom it meant, so nothing is granted there. */
  readonly skipped?: true;
  /** What decides who gets what has no owner, so nothing is granted. */
  readonly unguarded?: true;
}

const paymentsLine = /^(\/access-requests\/staging\/payments\/ +)@acme\/payments$/m;

/** Variants of `.github/CODEOWNERS`. */
export const ownersVariants: readonly OwnersVariant[] = [
  { change: (text) => text, payments: ['payments'] },
  { change: (text) => text.replace(paymentsLine, '$1'), payments: [] },
  { change: (text) => text.replace(paymentsLine, '$1@acme/leads'), payments: ['leads'] },
  { change: (text) => text.replace(paymentsLine, '$1not-an-owner'), payments: [], skipped: true },
  { change: (text) => `${text}/templates/\n`, payments: ['payments'], unguarded: true },
];

/** The files that histories change, each with its variants. */
export const files = {
  policy: '.github/curfew.yaml',
  owners: '.github/CODEOWNERS',
  template: 'templates/debug-pod.yaml',
  role: 'templates/roles/debug-pod.yaml',
} as const;

/** The variant that a text is, whatever remark is below it; undefined where it is none. */
export function variantOf<T extends { readonly change: (text: string) => string }>(
  variants: readonly T[],
  original: string,
  text: string | null,
): T | undefined {
  const plain = text?.endsWith(remark) === true ? text.slice(0, -remark.length) : text;
  return variants.find(({ change }) => change(original) === plain);
}

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

/** What a request at a path asks for; null where it is not exactly as `requestText` would write it. */
export function readAsked(path: string, text: string): Asked | null {
  const [, cluster, namespace] = path.split('/');
  const value = (key: string): string | null => new RegExp(`^  ${key}: (.*)$`, 'm').exec(text)?.[1] ?? null;
  const template = value('template');
  if (cluster !== 'staging' && cluster !== 'prod-eu') return null;
  if (namespace !== 'payments' && namespace !== 'orders' && namespace !== 'vault') return null;
  if (template !== 'debug-pod' && template !== 'read-logs') return null;
  const asked: Asked = {
    cluster,
    namespace,
    template,
    duration: value('duration') ?? '',
    forWhom: value('for'),
    notBefore: value('notBefore'),
  };
  return requestText(asked) === text ? asked : null;
}

/** `90m` or `2h` in hours. */
export function hoursOf(duration: string): number {
  return Number.parseInt(duration, 10) / (duration.endsWith('m') ? 60 : 1);
}
