/** The trusted files that a pull request changes, as its head has them. */
import { z } from 'zod';
import { codeownersPaths } from '../../approval/codeowners.ts';
import { purposeOf } from '../../lifecycle/candidate.ts';
import type { FileFacts, ProposedFiles, PullRequestWorld } from '../../lifecycle/facts.ts';
import { pullRequestNeeds } from '../../lifecycle/pull-request.ts';
import { isCodeownersPath } from '../../lifecycle/trusted-paths.ts';
import { checked } from '../answer.ts';
import { repositoryParameters, repositoryVariables, type RepositoryContext } from '../context.ts';
import { Denied, NotFound, RetryLater } from '../errors.ts';
import { submoduleMode, treeMode } from '../git-objects.ts';
import { isUnseen } from '../graphql-errors.ts';
import { entriesQuery } from '../queries/objects.ts';
import { oid } from '../schema.ts';
import { indexed } from './aliases.ts';
import { modeOf, readBlobs } from './objects.ts';

/** Whoever may push brings them: so many, and so many bytes together, are read and judged without delaying others. */
const mostFiles = 200;
const mostBytes = 1_000_000;

/**
 * The same with what it proposes. No request where the pull request changes no such file, or its head is known; else one
 * for sizes, one for every forty texts that are new, and one more where CODEOWNERS changes.
 */
export async function withProposed(
  context: RepositoryContext,
  world: PullRequestWorld,
): Promise<PullRequestWorld> {
  const { pullRequest, repository } = world;
  const { head, files } = pullRequest;
  const purpose = purposeOf(pullRequest, repository);
  if (purpose.kind !== 'proposal' || !pullRequestNeeds(world).standing) return world;
  const key = [head, ...purpose.paths].join('\n');
  const there = new Set(files.flatMap(({ path, change }) => (change === 'deleted' ? [] : [path])));
  const known = context.memory.proposed.get(key);
  const proposed = known ?? (await readFiles(context, head, purpose.paths, there));
  if (proposed.excess === null) context.memory.proposed.set(key, proposed);
  return { ...world, pullRequest: { ...pullRequest, proposed } };
}

function tooMuch(excess: string): ProposedFiles {
  return { files: new Map(), codeownersErrorLines: [], excess };
}

async function readFiles(
  context: RepositoryContext,
  head: string,
  paths: readonly string[],
  there: ReadonlySet<string>,
): Promise<ProposedFiles> {
  if (paths.length > mostFiles) {
    return tooMuch(
      `It changes ${paths.length} files that decide who gets what; ${mostFiles} at once are judged`,
    );
  }
  const touchesOwners = paths.some(isCodeownersPath);
  // Which of them GitHub reads depends on all of them.
  const wanted = touchesOwners ? [...new Set([...paths, ...codeownersPaths])] : paths;
  const entries = await readEntries(context, head, wanted);
  const lost = paths.find((path) => there.has(path) && !entries.has(path));
  // Not yet, or never, as of a name that is no UTF-8: no other pull request waits for it.
  if (lost !== undefined) return tooMuch(`GitHub does not show ${lost}, which it changes`);
  const bytes = [...entries.values()].reduce((sum, { size }) => sum + size, 0);
  if (bytes > mostBytes) {
    const kilobytes = (each: number): string => `${Math.round(each / 1000)} kB`;
    return tooMuch(
      `Its files that decide who gets what come to ${kilobytes(bytes)}; ${kilobytes(mostBytes)} at once are judged`,
    );
  }
  const texts = [...entries.values()].filter(({ mode }) => mode !== submoduleMode).map((entry) => entry.oid);
  const { blobs } = await readBlobs(context, texts);
  if (texts.some((each) => !blobs.has(each))) {
    throw new RetryLater(`GitHub does not yet show every file at ${head} of ${context.fullName}`);
  }
  const fileAt = (path: string): FileFacts | null => {
    const entry = entries.get(path);
    if (entry === undefined) return null;
    return { path, mode: entry.mode, sha: entry.oid, text: blobs.get(entry.oid)?.text ?? null };
  };
  return {
    files: new Map(wanted.map((path) => [path, fileAt(path)])),
    codeownersErrorLines: touchesOwners ? await readErrorLines(context, head) : [],
    excess: null,
  };
}

interface Entry {
  readonly mode: string;
  readonly oid: string;
  readonly size: number;
}

const entryShape = z.object({ mode: z.int(), oid, size: z.int() }).nullish();
const answerShape = z.object({
  repository: z.object({ object: z.record(z.string(), z.unknown()).nullable() }),
});

/** What the head has at these paths; what is not there is left out. */
async function readEntries(
  context: RepositoryContext,
  head: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Entry>> {
  const task = `read what changes at ${head} of ${context.fullName}`;
  const { data } = await context.client.query(
    task,
    entriesQuery(paths.length),
    { ...repositoryVariables(context), head, ...indexed('path', paths) },
    answerShape,
    (error) => isUnseen(error) && /^f\d+$/.test(String(error.path?.[2])),
  );
  const { object } = data.repository;
  if (object === null) throw new RetryLater(`GitHub does not yet show ${head} of ${context.fullName}`);
  const found = paths.flatMap((path, index) => {
    const entry = checked(task, entryShape, object[`f${index}`]);
    const mode = modeOf(entry?.mode ?? 0);
    return entry && mode !== treeMode ? [[path, { ...entry, mode }] as const] : [];
  });
  return new Map(found);
}

const errorsShape = z.object({ errors: z.array(z.object({ line: z.int() })) });

/** Lines of CODEOWNERS in which GitHub finds an error; none where it does not say. */
async function readErrorLines(context: RepositoryContext, head: string): Promise<readonly number[]> {
  try {
    const { errors } = await context.client.get(
      `read GitHub's opinion of CODEOWNERS at ${head} of ${context.fullName}`,
      'GET /repos/{owner}/{repo}/codeowners/errors',
      { ...repositoryParameters(context), ref: head },
      errorsShape,
    );
    return [...new Set(errors.map(({ line }) => line))];
  } catch (error) {
    if (error instanceof NotFound || error instanceof Denied) return [];
    throw error;
  }
}
