/** What a cluster would refuse by its ceilings never comes to its directory, where a copy of them is committed. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ceilingsConfigMap } from '../../src/cluster/manifests/ceilings.ts';
import { canonicalYaml } from '../../src/template/canonical.ts';
import { createTestWorld, grantPath, requestPath, type TestWorld } from './world.ts';

const path = 'clusters/staging/ceilings.yaml';

/** As an administrator of staging has them, who lets nobody have access for more than half an hour. */
const halfAnHour = canonicalYaml([
  ceilingsConfigMap({
    cluster: 'staging',
    maxDuration: 1800,
    roles: ['curfew:debug-pod'],
    clusterRoles: [],
    users: ['oidc:*'],
    protectedNamespaces: ['kube-*'],
  }),
]);

let world: TestWorld;
beforeEach(async () => {
  world = await createTestWorld();
});
afterEach(async () => await world.close());

const refusal = '1h is longer than maxDuration of the ceilings of staging, which is 30m';

test('a request beyond the ceilings is refused, whoever approves, and one within them is granted', async () => {
  await world.force({ [path]: halfAnHour });
  const long = await world.grant('long');
  expect(await world.check(long)).toMatchObject({ conclusion: 'failure', title: `Refused: ${refusal}` });
  expect(await world.comment(long)).toContain(
    'have an administrator of the cluster change that, and commit the copy as clusters/staging/ceilings.yaml',
  );
  await world.grant('short', { duration: '30m' });
  expect(await world.grants()).toEqual([grantPath('short')]);

  // Merged past the rules, it gets nothing either.
  await world.forceMerge(long);
  expect(await world.grants()).toEqual([grantPath('short')]);
  expect(await world.paths()).not.toContain(requestPath('long'));
  expect(await world.comment(long)).toContain(refusal);
});

test('a copy that nobody can read grants nothing new until it is mended, and ends nothing', async () => {
  await world.grant('before');
  await world.force({ [path]: halfAnHour.replace('0h30m', 'half an hour') });
  const number = await world.grant('short', { duration: '30m' });
  expect(await world.check(number)).toMatchObject({
    title: expect.stringContaining('On hold: line 1 of clusters/staging/ceilings.yaml: the ceilings cannot'),
  });
  expect(await world.grants()).toEqual([grantPath('before')]);

  await world.pass(1);
  await world.force({ [path]: halfAnHour });
  // What was approved while no plan was shown does not count.
  expect(await world.grants()).toEqual([grantPath('before')]);
  world.clock.advance(5000);
  await world.as('bob').review(number, 'APPROVE');
  expect(await world.grants()).toEqual([grantPath('before'), grantPath('short')]);
});
