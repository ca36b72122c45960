import type { Json } from '../base/json.ts';
import type { Severity } from '../base/severity.ts';
import type { YamlDocument } from '../request/yaml.ts';

/** `.github/curfew.yaml`, validated. Permissions (`allow`) add, `limits` take away. */
export interface Policy {
  readonly clusters: Readonly<Record<string, Cluster>>;
  readonly identities: readonly Identity[];
  readonly allow: readonly AllowEntry[];
  readonly limits: readonly LimitEntry[];
  readonly protectedNamespaces: readonly string[];
  readonly onBehalf: readonly Principal[];
  readonly revokers: readonly Principal[];
  readonly invariants: WrittenStatements;
  readonly paused: boolean;
}

/** A cluster that grants may be for. */
export interface Cluster {
  readonly environment: string;
  /** Who says, as a commit status, whether the cluster took a revision; nobody is believed where it is left out. */
  readonly reporter?: Reporter | undefined;
}

/** The account of a GitOps engine. */
export interface Reporter {
  /** For people; the id alone counts. */
  readonly login: string;
  readonly id: number;
}

/** Network statements that must always hold, as they are written: what they mean is for `effect/network` to say. */
export interface WrittenStatements {
  /** A list; null where the policy has none. */
  readonly value: Json;
  /** Where a value of the list stands in the file. */
  readonly at: YamlDocument['at'];
}

/** One person, one Kubernetes user per cluster; injective both ways. */
export interface Identity {
  readonly login: string;
  /** The immutable id of the GitHub account; the login alone proves nothing. */
  readonly id: number;
  readonly user: string;
  readonly users: Readonly<Record<string, string>>;
}

/** A team `org/slug` or a user login; both in lower case, for GitHub compares them without case. */
export type Principal =
  { readonly kind: 'team'; readonly team: string } | { readonly kind: 'user'; readonly login: string };

/** How many approvals of the code owners and of further people are demanded. All zero: automatic. */
export interface ApprovalDemand {
  readonly owners: number;
  readonly others: readonly { readonly who: Principal; readonly count: number }[];
}

/** Who may get what, where, for how long. */
export interface AllowEntry {
  readonly name: string;
  readonly requesters: readonly Principal[];
  readonly templates: readonly string[];
  /** `cluster/namespace` with `*` for any run of characters but `/`; never reaching `_cluster` or a protected namespace. */
  readonly scopes: readonly string[];
  /** Seconds. */
  readonly maxDuration: number;
  readonly approvals: ApprovalDemand;
  /** Where the entry stands in the file, for messages. */
  readonly line: number;
}

/** What the policy does with a danger of one severity. */
export type DangerRule =
  | { readonly kind: 'refuse' }
  | { readonly kind: 'warn' }
  | { readonly kind: 'approvals'; readonly approvals: ApprovalDemand };

/** What a limit says about the network part of a grant. */
export interface NetworkLimits {
  readonly newlyIsolated: DangerRule | null;
  readonly baseline: 'require' | 'propose' | null;
  readonly maxAddresses: number | null;
}

/** What is taken away where it fits; null where it says nothing. */
export interface LimitEntry {
  /** As in `allow`, but `*` does match `_cluster` and protected namespaces. */
  readonly scopes: readonly string[];
  readonly maxDuration: number | null;
  /** Anchored pattern which the ticket must match; null where none is demanded. */
  readonly ticket: string | null;
  readonly approvals: ApprovalDemand | null;
  /** Seconds. */
  readonly approveWithin: number | null;
  readonly grantWithin: number | null;
  /** How many grants of one person may be in force, here and elsewhere together, after one is made here. */
  readonly openPerPerson: number | null;
  readonly dangers: Readonly<Partial<Record<Severity, DangerRule>>>;
  readonly network: NetworkLimits | null;
  readonly openSessions: 'accept' | 'end' | null;
  readonly line: number;
}

/** A request as the policy sees it. */
export interface PolicyQuestion {
  readonly cluster: string;
  readonly namespace: string | null;
  readonly template: string;
  /** Seconds. */
  readonly duration: number;
  readonly ticket: string | null;
  readonly requester: PersonInTeams;
  readonly subject: PersonInTeams;
}

/** A person with the teams that they are in. */
export interface PersonInTeams {
  readonly id: number;
  readonly login: string;
  /** `org/slug` in lower case, of the teams that the policy names. */
  readonly teams: ReadonlySet<string>;
}

/** What the limits that fit a scope leave: the strictest of each. */
export interface EffectiveLimits {
  /** Seconds; null where no limit says anything. */
  readonly maxDuration: number | null;
  readonly tickets: readonly string[];
  /** Seconds: 24 h unless the policy says less. */
  readonly approveWithin: number;
  /** Seconds: 1 h unless the policy says less. */
  readonly grantWithin: number;
  /** Null where no limit says anything. */
  readonly openPerPerson: number | null;
  readonly dangers: readonly { readonly severity: Severity; readonly rule: DangerRule }[];
  readonly network: readonly NetworkLimits[];
  readonly openSessions: 'accept' | 'end';
}

/** One refusal of the policy, said in a sentence, with the entry that came nearest where there is one. */
export interface PolicyRefusal {
  readonly code:
    | 'policy-denied'
    | 'duration-too-long'
    | 'ticket-missing'
    | 'on-behalf-denied'
    | 'no-identity'
    | 'protected-namespace'
    | 'unknown-cluster';
  readonly message: string;
}

/** What the policy says to a request. */
export type PolicyVerdict =
  | { readonly allowed: false; readonly refusals: readonly PolicyRefusal[]; readonly limits: EffectiveLimits }
  | {
      readonly allowed: true;
      /** Name of the entry that allows it; the one that demands least where several do. */
      readonly entry: string;
      /** Of the entry and of every limit that fits, joined: the larger count of each. */
      readonly approvals: ApprovalDemand;
      readonly limits: EffectiveLimits;
      /** The Kubernetes user of the subject on this cluster. */
      readonly user: string;
    };
