/** One grant commit: does everything that it says follow from the tree at which it was decided? */
import { formatInstant, type Instant } from '../base/instant.ts';
import type { AccessLife, BlobTexts, Mainline } from './access-history.ts';
import type { GrantEvidence } from './evidence.ts';
import type { TipFacts } from './facts.ts';
import { grantId } from './grant.ts';
import { grantText } from './grant-commit.ts';
import type { Plan } from './plan.ts';
import { parseRequestPath } from '../request/path.ts';
import { readTrusted } from './trusted.ts';
import { judgeGitLanding } from './verify-landing.ts';
import { judgeApprovalsAgain, planAgain } from './verify-plan.ts';

/** What a clock or a busy moment may take, in milliseconds: a sweep, and the time to land what it found. */
export const tolerance = 5 * 60_000;

/** What a grant commit comes to. */
export interface GrantVerdict {
  /** In sentences about the grant. */
  readonly differences: readonly string[];
  /** Null where it could not be planned again. */
  readonly plan: Plan | null;
}

/**
 * Judges a grant commit.
 *
 * @param tip the tree of its parent
 */
export function judgeGrantCommit(
  life: AccessLife,
  history: Mainline,
  tip: TipFacts | undefined,
  texts: BlobTexts,
): GrantVerdict {
  const { commit, evidence } = life;
  const shape = judgeShape(life);
  const [parent] = commit.parents;
  if (commit.parents.length !== 1 || parent !== evidence.tip || tip === undefined) {
    const message = `it was decided at Curfew-Tip ${evidence.tip}, but its parent is ${parent ?? 'none'}`;
    return { differences: [...shape, message], plan: null };
  }
  const blobs = judgeBlobs(evidence, tip);
  const policy = readTrusted(tip).policy?.value ?? null;
  const file = tip.requests.find(({ path }) => path === evidence.request);
  if (policy === null || file === undefined) return { differences: [...shape, ...blobs], plan: null };
  const landing = judgeGitLanding(life, history);
  const planned = planAgain(evidence, tip, file, policy);
  const known = [...shape, ...blobs, ...landing.differences];
  if (!planned.ok) {
    const why = planned.findings.map(({ message }) => message).join('; ');
    return { differences: [...known, `its request is refused at its tip: ${why}`], plan: null };
  }
  const { plan } = planned;
  const differences = [
    ...known,
    ...judgePlan(life, plan, texts),
    ...judgeApprovalsAgain(evidence, plan.requirements, landing, policy),
    ...judgeTimes(commit.committedAt, evidence, plan),
  ];
  return { differences, plan };
}

/** What can be said of the commit without any tree. */
function judgeShape({ commit, entry, evidence, adoption }: AccessLife): readonly string[] {
  const path = parseRequestPath(evidence.request);
  const id = path.ok ? grantId(evidence.repositoryId, path.value, evidence.pullRequest) : null;
  const [change, ...others] = commit.changes;
  const { repositoryId } = adoption.pin;
  return [
    ...(others.length === 0
      ? []
      : [`its commit changes ${commit.changes.length} files, not the grant alone`]),
    ...(others.length > 0 || change?.before === null
      ? []
      : ['it was written over a file that was there before']),
    ...(entry.mode === '100644' ? [] : [`it is no ordinary file (its mode is ${entry.mode})`]),
    ...(evidence.repositoryId === repositoryId
      ? []
      : [`its evidence is of repository ${evidence.repositoryId}, and Curfew adopted ${repositoryId} here`]),
    ...(evidence.grant === id
      ? []
      : [
          `it is called ${evidence.grant}, but pull request #${evidence.pullRequest} here makes ${id ?? 'none'}`,
        ]),
  ];
}

/** The blobs that the evidence names against those at its tip. */
function judgeBlobs(evidence: GrantEvidence, tip: TipFacts): readonly string[] {
  const trusted = readTrusted(tip);
  const { templateBlob, roleBlobs } = evidence;
  const blobs: readonly (readonly [string, string, string | undefined])[] = [
    ['the request', evidence.requestBlob, tip.requests.find(({ path }) => path === evidence.request)?.sha],
    ['the policy', evidence.policyBlob, tip.policy?.sha],
    ['CODEOWNERS', evidence.codeownersBlob, tip.codeowners?.sha],
    [`the template ${templateBlob.name}`, templateBlob.sha, trusted.templates.get(templateBlob.name)?.sha],
    ...roleBlobs.map(({ name, sha }) => [`the role ${name}`, sha, trusted.roles.get(name)?.sha] as const),
  ];
  return blobs
    .filter(([, named, there]) => named !== there)
    .map(
      ([what, named, there]) =>
        `its evidence names blob ${named} for ${what}, and at its tip it is ${there ?? 'missing'}`,
    );
}

/** The evidence and the bytes of the file against the plan. */
function judgePlan({ evidence, entry }: AccessLife, plan: Plan, texts: BlobTexts): readonly string[] {
  const compared: readonly (readonly [string, string, string])[] = [
    ['digest', evidence.digest, plan.digest],
    ['policy entry', evidence.policyEntry, plan.policyEntry],
    ['template', evidence.templateBlob.name, plan.template.value.name],
    ['Kubernetes user', evidence.subject.user, plan.subject.user],
    ['roles', namesOf(evidence.roleBlobs), namesOf(plan.roles)],
    ['end', formatInstant(evidence.expiresAt), formatInstant(evidence.grantedAt + plan.duration * 1000)],
  ];
  return [
    ...compared
      .filter(([, said, made]) => said !== made)
      .map(
        ([what, said, made]) =>
          `its evidence says ${what} ${said || 'none'}, and the plan at its tip makes it ${made || 'none'}`,
      ),
    ...(texts.get(entry.sha) === grantText(plan, evidence)
      ? []
      : ['its bytes are not those that follow from its plan and its evidence']),
  ];
}

function namesOf(roles: readonly { readonly name: string }[]): string {
  return roles.map(({ name }) => name).join(', ');
}

function judgeTimes(committedAt: Instant, evidence: GrantEvidence, plan: Plan): readonly string[] {
  const { mergedAt, grantedAt } = evidence;
  const startsAt = Math.max(mergedAt, plan.request.notBefore ?? mergedAt);
  const deadline = startsAt + plan.limits.grantWithin * 1000;
  return [
    // Times in evidence are whole seconds.
    ...(grantedAt >= startsAt - 1000
      ? []
      : [
          `it was granted at ${formatInstant(grantedAt)}, before it was to start at ${formatInstant(startsAt)}`,
        ]),
    ...(grantedAt <= deadline
      ? []
      : [
          `it was granted at ${formatInstant(grantedAt)}, and the time to grant it was over at ${formatInstant(deadline)}`,
        ]),
    ...(Math.abs(committedAt - grantedAt) <= tolerance
      ? []
      : [
          `it was committed at ${formatInstant(committedAt)}, not when it says that it was granted, ${formatInstant(grantedAt)}`,
        ]),
  ];
}
