/** The default branch as it is, or as it would be, with what would then be decided there. */
import type { KubernetesObject } from '../../base/json.ts';
import type { Policy } from '../../policy/policy.ts';
import { decideBranch, type BranchContext, type BranchDecision } from '../branch.ts';
import type { BranchWorld, PullRequestFacts, TipFacts } from '../facts.ts';
import { readTrusted, type Trusted } from '../trusted.ts';

/** What a change of the trusted files could alter: grants in force, requests on the way. */
export interface Standing {
  readonly world: BranchWorld;
  readonly context: BranchContext;
  /** Open pull requests against the default branch. */
  readonly open: readonly PullRequestFacts[];
}

/** The default branch with the files of one side. */
export interface Side {
  readonly tip: TipFacts;
  readonly trusted: Trusted;
  readonly policy: Policy | null;
  readonly branch: BranchDecision;
}

/** What is decided by these files. */
export function sideOf({ world, context }: Standing, tip: TipFacts): Side {
  const trusted = readTrusted(tip);
  return {
    tip,
    trusted,
    policy: trusted.policy?.value ?? null,
    branch: decideBranch(
      { ...world, tip },
      { ...context, blobs: new Map([...context.blobs, ...textsOfRoles(world)]) },
    ),
  };
}

/** A grant that was made by the roles of today is compared with them. */
function textsOfRoles({ tip }: BranchWorld): readonly (readonly [string, string])[] {
  return tip.roles.flatMap(({ sha, text }) => (text === null ? [] : [[sha, text] as const]));
}

/** The catalog as objects. */
export function catalogOf({ trusted }: Side): readonly KubernetesObject[] {
  return [...trusted.roles.values()].map(({ value }) => value.object);
}
