import type { Subject } from './world.ts';

const account = /^system:serviceaccount:([^:]+):[^:]+$/;

/**
 * The subject as the API server sees a user of that name: every user is in `system:authenticated`, a service account
 * also in the groups of its kind and of its namespace, and `system:anonymous` in `system:unauthenticated` alone.
 */
export function subjectFor(user: string, groups: readonly string[]): Subject {
  if (user === 'system:anonymous') return { user, groups: unique([...groups, 'system:unauthenticated']) };
  const namespace = account.exec(user)?.[1];
  const own =
    namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return { user, groups: unique([...groups, ...own, 'system:authenticated']) };
}

function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}
