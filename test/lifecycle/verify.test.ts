import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHistory, resolveCommit } from '../../src/cli/git-history.ts';
import { readTips } from '../../src/cli/git-tips.ts';
import type { EntryChange, GitPerson, MainlineCommit } from '../../src/lifecycle/access-history.ts';
import { blobsToRead, treesToRead, verify, type VerifyFacts } from '../../src/lifecycle/verify.ts';
import { createTestWorld, grantPath, requestPath, type TestWorld } from '../e2e/world.ts';

const minute = 60_000;
const two = grantPath('two');
const sha = 'f'.repeat(40);
const erin: GitPerson = { name: 'Erin', email: 'erin@example.com' };

let world: TestWorld;
/** Of a few lives, the last of which is a grant that was just made. */
let facts: VerifyFacts;
let curfew: GitPerson;

beforeAll(async () => {
  world = await createTestWorld();
  await world.grant('expired');
  await world.pass(61);
  await world.grant('one', { duration: '2h' });
  await world.grant('two', { by: 'grace', duration: '2h' });
  facts = await read(world.repository.git.directory);
  curfew = last().author;
});

afterAll(async () => await world.close());

async function read(folder: string): Promise<VerifyFacts> {
  const { mainline } = await readHistory(folder, (await resolveCommit(folder, 'HEAD')) ?? '');
  const { tips, texts } = await readTips(folder, mainline, treesToRead(mainline), blobsToRead(mainline));
  return { mainline, tips, texts, now: world.clock.now() };
}

function last(mainline: readonly MainlineCommit[] = facts.mainline): MainlineCommit {
  const commit = mainline.at(-1);
  if (commit === undefined) throw new Error('the history is empty');
  return commit;
}

function found(tampered: Partial<VerifyFacts>): readonly string[] {
  return verify({ ...facts, ...tampered }).differences.map(({ path, message }) => `${path}: ${message}`);
}

/** The history with another last commit. */
function relast(change: Partial<MainlineCommit>): readonly MainlineCommit[] {
  return [...facts.mainline.slice(0, -1), { ...last(), ...change }];
}

/** The history with one commit more. */
function then(
  changes: readonly EntryChange[],
  commit: Partial<MainlineCommit> = {},
  mainline = facts.mainline,
): readonly MainlineCommit[] {
  const next: MainlineCommit = {
    sha: `${mainline.length}`.padStart(40, 'e'),
    parents: [last(mainline).sha],
    author: erin,
    committer: erin,
    committedAt: facts.now,
    message: 'Next',
    changes,
    brought: [],
    ...commit,
  };
  return [...mainline, next];
}

/** The entry of a file that stands at the end of the history. */
function entry(path: string): EntryChange['after'] {
  const change = facts.mainline.flatMap(({ changes }) => changes).findLast((each) => each.path === path);
  return change?.after ?? null;
}

function gone(path: string): EntryChange {
  return { path, before: entry(path), after: null };
}

it('finds nothing in what was lived', () => {
  expect(found({})).toEqual([]);
});

