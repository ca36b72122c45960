/** Check runs and check suites. */
import { z } from 'zod';
import { parseInstant } from '../../base/instant.ts';
import { authorize } from '../access.ts';
import { checkRunsOn, latestCheckRuns } from '../checks.ts';
import { notFound, unprocessable } from '../errors.ts';
import {
  createCheckRun,
  rerequestCheckRun,
  rerequestCheckSuite,
  updateCheckRun,
} from '../operations/checks.ts';
import type { CheckRunInput } from '../operations/checks.ts';
import { checkAnnotation, checkRun, checkSuite } from '../represent/check.ts';
import type { CheckRun, CheckSuite, Repository } from '../state.ts';
import { commitNamed } from './commits.ts';
import { pick } from './repositories.ts';
import { json, numberParam, paginate, paginateAs, param, parseBody, repositoryOf, route } from './route.ts';
import type { Answer, Call } from './route.ts';

const read = { app: ['checks:read'], role: 'read' } as const;

export const checkRoutes = [
  route('POST /repos/{owner}/{repo}/check-runs', postCheckRun),
  route('GET /repos/{owner}/{repo}/check-runs/{check_run_id}', (call) => {
    return json(checkRun(call.context, readCheckRun(call)));
  }),
  route('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', (call) => {
    const input = toInput(parseBody(call, checkRunPatch));
    return json(checkRun(call.context, updateCheckRun(call.context, call.actor, checkRunOf(call), input)));
  }),
  route('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', (call) => {
    const run = readCheckRun(call);
    return paginate(call, run.annotations, (annotation) => checkAnnotation(call.context, run, annotation));
  }),
  route('POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest', (call) => {
    rerequestCheckRun(call.context, call.actor, checkRunOf(call));
    return json({}, 201);
  }),
  route('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', listCheckRuns),
  route('GET /repos/{owner}/{repo}/commits/{ref}/check-suites', listCheckSuites),
  route('GET /repos/{owner}/{repo}/check-suites/{check_suite_id}', (call) => {
    return json(checkSuite(call.context, readCheckSuite(call)));
  }),
  route('GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs', (call) => {
    const suite = readCheckSuite(call);
    const runs = filtered(call, checkRunsOn(suite.repository, suite.headSha)).filter(
      (run) => run.checkSuite === suite,
    );
    return paginateAs(call, 'check_runs', runs, (run) => checkRun(call.context, run));
  }),
  route('POST /repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest', (call) => {
    rerequestCheckSuite(call.context, call.actor, checkSuiteOf(call));
    return json({}, 201);
  }),
];

function readable(call: Call): Repository {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, read);
  return repository;
}

function checkRunOf(call: Call): CheckRun {
  const id = numberParam(call, 'check_run_id');
  const run = repositoryOf(call)
    .checkSuites.flatMap(({ checkRuns }) => checkRuns)
    .find((one) => one.id === id);
  if (run === undefined) throw notFound();
  return run;
}

function readCheckRun(call: Call): CheckRun {
  readable(call);
  return checkRunOf(call);
}

function checkSuiteOf(call: Call): CheckSuite {
  const id = numberParam(call, 'check_suite_id');
  const suite = repositoryOf(call).checkSuites.find((one) => one.id === id);
  if (suite === undefined) throw notFound();
  return suite;
}

function readCheckSuite(call: Call): CheckSuite {
  readable(call);
  return checkSuiteOf(call);
}

const timestamp = z.string().transform((text, issue) => {
  const instant = parseInstant(text);
  if (instant === null) issue.addIssue('not a timestamp');
  return instant ?? 0;
});

const annotationBody = z.object({
  path: z.string(),
  start_line: z.number(),
  end_line: z.number(),
  start_column: z.number().nullable().default(null),
  end_column: z.number().nullable().default(null),
  annotation_level: z.enum(['notice', 'warning', 'failure']),
  message: z.string(),
  title: z.string().nullable().default(null),
  raw_details: z.string().nullable().default(null),
});

