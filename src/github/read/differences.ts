import type { ChangedFile } from '../../lifecycle/facts.ts';
import type { RepositoryContext } from '../context.ts';
import { RetryLater, Truncated } from '../errors.ts';
import { differences, type TreePair } from '../git-trees.ts';
import { readTrees } from './objects.ts';

/** A change that touches more directories than this is nobody's request. */
const mostDirectories = 1000;

/**
 * Every file in which two trees differ, exactly: no list of GitHub's is asked for. One request for each level of
 * directories, none where they are known.
 * Null where GitHub does not show the whole of it, or they differ in more than a thousand directories: nothing is
 * proved by it then.
 */
export async function treeDifference(
  context: RepositoryContext,
  before: string | null,
  after: string,
): Promise<readonly ChangedFile[] | null> {
  try {
    return await wholeDifference(context, before, after);
  } catch (error) {
    if (error instanceof Truncated) return null;
    throw error;
  }
}

async function wholeDifference(
  context: RepositoryContext,
  before: string | null,
  after: string,
): Promise<readonly ChangedFile[]> {
  const files: ChangedFile[] = [];
  let pairs: readonly TreePair[] = before === after ? [] : [{ path: '', before, after }];
  let seen = 0;
  while (pairs.length > 0) {
    seen += pairs.length;
    if (seen > mostDirectories)
      throw new Truncated(`${before ?? 'nothing'} and ${after} differ in too many directories`);
    const trees = await readTrees(
      context,
      pairs.flatMap((pair) => [pair.before, pair.after]).filter((oid) => oid !== null),
    );
    const tree = (oid: string | null) => {
      const entries = oid === null ? [] : trees.get(oid);
      if (entries === undefined)
        throw new RetryLater(`GitHub does not yet show the directory ${oid} of ${context.fullName}`);
      return entries;
    };
    const levels = pairs.map((pair) => differences(pair, tree(pair.before), tree(pair.after)));
    files.push(...levels.flatMap((level) => level.files));
    pairs = levels.flatMap((level) => level.directories);
  }
  return files;
}
