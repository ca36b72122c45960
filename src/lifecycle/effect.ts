/** What a grant changes in all: permissions and connections under one heading, for one approval. */
import type { KubernetesObject } from '../base/json.ts';
import type { Effect } from '../effect/effect.ts';
import { judgeRbac } from '../effect/rbac/judge.ts';
import type { RequestPath } from '../request/request.ts';
import type { CatalogRole } from '../template/template.ts';
import type { Snapshot } from './trusted.ts';

export interface EffectQuestion {
  readonly objects: readonly KubernetesObject[];
  readonly roles: readonly CatalogRole[];
  readonly snapshot: Snapshot;
  readonly subjectUser: string;
  readonly path: RequestPath;
}

/** Judges the objects of a grant. */
export function judgeEffect(question: EffectQuestion): Effect {
  const { objects, roles, snapshot, subjectUser, path } = question;
  const rbac = judgeRbac({
    snapshot: snapshot.objects,
    roles,
    grant: objects,
    subjectUser,
    scope: path,
    server: { minor: null },
  });
  return {
    gains: rbac.unnecessary ? [`nothing that ${subjectUser} does not hold anyway`] : rbac.gains,
    dangers: rbac.dangers,
    unknown: [...unreadSnapshot(snapshot, path.cluster), ...rbac.unknown],
    exact: rbac.exact,
  };
}

function unreadSnapshot({ present, faults }: Snapshot, cluster: string): readonly string[] {
  if (!present) return [`what stands in ${cluster} today: there is no snapshot below clusters/${cluster}/`];
  return faults.map(({ file, line, message }) => `what ${file} says: line ${line}: ${message}`);
}
