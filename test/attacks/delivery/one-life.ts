/** What must be left of a request whatever happened on its way: one grant and its end. */
import { grantPath, repo, type Field } from '../field.ts';

/** The history of the grant file is one grant and its end. */
export async function expectOneLife(field: Field, name: string): Promise<void> {
  const { data } = await field.as('erin').octokit.repos.listCommits({ ...repo, path: grantPath(name) });
  if (data.length !== 2) throw new Error(`${data.length} commits instead of a grant and its end`);
}
