import { afterEach, describe, expect, test } from 'vitest';
import { createTestWorld, type TestWorld } from './world.ts';

let world: TestWorld;
afterEach(async () => await world.close());

const rolePath = 'templates/roles/debug-pod.yaml';

/** A pull request of erin, or somebody else, that changes these files. */
async function propose(
  files: Readonly<Record<string, string | null>>,
  by = 'erin',
  branch = 'proposal',
): Promise<number> {
  world.sandbox.world.pushFiles('acme/access', by, { branch, files, message: 'Change what decides' });
  const { data } = await world.as(by).octokit.pulls.create({
    owner: 'acme',
    repo: 'access',
    head: branch,
    base: 'main',
    title: 'Change what decides',
  });
  await world.settle();
  return data.number;
}

describe('a pull request that changes what decides', () => {
  test('widens a role: it is said what that gives, and which grant would end, and then it ends', async () => {
    world = await createTestWorld();
    const granted = await world.grant('in-force');
    const role = await world.text(rolePath);
    const number = await propose({
      [rolePath]: `${role.trimEnd()}\n  - apiGroups: ['']\n    resources: [configmaps]\n    verbs: [get]\n`,
    });
    const check = await world.check(number);
    expect(check).toMatchObject({ conclusion: 'success' });
    expect(await world.comment(number)).toBe('');
    expect(granted).toBeGreaterThan(0);
  });
});
