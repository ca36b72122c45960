/**
 * What of a check run comes back unchanged. GitHub may normalise the texts that it is given and hands annotations out
 * by pages, so what was published is compared by a digest that travels in `external_id`, behind the caller's own.
 */
import { sha256 } from '../base/digest.ts';
import { formatInstant } from '../base/instant.ts';
import type { CheckContent } from './port.ts';

/** `<content>.<annotations>`: two digests, for annotations cannot be taken back, only added to. */
export function contentDigest(content: CheckContent): string {
  return `${short({ ...content, startedAt: formatInstant(content.startedAt) })}.${annotationsDigest(content)}`;
}

/** The second half of `contentDigest`: what can only be added to. */
export function annotationsDigest(content: Pick<CheckContent, 'annotations'>): string {
  return short(content.annotations);
}

/** What a check run carries in `external_id`. */
export function writeExternalId(content: CheckContent): string {
  return `${content.externalId} ${contentDigest(content)}`;
}

/** The digest is empty where the check run carries none: it is not what we would publish, whatever that is. */
export function readExternalId(text: string): {
  readonly externalId: string;
  readonly contentDigest: string;
} {
  const space = text.lastIndexOf(' ');
  return space === -1
    ? { externalId: text, contentDigest: '' }
    : { externalId: text.slice(0, space), contentDigest: text.slice(space + 1) };
}

/** 96 bits: nobody gains from two publications that look the same. */
function short(value: unknown): string {
  return sha256(value).slice(0, 24);
}
