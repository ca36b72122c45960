/** The policy file as the decisions need it: with the network statements that it makes, which its own room cannot read. */
import type { Fault } from '../base/fault.ts';
import { failure, success, type Result } from '../base/result.ts';
import { didYouMean } from '../base/suggest.ts';
import { quote } from '../base/text.ts';
import type { Invariant } from '../effect/network/invariant.ts';
import { parseInvariants } from '../effect/network/parse-invariants.ts';
import { parsePolicy } from '../policy/parse.ts';
import type { Policy } from '../policy/policy.ts';

/** The policy, and the statements that it makes. */
export interface PolicyFile {
  readonly policy: Policy;
  readonly invariants: readonly Invariant[];
}

/** Reads `.github/curfew.yaml`. A policy with a statement in fault is no policy: it would hold less than it says. */
export function readPolicyFile(file: string, text: string): Result<PolicyFile> {
  const policy = parsePolicy(file, text);
  if (!policy.ok) return policy;
  const { value, at } = policy.value.invariants;
  const invariants = parseInvariants(value ?? [], (path) => ({ file, ...at(path) }));
  if (!invariants.ok) return invariants;
  const faults = [
    ...tooMany(file, policy.value, invariants.value),
    ...unknownClusters(file, policy.value, invariants.value),
  ];
  return faults.length === 0
    ? success({ policy: policy.value, invariants: invariants.value })
    : failure(...faults);
}

/** Each is checked with every grant, at every change and every sweep. */
const mostStatements = 100;

function tooMany(file: string, policy: Policy, invariants: readonly Invariant[]): readonly Fault[] {
  if (invariants.length <= mostStatements) return [];
  const message = `invariants: ${invariants.length} statements are too many to be checked all the time`;
  return [
    { file, ...policy.invariants.at([mostStatements]), message, remedy: `write ${mostStatements} at most` },
  ];
}

/** A statement about a cluster that is misspelt, or about none, would hold nowhere. */
function unknownClusters(file: string, policy: Policy, invariants: readonly Invariant[]): readonly Fault[] {
  const known = Object.keys(policy.clusters);
  const { at } = policy.invariants;
  return invariants.flatMap(({ clusters }, index) => {
    const path = [index, 'clusters'];
    const where = `invariants[${index}].clusters`;
    if (clusters?.length === 0)
      return [
        {
          file,
          ...at(path),
          message: `${where}: names no cluster`,
          remedy: 'leave it out for every cluster',
        },
      ];
    return (clusters ?? []).flatMap((cluster, position) => {
      if (known.includes(cluster)) return [];
      const message = `${where}[${position}]: ${quote(cluster)} is not a cluster of spec.clusters`;
      return [{ file, ...at([...path, position]), message, remedy: didYouMean(cluster, known) }];
    });
  });
}
