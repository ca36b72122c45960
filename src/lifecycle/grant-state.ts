/**
 * A file below `grants/` on the default branch: is it a grant in force, has it ended, or is it none of ours? It is in
 * force exactly while the newest commit that touched it is the App's own grant commit; whatever came later, be it a
 * deletion that was taken back, has ended it.
 */
import type { TeamFacts } from '../approval/approval.ts';
import { failure } from '../base/result.ts';
import type { Instant } from '../base/instant.ts';
import { finding, type Finding } from '../base/reasons.ts';
import { widened } from '../effect/rbac/covers.ts';
import { identityOf, kubernetesUser } from '../policy/identity.ts';
import type { Policy, Principal } from '../policy/policy.ts';
import { entriesFor } from '../policy/entries.ts';
import { isPrincipal } from '../policy/principals.ts';
import { grantPath, parseRequestPath } from '../request/path.ts';
import type { RequestPath } from '../request/request.ts';
import { readEndings, readEvidence, type GrantEvidence } from './evidence.ts';
import type {
  CommentFacts,
  FileFacts,
  HistoryCommit,
  LandingFacts,
  MergeFacts,
  RepositoryFacts,
  TipFacts,
} from './facts.ts';
import { grantId } from './grant.ts';
import { revokedBy } from './revocation.ts';
import { teamsOf } from './teams.ts';
import { readRoleBlob, readTrusted } from './trusted.ts';

/** Who grants, and in which repository. */
export type Granter = Pick<RepositoryFacts, 'id' | 'botId' | 'signsCommits'>;

/** A file below `grants/`, and everything by which it is judged. */
export interface GrantQuestion {
  readonly repository: Granter;
  readonly tip: TipFacts;
  readonly file: FileFacts;
  /** Null where the history of the file was not read. */
  readonly landing: LandingFacts | null;
  /** The latest time ever seen. */
  readonly now: Instant;
  readonly teams: ReadonlyMap<string, TeamFacts>;
  /** The comments of a pull request: of which one, the evidence says. */
  readonly commentsOf: (pullRequest: number) => readonly CommentFacts[];
  /** Texts of role blobs as they were when access was granted, by SHA. */
  readonly blobs: ReadonlyMap<string, string>;
  /** How pull requests were merged of late; empty where nobody can be asked. They only take away. */
  readonly merges: readonly MergeFacts[];
}

/** A grant file that the newest commit on it proves. */
export interface ProvenGrant {
  readonly file: FileFacts;
  readonly path: RequestPath;
  readonly evidence: GrantEvidence;
  /** The commit that granted it. */
  readonly commit: string;
}

/** What a file below `grants/` is. */
export type GrantState =
  | { readonly kind: 'in-force'; readonly grant: ProvenGrant }
  | { readonly kind: 'ended'; readonly grant: ProvenGrant; readonly finding: Finding }
  /** Not a commit of ours: removed at once. */
  | { readonly kind: 'foreign'; readonly file: FileFacts; readonly finding: Finding }
  | { readonly kind: 'unknown' };

