/**
 * The plan: what a request would do if it were granted. The same function serves the open pull request, the branch
 * before it grants, and the command line, so that what is approved is what is granted.
 */
import { ownersOf, skippedLinesFor } from '../approval/codeowners.ts';
import type { Requirement, TeamFacts } from '../approval/approval.ts';
import { requirementsFor } from '../approval/requirements.ts';
import { sha256 } from '../base/digest.ts';
import type { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { isJsonObject } from '../base/json-type.ts';
import type { KubernetesObject } from '../base/json.ts';
import { finding, type Finding } from '../base/reasons.ts';
import { formatDuration } from '../base/duration.ts';
import { decidePolicy } from '../policy/decide.ts';
import { beyondCeilings } from '../policy/excess.ts';
import { identityByLogin } from '../policy/identity.ts';
import type { ApprovalDemand, EffectiveLimits, PersonInTeams, Policy } from '../policy/policy.ts';
import { parseAccessRequest, type ParsedRequest } from '../request/parse.ts';
import { parseRequestPath } from '../request/path.ts';
import type { AccessRequest, RequestPath } from '../request/request.ts';
import { renderTemplate, resolveParameters } from '../template/render.ts';
import type { Template } from '../template/template.ts';
import { judgeDangers } from './dangers.ts';
import { judgeEffect, type GrantEffect } from './effect.ts';
import type { AccountFacts, FileFacts, TipFacts } from './facts.ts';
import { blankGrantId, grantId } from './grant.ts';
import { teamsOf } from './teams.ts';
import { readCommittedCeilings, readPlainFile, readTrusted, type Sourced, type Trusted } from './trusted.ts';

/** An account of GitHub: the id counts, the login is for people. */
export interface Person {
  readonly id: number;
  readonly login: string;
}

/** A request file, and everything by which it is planned. */
export interface PlanQuestion {
  readonly repositoryId: number;
  readonly tip: TipFacts;
  readonly file: FileFacts;
  readonly pullRequest: number;
  /** When the pull request was opened: `notBefore` must have been ahead then. `-Infinity` where it is not known. */
  readonly openedAt: Instant;
  readonly requester: Person;
  /** The account that GitHub has under the login of `spec.for`; null where there is none. */
  readonly subjectAccount: AccountFacts | null;
  readonly teams: ReadonlyMap<string, TeamFacts>;
}

/** What would be granted; `digest` is over all that an approval approves. */
export interface Plan {
  readonly grantId: string;
  readonly path: RequestPath;
  readonly request: AccessRequest;
  readonly requestBlob: string;
  readonly template: Sourced<Template>;
  /** The catalog's roles that the grant binds. */
  readonly roles: readonly { readonly name: string; readonly sha: string }[];
  /** Seconds. */
  readonly duration: number;
  readonly requester: Person;
  readonly subject: Person & { readonly user: string };
  readonly environment: string;
  readonly policyEntry: string;
  readonly limits: EffectiveLimits;
  readonly requirements: readonly Requirement[];
  readonly objects: readonly KubernetesObject[];
  readonly effect: GrantEffect;
  readonly digest: string;
}

/** The plan, or everything that stands against the request. */
export type Planned =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly findings: readonly Finding[]; readonly faults: readonly Fault[] };

function refused(findings: readonly Finding[], faults: readonly Fault[] = []): Planned {
  return { ok: false, findings, faults };
}

/** Plans a request, or says everything that stands against it. */
export function planRequest(question: PlanQuestion): Planned {
  const { file, tip } = question;
  const path = parseRequestPath(file.path);
  if (!path.ok) return refused(invalid(path.faults), path.faults);
  const parsed = readPlainFile(file, parseAccessRequest);
  if (!parsed.ok) return refused(invalid(parsed.faults), parsed.faults);
  const trusted = readTrusted(tip);
  if (trusted.policy === null) return refused([finding('policy-invalid')]);
  return planParsed({
    ...question,
    trusted,
    policy: trusted.policy.value,
    path: path.value,
    parsed: parsed.value,
  });
}

function invalid(faults: readonly Fault[]): readonly Finding[] {
  return faults.map((fault) => finding('invalid-request', `Line ${fault.line}: ${fault.message}`));
}

interface ParsedQuestion extends PlanQuestion {
  readonly trusted: Trusted;
  readonly policy: Policy;
  readonly path: RequestPath;
  readonly parsed: ParsedRequest;
}

