/**
 * What the policy says to a request. It denies unless one allow entry fits the request whole, and every limit that
 * fits lets it pass: an entry only adds, a limit only takes away, so that each line can be judged alone.
 */
import { formatDuration } from '../base/duration.ts';
import { lookup } from '../base/lookup.ts';
import { compilePattern } from '../base/pattern.ts';
import { quote } from '../base/text.ts';
import type { Scope } from '../request/request.ts';
import { demandSize, joinDemands, noApprovals } from './demand.ts';
import { identityOf, kubernetesUser } from './identity.ts';
import { effectiveLimits, limitsFor } from './limits.ts';
import type {
  AllowEntry,
  ApprovalDemand,
  Identity,
  LimitEntry,
  Policy,
  PolicyQuestion,
  PolicyRefusal,
  PolicyVerdict,
} from './policy.ts';
import { formatPrincipal, isPrincipal } from './principals.ts';
import { allowReaches, formatScope, limitReaches } from './scopes.ts';

/**
 * Judges a request. The subject must be among the requesters of an entry, for it is the subject who gets the access;
 * who asks for somebody else must be named in `onBehalf` as well.
 *
 * Where several entries fit, the one counts that together with the limits demands the fewest approvals in all. So a
 * further entry never makes a request need more of them, nor a further limit fewer; and whichever entry counts, what
 * each limit demands is demanded.
 */
export function decidePolicy(policy: Policy, question: PolicyQuestion): PolicyVerdict {
  const limits = effectiveLimits(policy, question);
  if (lookup(policy.clusters, question.cluster) === undefined) {
    const message = `The policy knows no cluster ${quote(question.cluster)}`;
    return { allowed: false, refusals: [{ code: 'unknown-cluster', message }], limits };
  }
  const identity = identityOf(policy, question.subject.id);
  const fitting = policy.allow.filter((entry) => gaps(policy, entry, question).length === 0);
  const refusals = [
    ...personRefusals(policy, question, identity),
    ...(fitting.length === 0 ? [nearestEntry(policy, question)] : []),
    ...limitsFor(policy, question).flatMap((limit) => limitRefusals(limit, question)),
  ];
  const [chosen] = withLimits(policy, question, fitting);
  if (refusals.length > 0 || chosen === undefined || identity === null)
    return { allowed: false, refusals, limits };
  return { allowed: true, ...chosen, limits, user: kubernetesUser(identity, question.cluster) };
}

interface Choice {
  readonly entry: string;
  readonly approvals: ApprovalDemand;
}

/** The entries with what the limits add to their demands: fewest approvals first, then in the order of the file. */
function withLimits(policy: Policy, scope: Scope, entries: readonly AllowEntry[]): readonly Choice[] {
  const demanded = limitsFor(policy, scope)
    .map(({ approvals }) => approvals ?? noApprovals)
    .reduce(joinDemands, noApprovals);
  return entries
    .map((entry) => ({ entry: entry.name, approvals: joinDemands(entry.approvals, demanded) }))
    .sort((a, b) => demandSize(a.approvals) - demandSize(b.approvals));
}

function personRefusals(
  policy: Policy,
  { cluster, requester, subject }: PolicyQuestion,
  identity: Identity | null,
): readonly PolicyRefusal[] {
  const refusals: PolicyRefusal[] = [];
  if (identity === null) {
    const message = `The policy has no identity for ${subject.login} (account ${subject.id}), so nobody on ${cluster} could be given access`;
    refusals.push({ code: 'no-identity', message });
  }
  const forAnother = requester.id !== subject.id;
  if (forAnother && !policy.onBehalf.some((principal) => isPrincipal(policy, principal, requester))) {
    const message = `${requester.login} asks for ${subject.login}, and onBehalf does not name ${requester.login}`;
    refusals.push({ code: 'on-behalf-denied', message });
  }
  return refusals;
}

