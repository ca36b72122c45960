/**
 * The marks on every object of a grant. The engine writes them, the cluster's admission holds them, and the guard
 * ends access by them.
 */

/** The label with the grant id: by it the objects of one grant are found. */
export const grantLabel = 'curfew.dev/grant';

/** The label by which a template binds a network path to one of its roles: the role's name without `curfew:`. */
export const roleLabel = 'curfew.dev/role';

/** The annotations; each value is text. Instants are written as RFC 3339 in UTC. */
export const grantAnnotations = {
  cluster: 'curfew.dev/cluster',
  request: 'curfew.dev/request',
  pullRequest: 'curfew.dev/pull-request',
  digest: 'curfew.dev/digest',
  grantedAt: 'curfew.dev/granted-at',
  expiresAt: 'curfew.dev/expires-at',
  approvedBy: 'curfew.dev/approved-by',
  subject: 'curfew.dev/subject',
  subjectId: 'curfew.dev/subject-id',
  requesterId: 'curfew.dev/requester-id',
} as const;
