/** One request file, judged against the repository that it lies in: whatever can be said without knowing who asks. */
import { ownersOf, skippedLinesFor, type Codeowners } from '../approval/codeowners.ts';
import { formatDuration } from '../base/duration.ts';
import type { Fault } from '../base/fault.ts';
import { lookup } from '../base/lookup.ts';
import type { KubernetesObject } from '../base/json.ts';
import { compilePattern } from '../base/pattern.ts';
import { didYouMean } from '../base/suggest.ts';
import { quote } from '../base/text.ts';
import type { Ceilings } from '../policy/ceilings.ts';
import { entriesFor } from '../policy/entries.ts';
import { beyondCeilings } from '../policy/excess.ts';
import { identityByLogin } from '../policy/identity.ts';
import { effectiveLimits } from '../policy/limits.ts';
import type { Policy } from '../policy/policy.ts';
import { formatScope } from '../policy/scopes.ts';
import { parseAccessRequest, type ParsedRequest } from '../request/parse.ts';
import { parseRequestPath } from '../request/path.ts';
import type { RequestPath } from '../request/request.ts';
import { renderTemplate, resolveParameters } from '../template/render.ts';
import type { CatalogRole, Template } from '../template/template.ts';
import { blankGrantId } from './grant.ts';

/** What the files of an access repository say, as far as they could be read. */
export interface Repository {
  readonly policy: Policy | null;
  readonly codeowners: Codeowners | null;
  /** By name. */
  readonly templates: ReadonlyMap<string, Template>;
  /** By name with prefix. */
  readonly roles: ReadonlyMap<string, CatalogRole>;
  /** By cluster. */
  readonly ceilings: ReadonlyMap<string, Ceilings>;
}

/** A request that is well-formed, in its place. */
interface Request {
  readonly file: string;
  readonly path: RequestPath;
  readonly parsed: ParsedRequest;
  /** Null where there is no such template. */
  readonly template: Template | null;
  /** Seconds; the template's default where the request says nothing. */
  readonly duration: number;
}

/** Every fault of a request file. */
export function validateRequest(file: string, text: string, repository: Repository): readonly Fault[] {
  const path = parseRequestPath(file);
  if (!path.ok) return path.faults;
  const parsed = parseAccessRequest(file, text);
  if (!parsed.ok) return parsed.faults;
  const template = repository.templates.get(parsed.value.request.template) ?? null;
  const duration = parsed.value.request.duration ?? template?.duration.default ?? 0;
  const request: Request = { file, path: path.value, parsed: parsed.value, template, duration };
  return [
    ...checkOwners(file, repository.codeowners),
    ...checkTemplate(request, repository),
    ...(repository.policy === null ? [] : checkPolicy(request, repository.policy)),
  ];
}

function faultAt({ file, parsed }: Request, field: string, message: string, remedy: string): Fault {
  return { file, ...parsed.at(['spec', field]), message, remedy };
}

function checkOwners(file: string, codeowners: Codeowners | null): readonly Fault[] {
  if (codeowners === null) return [];
  const skipped = skippedLinesFor(codeowners, file).map((fault) => ({
    file,
    line: 1,
    column: 1,
    message: `line ${fault.line} of ${fault.file} could have meant this path, but GitHub skips it: ${fault.message}`,
    remedy: 'correct that line',
  }));
  if (skipped.length > 0 || ownersOf(codeowners, file).owners.length > 0) return skipped;
  const remedy = 'name the people who answer for it, with write access';
  return [{ file, line: 1, column: 1, message: `nobody owns this path in ${codeowners.file}`, remedy }];
}

/** Stands for the grant that the request would become. */
const placeholder = { id: blankGrantId, user: 'user@example.com' };

function checkTemplate(request: Request, { roles, templates, ceilings }: Repository): readonly Fault[] {
  const { file, path, parsed, template, duration } = request;
  if (template === null) {
    const name = parsed.request.template;
    return [
      faultAt(
        request,
        'template',
        `there is no valid template ${quote(name)}`,
        didYouMean(name, templates.keys()),
      ),
    ];
  }
  const scope = path.namespace === null ? 'cluster' : 'namespace';
  if (template.scope !== scope) {
    const message = `${template.name} is a template of ${template.scope} scope, and the path asks for ${scope} scope`;
    return [faultAt(request, 'template', message, 'choose another template, or another path')];
  }
  const faults: Fault[] = [];
  if (duration > template.duration.max) {
    const message = `${formatDuration(duration)} is longer than the template ${template.name} allows`;
    faults.push(
      faultAt(request, 'duration', message, `ask for ${formatDuration(template.duration.max)} at most`),
    );
  }
  const parameters = resolveParameters(template, parsed, file);
  if (!parameters.ok) return [...faults, ...parameters.faults];
  const context = { ...placeholder, namespace: path.namespace, duration };
  const rendered = renderTemplate(template, parameters.value, context, roles);
  return [
    ...faults,
    ...(rendered.ok ? checkCeilings(request, ceilings.get(path.cluster), rendered.value) : rendered.faults),
  ];
}

function checkCeilings(
  request: Request,
  ceilings: Ceilings | undefined,
  objects: readonly KubernetesObject[],
): readonly Fault[] {
  if (ceilings === undefined) return [];
  // Who asks is not known here.
  return beyondCeilings({ ...ceilings, users: ['*'] }, objects, request.duration).map(
    ({ field, message, remedy }) => faultAt(request, field, message, remedy),
  );
}

function checkPolicy(request: Request, policy: Policy): readonly Fault[] {
  const { file, path, parsed, duration } = request;
  if (lookup(policy.clusters, path.cluster) === undefined) {
    const message = `${quote(path.cluster)} is not a cluster of the policy`;
    return [
      { file, line: 1, column: 1, message, remedy: didYouMean(path.cluster, Object.keys(policy.clusters)) },
    ];
  }
  const scope = formatScope(path);
  const faults: Fault[] = [];
  const entries = entriesFor(policy, path, parsed.request.template);
  const limits = effectiveLimits(policy, path);
  const longest = Math.min(
    limits.maxDuration ?? Infinity,
    Math.max(...entries.map((entry) => entry.maxDuration)),
  );
  if (entries.length === 0) {
    const message = `no entry of the policy allows ${parsed.request.template} in ${scope}`;
    faults.push(
      faultAt(request, 'template', message, 'ask for another template or scope, or have an entry added'),
    );
  } else if (duration > longest) {
    const message = `${formatDuration(duration)} is longer than the policy allows in ${scope}`;
    faults.push(faultAt(request, 'duration', message, `ask for ${formatDuration(longest)} at most`));
  }
  for (const pattern of limits.tickets) {
    const { ticket } = parsed.request;
    if (ticket !== null && (compilePattern(pattern)?.matches(ticket) ?? false)) continue;
    const message = `the policy wants a ticket that matches ${pattern} in ${scope}`;
    faults.push(faultAt(request, 'ticket', message, 'name it in spec.ticket'));
  }
  const subject = parsed.request.for;
  if (subject !== null && identityByLogin(policy, subject) === null) {
    const logins = policy.identities.map(({ login }) => login);
    faults.push(
      faultAt(request, 'for', `${quote(subject)} has no identity in the policy`, didYouMean(subject, logins)),
    );
  }
  return faults;
}