/** What an entry lacks for a request; weighed, so that the entry that came nearest can be named. */
interface Gap {
  readonly kind: 'requester' | 'scope' | 'protected' | 'template' | 'duration';
  readonly text: string;
}

/** What is easiest for the requester to change weighs least. */
const weights: Readonly<Record<Gap['kind'], number>> = {
  duration: 1,
  template: 2,
  protected: 3,
  scope: 4,
  requester: 5,
};

function gaps(policy: Policy, entry: AllowEntry, question: PolicyQuestion): readonly Gap[] {
  const found: Gap[] = [];
  if (!entry.requesters.some((principal) => isPrincipal(policy, principal, question.subject))) {
    found.push({
      kind: 'requester',
      text: `is for ${entry.requesters.map(formatPrincipal).join(', ')}, and ${question.subject.login} is not among them`,
    });
  }
  if (!entry.templates.includes(question.template)) {
    found.push({ kind: 'template', text: `gives ${entry.templates.join(', ')}, not ${question.template}` });
  }
  if (!entry.scopes.some((pattern) => allowReaches(policy, pattern, question)))
    found.push(scopeGap(entry, question));
  if (question.duration > entry.maxDuration) {
    const text = `allows ${formatDuration(entry.maxDuration)} at most, not ${formatDuration(question.duration)}`;
    found.push({ kind: 'duration', text });
  }
  return found;
}

function scopeGap(entry: AllowEntry, question: PolicyQuestion): Gap {
  const scope = formatScope(question);
  const text = `reaches ${entry.scopes.join(', ')}, not ${scope}`;
  // As a limit the pattern would reach it: then it is only the protection that stands in the way.
  if (!entry.scopes.some((pattern) => limitReaches(pattern, question))) return { kind: 'scope', text };
  return {
    kind: 'protected',
    text: `reaches ${scope} only when it names it without "*", for it is protected`,
  };
}

function weight(found: readonly Gap[]): number {
  return found.reduce((sum, { kind }) => sum + weights[kind], 0);
}

/** The refusal when no entry fits: the entry that came nearest and what it lacked. */
function nearestEntry(policy: Policy, question: PolicyQuestion): PolicyRefusal {
  const [nearest] = policy.allow
    .map((entry) => ({ entry, lacks: gaps(policy, entry, question) }))
    .toSorted((a, b) => weight(a.lacks) - weight(b.lacks) || a.entry.line - b.entry.line);
  if (nearest === undefined)
    return { code: 'policy-denied', message: 'The policy allows nothing: its list allow is empty' };
  const { entry, lacks } = nearest;
  const message = `No entry of the policy allows this. ${quote(entry.name)} (line ${entry.line}) comes nearest, but it ${lacks.map(({ text }) => text).join(', and ')}`;
  const [first, ...more] = lacks;
  if (first?.kind === 'duration' && more.length === 0) return { code: 'duration-too-long', message };
  return {
    code: lacks.some(({ kind }) => kind === 'protected') ? 'protected-namespace' : 'policy-denied',
    message,
  };
}

function limitRefusals(limit: LimitEntry, question: PolicyQuestion): readonly PolicyRefusal[] {
  const refusals: PolicyRefusal[] = [];
  const where = `the limit at line ${limit.line} of the policy`;
  if (limit.maxDuration !== null && question.duration > limit.maxDuration) {
    const message = `${formatDuration(question.duration)} is asked for, and ${where} allows ${formatDuration(limit.maxDuration)} at most`;
    refusals.push({ code: 'duration-too-long', message });
  }
  if (limit.ticket !== null && !matchesTicket(limit.ticket, question.ticket)) {
    const given = question.ticket === null ? 'none is given' : `${quote(question.ticket)} does not`;
    refusals.push({
      code: 'ticket-missing',
      message: `A ticket that matches ${limit.ticket} is wanted by ${where}, and ${given}`,
    });
  }
  return refusals;
}

function matchesTicket(pattern: string, ticket: string | null): boolean {
  return ticket !== null && (compilePattern(pattern)?.matches(ticket) ?? false);
}
