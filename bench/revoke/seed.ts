/**
 * Many grants in git, as the engine makes them: planned, written and proved by its own functions, committed by the App
 * through its own client, each with a pull request that tells of it. Only approving and merging are left out, and what
 * GitHub rations: a thousand grants would take more than a day. The world's clock stands still meanwhile.
 */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import type { Instant } from '../../src/base/instant.ts';
import type { World } from '../../src/cli/world.ts';
import { createGitHubApp } from '../../src/github/app.ts';
import type { BranchRead, CommitContent, RepositoryPort } from '../../src/github/port.ts';
import { writeEvidence, type GrantEvidence } from '../../src/lifecycle/evidence.ts';
import { grantText } from '../../src/lifecycle/grant-commit.ts';
import { planRequest, type Plan } from '../../src/lifecycle/plan.ts';
import { retoldComment } from '../../src/lifecycle/story.ts';
import { readTrusted } from '../../src/lifecycle/trusted.ts';
import { clusterName } from '../../test/cluster/everything.ts';
import { policyPath } from '../../test/cluster/grants.ts';
import { createPullRequest, updatePullRequest } from '../../src/sandbox/operations/pull-requests.ts';

const people = 100;
const hour = 3_600_000;

/** The policy of this repository, in which a hundred more engineers may have many grants in production. */
export const policyFile: readonly [path: string, text: string] = [
  policyPath,
  readFileSync(policyPath, 'utf8')
    .replaceAll(/openPerPerson: \d/g, 'openPerPerson: 10')
    .replace('scopes: [staging/*]', `scopes: [${clusterName}/*]`)
    .replace(
      '  identities:\n',
      `  identities:\n${Array.from({ length: people }, (_, index) => identity(index)).join('')}`,
    ),
];

function identity(index: number): string {
  const { login, id, user } = personOf(index);
  return `    - {login: ${login}, id: ${id}, user: ${user}}\n`;
}

interface Engineer {
  readonly login: string;
  readonly id: number;
  readonly user: string;
}

function personOf(index: number): Engineer {
  const login = `person-${index % people}`;
  return { login, id: 5000 + (index % people), user: `${login}@example.com` };
}

export interface Seed {
  readonly person: Engineer;
  readonly namespace: string;
  /** The path of the request. */
  readonly path: string;
  /** Of the grant, by the world's clock. */
  readonly grantedAt: Instant;
}

/** One grant for each of a hundred people, in as many namespaces as it takes. */
export function seedsOf(count: number, grantedAt: (index: number) => Instant): readonly Seed[] {
  return Array.from({ length: count }, (_, index) => {
    const namespace = `service-${Math.floor(index / people)}`;
    const path = `access-requests/${clusterName}/${namespace}/grant-${index}.yaml`;
    return { person: personOf(index), namespace, path, grantedAt: grantedAt(index) };
  });
}

export interface Seeded extends Seed {
  readonly binding: string;
  readonly end: Instant;
}

const text = `apiVersion: curfew.dev/v1
kind: AccessRequest
spec:
  template: read-logs
  duration: 1h
  reason: See INC-4711
  ticket: INC-4711
`;

/** Puts the grants on the default branch. GitHub's limits must not hold meanwhile. */
export async function seedGrants(world: World, seeds: readonly Seed[]): Promise<readonly Seeded[]> {
  const { sandbox, installation } = world;
  await world.sweep();
  for (let index = 0; index < people; index++) {
    const { login, id, user } = personOf(index);
    sandbox.world.createUser({ login, id, emails: [user] });
    sandbox.world.addMember('acme', login);
    sandbox.world.addTeamMember('acme/engineers', login);
  }
  sandbox.faults.onDelivery(() => 'drop');
  const port = withoutBudgets(world).repository(installation.id, 'acme', 'access');
  const pullRequests = seeds.map((seed, index) => openAndClose(world, seed, index));
  let tip = (await port.readBranch()).tip.sha;
  for (let start = 0; start < seeds.length; start += 100) {
    const additions = seeds.slice(start, start + 100).map(({ path }) => ({ path, text }));
    tip = await commit(port, tip, { headline: 'Ask for access', body: '', additions });
  }
  const read = await port.readBranch();
  const teams = await port.readTeams(['acme/engineers', 'acme/sre']);
  const seeded: Seeded[] = [];
  for (const [index, seed] of seeds.entries()) {
    const pullRequest = pullRequests[index] ?? 0;
    const plan = planOf(read, seed, pullRequest, teams);
    const evidence = evidenceOf(read, plan, seed, pullRequest, tip);
    const additions = [
      { path: seed.path.replace('access-requests/', 'grants/'), text: grantText(plan, evidence) },
    ];
    const headline = `Grant ${plan.request.template} to ${seed.person.login}`;
    tip = await commit(port, tip, { headline, body: writeEvidence(evidence), additions });
    const file = { path: '', sha: '', mode: '100644', text: '' } as const;
    const comment = retoldComment({ file, path: plan.path, evidence, commit: tip }, null, Infinity);
    await port.publishComment(pullRequest, comment ?? '');
    seeded.push({ ...seed, binding: plan.grantId, end: evidence.expiresAt });
    if (index % 100 === 99) process.stderr.write(`  ${index + 1} of ${seeds.length} grants are in git\n`);
  }
  await sandbox.settle();
  sandbox.faults.clear();
  return seeded;
}