function planParsed(question: ParsedQuestion): Planned {
  const { trusted, policy, path, parsed, file, tip } = question;
  const { request } = parsed;
  const fault = (key: string, message: string, remedy: string): Fault => ({
    file: file.path,
    ...parsed.at(['spec', key]),
    message,
    remedy,
  });

  const template = trusted.templates.get(request.template);
  if (template === undefined) return withoutTemplate(question, fault);
  const scope = path.namespace === null ? 'cluster' : 'namespace';
  if (template.value.scope !== scope) {
    const message = `Template ${request.template} is for ${template.value.scope} scope, but the path asks for ${scope} scope`;
    return refused(
      [finding('wrong-scope', message)],
      [fault('template', message, 'choose another template or another path')],
    );
  }
  const parameters = resolveParameters(template.value, parsed, file.path);
  if (!parameters.ok) return refused(invalid(parameters.faults), parameters.faults);
  const duration = request.duration ?? template.value.duration.default;
  if (duration > template.value.duration.max) {
    const message = `The template allows ${formatDuration(template.value.duration.max)} at most, ${formatDuration(duration)} is asked for`;
    return refused([finding('duration-too-long', message)], [fault('duration', message, 'ask for less')]);
  }
  const start = startFinding(request.notBefore, question.openedAt);
  if (start !== null) {
    return refused([start], [fault('notBefore', start.message, 'leave it out, or choose another time')]);
  }

  const subject = resolveSubject(question);
  if (subject === null) {
    const message = `${request.for ?? question.requester.login} is not somebody whom the identities of the policy and GitHub agree on`;
    return refused(
      [finding('unknown-subject', message)],
      [fault('for', message, 'add the person to identities in .github/curfew.yaml')],
    );
  }
  const verdict = decidePolicy(policy, {
    cluster: path.cluster,
    namespace: path.namespace,
    template: request.template,
    duration,
    ticket: request.ticket,
    requester: inTeams(question.requester, question.teams),
    subject: inTeams(subject, question.teams),
  });
  if (!verdict.allowed) return refused(verdict.refusals.map(({ code, message }) => finding(code, message)));

  const render = (id: string) =>
    renderTemplate(
      template.value,
      parameters.value,
      { id, user: verdict.user, namespace: path.namespace, duration },
      new Map([...trusted.roles].map(([name, role]) => [name, role.value])),
    );
  const id = grantId(question.repositoryId, path, question.pullRequest);
  const objects = render(id);
  // The digest says what is granted, not under which name.
  const blank = render(blankGrantId);
  if (!objects.ok || !blank.ok) {
    const faults = objects.ok ? [] : objects.faults;
    return refused(
      faults.map((each) => finding('invalid-template', each.message)),
      faults,
    );
  }

  const beyond = refusedByCeilings(question, objects.value, duration, fault);
  if (beyond !== null) return beyond;

  const environment = policy.clusters[path.cluster]?.environment ?? 'production';
  const effect = judgeEffect({
    objects: objects.value,
    roles: [...trusted.roles.values()].map((role) => role.value),
    tip,
    policy,
    limits: verdict.limits,
    subjectUser: verdict.user,
    path,
  });
  const dangers = judgeDangers(effect, verdict, environment);
  if (dangers.refused.length > 0) {
    return refused(dangers.refused.map((danger) => finding('danger-refused', danger.message)));
  }
  const required = requirements(question, dangers.demand);
  if (!required.ok) return required;

  const roles = boundRoles(objects.value).map((name) => ({ name, sha: trusted.roles.get(name)?.sha ?? '' }));
  const plan: Omit<Plan, 'digest'> = {
    grantId: id,
    path,
    request,
    requestBlob: file.sha,
    template,
    roles,
    duration,
    requester: question.requester,
    subject: { ...subject, user: verdict.user },
    environment,
    policyEntry: verdict.entry,
    limits: verdict.limits,
    requirements: required.requirements,
    objects: objects.value,
    effect,
  };
  return { ok: true, plan: { ...plan, digest: digestOf(plan, blank.value) } };
}

/** What an approval approves: anything of this that changes needs new approvals. */
function digestOf(plan: Omit<Plan, 'digest'>, blank: readonly KubernetesObject[]): string {
  return sha256({
    request: plan.requestBlob,
    template: plan.template.sha,
    roles: plan.roles.map(({ name, sha }) => [name, sha]),
    subject: [plan.subject.id, plan.subject.user],
    objects: blank,
    duration: plan.duration,
    approvals: plan.requirements.map(demanded),
  });
}

/** The demand without the line number, which moves when somebody adds a comment to CODEOWNERS. */
function demanded(requirement: Requirement) {
  if (requirement.kind !== 'owners') return requirement;
  return { kind: requirement.kind, count: requirement.count, owners: requirement.owners };
}

/** How far ahead of the pull request a start may lie, in milliseconds: nobody approves what is forgotten by then. */
const furthestStart = 30 * 24 * 3600_000;