const conclusions = [
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'success',
  'skipped',
  'timed_out',
] as const;

const checkRunBody = z.object({
  name: z.string().min(1),
  status: z.enum(['queued', 'in_progress', 'completed']).optional(),
  conclusion: z.enum(conclusions).optional(),
  started_at: timestamp.optional(),
  completed_at: timestamp.optional(),
  external_id: z.string().optional(),
  details_url: z.string().optional(),
  output: z
    .object({
      title: z.string().optional(),
      summary: z.string(),
      text: z.string().optional(),
      annotations: z.array(annotationBody).default([]),
    })
    .optional(),
  actions: z
    .array(
      z.object({
        label: z.string().max(20),
        description: z.string().max(40),
        identifier: z.string().max(20),
      }),
    )
    .max(3)
    .optional(),
});

const checkRunPatch = checkRunBody.partial();

function toInput(body: z.infer<typeof checkRunPatch>): CheckRunInput {
  const { output } = body;
  return {
    ...pick(body, 'name', 'status', 'conclusion', 'actions'),
    ...(body.started_at === undefined ? {} : { startedAt: body.started_at }),
    ...(body.completed_at === undefined ? {} : { completedAt: body.completed_at }),
    ...(body.external_id === undefined ? {} : { externalId: body.external_id }),
    ...(body.details_url === undefined ? {} : { detailsUrl: body.details_url }),
    ...(output === undefined ? {} : pick(output, 'title', 'summary', 'text')),
    ...(output === undefined ? {} : { annotations: output.annotations.map(toAnnotation) }),
  };
}

function toAnnotation(annotation: z.infer<typeof annotationBody>) {
  return {
    path: annotation.path,
    startLine: annotation.start_line,
    endLine: annotation.end_line,
    startColumn: annotation.start_column,
    endColumn: annotation.end_column,
    level: annotation.annotation_level,
    message: annotation.message,
    title: annotation.title,
    rawDetails: annotation.raw_details,
  };
}

function postCheckRun(call: Call): Answer {
  const { head_sha: headSha, ...body } = parseBody(call, checkRunBody.extend({ head_sha: z.string() }));
  if (body.output !== undefined && body.output.title === undefined)
    throw unprocessable('output.title is required');
  const input = { ...toInput(body), name: body.name };
  return json(
    checkRun(call.context, createCheckRun(call.context, call.actor, repositoryOf(call), headSha, input)),
    201,
  );
}

/** By `check_name`, `status` and `app_id`; there is no search by `external_id` (facts §10). */
function filtered(call: Call, runs: readonly CheckRun[]): CheckRun[] {
  const { query } = call;
  const [name, status, app] = [query.get('check_name'), query.get('status'), query.get('app_id')];
  return runs.filter(
    (run) =>
      (name === null || run.name === name) &&
      (status === null || run.status === status) &&
      (app === null || String(run.checkSuite.app.id) === app),
  );
}

/** The newest of each name and App, or with `filter=all` every one. */
function listCheckRuns(call: Call): Answer {
  const repository = readable(call);
  const { sha } = commitNamed(repository, param(call, 'ref'));
  const all = call.query.get('filter') === 'all';
  const runs = filtered(call, all ? checkRunsOn(repository, sha) : latestCheckRuns(repository, sha));
  return paginateAs(call, 'check_runs', runs, (run) => checkRun(call.context, run));
}

function listCheckSuites(call: Call): Answer {
  const repository = readable(call);
  const { sha } = commitNamed(repository, param(call, 'ref'));
  const app = call.query.get('app_id');
  const suites = repository.checkSuites.filter(
    (suite) => suite.headSha === sha && (app === null || String(suite.app.id) === app),
  );
  return paginateAs(call, 'check_suites', suites, (suite) => checkSuite(call.context, suite));
}
