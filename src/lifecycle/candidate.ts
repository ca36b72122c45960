/**
 * The pull request as the carrier of a request: what it changes, who made it. The same judgement serves the open
 * pull request and the merged one.
 */
import type { Participant } from '../approval/approval.ts';
import { finding, type Finding } from '../base/reasons.ts';
import { isRequestFile } from '../request/path.ts';
import type { PullRequestFacts, RepositoryFacts } from './facts.ts';
import { trustedPaths } from './trusted-paths.ts';

/** What a pull request asks for. */
export type Purpose =
  | { readonly kind: 'none' }
  /** It changes files that decisions are judged by. */
  | { readonly kind: 'proposal'; readonly paths: readonly string[] }
  | { readonly kind: 'own-revert' }
  | { readonly kind: 'refused'; readonly finding: Finding }
  | { readonly kind: 'request'; readonly path: string }
  | { readonly kind: 'revocation'; readonly path: string };

/** Branches that only Curfew pushes. */
export const ownBranchPrefix = 'curfew/';

/** What a pull request asks for, judged by the files that it changes. */
export function purposeOf(pullRequest: PullRequestFacts, repository: RepositoryFacts): Purpose {
  const refused = (found: Finding): Purpose => ({ kind: 'refused', finding: found });
  const paths = pullRequest.files.flatMap(({ path, previousPath }) => [path, previousPath ?? path]);
  const requests = paths.filter(isRequestFile);
  const grants = paths.filter((path) => path.startsWith('grants/'));
  if (isOwn(pullRequest, repository)) return { kind: 'own-revert' };
  if (!pullRequest.filesComplete) return refused(finding('truncated'));
  if (grants.length > 0)
    return refused(
      finding('grants-touched', `Only Curfew writes below grants/, but this changes ${grants[0]}`),
    );
  if (requests.length === 0) {
    const trusted = trustedPaths(pullRequest.files);
    return trusted.length === 0 ? { kind: 'none' } : { kind: 'proposal', paths: trusted };
  }
  const [file, ...others] = pullRequest.files;
  if (file === undefined || others.length > 0) {
    return refused(
      finding(
        'mixed-change',
        `This pull request changes ${pullRequest.files.length} files; a request is alone in its pull request`,
      ),
    );
  }
  if (file.change === 'added') return { kind: 'request', path: file.path };
  if (file.change === 'deleted') return { kind: 'revocation', path: file.path };
  return refused(finding(file.change === 'renamed' ? 'mixed-change' : 'request-modified'));
}

/** A revert pull request: opened by the bot, from a branch of its own, holding nothing but its own commits. */
function isOwn(pullRequest: PullRequestFacts, { botId }: RepositoryFacts): boolean {
  const ownCommit = (commit: PullRequestFacts['commits'][number]) =>
    commit.committer === null && commit.authors.every(({ account }) => account?.id === botId);
  return (
    pullRequest.author?.id === botId &&
    pullRequest.headRef.startsWith(ownBranchPrefix) &&
    !pullRequest.fromFork &&
    pullRequest.commitsComplete &&
    pullRequest.commits.length > 0 &&
    pullRequest.commits.every(ownCommit)
  );
}

/** What stands against a request because of who made the pull request, and how. */
export function carrierFindings(pullRequest: PullRequestFacts): readonly Finding[] {
  const found: Finding[] = [];
  if (pullRequest.fromFork) found.push(finding('from-fork'));
  if (pullRequest.author === null || pullRequest.author.type !== 'User') found.push(finding('not-a-person'));
  else if (!pullRequest.authorCanWrite) {
    found.push(
      finding('requester-cannot-write', `${pullRequest.author.login} has no write access to this repository`),
    );
  }
  if (!pullRequest.commitsComplete)
    found.push(finding('truncated', 'The pull request has more commits than can be judged; squash them'));
  const unknown = pullRequest.commits
    .flatMap((commit) => [...commit.authors, ...(commit.committer === null ? [] : [commit.committer])])
    .find(({ account }) => account === null);
  if (unknown !== undefined) {
    found.push(
      finding(
        'commits-unclear',
        `The e-mail address ${unknown.email} of a commit belongs to no GitHub account, so it could be anybody's; set git config user.email to an address of your account and push the commit anew`,
      ),
    );
  }
  return found;
}

/** Everybody who took part and therefore cannot approve. */
export function participantsOf(
  pullRequest: PullRequestFacts,
  others: {
    readonly subject: { readonly id: number; readonly login: string } | null;
    readonly pushers: readonly { readonly id: number; readonly login: string }[];
  },
): readonly Participant[] {
  const people: Participant[] = [];
  const add = (
    account: { readonly id: number; readonly login: string } | null,
    role: Participant['role'],
  ): void => {
    if (account !== null) people.push({ id: account.id, login: account.login, role });
  };
  add(pullRequest.author, 'requester');
  add(others.subject, 'subject');
  for (const commit of pullRequest.commits) {
    for (const { account } of commit.authors) add(account, 'author');
    add(commit.committer?.account ?? null, 'committer');
  }
  for (const pusher of others.pushers) add(pusher, 'last-pusher');
  return people;
}
