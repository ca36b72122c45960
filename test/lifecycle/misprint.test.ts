import { expect, test } from 'vitest';
import { decidePullRequest } from '../../src/lifecycle/pull-request.ts';
import { tipWith } from './branch-world.ts';
import { context, repositoryFiles, worldOf } from './world.ts';

/** What the decision says where CODEOWNERS ends with this line. */
function judge(line: string): readonly string[] {
  const path = '.github/CODEOWNERS';
  const tip = tipWith([[path, `${repositoryFiles().get(path) ?? ''}\n${line}\n`]]);
  return decidePullRequest(worldOf({ tip }), context).findings.map(({ code }) => code);
}

test.each(['/access-requests/staging/ acme/sre', '!/access-requests/staging/ @acme/sre'])(
  'a line of CODEOWNERS that GitHub skips, but that could have meant the request, refuses it: %s',
  (line) => {
    expect(judge(line)).toEqual(['no-owner']);
    expect(judge(line.replace('staging', 'prod-eu'))).toEqual(['waiting-for-approval']);
  },
);
