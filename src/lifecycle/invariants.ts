/**
 * Which network statements of the policy do not hold in a cluster, as far as its snapshot says. What is broken
 * already is not held against a grant or a change: only what it breaks.
 */
import { sha256 } from '../base/digest.ts';
import type { KubernetesObject } from '../base/json.ts';
import type { Danger } from '../effect/effect.ts';
import { checkInvariants, invariantsFor, sayViolation } from '../effect/network/check-invariants.ts';
import { refused } from '../effect/network/danger.ts';
import type { Invariant } from '../effect/network/invariant.ts';
import { identityOf, loadNetwork } from '../effect/network/load.ts';
import { TooComplex } from '../effect/network/port-table.ts';
import { joinSome } from '../effect/network/words.ts';
import type { FileFacts, TipFacts } from './facts.ts';
import { readSnapshot, readTrusted } from './trusted.ts';

/** A statement that does not hold. */
export interface Broken {
  /** Its name; null where none can be checked. */
  readonly statement: string | null;
  /** True where it says no more than that not everything is known which breaks the statement. */
  readonly isCut: boolean;
  /** One sentence without a full stop, the same for the same flow: `"…" does not hold on staging: … may reach …`. */
  readonly text: string;
  /** What allows it, one sentence each. */
  readonly because: readonly string[];
}

/** The same snapshot and statements are asked about with every grant and at every sweep. */
const memory = new WeakMap<readonly FileFacts[], Map<string, readonly Broken[]>>();

/** More are forgotten at once. */
const mostRemembered = 500;

/**
 * What does not hold with these objects of grants in the cluster; nothing where there is no snapshot, for then nothing
 * is known.
 */
export function brokenStatements(
  tip: TipFacts,
  cluster: string,
  objects: readonly KubernetesObject[],
): readonly Broken[] {
  const { policy } = readTrusted(tip);
  const known = memory.get(tip.clusters) ?? new Map<string, readonly Broken[]>();
  memory.set(tip.clusters, known);
  const key = sha256([policy?.sha ?? '', cluster, objects]);
  const broken = known.get(key) ?? check(tip, cluster, objects);
  if (known.size >= mostRemembered) known.clear();
  known.set(key, broken);
  return broken;
}

function check(tip: TipFacts, cluster: string, objects: readonly KubernetesObject[]): readonly Broken[] {
  const snapshot = readSnapshot(tip, cluster);
  if (!snapshot.present) return [];
  const own = new Set(objects.map(identityOf));
  // A snapshot that was taken while a grant was in force holds its objects already.
  const standing = snapshot.objects.filter((object) => !own.has(identityOf(object)));
  return checkStatements(cluster, [...standing, ...objects], readTrusted(tip).invariants);
}

/** What does not hold where these objects are all of a cluster. */
export function checkStatements(
  cluster: string,
  objects: readonly KubernetesObject[],
  invariants: readonly Invariant[],
): readonly Broken[] {
  const statements = invariantsFor(cluster, invariants);
  if (statements.length === 0) return [];
  try {
    return checkInvariants(loadNetwork(objects), statements).map((violation) => ({
      statement: violation.invariant,
      isCut: violation.kind === 'more',
      text: `"${violation.invariant}" does not hold on ${cluster}: ${sayViolation(violation)}`,
      because: violation.because,
    }));
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    const text = `no statement can be checked on ${cluster}: ${error.message}`;
    return [{ statement: null, isCut: false, text, because: [] }];
  }
}

/** What is broken after and was not before. */
export function newlyBroken(before: readonly Broken[], after: readonly Broken[]): readonly Broken[] {
  const known = new Set(before.map(({ text }) => text));
  return after.filter(({ text }) => !known.has(text));
}

/** More say nothing new about one grant. */
const mostDangers = 5;

/** What these objects of one grant break, each as a danger that no line of the policy allows. */
export function invariantDangers(
  tip: TipFacts,
  cluster: string,
  objects: readonly KubernetesObject[],
): readonly Danger[] {
  if (!objects.some(({ kind }) => kind === 'Pod' || kind === 'NetworkPolicy')) return [];
  const after = brokenStatements(tip, cluster, objects);
  // What cannot be checked is not known to hold: that it was so before is no excuse.
  const unknown = after.filter(({ statement, isCut }) => statement === null || isCut);
  const broken = unknown.length > 0 ? unknown : newlyBroken(brokenStatements(tip, cluster, []), after);
  return broken
    .slice(0, mostDangers)
    .map(({ text, because }) => refused('network-invariant', `${text}${sayBecause(because)}`));
}

/** ` (policy … allows it)`; nothing where there is nothing to say. */
export function sayBecause(because: readonly string[]): string {
  return because.length === 0 ? '' : ` (${joinSome(because, 3)})`;
}
