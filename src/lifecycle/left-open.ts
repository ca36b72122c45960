/** What may still be open when a grant has ended, for the record: from the grant file itself and the roles it binds. */
import { openSessions } from '../effect/sessions.ts';
import { parseCatalogRole } from '../template/parse.ts';
import type { CatalogRole } from '../template/template.ts';
import type { BlobEvidence } from './evidence.ts';
import type { TipFacts } from './facts.ts';
import type { ProvenGrant } from './grant-state.ts';
import { readGrantFile } from './grant.ts';
import { readPlainFile, readTrusted } from './trusted.ts';

/**
 * In sentences, each with its bound. `blobs` are texts of roles as they were when access was granted, by SHA: a role
 * that gives more today ended the grant before anybody had that, and one that gives less may have given more.
 */
export function leftOpen(
  { file, evidence }: ProvenGrant,
  tip: TipFacts,
  blobs: ReadonlyMap<string, string>,
): readonly string[] {
  const grant = readPlainFile(file, readGrantFile);
  if (!grant.ok) return ['what this access let be opened cannot be read from its file'];
  const bound = evidence.roleBlobs.map((role) => ({ role, known: roleThen(role, tip, blobs) }));
  const roles = bound.flatMap(({ known }) => known ?? []);
  return [
    ...openSessions(grant.value.objects, roles).open,
    ...bound
      .filter(({ known }) => known === null)
      .map(
        ({ role: { name } }) =>
          `what ${name} let be opened is not known, for the catalog no longer has it as it was: exec, port-forward and followed logs have no time limit`,
      ),
  ];
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
  if (text === undefined) return null;
  const then = parseCatalogRole(`templates/roles/${name.replace(/^curfew:/, '')}.yaml`, text);
  return then.ok ? then.value : null;
}
