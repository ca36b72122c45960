/** The port, bound to one repository of one installation. What it does is in `read/` and `write/`. */
import type { AppIdentity, RepositoryContext } from './context.ts';
import type { Purpose, RepositoryPort } from './port.ts';
import { readAccount } from './read/account.ts';
import { readBranch } from './read/branch.ts';
import { readDifference } from './read/commit-difference.ts';
import { readCommands } from './read/comments.ts';
import { readLandings } from './read/landings.ts';
import { readLastPush } from './read/last-push.ts';
import { readTexts } from './read/objects.ts';
import { readOpenPullRequests } from './read/open-pull-requests.ts';
import { readPullRequest } from './read/pull-request.ts';
import { readTeams } from './read/teams.ts';
import { readVerdicts } from './read/verdicts.ts';
import { publishCheck } from './write/check.ts';
import { publishComment } from './write/comment.ts';
import { commit } from './write/commit.ts';
import { merge } from './write/merge.ts';
import { closePullRequest, openPullRequest } from './write/pulls.ts';
import { createBranch, deleteBranch } from './write/refs.ts';

/** @param identity of the App; asked for before each call, and answered from memory after the first. */
export function createRepositoryPort(
  known: Omit<RepositoryContext, 'app' | 'fullName'>,
  identity: () => Promise<AppIdentity>,
): RepositoryPort {
  const { owner, name } = known;
  const context = async (): Promise<RepositoryContext> => ({
    ...known,
    fullName: `${owner}/${name}`,
    app: await identity(),
  });
  return {
    owner,
    name,
    withPurpose: (purpose: Purpose) =>
      createRepositoryPort({ ...known, client: known.client.withPurpose(purpose) }, identity),

    readPullRequest: async (number) => readPullRequest(await context(), number),
    readBranch: async () => readBranch(await context()),
    readLandings: async (branch, paths) => readLandings(await context(), branch, paths),
    readDifference: async (before, after) => readDifference(await context(), before, after),
    readCommands: async (numbers) => readCommands(await context(), numbers),
    readTeams: async (teams) => readTeams(await context(), teams),
    readAccount: async (login) => readAccount(await context(), login),
    readLastPush: async (ref, head) => {
      const push = await readLastPush(await context(), ref, head);
      if (push !== null) known.memory.keepPush(head, push);
      return push;
    },
    async *readOpenPullRequests() {
      yield* readOpenPullRequests(await context());
    },
    readVerdicts: async (tip, reports) => readVerdicts(await context(), tip, reports),
    readBlobs: async (shas) => readTexts(await context(), shas),

    publishCheck: async (content, existing) => publishCheck(await context(), content, existing),
    publishComment: async (pullRequest, body) => publishComment(await context(), pullRequest, body),
    merge: async (pullRequest, head, method, title, message) =>
      merge(await context(), pullRequest, head, method, title, message),
    commit: async (content) => commit(await context(), content),
    createBranch: async (branch, sha) => createBranch(await context(), branch, sha),
    deleteBranch: async (branch) => deleteBranch(await context(), branch),
    openPullRequest: async (branch, title, body) => openPullRequest(await context(), branch, title, body),
    closePullRequest: async (number) => closePullRequest(await context(), number),
  };
}
