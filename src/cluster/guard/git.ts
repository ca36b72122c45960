/**
 * Following what Flux has fetched. The GitRepository is read every second rather than watched: a read that asks for no
 * version is answered from the state of that moment, which is what `GuardState.judgeByGit` rests on, and nothing can
 * stall. It takes `get` on that one object.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseInstant } from '../../base/instant.ts';
import { isJsonObject } from '../../base/json-type.ts';
import type { Json } from '../../base/json.ts';
import { Refused, type Api } from './api.ts';
import { fetchRevision, Unreadable, type ReadFiles } from './artifact.ts';
import { gitView, isForward, type Artifact, type GitView } from './core/git-view.ts';

export interface GitRepositoryName {
  readonly namespace: string;
  readonly name: string;
}

export interface GitSink {
  /** How many observations there were. */
  sequence(): number;
  /** The view is that of the revision which was the current one after that many observations. */
  sawGit(view: GitView, observedUpTo: number): void;
  /** Nothing is known of git: what is there stays until its end. */
  cannotSeeGit(error: unknown): void;
}

const pollInterval = 1000;

/** A revision that could not be fetched or read is fetched again after as long, in milliseconds, up to the longest. */
const firstRetry = 1000;
const longestRetry = 30_000;

/** Goes on until `signal` says otherwise. */
export async function followGit(
  api: Api,
  repository: GitRepositoryName,
  cluster: string,
  sink: GitSink,
  signal: AbortSignal,
): Promise<void> {
  const reader = new RevisionReader(api, repository, cluster);
  while (!signal.aborted) {
    // Before the question is sent: what is observed while it is on its way may be newer than the answer.
    const observedUpTo = sink.sequence();
    try {
      const view = await reader.current();
      sink.sawGit(view, observedUpTo);
    } catch (error) {
      if (!signal.aborted) sink.cannotSeeGit(error);
    }
    await sleep(pollInterval, undefined, { signal }).catch(() => undefined);
  }
}

/** Reads the current revision, and fetches it where it is another than before. */
class RevisionReader {
  readonly #api: Api;
  readonly #path: string;
  readonly #cluster: string;
  #newest: Artifact | null = null;
  #view: GitView | null = null;
  #read: ReadFiles = new Map();
  #trouble: {
    readonly artifact: Artifact;
    readonly error: unknown;
    readonly failures: number;
    readonly at: number;
  } | null = null;

  constructor(api: Api, { namespace, name }: GitRepositoryName, cluster: string) {
    const [space, object] = [namespace, name].map(encodeURIComponent);
    this.#api = api;
    this.#path = `/apis/source.toolkit.fluxcd.io/v1/namespaces/${space}/gitrepositories/${object}`;
    this.#cluster = cluster;
  }

  /** @throws Unreachable, Refused, Unreadable */
  async current(): Promise<GitView> {
    const answer = await this.#api.ask({ method: 'GET', path: this.#path });
    if (answer.status !== 200) throw new Refused('cannot read the GitRepository', answer);
    const artifact = readArtifact(answer.body);
    if (artifact === null) throw new Unreadable('the GitRepository names no revision in status.artifact');
    if (!isForward(this.#newest, artifact)) {
      throw new Unreadable(`the GitRepository went back to ${artifact.revision}, which was fetched earlier`);
    }
    this.#newest = artifact;
    this.#view = await this.#withPauses(artifact);
    return this.#view;
  }

  /** The GitRepository is read every second; a tarball that is of no use is not. */
  async #withPauses(artifact: Artifact): Promise<GitView> {
    const before = this.#trouble?.artifact.url === artifact.url ? this.#trouble : null;
    if (before !== null) {
      const pause = Math.min(longestRetry, firstRetry * 2 ** (before.failures - 1));
      if (performance.now() - before.at < pause) throw before.error;
    }
    try {
      const view = await this.#viewOf(artifact);
      this.#trouble = null;
      return view;
    } catch (error) {
      this.#trouble = { artifact, error, failures: (before?.failures ?? 0) + 1, at: performance.now() };
      throw error;
    }
  }

  async #viewOf(artifact: Artifact): Promise<GitView> {
    // The same bytes under another revision: a commit that touched only what the GitRepository leaves out.
    if (this.#view !== null && this.#view.artifact.digest === artifact.digest)
      return { ...this.#view, artifact };
    const { files, read } = await fetchRevision(artifact, this.#cluster, this.#read);
    this.#read = read;
    const view = gitView(artifact, files);
    if (view === null) throw new Unreadable(`${artifact.revision} has no grants/${this.#cluster}/`);
    return view;
  }
}

function readArtifact(body: Json): Artifact | null {
  const status = isJsonObject(body) ? body['status'] : undefined;
  const artifact = isJsonObject(status) ? status['artifact'] : undefined;
  if (!isJsonObject(artifact)) return null;
  const { url, digest, revision, lastUpdateTime } = artifact;
  const fetchedAt = typeof lastUpdateTime === 'string' ? parseInstant(lastUpdateTime) : null;
  if (typeof url !== 'string' || typeof digest !== 'string' || typeof revision !== 'string') return null;
  return fetchedAt === null || !/^https?:\/\//.test(url) ? null : { url, digest, revision, fetchedAt };
}