/** The request path `access-requests/…` that belongs to a path below `grants/`; null where none can. */
export function requestPathOfGrant(path: string): string | null {
  const candidate = path.replace(/^grants\//, 'access-requests/');
  const parsed = parseRequestPath(candidate);
  return parsed.ok && grantPath(parsed.value) === path ? candidate : null;
}

/** Every grant file whose newest commit proves it, ended or not; what else must be read depends on their evidence. */
export function provenGrants(
  repository: Granter,
  tip: TipFacts,
  landings: ReadonlyMap<string, LandingFacts>,
  merges: readonly MergeFacts[],
): readonly ProvenGrant[] {
  return tip.grants.flatMap((file) => {
    const landing = landings.get(requestPathOfGrant(file.path) ?? '');
    return (landing === undefined ? null : prove(file, landing, repository, merges)) ?? [];
  });
}

/** Judges one file below `grants/` that is not the README of a cluster. */
export function judgeGrant(question: GrantQuestion): GrantState {
  const { file, landing, repository, merges } = question;
  const foreign: GrantState = {
    kind: 'foreign',
    file,
    finding: finding('grant-without-evidence', `${file.path} is not a file that Curfew wrote`),
  };
  if (requestPathOfGrant(file.path) === null) return foreign;
  if (landing === null) return { kind: 'unknown' };
  const grant = prove(file, landing, repository, merges);
  if (grant === null) return foreign;
  const end = endOf(question, grant);
  return end === null ? { kind: 'in-force', grant } : { kind: 'ended', grant, finding: end };
}

function prove(
  file: FileFacts,
  landing: LandingFacts,
  repository: Granter,
  merges: readonly MergeFacts[],
): ProvenGrant | null {
  const request = requestPathOfGrant(file.path);
  const path = request === null ? failure() : parseRequestPath(request);
  const [newest] = landing.grantHistory;
  // GitHub makes the squash of a pull request of ours in our name and signs it; message and content are whoever's
  // merges it.
  if (merges.some(({ sha }) => sha === newest?.sha)) return null;
  const evidence = provenBy(newest, file, repository);
  if (!path.ok || newest === undefined || evidence === null || evidence.request !== request) return null;
  const named = evidence.grant === grantId(repository.id, path.value, evidence.pullRequest);
  return named ? { file, path: path.value, evidence, commit: newest.sha } : null;
}

/**
 * The evidence of a commit, if it is the App's own grant commit and left exactly these bytes. An author is only an
 * e-mail address that anybody can write into a commit, so where the server signs what the App commits, the signature
 * is demanded.
 */
function provenBy(
  commit: HistoryCommit | undefined,
  file: FileFacts,
  repository: Granter,
): GrantEvidence | null {
  if (commit === undefined || commit.author?.id !== repository.botId) return null;
  if (repository.signsCommits && !commit.signedByGitHub) return null;
  if (commit.blob !== file.sha || file.mode !== '100644') return null;
  const evidence = readEvidence(commit.message);
  if (evidence === null || evidence.repositoryId !== repository.id) return null;
  return commit.parents.length === 1 && commit.parents[0] === evidence.tip ? evidence : null;
}

const endedIds = new WeakMap<readonly MergeFacts[], ReadonlySet<string>>();

/**
 * That a grant had ended before, as the merges say; null where none does. A merge that takes files from an old commit
 * leaves no trace in their history, nor does a history rewritten.
 */
export function endedBefore(grant: string, merges: readonly MergeFacts[]): Finding | null {
  // The same list is asked with every grant, and one message may end a thousand.
  const ids =
    endedIds.get(merges) ?? new Set(merges.flatMap(({ message }) => [...readEndings(message).keys()]));
  endedIds.set(merges, ids);
  return ids.has(grant)
    ? finding(
        'grant-removed',
        'This access had ended before, and putting its files back does not bring it back',
      )
    : null;
}

/** Why a grant has ended; null while it is in force. */
function endOf(question: GrantQuestion, grant: ProvenGrant): Finding | null {
  const { tip, now, teams, commentsOf, merges } = question;
  const { evidence, path } = grant;
  if (now >= evidence.expiresAt) return finding('expired');
  const before = endedBefore(evidence.grant, merges);
  if (before !== null) return before;
  const request = tip.requests.find((file) => file.path === evidence.request);
  if (request === undefined) return finding('request-removed');
  if (request.sha !== evidence.requestBlob || request.mode !== '100644') return finding('request-edited');
  const people = { subjectId: evidence.subject.id, requesterId: evidence.requester.id };
  const revoker = revokedBy(commentsOf(evidence.pullRequest), evidence.request, people, tip, teams);
  if (revoker !== null) return finding('revoked', `Revoked by ${revoker}`);
  const trusted = readTrusted(tip);
  // A policy that cannot be read is a failed read, and a failed read never ends a grant.
  if (trusted.policy !== null) {
    const withdrawn = notEntitled(trusted.policy.value, path, evidence, teams);
    if (withdrawn !== null) return finding('not-entitled', withdrawn);
  }
  return roleWidened(question, evidence);
}

function notEntitled(
  policy: Policy,
  path: RequestPath,
  evidence: GrantEvidence,
  teams: ReadonlyMap<string, TeamFacts>,
): string | null {
  const { subject } = evidence;
  if (!Object.hasOwn(policy.clusters, path.cluster))
    return `The policy no longer knows the cluster ${path.cluster}`;
  const identity = identityOf(policy, subject.id);
  if (identity === null || kubernetesUser(identity, path.cluster) !== subject.user) {
    return `The policy no longer maps ${subject.login} to ${subject.user}`;
  }
  // A team that cannot be seen now proves nothing; only a membership that was read and is gone does.
  const unseen = (principal: Principal) => principal.kind === 'team' && !teams.has(principal.team);
  const person = { ...subject, teams: teamsOf(subject.id, teams) };
  const entitled = entriesFor(policy, path, evidence.templateBlob.name).some((entry) =>
    entry.requesters.some((principal) => unseen(principal) || isPrincipal(policy, principal, person)),
  );
  return entitled ? null : `The policy no longer lets ${subject.login} have this`;
}

function roleWidened({ tip, blobs }: GrantQuestion, evidence: GrantEvidence): Finding | null {
  const trusted = readTrusted(tip);
  for (const { name, sha } of evidence.roleBlobs) {
    const today = trusted.roles.get(name);
    // Read from the very tip that was read whole: such a role is gone, or is none that the catalog could hold.
    if (today === undefined)
      return finding(
        'role-widened',
        `The role ${name} is not in the catalog any more, or cannot be read there`,
      );
    if (today.sha === sha) continue;
    const text = blobs.get(sha);
    if (text === undefined) continue;
    const before = readRoleBlob(name, text);
    if (before === null || widened(before.object, today.value.object)) {
      return finding('role-widened', `The role ${name} gives more than when this access was approved`);
    }
  }
  return null;
}

/** Role blobs of a grant that differ from the catalog of the tip: their old text is needed to compare. */
export function changedRoleBlobs(tip: TipFacts, evidence: GrantEvidence): readonly string[] {
  const { roles } = readTrusted(tip);
  return evidence.roleBlobs
    .filter(({ name, sha }) => roles.has(name) && roles.get(name)?.sha !== sha)
    .map(({ sha }) => sha);
}
