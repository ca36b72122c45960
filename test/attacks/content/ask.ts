/** Pull requests by which alice asks for access, in one way or another. */
import type { ReasonCode } from '../../../src/base/reasons.ts';
import type { Attack } from '../attack.ts';
import { requestPath, requestText, type Change, type Field } from '../field.ts';

/** A pull request of alice's with these files, approved by whoever may. */
export function byPullRequest(
  name: string,
  refused: string,
  reason: ReasonCode,
  says: RegExp,
  files: Change['files'] | ((field: Field) => Promise<Change['files']>),
): Attack {
  return {
    name,
    refused,
    reason,
    says,
    play: async (field) => {
      const changed = typeof files === 'function' ? await files(field) : files;
      const pullRequest = await field.pull('alice', { branch: branchOf(name), files: changed });
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  };
}

/** What may stand in the name of a branch. */
export function branchOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** A request file with this text. */
export function byText(
  name: string,
  refused: string,
  reason: ReasonCode,
  says: RegExp,
  text: string,
): Attack {
  return byPullRequest(name, refused, reason, says, { [path]: text });
}

/** A good request with one line in place of another. */
export function byLine(
  name: string,
  reason: ReasonCode,
  says: RegExp,
  from: string | RegExp,
  to: string,
): Attack {
  return byText(name, 'a value that is not what it seems', reason, says, requestText().replace(from, to));
}

export const path = requestPath('asked');
export const request = requestText();
