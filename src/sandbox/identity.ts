/** Who stands behind the names and addresses in commits. */
import type { Instant } from '../base/instant.ts';
import type { Commit, Signature } from './git/objects.ts';
import type { State, User } from './state.ts';

const webFlowEmail = 'noreply@github.com';

/** The committer of what GitHub commits itself, in its page or for an App. */
export function webFlowSignature(now: Instant): Signature {
  return { name: 'GitHub', email: webFlowEmail, date: now, offset: '+0000' };
}

/** The name and address with which GitHub commits for an account. */
export function accountSignature(user: User, now: Instant): Signature {
  const email = user.emails[0] ?? `${user.id}+${user.login}@users.noreply.github.com`;
  return { name: user.name ?? user.login, email, date: now, offset: '+0000' };
}

/** Whether this is GitHub itself, which has no account. */
export function isWebFlow(signature: Pick<Signature, 'email'>): boolean {
  return signature.email === webFlowEmail;
}

export interface Author {
  readonly name: string;
  readonly email: string;
  /** Undefined for an address that belongs to nobody. */
  readonly user: User | undefined;
}

/** The author and, from the trailers `Co-authored-by`, everybody who wrote with them. */
export function commitAuthors(state: State, commit: Commit): Author[] {
  const coAuthors = commit.message.matchAll(/(?<=^|\n)co-authored-by: *(.*?) *<([^<>\n]+)> *(?=\n|$)/gi);
  const all = [commit.author, ...[...coAuthors].map(([, name = '', email = '']) => ({ name, email }))];
  return all.map(({ name, email }) => ({ name, email, user: state.userByEmail(email) }));
}
