/** How a request reached the default branch, by git alone: what its merge changed, and whose commits it was made of. */
import type { Participant } from '../approval/approval.ts';
import type { Policy } from '../policy/policy.ts';
import {
  accountOf,
  type AccessLife,
  type EntryChange,
  type GitCommit,
  type GitPerson,
  type Mainline,
  type MainlineCommit,
} from './access-history.ts';
import type { GrantEvidence } from './evidence.ts';

/** What git tells of a landing. */
export interface GitLanding {
  /** What contradicts the evidence, in sentences. */
  readonly differences: readonly string[];
  /** Who wrote what was merged: authors, co-authors, and committers where they are still told. */
  readonly people: readonly (GitPerson & { readonly role: 'author' | 'committer' })[];
}

/** Holds the evidence of a grant against the merge that it names. */
export function judgeGitLanding({ evidence, commit }: AccessLife, history: Mainline): GitLanding {
  const { mergeCommit, head, request, requestBlob } = evidence;
  const at = history.position(mergeCommit);
  const merge = history.commits[at];
  if (merge === undefined || at >= history.position(commit.sha)) {
    const message = `Curfew-Merge names ${mergeCommit}, which is no commit of the branch before this one`;
    return { differences: [message], people: [] };
  }
  const [, second, third] = merge.parents;
  const landed = second === undefined ? landedBy(history.commits, at, request) : [merge];
  const [change, ...others] = total(landed);
  const exactly =
    others.length === 0 &&
    change?.path === request &&
    change.before === null &&
    change.after?.sha === requestBlob &&
    change.after.mode === '100644';
  const otherHead = second !== undefined && (second !== head || third !== undefined);
  return {
    differences: [
      ...(exactly
        ? []
        : [`its merge ${mergeCommit} did not land ${request} as blob ${requestBlob} and nothing else`]),
      ...(otherHead ? [`its merge ${mergeCommit} merged another head than ${head}`] : []),
    ],
    people: second === undefined ? landed.flatMap(authorsOf) : merge.brought.flatMap(peopleOf),
  };
}

/** The commits up to the last one that together brought the file: one for a squash, perhaps several for a rebase. */
function landedBy(commits: readonly MainlineCommit[], last: number, path: string): readonly MainlineCommit[] {
  const adds = (commit: MainlineCommit | undefined): boolean =>
    commit?.changes.some((change) => change.path === path && change.before === null) ?? false;
  let first = last;
  while (first > 0 && !adds(commits[first])) first -= 1;
  return commits.slice(first, last + 1);
}

/** What consecutive commits changed in all. */
function total(commits: readonly MainlineCommit[]): readonly EntryChange[] {
  const changes = new Map<string, EntryChange>();
  for (const { path, before, after } of commits.flatMap((commit) => commit.changes)) {
    changes.set(path, {
      path,
      before: changes.has(path) ? (changes.get(path)?.before ?? null) : before,
      after,
    });
  }
  return [...changes.values()].filter(
    ({ before, after }) => before?.sha !== after?.sha || before?.mode !== after?.mode,
  );
}

function authorsOf({ author, message }: GitCommit): GitLanding['people'] {
  const coAuthors = message.matchAll(/^co-authored-by: *(.*?) *<([^<>\n]+)>/gim);
  const all = [author, ...[...coAuthors].map(([, name = '', email = '']) => ({ name, email }))];
  return all.map((person) => ({ ...person, role: 'author' }));
}

/** A squash or a rebase has whoever merged as committer; here it is who made the commit, or GitHub for its web page. */
function peopleOf(commit: GitCommit): GitLanding['people'] {
  const { committer } = commit;
  const byGitHub = committer.email.startsWith('noreply@');
  return [...authorsOf(commit), ...(byGitHub ? [] : [{ ...committer, role: 'committer' as const }])];
}

/**
 * Everybody who took part, as far as git tells who they are: by the address that GitHub gives to an account, or by an
 * address that is the Kubernetes user of an identity.
 */
export function participantsInGit(
  evidence: GrantEvidence,
  { people }: GitLanding,
  policy: Policy,
): readonly Participant[] {
  const known = people.flatMap((person): readonly Participant[] => {
    const account = accountOf(person);
    const email = person.email.toLowerCase();
    const ids = policy.identities
      .filter(({ user, users }) =>
        [user, ...Object.values(users)].some((name) => name.toLowerCase() === email),
      )
      .map(({ id }) => id);
    return [...(account === null ? [] : [account.id]), ...ids].map((id) => ({ id, role: person.role }));
  });
  return [
    { ...evidence.requester, role: 'requester' },
    { id: evidence.subject.id, login: evidence.subject.login, role: 'subject' },
    ...known,
  ];
}
