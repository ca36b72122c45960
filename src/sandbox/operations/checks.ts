/** Check suites, check runs and statuses. */
import { authorizeWrite, installationsOf } from '../access.ts';
import type { Actor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import { forbidden, notFound, unprocessable, validationFailed } from '../errors.ts';
import type { App, CheckAnnotation, CheckRun, CheckSuite, CommitStatus, Repository, User } from '../state.ts';

/** Fields of a check run that a request may set; what is left out stays. */
export interface CheckRunInput {
  readonly name?: string;
  readonly status?: CheckRun['status'];
  readonly conclusion?: CheckRun['conclusion'];
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly externalId?: string;
  readonly detailsUrl?: string;
  readonly title?: string;
  readonly summary?: string;
  readonly text?: string;
  readonly annotations?: readonly CheckAnnotation[];
  readonly actions?: CheckRun['actions'];
}

const maxText = 65_535;
const maxAnnotations = 50;

/** GitHub opens a check suite on every pushed commit for each App that may write checks. */
export function openCheckSuites(
  context: SandboxContext,
  repository: Repository,
  sha: string,
  branch: string,
  sender: User,
): void {
  for (const installation of installationsOf(context.state, repository)) {
    if (installation.permissions['checks'] !== 'write') continue;
    if (repository.checkSuites.some((suite) => suite.app === installation.app && suite.headSha === sha))
      continue;
    const checkSuite = createCheckSuite(context, repository, installation.app, sha, branch);
    context.emit({ event: 'check_suite', action: 'requested', repository, checkSuite, sender });
  }
}

function createCheckSuite(
  context: SandboxContext,
  repository: Repository,
  app: App,
  sha: string,
  branch: string | null,
): CheckSuite {
  const now = context.clock.now();
  const suite: CheckSuite = context.state.create('CS', {
    repository,
    app,
    headSha: sha,
    headBranch: branch,
    checkRuns: [],
    createdAt: now,
    updatedAt: now,
  });
  repository.checkSuites.push(suite);
  return suite;
}

/**
 * Creates a check run; a second of the same name on the same commit stands beside the first and hides it.
 * @throws ApiError 403 for people, 422 for an unknown commit or what is over the limits
 */
export function createCheckRun(
  context: SandboxContext,
  actor: Actor,
  repository: Repository,
  headSha: string,
  input: CheckRunInput & { readonly name: string },
): CheckRun {
  const app = checksApp(context, actor, repository);
  if (repository.git.readCommit(headSha) === undefined)
    throw unprocessable(`No commit found for SHA: ${headSha}`);
  assertWithinLimits(input);
  const now = context.clock.now();
  const existing = repository.checkSuites.find((suite) => suite.app === app && suite.headSha === headSha);
  const checkSuite =
    existing ?? createCheckSuite(context, repository, app, headSha, branchAt(repository, headSha));
  const checkRun: CheckRun = context.state.create('CR', {
    checkSuite,
    name: input.name,
    status: 'queued',
    conclusion: null,
    startedAt: input.startedAt ?? now,
    completedAt: null,
    externalId: null,
    detailsUrl: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
  });
  apply(checkRun, input, now);
  checkSuite.checkRuns.push(checkRun);
  checkSuite.updatedAt = now;
  context.emit({ event: 'check_run', action: 'created', repository, checkRun, sender: app.bot });
  if (checkRun.status === 'completed') {
    context.emit({ event: 'check_run', action: 'completed', repository, checkRun, sender: app.bot });
  }
  return checkRun;
}

/** @throws ApiError 403 for a check run of another App */
export function updateCheckRun(
  context: SandboxContext,
  actor: Actor,
  checkRun: CheckRun,
  input: CheckRunInput,
): CheckRun {
  const { checkSuite } = checkRun;
  const app = checksApp(context, actor, checkSuite.repository);
  if (app !== checkSuite.app)
    throw forbidden(
      'Invalid app_id `' + app.id + '` - check run can only be modified by the GitHub App that created it.',
    );
  assertWithinLimits(input);
  const wasCompleted = checkRun.status === 'completed';
  apply(checkRun, input, context.clock.now());
  checkSuite.updatedAt = context.clock.now();
  if (checkRun.status === 'completed' && !wasCompleted) {
    const { repository } = checkSuite;
    context.emit({ event: 'check_run', action: 'completed', repository, checkRun, sender: app.bot });
  }
  return checkRun;
}

function checksApp(context: SandboxContext, actor: Actor, repository: Repository): App {
  const authorized = authorizeWrite(context.state, actor, repository, {
    app: ['checks:write'],
    role: 'write',
  });
  if (authorized.kind !== 'installation') {
    throw forbidden('You must authenticate via a GitHub App.');
  }
  return authorized.app;
}

function assertWithinLimits(input: CheckRunInput): void {
  for (const field of ['summary', 'text'] as const) {
    if (Buffer.byteLength(input[field] ?? '') > maxText) {
      throw unprocessable(
        `Invalid request.\n\nOnly ${maxText} characters are allowed; ${field} is too long.`,
      );
    }
  }
  if ((input.annotations?.length ?? 0) > maxAnnotations) {
    throw unprocessable(
      `Invalid request.\n\nNo more than ${maxAnnotations} items are allowed in annotations.`,
    );
  }
  if (input.status === 'completed' && input.conclusion === undefined) {
    throw validationFailed('CheckRun', 'conclusion', 'missing_field');
  }
}

function apply(checkRun: CheckRun, input: CheckRunInput, now: number): void {
  const { annotations = [], conclusion, completedAt, ...fields } = input;
  Object.assign(checkRun, fields);
  checkRun.annotations = [...checkRun.annotations, ...annotations];
  if (conclusion !== undefined && conclusion !== null) {
    checkRun.status = 'completed';
    checkRun.conclusion = conclusion;
    checkRun.completedAt = completedAt ?? now;
  } else if (input.status !== undefined && input.status !== 'completed') {
    checkRun.conclusion = null;
    checkRun.completedAt = null;
  }
}

function branchAt(repository: Repository, sha: string): string | null {
  return repository.git.branches().find((branch) => repository.git.branch(branch) === sha) ?? null;
}

/** A person presses "Re-run" on a check: the App that owns it is told. */
export function rerequestCheckRun(context: SandboxContext, actor: Actor, checkRun: CheckRun): void {
  const { repository } = checkRun.checkSuite;
  const { user } = authorizeWrite(context.state, actor, repository, { app: ['checks:write'], role: 'write' });
  context.emit({ event: 'check_run', action: 'rerequested', repository, checkRun, sender: user });
}

/** A person presses "Re-run all checks". */
export function rerequestCheckSuite(context: SandboxContext, actor: Actor, checkSuite: CheckSuite): void {
  const { repository } = checkSuite;
  const { user } = authorizeWrite(context.state, actor, repository, { app: ['checks:write'], role: 'write' });
  context.emit({ event: 'check_suite', action: 'rerequested', repository, checkSuite, sender: user });
}

/** A person presses a button that the App put on its check run. */
export function requestCheckRunAction(
  context: SandboxContext,
  actor: Actor,
  checkRun: CheckRun,
  identifier: string,
): void {
  const { repository } = checkRun.checkSuite;
  const { user } = authorizeWrite(context.state, actor, repository, { app: ['checks:write'], role: 'write' });
  if (!checkRun.actions.some((action) => action.identifier === identifier)) throw notFound();
  context.emit({
    event: 'check_run',
    action: 'requested_action',
    repository,
    checkRun,
    identifier,
    sender: user,
  });
}

/** Sets a commit status: anybody with write access can, under any name. */
export function createStatus(
  context: SandboxContext,
  actor: Actor,
  repository: Repository,
  input: Pick<CommitStatus, 'sha' | 'context' | 'state' | 'description' | 'targetUrl'>,
): CommitStatus {
  const authorized = authorizeWrite(context.state, actor, repository, {
    app: ['statuses:write'],
    role: 'write',
  });
  if (repository.git.readCommit(input.sha) === undefined)
    throw unprocessable(`No commit found for SHA: ${input.sha}`);
  const status: CommitStatus = context.state.create('SC', {
    ...input,
    creator: authorized.user,
    appId: authorized.kind === 'installation' ? authorized.app.id : null,
    createdAt: context.clock.now(),
  });
  repository.statuses.push(status);
  context.emit({ event: 'status', repository, status, sender: authorized.user });
  return status;
}
