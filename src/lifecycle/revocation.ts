/**
 * Taking access away before its end. It needs no review when the requester, the subject, an owner or a revoker of the
 * policy asks; anybody else needs an owner. No obstacle to granting stands in its way.
 */
import type { Owner, TeamFacts } from '../approval/approval.ts';
import { ownersOf } from '../approval/codeowners.ts';
import { requirementsFor } from '../approval/requirements.ts';
import { judgeApprovals } from '../approval/verdict.ts';
import { finding, type Finding } from '../base/reasons.ts';
import { isPrincipal } from '../policy/principals.ts';
import { grantPath, parseRequestPath } from '../request/path.ts';
import { participantsOf } from './candidate.ts';
import type { AccountFacts, CommentFacts, PullRequestWorld, TipFacts } from './facts.ts';
import { grantMetadata } from './open-grants.ts';
import { teamsOf } from './teams.ts';
import { readTrusted } from './trusted.ts';

/** The people of a grant, who may hand it back. */
export interface GrantPeople {
  readonly subjectId: number;
  readonly requesterId: number;
}

/** Whether this account may end the access at a request path without asking anybody. */
function mayRevoke(
  account: AccountFacts | null,
  path: string,
  people: GrantPeople | null,
  tip: TipFacts,
  teams: ReadonlyMap<string, TeamFacts>,
): boolean {
  if (account === null || account.type !== 'User') return false;
  if (people !== null && (account.id === people.subjectId || account.id === people.requesterId)) return true;
  const { codeowners, policy } = readTrusted(tip);
  const owners = codeowners === null ? [] : ownersOf(codeowners.value, path).owners;
  const isAnOwner = owners.some((owner) => isOwner(account, owner, teams));
  const person = { ...account, teams: teamsOf(account.id, teams) };
  const isRevoker = policy?.value.revokers.some((principal) => isPrincipal(policy.value, principal, person));
  return isAnOwner || isRevoker === true;
}

/** As GitHub takes a line of CODEOWNERS: a login is whoever has it now. */
function isOwner(account: AccountFacts, owner: Owner, teams: ReadonlyMap<string, TeamFacts>): boolean {
  switch (owner.kind) {
    case 'user':
      return owner.login === account.login.toLowerCase();
    case 'team':
      return teams.get(owner.team)?.members.has(account.id) ?? false;
    case 'email':
      return false;
  }
}

/** `/revoke` as the whole first line of a comment that nobody has edited. */
function isRevokeCommand(comment: CommentFacts): boolean {
  return !comment.edited && /^\/revoke[ \t]*(\r?\n|$)/.test(comment.body);
}

/** The login of whoever revoked by a comment and may; null where nobody did. */
export function revokedBy(
  comments: readonly CommentFacts[],
  path: string,
  people: GrantPeople,
  tip: TipFacts,
  teams: ReadonlyMap<string, TeamFacts>,
): string | null {
  const command = comments.find(
    (comment) => isRevokeCommand(comment) && mayRevoke(comment.author, path, people, tip, teams),
  );
  return command?.author?.login ?? null;
}

/** Judges a pull request that deletes one request file. */
export function judgeRevocation(
  { tip, pullRequest }: PullRequestWorld,
  teams: ReadonlyMap<string, TeamFacts>,
  path: string,
): readonly Finding[] {
  if (!tip.requests.some((file) => file.path === path)) return [finding('nothing-to-revoke')];
  if (pullRequest.fromFork) return [finding('from-fork')];
  if (pullRequest.draft) return [finding('draft')];
  const parsed = parseRequestPath(path);
  const grant = parsed.ok ? tip.grants.find((file) => file.path === grantPath(parsed.value)) : undefined;
  const metadata = grant === undefined ? null : grantMetadata(grant);
  const people =
    metadata === null ? null : { subjectId: metadata.subject.id, requesterId: metadata.requesterId };
  const who = pullRequest.author?.login ?? 'The author';
  if (pullRequest.authorCanWrite && mayRevoke(pullRequest.author, path, people, tip, teams)) {
    return [finding('revocation-ready', `${who} may end this access without a review`)];
  }
  return ownerApproved(pullRequest, tip, teams, path)
    ? [finding('revocation-ready', 'An owner agrees to end this access')]
    : [
        finding(
          'waiting-for-approval',
          `${who} is neither its requester, its subject, an owner nor a revoker, so an owner has to approve`,
        ),
      ];
}

function ownerApproved(
  pullRequest: PullRequestWorld['pullRequest'],
  tip: TipFacts,
  teams: ReadonlyMap<string, TeamFacts>,
  path: string,
): boolean {
  const { codeowners } = readTrusted(tip);
  if (codeowners === null) return false;
  const built = requirementsFor({ owners: 1, others: [] }, ownersOf(codeowners.value, path), {
    teams,
    codeownersErrorLines: tip.codeownersErrorLines,
  });
  if (!built.ok) return false;
  return judgeApprovals({
    requirements: built.requirements,
    reviews: pullRequest.reviews,
    head: pullRequest.head,
    notBefore: { digest: pullRequest.createdAt, base: pullRequest.baseChangedAt, head: null },
    mergedAt: pullRequest.mergedAt,
    participants: participantsOf(pullRequest, { subject: null, pushers: [] }),
    kubernetesUsers: new Map(),
    teams,
  }).met;
}
