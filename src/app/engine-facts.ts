/**
 * What the branch loop reads, in two steps. The first is what ending needs: the tip and the history of the grants on it.
 * Only then comes what may fail without holding up an end: requests that wait for a grant, teams, accounts, comments.
 */
import type { Logger } from 'pino';
import type { Instant } from '../base/instant.ts';
import { GitHubError } from '../github/errors.ts';
import type { BranchRead, RepositoryPort } from '../github/port.ts';
import { branchAccounts, landingPaths, type BranchContext } from '../lifecycle/branch.ts';
import type {
  AccountFacts,
  BranchWorld,
  CommandsFacts,
  LandingFacts,
  RepositoryFacts,
  TipFacts,
} from '../lifecycle/facts.ts';
import { changedRoleBlobs, provenGrants, type ProvenGrant } from '../lifecycle/grant-state.ts';
import { spentOn } from '../lifecycle/merged-request.ts';
import { expectedReports } from '../lifecycle/refused-by-cluster.ts';
import { decidingTeams } from '../lifecycle/teams.ts';
import { isRequestFile } from '../request/path.ts';
import type { Clock } from './clock.ts';

/** What is remembered from run to run: nothing that could not be read again. */
export interface Memory {
  /**
   * The latest time that GitHub ever gave: the end is judged by it, so that a clock set back revives nothing. What our
   * own clock says counts only while it says so: one that jumped ahead and was put right must not end whatever comes.
   */
  latestNow: Instant;
  /** Comments of pull requests as they were when last read. */
  readonly heard: Map<number, { readonly at: Instant; readonly commands: CommandsFacts }>;
  /** Pull requests whose comment may not tell yet that their access has ended; null before the first run. */
  untold: Set<number> | null;
  /** Pull requests whose grant stood when the branch was last read, without those that were told its end since. */
  standing: Set<number>;
  /** Paths of requests whose grant GitHub did not take when it was last offered, the latest last. */
  readonly refused: Set<string>;
  /**
   * By path, requests whose grant has ended and which wait for the pull request that says so. Nothing changes what is
   * known of them until somebody touches them; and where hundreds end one after the other, reading them anew with every
   * end would use up what the next ends need.
   */
  spent: ReadonlyMap<string, LandingFacts>;
}

/** The memory of a process that has just started. */
export function newMemory(): Memory {
  return {
    latestNow: 0,
    heard: new Map(),
    untold: null,
    standing: new Set(),
    refused: new Set(),
    spent: new Map(),
  };
}

/** What the first step of a read gives. */
export interface Known {
  readonly read: BranchRead;
  readonly paths: ReturnType<typeof landingPaths>;
  /** The grants on the tip whose newest commit proves them, ended or not. */
  readonly proven: readonly ProvenGrant[];
  readonly world: BranchWorld;
  readonly context: BranchContext;
}

/** The tip and its grants. Teams are unseen, comments unheard and verdicts unread, which ends nothing. */
export async function readKnown(
  port: RepositoryPort,
  clock: Pick<Clock, 'now'>,
  memory: Memory,
): Promise<Known> {
  const read = await port.readBranch();
  const localNow = clock.now();
  memory.latestNow = Math.max(memory.latestNow, read.now);
  const paths = landingPaths(read.tip);
  const landings = await port.readLandings(read, { granted: paths.granted, pending: [] });
  const { now, repository, tip, reverts } = read;
  const merges = read.recentlyMerged.flatMap(({ mergeCommit }) => mergeCommit ?? []);
  const proven = provenGrants(repository, tip, landings, merges);
  const standing = new Set(proven.map(({ evidence }) => evidence.pullRequest));
  memory.untold ??= new Set(mergedOfLate(read).filter((number) => !standing.has(number)));
  // Somebody else took them away, by merging our revert pull request for example.
  for (const number of memory.standing) if (!standing.has(number)) memory.untold.add(number);
  memory.standing = standing;
  return {
    read,
    paths,
    proven,
    world: { now, repository, tip, landings, commands: [], reverts, merges, verdicts: new Map() },
    context: {
      teams: new Map(),
      accounts: new Map(),
      blobs: new Map(),
      localNow,
      latestNow: Math.max(memory.latestNow, localNow),
    },
  };
}

/** What the second step adds. */
export interface Rest {
  readonly world: BranchWorld;
  readonly context: BranchContext;
  /** Why a request that waits for its grant, or what clusters say, could not be judged; all else was. */
  readonly unread: GitHubError | null;
}

/** Everything else that the decision needs. */
export async function readRest(
  port: RepositoryPort,
  { read, paths, proven, world, context }: Known,
  memory: Memory,
  log: Logger,
): Promise<Rest> {
  const { tip } = read;
  const { landings, unread } = await readPending(port, read, paths.pending, memory, log);
  const standing = proven.filter(({ evidence }) => evidence.expiresAt > context.latestNow);
  const deciding = [...standing.map(({ evidence }) => evidence.request), ...landings.keys()];
  const inForce = standing.map(({ evidence }) => evidence.pullRequest);
  const [teams, accounts, commands, blobs, reported] = await Promise.all([
    port.readTeams(decidingTeams(tip, deciding)),
    readAccounts(port, branchAccounts(tip, [...landings.keys()])),
    readCommands(port, read, inForce, memory),
    port.readBlobs(standing.flatMap(({ evidence }) => changedRoleBlobs(tip, evidence))),
    readVerdicts(port, tip, log),
  ]);
  return {
    world: {
      ...world,
      commands,
      landings: new Map([...world.landings, ...landings]),
      verdicts: reported.verdicts,
    },
    context: { ...context, teams, accounts, blobs },
    unread: unread ?? reported.unread,
  };
}

