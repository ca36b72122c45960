/** What the grant files of a tip say without their history: enough to count and to show, never to decide an end. */
import type { Instant } from '../base/instant.ts';
import type { FileFacts, TipFacts } from './facts.ts';
import type { GrantMetadata } from './grant.ts';
import { readGrant } from './trusted.ts';

/** The metadata of a grant file; null where it is none. */
export function grantMetadata(file: FileFacts): GrantMetadata | null {
  const read = readGrant(file);
  return read.ok ? read.value.metadata : null;
}

/** How many grants are in force for a person. */
export function openGrantsOf(tip: TipFacts, subjectId: number, now: Instant): number {
  return tip.grants.filter((file) => {
    const metadata = grantMetadata(file);
    return metadata !== null && metadata.subject.id === subjectId && metadata.expiresAt > now;
  }).length;
}
