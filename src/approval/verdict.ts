/**
 * Which approvals count, and whether they are enough. A pure function: the same facts give the same verdict, in
 * whatever order they come. Where a fact is missing, the approval does not count.
 */
import type {
  ApprovalQuestion,
  ApprovalVerdict,
  NotCounted,
  Participant,
  Requirement,
  RequirementVerdict,
  Review,
  SatisfiedBy,
} from './approval.ts';
import { everybodyAsked, isAsked } from './asked.ts';
import { pair } from './pairing.ts';

/**
 * Judges all reviews of a pull request against everything that is demanded. Two approvals demanded are two people,
 * also where one person would fit both: see `pair`.
 */
export function judgeApprovals(question: ApprovalQuestion): ApprovalVerdict {
  const judged = latestOfEach(question.reviews).map((review) => ({
    review,
    why: standsAgainst(review, question),
  }));
  const valid = judged.filter(({ why }) => why === null).map(({ review }) => review);
  const changesRequested = valid.filter(({ state }) => state === 'CHANGES_REQUESTED');
  const people = groupByPerson(
    valid.filter(({ state }) => state === 'APPROVED'),
    question,
  );
  const approvals = assign(people, question);

  const counted = new Set(approvals.map(({ review }) => review));
  const requirements = question.requirements.map((requirement, number) =>
    judgeRequirement(
      requirement,
      approvals.filter((approval) => approval.requirement === number),
      counted,
      question,
    ),
  );
  const leftOver = people.flatMap((reviews) => {
    const why: NotCounted = reviews.some((review) => counted.has(review)) ? 'same-person' : 'not-required';
    return reviews.filter((review) => !counted.has(review)).map((review) => ({ review, why }));
  });
  return {
    met: changesRequested.length === 0 && requirements.every(({ met }) => met),
    requirements,
    notCounted: [...judged, ...leftOver]
      .flatMap(({ review, why }) => (why === null ? [] : [{ review, why }]))
      .sort((a, b) => inOrder(a.review, b.review))
      .map(({ review, why }) => ({ login: review.reviewer.login, why })),
    changesRequested: changesRequested.map(({ reviewer }) => reviewer.login),
  };
}

/** Earlier first; two of the same second by their id. */
function inOrder(a: Review, b: Review): number {
  return a.submittedAt - b.submittedAt || a.id - b.id;
}

/** The latest review of each reviewer, in order. */
function latestOfEach(reviews: readonly Review[]): readonly Review[] {
  const latest = new Map<number, Review>();
  for (const review of [...reviews].sort(inOrder)) latest.set(review.reviewer.id, review);
  return [...latest.values()].sort(inOrder);
}

/** Why a review does not count; null where it does. What the reviewer cannot change by another review comes first. */
function standsAgainst(review: Review, question: ApprovalQuestion): NotCounted | null {
  if (review.state === 'DISMISSED') return 'dismissed';
  if (review.reviewer.type !== 'User') return 'not-a-person';
  if (!review.reviewer.canWrite) return 'cannot-write';
  // Whoever may write here may object, at whatever commit and in whatever role.
  if (review.state === 'CHANGES_REQUESTED') return null;
  return tookPart(review.reviewer.id, question) ?? isStale(review, question);
}

/** The roles in the order in which they are told. */
const roles: readonly Participant['role'][] = ['requester', 'subject', 'author', 'committer', 'last-pusher'];

function tookPart(id: number, { participants, kubernetesUsers }: ApprovalQuestion): NotCounted | null {
  const own = new Set(participants.filter((participant) => participant.id === id).map(({ role }) => role));
  const role = roles.find((candidate) => own.has(candidate));
  if (role !== undefined) return role;
  const user = kubernetesUsers.get(id);
  const shares = user !== undefined && participants.some((other) => kubernetesUsers.get(other.id) === user);
  return shares ? 'same-person' : null;
}

