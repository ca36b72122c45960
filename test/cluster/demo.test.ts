import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test('demo --cluster: refused, granted, allowed, refused again, and the guard has ended it', async () => {
  const program = resolve(import.meta.dirname, '../../src/cli/main.ts');
  const { stdout } = await run(process.execPath, [program, 'demo', '--cluster']);
  expect(stdout.match(/^\d\. .*?[:,]/gm)).toEqual([
    '1. Refused:',
    '2. alice asks for access:',
    '3. Curfew says what that would give,',
    '4. Granted:',
    '5. Allowed:',
    '6. Refused again,',
    '7. Curfew has landed pull request #2,',
    '8. What the API server wrote down:',
  ]);
  expect(stdout.match(/\(Forbidden\)/g)).toHaveLength(3);
  expect(stdout).toMatch(/alice@example\.com: list .*\n +RBAC: allowed by RoleBinding "payments-/);
  expect(stdout).toMatch(
    /system:serviceaccount:curfew-system:curfew-guard: delete .*rolebindings\/payments-/,
  );
});
