import { describe, expect, test } from 'vitest';
import { planRequest, type PlanQuestion } from '../../src/lifecycle/plan.ts';
import { tipWith } from './branch-world.ts';
import { file, minute, noon, people, repositoryFiles, requestFile, requestText, teams } from './world.ts';

/** The digest of the plan, with texts of the default branch replaced. */
function digest(
  replaced: Readonly<Record<string, (text: string) => string>>,
  overrides: Partial<PlanQuestion> = {},
): string {
  const files = Object.entries(replaced).map(([path, change]) => {
    const before = repositoryFiles().get(path) ?? '';
    const after = change(before);
    expect(after).not.toBe(before);
    return [path, after] as const;
  });
  const planned = planRequest({
    repositoryId: 4242,
    tip: tipWith(files),
    file: file(requestFile, requestText),
    pullRequest: 12,
    openedAt: noon - 10 * minute,
    requester: people.alice,
    subjectAccount: null,
    teams,
    ...overrides,
  });
  if (!planned.ok) throw new Error(planned.findings.map(({ message }) => message).join('\n'));
  return planned.plan.digest;
}

const policy = '.github/curfew.yaml';
const owners = '.github/CODEOWNERS';

/** An account that somebody else registered under the login of one that was renamed. */
const namesake = { id: 1099, login: 'alice' };
const theirs: Partial<PlanQuestion> = {
  requester: namesake,
  teams: new Map([...teams, ['acme/engineers', { members: new Map([[1099, 'alice']]), canWrite: true }]]),
};
const renamed = {
  [policy]: (text: string) => text.replace('login: alice, id: 1001', 'login: alice, id: 1099'),
};

describe('a digest', () => {
  test('is the same for the same plan, in whatever pull request', () => {
    expect(digest({}, { pullRequest: 13 })).toBe(digest({}));
  });

  test('is the same where a line of CODEOWNERS merely moves', () => {
    expect(digest({ [owners]: (text) => `# One more line\n${text}` })).toBe(digest({}));
  });

  test.each<[string, () => string]>([
    ['the request', () => digest({}, { file: file(requestFile, requestText.replace('latency', 'errors')) })],
    ['the template', () => digest({ 'templates/debug-pod.yaml': (text) => `# New\n${text}` })],
    ['a role', () => digest({ 'templates/roles/debug-pod.yaml': (text) => `# New\n${text}` })],
    ['the account behind the name', () => digest(renamed, theirs)],
    ['who owns the path', () => digest({ [owners]: (text) => `${text}\n/access-requests/ @acme/sre\n` })],
    [
      'how many must approve',
      () =>
        digest({ [policy]: (text) => text.replaceAll('approvals: {owners: 1}', 'approvals: {owners: 2}') }),
    ],
  ])('is another where %s changes', (_, changed) => {
    expect(changed()).not.toBe(digest({}));
  });
});
