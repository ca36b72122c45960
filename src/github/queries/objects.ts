import { blob, document } from './fragments.ts';

/**
 * Git objects by id: `b0`, `b1`, … blobs and `t0`, `t1`, … trees. With `codeowners`, also GitHub's own opinion of the
 * CODEOWNERS file on `$branch`.
 */
export function objectsQuery(blobs: number, trees: number, codeowners: boolean): string {
  const blobIndexes = Array.from({ length: blobs }, (_, i) => i);
  const treeIndexes = Array.from({ length: trees }, (_, i) => i);
  const variables = [
    ...blobIndexes.map((i) => `$b${i}: GitObjectID!`),
    ...treeIndexes.map((i) => `$t${i}: GitObjectID!`),
    ...(codeowners ? ['$branch: String!'] : []),
  ];
  const fields = [
    ...blobIndexes.map((i) => `b${i}: object(oid: $b${i}) { ...Blob }`),
    ...treeIndexes.map(
      (i) => `t${i}: object(oid: $t${i}) { ... on Tree { oid entries { name mode type oid } } }`,
    ),
    ...(codeowners ? ['codeowners(refName: $branch) { errors { line } }'] : []),
  ];
  return document(
    `query Objects($owner: String!, $name: String!, ${variables.join(', ')}) {
      repository(owner: $owner, name: $name) { ${fields.join('\n')} }
    }`,
    ...(blobs > 0 ? [blob] : []),
  );
}

/** Entries of the tree of commit `$head` without their content: `f0`, `f1`, … at `$path<i>`. */
export function entriesQuery(count: number): string {
  const indexes = Array.from({ length: count }, (_, i) => i);
  return document(
    `query Entries($owner: String!, $name: String!, $head: GitObjectID!, ${indexes.map((i) => `$path${i}: String!`).join(', ')}) {
      repository(owner: $owner, name: $name) {
        object(oid: $head) {
          ... on Commit { ${indexes.map((i) => `f${i}: file(path: $path${i}) { mode oid size }`).join('\n')} }
        }
      }
    }`,
  );
}