/** The App's own client, for which every request comes an hour after the one before: no budget is ever used up. */
function withoutBudgets({ app, url }: World): ReturnType<typeof createGitHubApp> {
  let requests = 0;
  return createGitHubApp({
    appId: app.id,
    privateKey: app.privateKey,
    apiUrl: `${url}/api/v3`,
    signsCommits: true,
    now: () => Date.now() + (requests += 1) * hour,
    log: pino({ level: 'error' }),
  });
}

/** A pull request to tell the end on; closed, for nobody is to look after it. */
function openAndClose({ sandbox, repository }: World, { person, path }: Seed, index: number): number {
  const branch = `grant-${index}`;
  const actor = sandbox.world.actor(person.login);
  sandbox.world.pushFiles('acme/access', person.login, { branch, files: { [path]: text }, base: 'main' });
  const opened = createPullRequest(sandbox.context, actor, repository, {
    head: branch,
    base: 'main',
    title: branch,
    body: null,
    draft: false,
  });
  updatePullRequest(sandbox.context, actor, opened, { state: 'closed' });
  return opened.number;
}

async function commit(
  port: RepositoryPort,
  tip: string,
  content: Pick<CommitContent, 'headline' | 'body' | 'additions'>,
): Promise<string> {
  const outcome = await port.commit({ branch: 'main', expectedHead: tip, deletions: [], ...content });
  if (outcome.kind !== 'committed') throw new Error(`the seed was not committed: ${JSON.stringify(outcome)}`);
  return outcome.sha;
}

function planOf(
  { tip, repository }: BranchRead,
  { path, person, grantedAt }: Seed,
  pullRequest: number,
  teams: Parameters<typeof planRequest>[0]['teams'],
): Plan {
  const file = tip.requests.find((each) => each.path === path);
  if (file === undefined) throw new Error(`${path} is not on the default branch`);
  const planned = planRequest({
    repositoryId: repository.id,
    tip,
    file,
    pullRequest,
    openedAt: grantedAt,
    requester: person,
    subjectAccount: null,
    teams,
  });
  if (!planned.ok) throw new Error(JSON.stringify(planned.findings));
  return planned.plan;
}

function evidenceOf(
  read: BranchRead,
  plan: Plan,
  { path, person, grantedAt }: Seed,
  pullRequest: number,
  tip: string,
): GrantEvidence {
  const trusted = readTrusted(read.tip);
  const none = '0'.repeat(40);
  return {
    grant: plan.grantId,
    repositoryId: read.repository.id,
    pullRequest,
    request: path,
    head: none,
    tip,
    mergeCommit: none,
    mergedAt: grantedAt,
    requestBlob: plan.requestBlob,
    templateBlob: { name: plan.template.value.name, sha: plan.template.sha },
    roleBlobs: plan.roles,
    policyBlob: trusted.policy?.sha ?? none,
    codeownersBlob: trusted.codeowners?.sha ?? none,
    digest: plan.digest,
    policyEntry: plan.policyEntry,
    requester: person,
    subject: plan.subject,
    merger: person,
    grantedAt,
    expiresAt: grantedAt + plan.duration * 1000,
    approvals: [],
  };
}