function startFinding(notBefore: Instant | null, openedAt: Instant): Finding | null {
  if (notBefore === null) return null;
  if (notBefore < openedAt) return finding('not-before-past');
  const tooFar = Number.isFinite(openedAt) && notBefore > openedAt + furthestStart;
  return tooFar ? finding('invalid-request', 'spec.notBefore is more than 30 days ahead') : null;
}

type FaultAt = (key: string, message: string, remedy: string) => Fault;

function withoutTemplate({ trusted, parsed }: ParsedQuestion, fault: FaultAt): Planned {
  const name = parsed.request.template;
  const broken = trusted.faults.find((candidate) => candidate.file === `templates/${name}.yaml`);
  if (broken !== undefined) {
    return refused([finding('invalid-template', `Line ${broken.line} of ${broken.file}: ${broken.message}`)]);
  }
  const known = [...trusted.templates.keys()].sort();
  const message = `There is no template ${name}`;
  const remedy = `choose one of: ${known.join(', ')}`;
  return refused([finding('unknown-template', message)], [fault('template', message, remedy)]);
}

/** What the cluster would refuse is not granted first and withdrawn afterwards. */
function refusedByCeilings(
  { tip, path }: ParsedQuestion,
  objects: readonly KubernetesObject[],
  duration: number,
  fault: FaultAt,
): Planned | null {
  const ceilings = readCommittedCeilings(tip, path.cluster);
  if (!ceilings.ok) {
    return refused(
      ceilings.faults.map(({ file, line, message }) =>
        finding('ceilings-invalid', `Line ${line} of ${file}: ${message}`),
      ),
      ceilings.faults,
    );
  }
  const excess = ceilings.value === null ? [] : beyondCeilings(ceilings.value, objects, duration);
  if (excess.length === 0) return null;
  return refused(
    excess.map(({ message }) => finding('beyond-ceilings', message)),
    excess.map(({ field, message, remedy }) => fault(field, message, remedy)),
  );
}

/**
 * The person who gets the access. A login can be renamed and registered again by somebody else, so `spec.for` counts
 * only where the policy's identity and GitHub give that login the same account id.
 */
function resolveSubject({ parsed, policy, requester, subjectAccount }: ParsedQuestion): Person | null {
  const login = parsed.request.for;
  if (login === null) return requester;
  const identity = identityByLogin(policy, login);
  if (identity === null || subjectAccount === null || subjectAccount.type !== 'User') return null;
  return identity.id === subjectAccount.id ? { id: identity.id, login: subjectAccount.login } : null;
}

function inTeams(person: Person, teams: ReadonlyMap<string, TeamFacts>): PersonInTeams {
  return { ...person, teams: teamsOf(person.id, teams) };
}

function requirements(
  { trusted, tip, file, teams }: ParsedQuestion,
  demand: ApprovalDemand,
): { readonly ok: true; readonly requirements: readonly Requirement[] } | Extract<Planned, { ok: false }> {
  const noOwner = (message: string) => ({
    ok: false as const,
    findings: [finding('no-owner', message)],
    faults: [],
  });
  const codeowners = trusted.codeowners?.value;
  if (codeowners === undefined) return noOwner('There is no CODEOWNERS file on the default branch');
  const [skipped] = skippedLinesFor(codeowners, file.path);
  if (skipped !== undefined) {
    return noOwner(
      `Line ${skipped.line} of ${codeowners.file} could have meant this path, but GitHub skips it: ${skipped.message}`,
    );
  }
  const built = requirementsFor(demand, ownersOf(codeowners, file.path), {
    teams,
    codeownersErrorLines: tip.codeownersErrorLines,
  });
  return built.ok ? { ok: true, requirements: built.requirements } : noOwner(built.message);
}

/** Names of the ClusterRoles that the objects bind, sorted, each once. */
export function boundRoles(objects: readonly KubernetesObject[]): readonly string[] {
  const names = objects.flatMap((object) => {
    const roleRef = object['roleRef'];
    const name = isJsonObject(roleRef) ? roleRef['name'] : null;
    return typeof name === 'string' ? [name] : [];
  });
  return [...new Set(names)].sort();
}

/** The path as people write it: `payments on prod-eu`, or `the whole cluster prod-eu`. */
export function describeScope(path: RequestPath): string {
  return path.namespace === null
    ? `the whole cluster ${path.cluster}`
    : `${path.namespace} on ${path.cluster}`;
}

/** The login that a request names as its subject; null where it names none or cannot be read. */
export function requestedSubject(file: FileFacts): string | null {
  const parsed = readPlainFile(file, parseAccessRequest);
  return parsed.ok ? parsed.value.request.for : null;
}
