/**
 * What the asker may read, field by field: GitHub makes a field null that an App may not see, says FORBIDDEN, and
 * answers the rest.
 */
import { authorize, permits, repositoryPermission, includes, type Need } from '../access.ts';
import { forbidden, notAccessible } from '../errors.ts';
import type { Organization, Repository } from '../state.ts';
import type { Context } from './context.ts';

/** @throws ApiError where the asker may not read this part of the repository. */
export function requireRead(context: Context, repository: Repository, ...app: Need['app']): void {
  authorize(context.sandbox.state, context.actor, repository, { app, role: 'read' });
}

/** @throws ApiError where the asker may not see who belongs to an organisation and its teams. */
export function requireMembers(context: Context, organization: Organization): void {
  const { actor } = context;
  if (actor.kind === 'installation') {
    if (actor.installation.account !== organization || !permits(actor.permissions, ['members:read'])) {
      throw notAccessible();
    }
  } else if (organization.members.get(actor.user.id)?.state !== 'active') {
    throw forbidden('You do not have permission to view teams of this organization.');
  }
}

/** @throws ApiError where the asker may not see who has access to the repository. */
export function requireCollaborators(context: Context, repository: Repository): void {
  const { actor, sandbox } = context;
  if (actor.kind === 'installation') return requireRead(context, repository, 'metadata:read');
  if (!includes(repositoryPermission(sandbox.state, repository, actor.user), 'write')) {
    throw forbidden('Must have push access to view repository collaborators.');
  }
}
