/** Commits: what git says of them, and what GitHub hangs on them. */
import type * as GitHub from '@octokit/graphql-schema';
import { formatInstant } from '../../../base/instant.ts';
import type { Commit as GitCommit, Signature } from '../../git/objects.ts';
import { commitAuthors } from '../../identity.ts';
import { nodeId } from '../../state.ts';
import type { Repository } from '../../state.ts';
import { checkSuitesOn, statusOn, rollupOn } from './check.ts';
import { connect } from '../connection.ts';
import type { Commit, Fields, TreeEntry } from '../context.ts';
import { commitWith, treeWith } from '../git-objects.ts';
import { given } from '../given.ts';
import { historyOf } from '../history.ts';
import { requireRead } from '../permissions.ts';
import { associatedPullRequests } from '../pull-request-commits.ts';
import { selectPullRequests } from '../select-pull-requests.ts';

export const commitFields: Fields<'Commit'> = {
  id: ({ repository, commit }) => nodeId('C', `${repository.id}:${commit.sha}`),
  oid: ({ commit }) => commit.sha,
  abbreviatedOid: ({ commit }) => commit.sha.slice(0, 7),
  repository: ({ repository }) => repository,
  // GitHub shows a message without the line end that git closes it with.
  message: ({ commit }) => commit.message.trimEnd(),
  messageHeadline: ({ commit }) => commit.message.split('\n', 1)[0],
  messageBody: ({ commit }) => commit.message.split('\n').slice(1).join('\n').trim(),
  author: ({ commit }) => ({ signature: commit.author }),
  committer: ({ commit }) => ({ signature: commit.committer }),
  authoredDate: ({ commit }) => formatInstant(commit.author.date),
  committedDate: ({ commit }) => formatInstant(commit.committer.date),
  authoredByCommitter: ({ commit }) => commit.author.email === commit.committer.email,
  authors({ commit }, args: GitHub.CommitAuthorsArgs, context, info) {
    const { date, offset } = commit.author;
    const authors = new Map<string, { readonly signature: Signature }>();
    for (const { name, email } of commitAuthors(context.sandbox.state, commit)) {
      const key = email.toLowerCase();
      if (!authors.has(key)) authors.set(key, { signature: { name, email, date, offset } });
    }
    return connect([...authors.values()], args, info, ({ signature }) => signature.email);
  },
  parents: ({ repository, commit }, args: GitHub.CommitParentsArgs, _context, info) =>
    connect(
      commit.parents.flatMap((sha) => commitWith(repository, sha) ?? []),
      args,
      info,
      (parent) => parent.commit.sha,
    ),
  tree: ({ repository, commit }) => treeWith(repository, commit.tree, ''),
  file({ repository, commit }, args: GitHub.CommitFileArgs): TreeEntry | null {
    const path = args.path.replace(/\/$/, '');
    const entry = repository.git.entryAt(commit.tree, path);
    return entry === undefined ? null : { repository, entry, path };
  },
  history({ repository, commit }, args: GitHub.CommitHistoryArgs, _context, info) {
    const from = !given(args.since) ? -Infinity : Date.parse(String(args.since));
    const to = !given(args.until) ? Infinity : Date.parse(String(args.until));
    const commits = historyOf(repository.git, commit, (args.path ?? '').replace(/\/$/, '')).filter(
      ({ committer }) => committer.date >= from && committer.date <= to,
    );
    return connect(commits, args, info, ({ sha }) => sha, {
      node: (commit): Commit => ({ __typename: 'Commit', repository, commit }),
    });
  },
  signature: ({ repository, commit }) => signature(repository, commit),
  associatedPullRequests(
    { repository, commit },
    args: GitHub.CommitAssociatedPullRequestsArgs,
    context,
    info,
  ) {
    requireRead(context, repository, 'pull_requests:read');
    const found = associatedPullRequests(repository, commit.sha, context.sandbox.clock.now());
    const { orderBy } = args;
    return connect(selectPullRequests(found, { orderBy: orderBy ?? null }), args, info, ({ id }) => id);
  },
  checkSuites({ repository, commit }, args: GitHub.CommitCheckSuitesArgs, context, info) {
    requireRead(context, repository, 'checks:read');
    return connect(checkSuitesOn(repository, commit.sha, args.filterBy ?? {}), args, info, ({ id }) => id);
  },
  status({ repository, commit }, _args, context) {
    requireRead(context, repository, 'statuses:read');
    return statusOn(repository, commit.sha);
  },
  statusCheckRollup({ repository, commit }, _args, context) {
    requireRead(context, repository, 'checks:read');
    requireRead(context, repository, 'statuses:read');
    return rollupOn(repository, commit.sha);
  },
};

/** GitHub signs what it commits itself; it knows no key of anybody else here. */
function signature(repository: Repository, commit: GitCommit): Partial<GitHub.GpgSignature> | null {
  const byGitHub = repository.signedByGitHub.has(commit.sha);
  if (!byGitHub && commit.gpgsig === null) return null;
  return {
    __typename: 'GpgSignature',
    email: commit.committer.email,
    isValid: byGitHub,
    state: byGitHub ? 'VALID' : 'UNKNOWN_KEY',
    wasSignedByGitHub: byGitHub,
    payload: commit.payload,
    signature: commit.gpgsig ?? '',
  };
}
