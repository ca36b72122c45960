import { afterEach, beforeEach, expect, test } from 'vitest';
import { Api, Refused, Unreachable } from '../../../src/cluster/guard/api.ts';
import { askPermissions } from '../../../src/cluster/guard/permission.ts';
import { startFakeApi, type FakeApi } from './fake-api.ts';

let fake: FakeApi;
let api: Api;

beforeEach(async () => {
  fake = await startFakeApi();
  api = new Api(fake.connection, () => undefined);
});
afterEach(async () => {
  api.close();
  await fake.close();
});

// A process that ends is started again after up to five minutes, in which nothing ends on time.
test.each([429, 500, 503])('an API server that answers %i is asked again', async (status) => {
  fake.intercept = () => ({ status });
  await expect(askPermissions(api, null)).rejects.toBeInstanceOf(Unreachable);
});

test('one that does not know the guard is not', async () => {
  fake.intercept = () => ({ status: 401 });
  await expect(askPermissions(api, null)).rejects.toBeInstanceOf(Refused);
});

test('what is not allowed is named, and told apart from nothing being allowed', async () => {
  const answers = (allowed: () => boolean): void => {
    fake.intercept = () => ({ status: 201, body: { status: { allowed: allowed() } } });
  };
  answers(() => false);
  expect(await askPermissions(api, null)).toMatchObject({ isTotal: true });
  let asked = 0;
  answers(() => (asked += 1) > 1);
  const repository = { namespace: 'curfew-system', name: 'curfew-prod-eu' };
  expect(await askPermissions(api, repository)).toEqual({
    isTotal: false,
    what: [expect.stringMatching(/^it may not \w+ /)],
  });
});