describe('the evidence of a grant', () => {
  it.each([
    ['Curfew-Repository: 500', 'Curfew-Repository: 501', /is of repository 501, and Curfew adopted 500 here/],
    [
      /Request: \d+/,
      'Request: 99',
      /it is called payments-\w+, but pull request #99 here makes payments-\w+/,
    ],
    [/Tip: \w+/, `Tip: ${sha}`, /it was decided at Curfew-Tip f{40}, but its parent is \w{40}/],
    [/Merge: \w+/, `Merge: ${sha}`, /Curfew-Merge names f{40}, which is no commit of the branch before this/],
    [/Head: \w+/, `Head: ${sha}`, /its merge \w{40} merged another head than f{40}/],
    [
      /Request-Blob: \w+/,
      `Request-Blob: ${sha}`,
      /names blob f{40} for the request, and at its tip it is \w{40}/,
    ],
    [/Template-Blob: (\S+) \w+/, `Template-Blob: $1 ${sha}`, /names blob f{40} for the template debug-pod/],
    [
      'Blob: debug-pod',
      'Blob: read-logs',
      /says template read-logs, and the plan at its tip makes it debug-pod/,
    ],
    [/Role-Blob: (\S+) \w+/, `Role-Blob: $1 ${sha}`, /names blob f{40} for the role curfew:debug-pod/],
    [/Curfew-Role-Blob: .*\n/, '', /says roles none, and the plan at its tip makes it curfew:debug-pod/],
    [/Policy-Blob: \w+/, `Policy-Blob: ${sha}`, /names blob f{40} for the policy/],
    [/Codeowners-Blob: \w+/, `Codeowners-Blob: ${sha}`, /names blob f{40} for CODEOWNERS/],
    [/Digest: \w+/, `Digest: ${sha}`, /says digest f{40}, and the plan at its tip makes it \w{64}/],
    ['engineers debug staging', 'engineers read logs in staging', /says policy entry engineers read logs in/],
    ['engineers debug staging', 'a friend', /its request is refused at its tip: No entry of the policy/],
    ['oidc:grace', 'oidc:dan', /says Kubernetes user oidc:dan, and the plan at its tip makes it oidc:grace/],
    ['Subject: 1007 grace', 'Subject: 1001 alice', /its request is refused at its tip/],
    ['Requester: 1007 grace', 'Requester: 1001 alice', /its request is refused at its tip|its bytes are not/],
    [/Expires-At: \S+/, 'Expires-At: 2026-12-09T00:00:00Z', /says end 2026-12-09T00:00:00Z, and the plan/],
    [/Granted-At: \S+/, 'Granted-At: 2026-12-01T00:00:00Z', /it was granted at 2026-12-01T00:00:00Z, before/],
    [/Approval: 1002 bob/, 'Approval: 1004 dan', /its bytes are not those that follow from its plan/],
    [/Approval: 1002 bob/, 'Approval: 1007 grace', /of grace .* does not count: grace is the requester/],
    [
      /Curfew-Approval: .*/,
      '',
      /wants the approval of one of @acme\/payments .*, and its evidence proves 0 of 1/,
    ],
    [/one of @acme\/pay.*/, 'one of @acme/sre', /by bob is for "one of @acme\/sre", which nobody demanded/],
    [/(bob \d+ \S+) \w+/, `$1 ${sha}`, /does not count: bob approved an older commit/],
    [/(bob \d+) \S+/, '$1 2027-01-01T00:00:00Z', /does not count: bob approved after the merge/],
  ])('is named where %s became %s', (from, to, message) => {
    const text = last().message.replace(from, to);
    expect(text).not.toBe(last().message);
    const differences = found({ mainline: relast({ message: text }) });
    expect(differences).toContainEqual(expect.stringMatching(message));
    expect(differences.filter((each) => !each.startsWith(`${two}: `))).toEqual([]);
  });

  it('is judged by when it was committed', () => {
    const differences = found({ mainline: relast({ committedAt: facts.now + 10 * minute }) });
    expect(differences).toEqual([
      expect.stringMatching(/it was committed at .*, not when it says that it was granted/),
    ]);
  });

  it('is judged by the time to grant', () => {
    const later = '2026-12-01T15:00:00Z';
    const message = last().message.replace(/Granted-At: \S+/, `Granted-At: ${later}`);
    const mainline = relast({ message, committedAt: Date.parse(later) });
    expect(found({ mainline })).toContainEqual(expect.stringMatching(/and the time to grant it was over at/));
  });
});

describe('an approval', () => {
  /** The history in which the merge of the last grant brought other commits. */
  function brought(change: Partial<MainlineCommit>): readonly MainlineCommit[] {
    const merge = facts.mainline.at(-2);
    if (merge === undefined) throw new Error('there is no merge');
    const commits = merge.brought.map((commit) => ({ ...commit, ...change }));
    return [...facts.mainline.slice(0, -2), { ...merge, brought: commits }, last()];
  }

  it.each([
    ['the author', { author: { name: 'Bob', email: '1002+bob@users.noreply.github.com' } }, 'author'],
    ['the author, by the Kubernetes user', { author: { name: 'B', email: 'Bob@example.com' } }, 'author'],
    ['a co-author', { message: 'Ask\n\nCo-authored-by: Bob <bob@example.com>' }, 'author'],
    ['the committer', { committer: { name: 'Bob', email: 'bob@example.com' } }, 'committer'],
  ])('by %s of a commit does not count', (_, change, role) => {
    const differences = found({ mainline: brought(change) });
    expect(differences).toEqual([
      expect.stringContaining('its evidence proves 0 of 1'),
      expect.stringContaining(
        `the approval of bob in its evidence does not count: bob is the ${role} of a commit`,
      ),
    ]);
  });

  it('is not void because GitHub committed for the author', () => {
    const github = { name: 'GitHub', email: 'noreply@github.com' };
    expect(found({ mainline: brought({ committer: github }) })).toEqual([]);
  });
});

