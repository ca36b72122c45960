/** A person of the world, who does what people do by GitHub's own API. */
import { Octokit } from '@octokit/rest';
import type { Sandbox } from '../sandbox/sandbox.ts';

interface PersonOptions {
  readonly login: string;
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly sandbox: Sandbox;
  readonly repository: string;
  readonly settle: () => Promise<void>;
}

/** Each method waits until the world has come to rest again. */
export class Person {
  readonly login: string;
  /** For the API, and as the password of git. */
  readonly token: string;
  readonly octokit: Octokit;
  readonly #repo: { readonly owner: string; readonly repo: string };
  readonly #settle: () => Promise<void>;

  constructor({ login, url, fetch, sandbox, repository, settle }: PersonOptions) {
    const [owner = '', repo = ''] = repository.split('/');
    this.login = login;
    this.token = sandbox.world.personalToken(login);
    this.octokit = new Octokit({
      auth: this.token,
      baseUrl: `${url}/api/v3`,
      request: { fetch },
      log: silent,
    });
    this.#repo = { owner, repo };
    this.#settle = settle;
  }

  /** Puts one file (null: deletes it) on a new branch and opens a pull request; gives its number. */
  async propose(change: {
    readonly path: string;
    readonly text: string | null;
    readonly title: string;
    readonly branch: string;
    readonly draft?: boolean;
  }): Promise<number> {
    const { path, text, title, branch, draft = false } = change;
    const { data: main } = await this.octokit.git.getRef({ ...this.#repo, ref: 'heads/main' });
    await this.octokit.git.createRef({ ...this.#repo, ref: `refs/heads/${branch}`, sha: main.object.sha });
    await this.write(branch, path, text, title);
    const { data } = await this.octokit.pulls.create({
      ...this.#repo,
      head: branch,
      base: 'main',
      title,
      draft,
    });
    await this.#settle();
    return data.number;
  }

  /** Commits one file to a branch; null deletes it. */
  async write(branch: string, path: string, text: string | null, message: string): Promise<void> {
    const existing = await this.#blob(branch, path);
    const file = { ...this.#repo, path, message, branch };
    if (text === null) {
      await this.octokit.repos.deleteFile({ ...file, sha: existing ?? '' });
    } else {
      const content = Buffer.from(text).toString('base64');
      await this.octokit.repos.createOrUpdateFileContents({
        ...file,
        content,
        ...(existing === null ? {} : { sha: existing }),
      });
    }
    await this.#settle();
  }

  async #blob(ref: string, path: string): Promise<string | null> {
    try {
      const { data } = await this.octokit.repos.getContent({ ...this.#repo, path, ref });
      return 'sha' in data ? data.sha : null;
    } catch (error) {
      if (error instanceof Error && 'status' in error && error.status === 404) return null;
      throw error;
    }
  }

  async review(pullRequest: number, event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT'): Promise<number> {
    const { data } = await this.octokit.pulls.createReview({
      ...this.#repo,
      pull_number: pullRequest,
      event,
      body: event === 'APPROVE' ? '' : 'Please look again.',
    });
    await this.#settle();
    return data.id;
  }

  async comment(pullRequest: number, body: string): Promise<number> {
    const { data } = await this.octokit.issues.createComment({
      ...this.#repo,
      issue_number: pullRequest,
      body,
    });
    await this.#settle();
    return data.id;
  }

  async merge(pullRequest: number, method: 'merge' | 'squash' | 'rebase' = 'merge'): Promise<void> {
    await this.octokit.pulls.merge({ ...this.#repo, pull_number: pullRequest, merge_method: method });
    await this.#settle();
  }

  async close(pullRequest: number): Promise<void> {
    await this.octokit.pulls.update({ ...this.#repo, pull_number: pullRequest, state: 'closed' });
    await this.#settle();
  }
}

/** What GitHub refuses is thrown; a client in a test has nothing else to say. */
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
