import { parseDuration } from '../base/duration.ts';
import { isJsonObject } from '../base/json-type.ts';
import { failure, success, type Result } from '../base/result.ts';
import { checkSchema } from '../request/schema-faults.ts';
import { readYaml, type YamlDocument } from '../request/yaml.ts';
import { policyLimits } from '../request/yaml-limits.ts';
import { checkPolicy } from './check.ts';
import { joinDemands, noApprovals } from './demand.ts';
import type {
  AllowEntry,
  ApprovalDemand,
  DangerRule,
  LimitEntry,
  Policy,
  WrittenStatements,
} from './policy.ts';
import { toPrincipal } from './principals.ts';
import { policySchema, type PolicyFile } from './schema.ts';

type Spec = PolicyFile['spec'];

/** Reads `.github/curfew.yaml`. A policy in fault is no policy: nothing is granted under it. */
export function parsePolicy(file: string, text: string): Result<Policy> {
  const document = readYaml(file, text, policyLimits);
  if (!document.ok) return document;
  const checked = checkSchema(file, document.value, policySchema);
  if (!checked.ok) return checked;
  const policy = toPolicy(checked.value.spec, document.value);
  const faults = checkPolicy(file, policy, document.value);
  return faults.length === 0 ? success(policy) : failure(...faults);
}

function toPolicy(spec: Spec, document: YamlDocument): Policy {
  return {
    clusters: spec.clusters,
    identities: spec.identities.map((identity) => ({ ...identity, users: identity.users ?? {} })),
    allow: spec.allow.map((entry, index) => toAllow(entry, document.at(['spec', 'allow', index]).line)),
    limits: (spec.limits ?? []).map((limit, index) =>
      toLimit(limit, document.at(['spec', 'limits', index]).line),
    ),
    protectedNamespaces: spec.protectedNamespaces ?? [],
    onBehalf: (spec.onBehalf ?? []).map(toPrincipal),
    revokers: (spec.revokers ?? []).map(toPrincipal),
    invariants: statementsOf(document),
    paused: spec.paused ?? false,
  };
}

/** As the document has them: the schema says no more than that they are a list. */
function statementsOf({ value, at }: YamlDocument): WrittenStatements {
  const spec = isJsonObject(value) ? value['spec'] : null;
  const list = isJsonObject(spec) ? spec['invariants'] : null;
  return { value: list ?? null, at: (path) => at(['spec', 'invariants', ...path]) };
}

function toAllow(entry: Spec['allow'][number], line: number): AllowEntry {
  const { approvals = {} } = entry;
  return {
    name: entry.name,
    requesters: entry.requesters.map(toPrincipal),
    templates: entry.templates,
    scopes: entry.scopes,
    maxDuration: seconds(entry.maxDuration),
    approvals: approvals === 'none' ? noApprovals : toDemand(approvals, 1),
    line,
  };
}

function toLimit(limit: NonNullable<Spec['limits']>[number], line: number): LimitEntry {
  const { dangers = {}, network } = limit;
  const rules = Object.entries(dangers).flatMap(([severity, rule]) =>
    rule === undefined ? [] : [[severity, toDangerRule(rule)] as const],
  );
  return {
    scopes: limit.scopes,
    maxDuration: optionalSeconds(limit.maxDuration),
    ticket: limit.ticket ?? null,
    approvals: limit.approvals === undefined ? null : toDemand(limit.approvals, 0),
    approveWithin: optionalSeconds(limit.approveWithin),
    grantWithin: optionalSeconds(limit.grantWithin),
    openPerPerson: limit.openPerPerson ?? null,
    dangers: Object.fromEntries(rules),
    network:
      network === undefined
        ? null
        : {
            newlyIsolated: network.newlyIsolated === undefined ? null : toDangerRule(network.newlyIsolated),
            baseline: network.baseline ?? null,
            maxAddresses: network.maxAddresses ?? null,
          },
    openSessions: limit.openSessions ?? null,
    line,
  };
}

function toDangerRule(rule: 'refuse' | 'warn' | Readonly<Record<string, number>>): DangerRule {
  return typeof rule === 'string' ? { kind: rule } : { kind: 'approvals', approvals: toDemand(rule, 0) };
}

/** `{owners: 1, acme/sre: 1}`; what is said about owners where they are left out depends on where it stands. */
function toDemand(counts: Readonly<Record<string, number>>, ownersByDefault: number): ApprovalDemand {
  const { owners = ownersByDefault, ...others } = counts;
  return Object.entries(others)
    .map(([who, count]): ApprovalDemand => ({ owners: 0, others: [{ who: toPrincipal(who), count }] }))
    .reduce(joinDemands, { owners, others: [] });
}

function seconds(text: string): number {
  // The schema let only durations pass; no duration at all is the strict way to be wrong.
  return parseDuration(text) ?? 0;
}

function optionalSeconds(text: string | undefined): number | null {
  return text === undefined ? null : seconds(text);
}
