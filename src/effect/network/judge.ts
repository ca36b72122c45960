/** What a grant does to the network: what it opens, closes and isolates, and what its roles add to that. */
import type { KubernetesObject } from '../../base/json.ts';
import { bySeverity } from '../../base/severity.ts';
import type { ApprovalDemand } from '../../policy/policy.ts';
import type { Effect } from '../effect.ts';
import { defaultDeny } from './baseline.ts';
import { caseOf, type Case, type NetworkQuestion } from './case.ts';
import { refused } from './danger.ts';
import { describePolicy } from './describe-policy.ts';
import { baselineDangers, guard } from './guard.ts';
import { loadNetwork } from './load.ts';
import { mermaid } from './mermaid.ts';
import { policyName } from './policy.ts';
import { TooComplex } from './port-table.ts';
import { networkRights, rulesOfGrant, type NetworkRights } from './rights.ts';
import { sayRights } from './say-rights.ts';
import { exactLines, sayGroup, sayIsolation } from './sentences.ts';
import { sayUnknown } from './unknown.ts';
import type { NetworkWorld } from './world.ts';

export interface NetworkEffect extends Effect {
  /** What `limits[].network` demands beside the policy entry. */
  readonly approvals: readonly ApprovalDemand[];
  /** What changes, as the source of a Mermaid graph; null where nothing does, or too much for a picture. */
  readonly mermaid: string | null;
  /** The default-deny policy that the namespace lacks; null where it has one, or nobody knows. */
  readonly baseline: KubernetesObject | null;
}

const noEffect: NetworkEffect = {
  gains: [],
  dangers: [],
  unknown: [],
  exact: [],
  approvals: [],
  mermaid: null,
  baseline: null,
};

/** More exact lines than this do not fit into a comment; `curfew network diff` lists them all. */
const mostLines = 200;

/** Judges the network part of a grant, and what its roles mean for the network; empty where it has neither. */
export function judgeNetwork(question: NetworkQuestion): NetworkEffect {
  try {
    return judge(question);
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    return { ...noEffect, dangers: [refused('network-too-complex', error.message)] };
  }
}

function judge(question: NetworkQuestion): NetworkEffect {
  const grant = loadNetwork(question.grant);
  const rights = networkRights(rulesOfGrant(question.grant, question.roles));
  if (!concernsNetwork(grant, rights)) return noEffect;
  const one = caseOf(question, grant, rights);
  const guarded = guard(one);
  const missesBaseline = one.before !== null && baselineDangers(one).length > 0;
  const said = sayRights(rights, one.after, grant.pods);
  const changeLines = one.before === null ? [] : one.grouped.changes.flatMap(exactLines);
  return {
    gains: [...sayChanges(one), ...said.gains],
    dangers: guarded.dangers.toSorted(bySeverity),
    unknown: sayUnknown({
      cluster: question.scope.cluster,
      before: one.before,
      after: one.after,
      grant,
      rights,
    }),
    exact: shortened([...policyLines(grant), ...changeLines, ...said.exact]),
    approvals: guarded.approvals,
    mermaid: one.before === null ? null : mermaid(one.grouped.groups),
    baseline:
      missesBaseline && question.scope.namespace !== null ? defaultDeny(question.scope.namespace) : null,
  };
}

function concernsNetwork({ policies, pods, problems }: NetworkWorld, rights: NetworkRights): boolean {
  const { enters, forwards, proxies, nodes } = rights;
  const hasRights = nodes || [enters, forwards, proxies].some((list) => list.length > 0);
  return hasRights || [policies, pods, problems].some((list) => list.length > 0);
}

/** What changes, in sentences; without a snapshot what the policies say of themselves. */
function sayChanges({ before, grant, grouped, isolation }: Case): readonly string[] {
  // Both sides of one path say the same.
  if (before === null) return [...new Set(grant.policies.flatMap(describePolicy))];
  const { groups, cut } = grouped;
  const sentences = [...groups.map(sayGroup), ...sayIsolation(isolation)];
  const isOpeningOnly = groups.every(({ kind }) => kind === 'opened') && isolation.length === 0;
  if (cut)
    return [...sentences, `changes more than ${grouped.changes.length} connections; these are the first`];
  if (sentences.length === 0) {
    return grant.policies.length + grant.pods.length === 0
      ? []
      : ['opens no connection that the snapshot knows'];
  }
  return isOpeningOnly ? [...sentences.slice(0, -1), `${sentences.at(-1)}; nothing else changes`] : sentences;
}

function policyLines({ policies }: NetworkWorld): readonly string[] {
  return policies.flatMap((policy) =>
    describePolicy(policy).map((line) => `policy ${policyName(policy)} ${line}`),
  );
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostLines) return lines;
  return [
    ...lines.slice(0, mostLines),
    `… and ${lines.length - mostLines} more; "curfew network diff" lists them all`,
  ];
}
