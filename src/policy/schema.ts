/** The policy as a file: the source of its JSON Schema and its checks. */
import { z } from 'zod';
import { dnsLabel, dnsLabelRule } from '../request/names.ts';
import { apiVersion, duration, line, login, templateName } from '../request/schema.ts';

const label = (what: string) => z.string().regex(dnsLabel, `is not ${what}; ${dnsLabelRule}`);

const glob = '[a-z0-9*](?:[-a-z0-9*]{0,61}[a-z0-9*])?';

const scope = z
  .string()
  .regex(
    new RegExp(`^${glob}/(?:${glob}|_cluster)$`),
    'is not a scope; write cluster/namespace, with * for any run of characters, or cluster/_cluster',
  )
  .meta({ examples: ['prod-eu/payments', 'staging/*', 'prod-eu/_cluster'] });

const scopes = z.array(scope).min(1);

const principalPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99})?$/;

const principal = z
  .string()
  .regex(principalPattern, 'is not a team or a login; write org/team or login, without @')
  .meta({ examples: ['acme/sre', 'alice'] });

const count = z.int().min(1).max(10);

const demandText = 'is not a demand for approvals; write how many of whom, as in {owners: 1, acme/sre: 1}';

/** How many approvals of whom. `owners` are the code owners of the request's path. */
const demand = z
  .record(principal, z.int().min(0).max(10))
  .refine((counts) => Object.entries(counts).every(([who, number]) => number > 0 || who === 'owners'), {
    error: 'asks for no approval of somebody; leave them out',
  })
  .refine((counts) => Object.values(counts).some((number) => number > 0), {
    error: 'asks for nothing; write "none" if nobody has to approve',
  });

const dangerRule = z.union(
  [z.enum(['refuse', 'warn']), demand],
  'is not a rule; write refuse, warn, or approvals such as {acme/security: 1}',
);

const allow = z.strictObject({
  name: line(80).describe('What the entry is for. It stands in the evidence of every grant.'),
  requesters: z.array(principal).min(1).describe('Who may get this access: teams, or people.'),
  templates: z.array(templateName).min(1),
  scopes: scopes.describe('Where. "*" never reaches _cluster or a protected namespace: name them.'),
  maxDuration: duration,
  approvals: z
    .union([z.literal('none'), demand], `${demandText}, or none`)
    .optional()
    .describe('Who has to approve: owners is 1 where left out; "none" grants automatically.'),
});

const network = z.strictObject({
  newlyIsolated: dangerRule
    .optional()
    .describe('A network policy that isolates pods which nothing isolated before.'),
  baseline: z.enum(['require', 'propose']).optional().describe('A default-deny policy in the namespace.'),
  maxAddresses: z
    .int()
    .min(0)
    .max(2 ** 32)
    .optional()
    .describe('How many external addresses a grant may open.'),
});

/** Also a bot, whose login ends in `[bot]`. */
const reporterLogin = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}(?:\[bot\])?$/, 'is not a GitHub login; write it without @');

const cluster = z.strictObject({
  environment: label('an environment'),
  reporter: z
    .strictObject({
      login: reporterLogin,
      id: z
        .int()
        .min(1)
        .describe('The numeric id of the account: https://api.github.com/users/LOGIN shows it.'),
    })
    .optional()
    .describe(
      'The account with which the GitOps engine of the cluster writes, as a commit status curfew-<cluster>, whether it took a revision. Nobody else is believed.',
    ),
});

const limit = z.strictObject({
  scopes: scopes.describe('Where. Here "*" reaches _cluster and protected namespaces as well.'),
  maxDuration: duration.optional(),
  ticket: z.string().min(1).max(200).optional().describe('RE2 pattern that the whole ticket must match.'),
  approvals: demand.optional().describe('Approvals beside those of the allow entry.'),
  approveWithin: duration
    .optional()
    .describe('A request that is not approved in this time is refused; 24h at most.'),
  grantWithin: duration
    .optional()
    .describe('A request that is not granted in this time after its merge is reverted; 1h at most.'),
  openPerPerson: count
    .optional()
    .describe('A request in these scopes waits while its subject has so many grants in force, wherever.'),
  dangers: z
    .strictObject({
      critical: dangerRule.optional(),
      high: dangerRule.optional(),
      medium: dangerRule.optional(),
    })
    .optional(),
  network: network.optional(),
  openSessions: z
    .enum(['accept', 'end'])
    .optional()
    .describe(
      "accept: sessions that the cluster does not end may go on, and the plan says so. end: exec, attach, port-forward and proxies into pods that are not the grant's own are refused.",
    ),
});

/** Names that RBAC compares: printable, and nothing that a person could misread. */
const kubernetesUserName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9@._:+/#=,~-]{0,252}$/,
    'is not the name of a Kubernetes user; use letters, digits and @._:+/#=,~-',
  )
  .refine(
    (user) => !user.toLowerCase().startsWith('system:'),
    'belongs to Kubernetes itself; map people to users of their own',
  );

const identity = z.strictObject({
  login,
  id: z
    .int()
    .min(1)
    .describe('The numeric id of the GitHub account: https://api.github.com/users/LOGIN shows it.'),
  user: kubernetesUserName.describe('The Kubernetes user of this person, where users says nothing else.'),
  users: z.record(label('the name of a cluster'), kubernetesUserName).optional().describe('By cluster.'),
});

/** The policy as YAML has it. */
export const policySchema = z
  .strictObject({
    apiVersion,
    kind: z.literal('Policy'),
    spec: z.strictObject({
      clusters: z.record(label('the name of a cluster'), cluster),
      identities: z.array(identity).describe('One person, one Kubernetes user per cluster, and the reverse.'),
      allow: z.array(allow).describe('A request needs one entry that fits it whole; an entry only adds.'),
      limits: z.array(limit).optional().describe('Every entry that fits applies; an entry only takes away.'),
      protectedNamespaces: z
        .array(
          z
            .string()
            .regex(new RegExp(`^${glob}$`), `is not a namespace; ${dnsLabelRule}, with * for any run`),
        )
        .optional()
        .describe("Beside kube-*, the GitOps engine's and the guard's."),
      onBehalf: z.array(principal).optional().describe('Who may ask for somebody else with spec.for.'),
      revokers: z.array(principal).optional().describe('Who may end any grant.'),
      invariants: z.array(z.unknown()).optional().describe('Network statements that must always hold.'),
      paused: z.boolean().optional().describe('true: no new grants; ending goes on.'),
    }),
  })
  .meta({ title: 'Curfew policy' });

/** What passes it. */
export type PolicyFile = z.infer<typeof policySchema>;
