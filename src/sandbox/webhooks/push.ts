/** The payload of `push`. */
import type { EmitterWebhookEvent } from '@octokit/webhooks';
import { formatInstant } from '../../base/instant.ts';
import type { SandboxContext } from '../context.ts';
import type { RepositoryEvent } from '../events.ts';
import { changedPaths } from '../git/changed-paths.ts';
import { commitsReachable, isFastForward } from '../git/history.ts';
import type { Commit, Signature } from '../git/objects.ts';
import { repositoryPageUrl } from '../represent/links.ts';
import type { Repository } from '../state.ts';

type Payload = EmitterWebhookEvent<'push'>['payload'];

/** GitHub sends at most this many commits. */
const maxCommits = 2048;
const zeros = '0'.repeat(40);

export function pushPayload(
  context: SandboxContext,
  {
    repository,
    ref,
    before,
    after,
    sender,
  }: Extract<RepositoryEvent, { event: 'push' }> & { sender: { login: string; emails: readonly string[] } },
) {
  const { git } = repository;
  const tip = after === null ? undefined : git.commitBehind(after);
  const base = git.commitBehind(before ?? git.branch(repository.defaultBranch) ?? '')?.sha;
  const known = base === undefined || base === tip?.sha ? [] : [base];
  const added = tip === undefined ? [] : commitsReachable(git, [tip.sha], known).slice(0, maxCommits);
  const range = `${(before ?? zeros).slice(0, 12)}...${(after ?? zeros).slice(0, 12)}`;
  return {
    ref,
    before: before ?? zeros,
    after: after ?? zeros,
    created: before === null,
    deleted: after === null,
    forced: before !== null && after !== null && !isFastForward(git, before, after),
    base_ref: null,
    compare: repositoryPageUrl(context, repository, `/compare/${range}`),
    commits: added.map((commit) => pushedCommit(context, repository, commit)).reverse(),
    head_commit: tip === undefined ? null : pushedCommit(context, repository, tip),
    pusher: { name: sender.login, ...(sender.emails[0] === undefined ? {} : { email: sender.emails[0] }) },
  } satisfies Omit<Payload, 'repository' | 'sender'>;
}

function pushedCommit(context: SandboxContext, repository: Repository, commit: Commit) {
  const { git } = repository;
  const parent = commit.parents[0];
  const changes = changedPaths(git, parent === undefined ? null : git.commit(parent).tree, commit.tree);
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: formatInstant(commit.committer.date),
    url: repositoryPageUrl(context, repository, `/commit/${commit.sha}`),
    author: person(context, commit.author),
    committer: person(context, commit.committer),
    added: changes.filter(({ before }) => before === null).map(({ path }) => path),
    removed: changes.filter(({ after }) => after === null).map(({ path }) => path),
    modified: changes
      .filter(({ before, after }) => before !== null && after !== null)
      .map(({ path }) => path),
  };
}

function person(context: SandboxContext, { name, email }: Signature) {
  const user = context.state.userByEmail(email);
  return { name, email, ...(user === undefined ? {} : { username: user.login }) };
}
