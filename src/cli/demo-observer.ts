/** What can be seen of the world from outside, by GitHub's API: the demo tells only what it finds there. */
import { accessRepository, type World } from './world.ts';

export interface SeenPullRequest {
  readonly number: number;
  readonly title: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly head: string;
  readonly mergeCommit: string | null;
}

export interface SeenGrant {
  readonly path: string;
  readonly text: string;
  readonly commit: string;
  readonly expiresAt: string;
}

export interface Observer {
  pullRequest(number: number): Promise<SeenPullRequest>;
  newestPullRequest(): Promise<SeenPullRequest>;
  /** The one check run of Curfew on a commit. */
  check(
    head: string,
  ): Promise<{ readonly title: string; readonly summary: string; readonly conclusion: string }>;
  grant(path: string): Promise<SeenGrant>;
  /** The tip of the default branch; throws where it still holds the path. */
  tipWithout(path: string): Promise<string>;
  comment(pullRequest: number): Promise<string>;
}

/** Watches as erin, who administers the repository. */
export function createObserver(world: World): Observer {
  const { octokit } = world.as('erin');
  const [owner = '', repo = ''] = accessRepository.split('/');
  const where = { owner, repo };

  async function pullRequest(number: number): Promise<SeenPullRequest> {
    const { data } = await octokit.pulls.get({ ...where, pull_number: number });
    return {
      number,
      title: data.title,
      state: data.merged ? 'merged' : data.state === 'open' ? 'open' : 'closed',
      head: data.head.sha,
      mergeCommit: data.merged ? data.merge_commit_sha : null,
    };
  }

  return {
    pullRequest,
    newestPullRequest: async () => {
      const { data } = await octokit.pulls.list({
        ...where,
        state: 'all',
        sort: 'created',
        direction: 'desc',
        per_page: 1,
      });
      return await pullRequest(found(data[0], 'a pull request').number);
    },
    check: async (head) => {
      const { data } = await octokit.checks.listForRef({ ...where, ref: head, check_name: 'curfew' });
      const run = found(data.check_runs[0], 'the check run of Curfew');
      return {
        title: run.output.title ?? '',
        summary: run.output.summary ?? '',
        conclusion: run.conclusion ?? run.status,
      };
    },
    grant: async (path) => {
      const { data } = await octokit.repos.getContent({ ...where, path });
      const content = 'content' in data ? Buffer.from(data.content, 'base64').toString() : '';
      const { data: commits } = await octokit.repos.listCommits({ ...where, path, per_page: 1 });
      const [, expiresAt] = /expires-at: "?([^"\n]+)/.exec(content) ?? [];
      return {
        path,
        text: content,
        commit: found(commits[0], 'the commit of the grant').sha,
        expiresAt: found(expiresAt, 'the end of the grant'),
      };
    },
    tipWithout: async (path) => {
      const { data } = await octokit.git.getRef({ ...where, ref: 'heads/main' });
      const { data: tree } = await octokit.git.getTree({
        ...where,
        tree_sha: data.object.sha,
        recursive: 'true',
      });
      if (tree.tree.some((entry) => entry.path === path))
        throw new Error(`${path} is still on the default branch`);
      return data.object.sha;
    },
    comment: async (number) => {
      const { data } = await octokit.issues.listComments({ ...where, issue_number: number, per_page: 100 });
      return found(data.find(({ user }) => user?.type === 'Bot')?.body, 'the comment of Curfew');
    },
  };
}

function found<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`the demo did not find ${what}`);
  return value;
}
