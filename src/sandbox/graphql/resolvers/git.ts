/** Trees, entries, blobs, and the people of a commit. */
import { nodeId } from '../../state.ts';
import type { Fields } from '../context.ts';
import { objectOf } from '../git-objects.ts';

/** Where GitHub cuts the text of a blob. */
const longestText = 512_000;

/** How far git looks for a zero byte to call a blob binary. */
const binaryProbe = 8_000;

export const treeFields: Fields<'Tree'> = {
  id: ({ repository, sha }) => nodeId('T', `${repository.id}:${sha}`),
  oid: ({ sha }) => sha,
  abbreviatedOid: ({ sha }) => sha.slice(0, 7),
  repository: ({ repository }) => repository,
  entries: ({ repository, sha, path }) =>
    repository.git
      .readTree(sha)
      ?.map((entry) => ({ repository, entry, path: path === '' ? entry.name : `${path}/${entry.name}` })),
};

export const treeEntryFields: Fields<'TreeEntry'> = {
  name: ({ entry }) => entry.name,
  path: ({ path }) => path,
  mode: ({ entry }) => Number.parseInt(entry.mode, 8),
  type: ({ entry }) => entry.type,
  oid: ({ entry }) => entry.sha,
  object: ({ repository, entry, path }) => objectOf(repository, entry, path),
  size: ({ repository, entry }) =>
    entry.type === 'blob' ? (repository.git.readBlob(entry.sha)?.length ?? 0) : 0,
  repository: ({ repository }) => repository,
};

export const blobFields: Fields<'Blob'> = {
  id: ({ repository, sha }) => nodeId('B', `${repository.id}:${sha}`),
  oid: ({ sha }) => sha,
  abbreviatedOid: ({ sha }) => sha.slice(0, 7),
  repository: ({ repository }) => repository,
  byteSize: ({ data }) => data.length,
  isBinary: ({ data }) => isBinary(data),
  isTruncated: ({ data }) => data.length > longestText,
  text: ({ data }) => (isBinary(data) ? null : data.toString('utf8', 0, longestText)),
};

/** As git judges. Text in another encoding than UTF-8 is text; what GitHub prints of it is not what the blob holds. */
function isBinary(data: Buffer): boolean {
  return data.subarray(0, binaryProbe).includes(0);
}

/** GitHub maps people by the address that git has; a bot's is `ID+slug[bot]@users.noreply.github.com`. */
export const gitActorFields: Fields<'GitActor'> = {
  name: ({ signature }) => signature.name,
  email: ({ signature }) => signature.email,
  date: ({ signature }) => gitTimestamp(signature.date, signature.offset),
  user: ({ signature }, _args, { sandbox }) => sandbox.state.userByEmail(signature.email) ?? null,
};

/** `2026-12-01T09:00:00+02:00`: a git date keeps the zone that it was written in. */
function gitTimestamp(date: number, offset: string): string {
  const [, sign = '+', hours = '00', minutes = '00'] = /^([+-])(\d\d)(\d\d)$/.exec(offset) ?? [];
  if (hours === '00' && minutes === '00') return new Date(date).toISOString().replace('.000Z', 'Z');
  const shift = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return new Date(date + shift).toISOString().replace('.000Z', `${sign}${hours}:${minutes}`);
}
