/**
 * A grant that its cluster refuses. A GitOps engine applies a revision whole: one object that the API server refuses
 * holds up every other change, revocations too. The engine's verdict comes back as a commit status; it names the
 * revision, not the object. What came since the newest revision that the cluster took was never applied, so all of it
 * is withdrawn at once: that costs people access which they did not have, and frees everybody else's end.
 *
 * A verdict only ever takes away: by it nothing is granted, and nothing that the cluster ever took is ended.
 */
import type { Instant } from '../base/instant.ts';
import { formatInstant } from '../base/instant.ts';
import { finding, type Finding } from '../base/reasons.ts';
import type { RevisionFacts, TipFacts } from './facts.ts';
import type { ProvenGrant } from './grant-state.ts';
import { readTrusted } from './trusted.ts';

/**
 * How long a cluster has to go on refusing before anything is withdrawn, in milliseconds: what passes by itself, such as
 * an API server that restarts, has passed, and Flux as `curfew manifests flux` sets it up has tried three times again.
 */
export const patience = 60_000;

/** Who says what became of a revision, and under which name. */
export interface Report {
  readonly cluster: string;
  /** The context of the commit status. */
  readonly context: string;
  /** The account that writes it. */
  readonly creator: number;
}

/** What the context of every report begins with; the name of the cluster follows. `curfew manifests` sets it up so. */
export const reportPrefix = 'curfew-';

/** The reports that the policy believes. */
export function expectedReports(tip: TipFacts): readonly Report[] {
  const clusters = readTrusted(tip).policy?.value.clusters ?? {};
  return Object.entries(clusters).flatMap(([cluster, { reporter }]) =>
    reporter === undefined ? [] : [{ cluster, context: `${reportPrefix}${cluster}`, creator: reporter.id }],
  );
}

/** What clusters refuse just now. */
export interface Refusals {
  /** Why a grant is to be withdrawn, by the commit that granted it. */
  readonly withdrawn: ReadonlyMap<string, Finding>;
  /** By cluster, that it takes nothing just now: nothing new is granted there. */
  readonly failing: ReadonlyMap<string, Finding>;
  /** When patience ends. */
  readonly wakeAt: Instant | null;
}

/** Judges what the engines say of the newest revisions. */
export function judgeRefusals(
  verdicts: ReadonlyMap<string, readonly RevisionFacts[]>,
  inForce: readonly ProvenGrant[],
  now: Instant,
): Refusals {
  const withdrawn = new Map<string, Finding>();
  const failing = new Map<string, Finding>();
  const wakes: Instant[] = [];
  for (const [cluster, revisions] of verdicts) {
    const since = refusedSince(revisions);
    if (since === null) continue;
    if (now < since + patience) wakes.push(since + patience);
    else failing.set(cluster, finding('cluster-failing', sayFailing(cluster, since)));
    for (const grant of inForce.filter(({ path }) => path.cluster === cluster)) {
      const refused = refusedWith(grant.commit, revisions);
      if (refused === null) continue;
      if (now < refused + patience) wakes.push(refused + patience);
      else withdrawn.set(grant.commit, finding('cluster-refused', sayRefused(cluster, refused)));
    }
  }
  return { withdrawn, failing, wakeAt: wakes.length === 0 ? null : Math.min(...wakes) };
}

/** Since when the cluster takes nothing; null while the newest verdict is a good one, or there is none. */
function refusedSince(revisions: readonly RevisionFacts[]): Instant | null {
  const newest = revisions.find(({ taken, refusedSince: since }) => taken || since !== null);
  if (newest === undefined || newest.refusedSince === null) return null;
  return earliest(revisions);
}

/** Since when every revision with this commit is refused; null where one was taken, or none was judged, or nobody knows. */
function refusedWith(commit: string, revisions: readonly RevisionFacts[]): Instant | null {
  const place = revisions.findIndex(({ sha }) => sha === commit);
  // A cluster that never took anything, as far back as was read, may fail for reasons of its own.
  if (place === -1 || !revisions.some(({ taken }) => taken)) return null;
  const holding = revisions.slice(0, place + 1);
  return holding.some(({ taken }) => taken) ? null : earliest(holding);
}

function earliest(revisions: readonly RevisionFacts[]): Instant | null {
  const times = revisions.flatMap(({ refusedSince: since }) => since ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

function sayRefused(cluster: string, since: Instant): string {
  return `${cluster} has refused every revision that holds this access since ${formatInstant(since)}, so it should never have been in effect there; ask again once it is known why`;
}

function sayFailing(cluster: string, since: Instant): string {
  return `${cluster} has taken no revision since ${formatInstant(since)}: nothing new is granted there, and what has ended may still be in effect; look at its GitOps engine`;
}