describe('an end', () => {
  const ending = (code: string): string => {
    const grant = /Curfew-Grant: (\S+)/.exec(last().message)?.[1] ?? '';
    return `Revert\n\nCurfew-Ended: ${code} ${grant} ${requestPath('two')}`;
  };
  const both = (): readonly EntryChange[] => [gone(two), gone(requestPath('two'))];

  it.each([
    ['expired', /it ended because "The time is up", but its time was up only at 2026-12-01T\d\d/],
    ['request-removed', /"The request file was removed", but its request was still there/],
    ['request-edited', /but its request was as it had been granted/],
    ['role-widened', /but no role that it bound had changed/],
    ['granted', /it ended for the reason "granted", which ends no grant/],
    ['whatever', /the commit of Curfew that ended it does not say why/],
  ])('for the reason %s that is not true is named', (code, message) => {
    const mainline = then(both(), { author: curfew, message: ending(code) });
    expect(found({ mainline })).toEqual([expect.stringMatching(message)]);
  });

  it.each(['revoked', 'not-entitled', 'cluster-refused'])('for the reason %s is believed', (code) => {
    expect(found({ mainline: then(both(), { author: curfew, message: ending(code) }) })).toEqual([]);
  });

  it.each([
    ['a minute', minute, []],
    ['ten minutes', 10 * minute, [expect.stringMatching(/it ended at \S+, though its time was up at \S+$/)]],
  ])('%s after its time', (_, late, differences) => {
    const expiresAt = Date.parse(/Expires-At: (\S+)/.exec(last().message)?.[1] ?? '');
    const committedAt = expiresAt + late;
    // The other one has ended as well by then, and in time.
    const one = grantPath('one');
    const other = then([gone(one)], { author: curfew, message: endingOf(one, 'revoked') });
    const mainline = then(both(), { author: curfew, message: ending('expired'), committedAt }, other);
    expect(found({ mainline, now: committedAt })).toEqual(differences);
  });

  function endingOf(path: string, code: string): string {
    const commit = facts.mainline.find(({ changes }) => changes.some((change) => change.path === path));
    const grant = /Curfew-Grant: (\S+)/.exec(commit?.message ?? '')?.[1] ?? '';
    return `Revert\n\nCurfew-Ended: ${code} ${grant} ${path.replace('grants', 'access-requests')}`;
  }

  it('that never came after its request was changed is named', () => {
    const path = requestPath('two');
    const mainline = then([{ path, before: entry(path), after: { mode: '100644', sha } }]);
    expect(found({ mainline })).toEqual([]);
    expect(found({ mainline, now: facts.now + 10 * minute })).toEqual([
      expect.stringMatching(/two.yaml: it is still there, though \w{40} removed or changed its request at/),
    ]);
    const back = then([{ path, before: { mode: '100644', sha }, after: entry(path) }], {}, mainline);
    expect(found({ mainline: back, now: facts.now + 10 * minute })).toEqual([]);
  });
});

describe('the READMEs', () => {
  const readme = 'grants/staging/README.md';

  it('with another pin are named', () => {
    const texts = new Map([...facts.texts, [sha, '<!-- curfew: repository 666 branch main -->\n']]);
    const change = { path: readme, before: entry(readme), after: { mode: '100644', sha } };
    const mainline = then([change], { author: curfew });
    expect(found({ mainline, texts })).toEqual([
      `${readme}: this README does not carry the pin with which Curfew adopted the repository`,
    ]);
  });

  it('that are missing are named after a while', () => {
    const tip = facts.tips.get(last().sha);
    if (tip === undefined) throw new Error('the last tree was not read');
    const grants = tip.grants.filter(({ path }) => path !== readme);
    const tips = new Map([...facts.tips, [last().sha, { ...tip, grants }]]);
    expect(found({ tips })).toEqual([]);
    expect(found({ tips, now: facts.now + 10 * minute })).toEqual([
      expect.stringContaining(`${readme}: this README is missing`),
    ]);
  });

  it('begin anew where everything below grants/ was removed', () => {
    const lived = facts.mainline.slice(0, 2);
    const removed = then(['grants/prod-eu/README.md', readme].map(gone), {}, lived);
    const pin = new Map([...facts.texts, [sha, '<!-- curfew: repository 7 branch main -->\n']]);
    const other = { name: 'other[bot]', email: '77+other[bot]@users.noreply.github.com' };
    const added = { path: readme, before: null, after: { mode: '100644', sha } };
    expect(found({ mainline: then([added], { author: other }, removed), texts: pin })).toEqual([]);
    expect(found({ mainline: then([added], { author: erin }, lived), texts: pin })).toEqual([
      `${readme}: this README was written by Erin <erin@example.com>, who is not Curfew`,
    ]);
  });
});