/** What clusters say ends something now and then; that it cannot be read must not keep a revocation from being heard. */
async function readVerdicts(
  port: RepositoryPort,
  tip: TipFacts,
  log: Logger,
): Promise<{ readonly verdicts: BranchWorld['verdicts']; readonly unread: GitHubError | null }> {
  try {
    return { verdicts: await port.readVerdicts(tip.sha, expectedReports(tip)), unread: null };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    log.warn({ err: error }, 'what the clusters say of the newest commits could not be read');
    return { verdicts: new Map(), unread: error };
  }
}

/** What brought the requests without a grant. They give no access, so what ends access needs is left alone. */
async function readPending(
  port: RepositoryPort,
  read: BranchRead,
  pending: readonly string[],
  memory: Memory,
  log: Logger,
): Promise<{ readonly landings: ReadonlyMap<string, LandingFacts>; readonly unread: GitHubError | null }> {
  const spent = await stillSpent(port, read, pending, memory);
  const open = pending.filter((path) => !spent.has(path));
  const { landings, unread } = await readOpen(port.withPurpose('deciding'), read, open, log);
  memory.spent = new Map([
    ...spent,
    ...[...landings].filter(([, landing]) => isSpent(landing, read.repository)),
  ]);
  return { landings: new Map([...spent, ...landings]), unread };
}

function isSpent({ pullRequest, grantHistory }: LandingFacts, repository: RepositoryFacts): boolean {
  return pullRequest !== null && spentOn(grantHistory, repository, pullRequest.number) !== null;
}

/** Those of the requests that were spent when they were last read, and have not been touched since. */
async function stillSpent(
  port: RepositoryPort,
  read: BranchRead,
  pending: readonly string[],
  { spent }: Memory,
): Promise<ReadonlyMap<string, LandingFacts>> {
  const granted = pending.filter((path) => spent.has(path));
  const histories = await port.readLandings(read, { granted, pending: [] });
  const still = new Map<string, LandingFacts>();
  for (const path of granted) {
    const [before, now] = [spent.get(path), histories.get(path)];
    if (before === undefined || now === undefined) continue;
    const { history, grantHistory } = now;
    const landing = { ...before, history, grantHistory };
    if (history[0]?.sha !== before.history[0]?.sha) continue;
    // Of a history that was rewritten the grant may be gone: then nothing of what was read before counts.
    if (isSpent(landing, read.repository)) still.set(path, landing);
  }
  return still;
}

/** One request that cannot be read leaves the others to be granted. */
async function readOpen(
  port: RepositoryPort,
  read: BranchRead,
  pending: readonly string[],
  log: Logger,
): Promise<{ readonly landings: ReadonlyMap<string, LandingFacts>; readonly unread: GitHubError | null }> {
  if (pending.length === 0) return { landings: new Map(), unread: null };
  try {
    return { landings: await port.readLandings(read, { granted: [], pending }), unread: null };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (pending.length === 1) return { landings: new Map(), unread: error };
  }
  const landings = new Map<string, LandingFacts>();
  let unread: GitHubError | null = null;
  for (const path of pending) {
    try {
      const found = await port.readLandings(read, { granted: [], pending: [path] });
      for (const [key, landing] of found) landings.set(key, landing);
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      log.warn({ err: error, path }, 'what brought a request could not be read');
      unread = error;
    }
  }
  return { landings, unread };
}

/** Requests that were merged of late: where one has ended, who ended it may have died before telling. */
function mergedOfLate({ recentlyMerged }: BranchRead): readonly number[] {
  return recentlyMerged
    .filter(({ paths }) => paths.length === 1 && paths.every(isRequestFile))
    .map(({ number }) => number);
}

async function readAccounts(
  port: RepositoryPort,
  logins: readonly string[],
): Promise<ReadonlyMap<string, AccountFacts>> {
  const accounts = new Map<string, AccountFacts>();
  for (const login of logins) {
    const account = await port.readAccount(login);
    if (account !== null) accounts.set(login.toLowerCase(), account);
  }
  return accounts;
}

/** Milliseconds for which GitHub may not show everywhere what somebody has just written. */
const settling = 60_000;

/** Comments of these pull requests; what GitHub says was not touched since it was read is not read again. */
async function readCommands(
  port: RepositoryPort,
  read: BranchRead,
  numbers: readonly number[],
  memory: Memory,
): Promise<readonly CommandsFacts[]> {
  const touchedAt = new Map(read.recentlyMerged.map(({ number, updatedAt }) => [number, updatedAt]));
  const oldestListed = read.recentlyMerged.at(-1)?.updatedAt ?? 0;
  const stale = numbers.filter((number) => {
    const heard = memory.heard.get(number);
    if (heard === undefined) return true;
    const touched = touchedAt.get(number);
    // What is not on the list was last touched before everything that is.
    return touched === undefined ? oldestListed >= heard.at : touched >= heard.at - settling;
  });
  for (const commands of await port.readCommands(stale)) {
    memory.heard.set(commands.pullRequest, { at: read.now, commands });
  }
  for (const number of memory.heard.keys()) if (!numbers.includes(number)) memory.heard.delete(number);
  return numbers.flatMap((number) => memory.heard.get(number)?.commands ?? []);
}
