/** What may still be open when a grant has ended, for the record: by the roles that it bound, and its own pods. */
import type { KubernetesObject } from '../base/json.ts';
import { openSessions } from '../effect/sessions.ts';
import { readManifests } from '../request/manifests.ts';
import type { RequestPath } from '../request/request.ts';
import type { CatalogRole } from '../template/template.ts';
import type { BlobEvidence, GrantEvidence } from './evidence.ts';
import type { FileFacts, TipFacts } from './facts.ts';
import type { ProvenGrant } from './grant-state.ts';
import { readRoleBlob, readTrusted } from './trusted.ts';

/** What of a proven grant is looked at. */
type EndedGrant = Pick<ProvenGrant, 'file' | 'path'> & {
  readonly evidence: Pick<GrantEvidence, 'grant' | 'roleBlobs' | 'subject'>;
};

/**
 * In sentences, each with its bound. `blobs` are texts of roles as they were when access was granted, by SHA: a role
 * that gives more today ended the grant before anybody had that, and one that gives less may have given more.
 */
export function leftOpen(
  { file, path, evidence }: EndedGrant,
  tip: TipFacts,
  blobs: ReadonlyMap<string, string>,
): readonly string[] {
  const told = memory.get(file);
  if (told !== undefined) return told;
  const bound = evidence.roleBlobs.map((role) => ({ role, known: roleThen(role, tip, blobs) }));
  const roles = bound.flatMap(({ known }) => known ?? []);
  const bindings = roles.map(({ name }) => bindingOf(name, path, evidence));
  const { open } = openSessions([...bindings, ...podsOf(file)], roles);
  const unknown = bound.filter(({ known }) => known === null);
  if (unknown.length === 0) memory.set(file, open);
  return [
    ...open,
    ...unknown.map(
      ({ role: { name } }) =>
        `what ${name} let be opened is not known, for the catalog no longer has it as it was: exec, port-forward and followed logs have no time limit`,
    ),
  ];
}

/** A grant never changes, nor what it bound; until it has been taken away, every run says this again. */
const memory = new WeakMap<FileFacts, readonly string[]>();

/** A grant binds its roles where its request lies: that need not be read from its file, and a thousand may end at once. */
function bindingOf(
  role: string,
  { namespace }: RequestPath,
  { grant, subject }: EndedGrant['evidence'],
): KubernetesObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: namespace === null ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name: grant, ...(namespace === null ? {} : { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: subject.user }],
  };
}

/** The pods of a grant file, whose bytes are ours: each document has its kind on a line of its own. */
function podsOf({ path, text }: FileFacts): readonly KubernetesObject[] {
  const documents = (text ?? '').split('---\n').filter((document) => /^kind: Pod$/m.test(document));
  const pods = readManifests(path, documents.join('---\n'));
  return pods.ok ? pods.value : [];
}

/** The role as it was when access was granted; null where nobody has read it. */
function roleThen(
  { name, sha }: BlobEvidence,
  tip: TipFacts,
  blobs: ReadonlyMap<string, string>,
): CatalogRole | null {
  const today = readTrusted(tip).roles.get(name);
  if (today?.sha === sha) return today.value;
  const text = blobs.get(sha);
  return text === undefined ? null : readRoleBlob(name, text);
}