/** Comparisons say what must hold, so that a time which is no number never passes. */
function isStale(
  { commit, submittedAt }: Review,
  { head, notBefore, mergedAt }: ApprovalQuestion,
): NotCounted | null {
  if (commit !== head) return 'older-commit';
  if (notBefore.base !== null && !(submittedAt >= notBefore.base)) return 'before-base-change';
  if (notBefore.head !== null && !(submittedAt >= notBefore.head)) return 'before-head-change';
  if (notBefore.digest === null || !(submittedAt >= notBefore.digest)) return 'before-plan';
  if (mergedAt !== null && !(submittedAt <= mergedAt)) return 'after-merge';
  return null;
}

/** Who an account belongs to: accounts that map to one Kubernetes user are one person. */
function personOf(id: number, { kubernetesUsers }: ApprovalQuestion): string {
  const user = kubernetesUsers.get(id);
  return user === undefined ? `account ${id}` : `user ${user}`;
}

/** The approvals of each person, in the order of each person's first. */
function groupByPerson(
  reviews: readonly Review[],
  question: ApprovalQuestion,
): readonly (readonly Review[])[] {
  return [...Map.groupBy(reviews, ({ reviewer }) => personOf(reviewer.id, question)).values()];
}

interface CountedApproval {
  readonly review: Review;
  /** Position of the requirement that it stands for. */
  readonly requirement: number;
}

/** One approval of each person who is asked, with what it stands for. Who is more than enough stands along. */
function assign(
  people: readonly (readonly Review[])[],
  question: ApprovalQuestion,
): readonly CountedApproval[] {
  const { requirements, teams } = question;
  const approvalFor = (person: number, number: number): Review | undefined => {
    const requirement = requirements[number];
    return people[person]?.find(
      ({ reviewer }) => requirement !== undefined && isAsked(requirement, reviewer, teams),
    );
  };
  const places = requirements.map(({ count }) => count);
  const paired = pair(people.length, places, (person, number) => approvalFor(person, number) !== undefined);
  return people.flatMap((_, person) => {
    const placed = paired.findIndex((inIt) => inIt.includes(person));
    const number =
      placed === -1 ? requirements.findIndex((_, i) => approvalFor(person, i) !== undefined) : placed;
    const review = approvalFor(person, number);
    return review === undefined ? [] : [{ review, requirement: number }];
  });
}

function judgeRequirement(
  requirement: Requirement,
  approvals: readonly CountedApproval[],
  counted: ReadonlySet<Review>,
  question: ApprovalQuestion,
): RequirementVerdict {
  const met = approvals.length >= requirement.count;
  return {
    requirement,
    satisfiedBy: approvals
      .map(({ review }) => review)
      .sort(inOrder)
      .map((review) => toEvidence(review, question.head)),
    met,
    could: met ? [] : couldSatisfy(requirement, counted, question),
  };
}

/** An approval that counts is one of the head. */
function toEvidence({ id, reviewer, submittedAt }: Review, head: string): SatisfiedBy {
  return { id: reviewer.id, login: reviewer.login, review: id, commit: head, submittedAt };
}

/** Who is asked and neither took part, nor counts already, nor is known to be unable to approve. */
function couldSatisfy(
  requirement: Requirement,
  counted: ReadonlySet<Review>,
  question: ApprovalQuestion,
): readonly string[] {
  const { participants, reviews } = question;
  const taken = new Set([...counted].map(({ reviewer }) => personOf(reviewer.id, question)));
  const logins = new Set(participants.flatMap(({ login }) => login?.toLowerCase() ?? []));
  const unable = new Set(
    reviews.flatMap(({ reviewer }) => (reviewer.canWrite && reviewer.type === 'User' ? [] : [reviewer.id])),
  );
  const able = everybodyAsked(requirement, question).filter(
    ({ id, login }) =>
      !logins.has(login.toLowerCase()) &&
      (id === null ||
        (tookPart(id, question) === null && !taken.has(personOf(id, question)) && !unable.has(id))),
  );
  return able.map(({ login }) => login).sort();
}
