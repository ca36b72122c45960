import { z } from 'zod';
import { checkName } from '../../lifecycle/check.ts';
import type { CheckRunFacts } from '../../lifecycle/facts.ts';
import { formatInstant } from '../../base/instant.ts';
import { annotationsDigest, contentDigest, writeExternalId } from '../check-content.ts';
import { repositoryParameters, type RepositoryContext } from '../context.ts';
import { NotFound } from '../errors.ts';
import type { Annotation, CheckContent } from '../port.ts';
import { id } from '../schema.ts';
import { checkTextBytes, fit, fitLine } from '../texts.ts';
import { settle } from './outcome.ts';

/** GitHub takes so many annotations in one request, and adds those of the next to them. */
const annotationsAtOnce = 50;

const runShape = z.object({ id });

/**
 * Brings the check run of a head to this content. The newest run of ours is changed where its annotations stay, for
 * they cannot be taken back; otherwise a new one takes its place, as the newest of a name is the one that counts.
 */
export async function publishCheck(
  context: RepositoryContext,
  content: CheckContent,
  existing: readonly CheckRunFacts[],
): Promise<'written' | 'unchanged'> {
  const digest = contentDigest(content);
  const current = context.memory.currentCheck(content.head, existing[0] ?? null);
  if (current?.contentDigest === digest) return 'unchanged';
  const keepsAnnotations = current?.contentDigest.split('.')[1] === annotationsDigest(content);
  const run =
    current !== null && keepsAnnotations
      ? await update(context, current.id, content)
      : await create(context, content);
  context.memory.keepCheck(content.head, { id: run, contentDigest: digest });
  return 'written';
}

async function create(context: RepositoryContext, content: CheckContent): Promise<number> {
  const task = `publish the check run on ${content.head} of ${context.fullName}`;
  const { annotations } = content;
  const whole = annotations.length <= annotationsAtOnce;
  // Until all annotations are there, the check run does not claim to be what we wanted to publish.
  const externalId = whole ? writeExternalId(content) : `${content.externalId} incomplete`;
  const written = await context.client.write(task, 'POST /repos/{owner}/{repo}/check-runs', {
    ...repositoryParameters(context),
    ...outputOf(content, annotations.slice(0, annotationsAtOnce)),
    name: checkName,
    head_sha: content.head,
    external_id: externalId,
  });
  const run = await settle(task, written, idOf, () => findRun(context, content.head, externalId));
  for (let start = annotationsAtOnce; start < annotations.length; start += annotationsAtOnce) {
    const last = start + annotationsAtOnce >= annotations.length;
    const some = annotations.slice(start, start + annotationsAtOnce);
    await change(context, run, content, some, last ? writeExternalId(content) : externalId);
  }
  return run;
}

/** Changes all but the annotations; where the run is gone, a new one takes its place. */
async function update(context: RepositoryContext, run: number, content: CheckContent): Promise<number> {
  const externalId = writeExternalId(content);
  try {
    return await change(context, run, content, [], externalId);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    return (await findRun(context, content.head, externalId)) ?? (await create(context, content));
  }
}

async function change(
  context: RepositoryContext,
  run: number,
  content: CheckContent,
  annotations: readonly Annotation[],
  externalId: string,
): Promise<number> {
  const task = `change the check run on ${content.head} of ${context.fullName}`;
  const written = await context.client.write(task, 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
    ...repositoryParameters(context),
    ...outputOf(content, annotations),
    check_run_id: run,
    external_id: externalId,
  });
  return settle(task, written, idOf, () => findRun(context, content.head, externalId));
}

function outputOf(
  content: CheckContent,
  annotations: readonly Annotation[],
): Readonly<Record<string, unknown>> {
  return {
    status: 'completed',
    conclusion: content.conclusion,
    started_at: formatInstant(content.startedAt),
    output: {
      title: fitLine(content.title, 255),
      summary: fit(content.summary, checkTextBytes),
      text: fit(content.text, checkTextBytes),
      ...(annotations.length === 0 ? {} : { annotations: annotations.map(annotationOf) }),
    },
  };
}

function annotationOf({ path, line, level, title, message }: Annotation): Readonly<Record<string, unknown>> {
  return {
    path,
    start_line: line,
    end_line: line,
    annotation_level: level,
    title: fitLine(title, 255),
    message: fit(message, checkTextBytes),
  };
}

function idOf(body: unknown): number | null {
  return runShape.safeParse(body).data?.id ?? null;
}

const listShape = z.object({
  check_runs: z.array(z.object({ id, external_id: z.string().nullable() })),
});

/** A check run of ours by what it carries: GitHub cannot be asked for an `external_id`. */
async function findRun(context: RepositoryContext, head: string, externalId: string): Promise<number | null> {
  const data = await context.client.get(
    `find the check run on ${head} of ${context.fullName}`,
    'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
    {
      ...repositoryParameters(context),
      ref: head,
      check_name: checkName,
      app_id: context.app.appId,
      filter: 'latest',
      per_page: 100,
    },
    listShape,
  );
  return data.check_runs.find((run) => run.external_id === externalId)?.id ?? null;
}
