/** What hangs on a head commit, as facts. */
import { z } from 'zod';
import { checkName } from '../../lifecycle/check.ts';
import type { CheckRunFacts, PullRequestFacts, RepositoryFacts } from '../../lifecycle/facts.ts';
import { readExternalId } from '../check-content.ts';
import { repositoryVariables, type RepositoryContext } from '../context.ts';
import { RetryLater } from '../errors.ts';
import { contextsQuery, headQuery } from '../queries/pull-request.ts';
import { contextsShape, headShape, type RawContext, type RawHead } from './pull-request-shape.ts';

/** The head of a pull request, for one whose list of commits does not end with it. */
export async function readHead(context: RepositoryContext, head: string): Promise<RawHead> {
  const { data } = await context.client.query(
    `read commit ${head} of ${context.fullName}`,
    headQuery,
    { ...repositoryVariables(context), oid: head, appId: context.app.appId },
    z.object({ repository: z.object({ object: headShape.nullable() }) }),
  );
  if (data.repository.object === null) {
    throw new RetryLater(`GitHub does not yet show commit ${head} of ${context.fullName}`);
  }
  return data.repository.object;
}

/** All checks and statuses of a head. */
export async function readContexts(
  context: RepositoryContext,
  head: RawHead,
): Promise<readonly RawContext[]> {
  const first = head.statusCheckRollup?.contexts;
  if (first === undefined) return [];
  const all = [...first.nodes];
  const shape = z.object({
    repository: z.object({
      object: z.object({ statusCheckRollup: z.object({ contexts: contextsShape }).nullable() }).nullable(),
    }),
  });
  let page = first.pageInfo;
  while (page.hasNextPage) {
    const { data } = await context.client.query(
      `read the checks of ${head.oid} of ${context.fullName}`,
      contextsQuery,
      { ...repositoryVariables(context), oid: head.oid, after: page.endCursor },
      shape,
    );
    const next = data.repository.object?.statusCheckRollup?.contexts;
    if (next === undefined) break;
    all.push(...next.nodes);
    page = next.pageInfo;
  }
  return all;
}

/** Our own check runs on a head, newest first. One without a start was not published by us. */
export function ownCheckRuns(head: RawHead): readonly CheckRunFacts[] {
  const runs = (head.checkSuites?.nodes ?? []).flatMap((suite) => suite.checkRuns?.nodes ?? []);
  return runs
    .flatMap(({ databaseId, conclusion, startedAt, title, externalId }): readonly CheckRunFacts[] =>
      startedAt === null
        ? []
        : [
            {
              id: databaseId,
              ...readExternalId(externalId ?? ''),
              conclusion: conclusion?.toLowerCase() ?? null,
              startedAt,
              title: title ?? '',
            },
          ],
    )
    .sort((a, b) => b.id - a.id);
}

/**
 * The checks that the rules require beside ours, and whether they pass. GitHub does not say which App set a status,
 * so that a check pinned to an App is only passed by a check run.
 */
export function foreignChecks(
  contexts: readonly RawContext[],
  { rules, appId }: RepositoryFacts,
): PullRequestFacts['foreignChecks'] {
  return rules.requiredChecks
    .filter((required) => !(required.context === checkName && required.appId === appId))
    .map((required) => {
      const found = contexts.filter((each) =>
        each.type === 'CheckRun'
          ? each.name === required.context &&
            (required.appId === null || each.checkSuite.app?.databaseId === required.appId)
          : each.context === required.context && required.appId === null,
      );
      return { ...required, passed: found.length > 0 && found.every(passes) };
    });
}

function passes(context: RawContext): boolean {
  return context.type === 'CheckRun'
    ? ['SUCCESS', 'NEUTRAL', 'SKIPPED'].includes(context.conclusion ?? '')
    : context.state === 'SUCCESS';
}
