/** The verdict in plain words. Plain text: whoever puts it into Markdown escapes it. */
import type { NotCounted, Owner, Requirement } from './approval.ts';

/** Why a review did not count; reads on from the reviewer's login. */
export function describeNotCounted(code: NotCounted): string {
  return reasonsNotToCount[code];
}

const reasonsNotToCount: Readonly<Record<NotCounted, string>> = {
  'older-commit': 'approved an older commit',
  'before-plan': 'approved before this plan was shown',
  'before-base-change': 'approved before the base branch was changed',
  'before-head-change': 'approved before the last push',
  'after-merge': 'approved after the merge',
  requester: 'is the requester',
  author: 'is the author of a commit',
  committer: 'is the committer of a commit',
  'last-pusher': 'pushed the head',
  subject: 'is the one who would get the access',
  'same-person': 'is the same person as somebody who took part or whose approval counts',
  'not-a-person': 'is not a person',
  'cannot-write': 'cannot write here',
  dismissed: 'has a dismissed review',
  'not-required': 'is not among those who are asked',
};

/** What is demanded: `one of @acme/payments, @frank (CODEOWNERS line 12)`, `two of @acme/sre`, `@dan`. */
export function describeRequirement(requirement: Requirement): string {
  if (requirement.kind === 'team') return `${countWord(requirement.count)} of @${requirement.team}`;
  if (requirement.kind === 'user') return `@${requirement.login}`;
  const owners = requirement.owners.map(describeOwner).join(', ');
  return `${countWord(requirement.count)} of ${owners} (CODEOWNERS line ${requirement.line})`;
}

function describeOwner(owner: Owner): string {
  if (owner.kind === 'email') return owner.email;
  return owner.kind === 'team' ? `@${owner.team}` : `@${owner.login}`;
}

const countWords = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

function countWord(count: number): string {
  return countWords[count] ?? String(count);
}
