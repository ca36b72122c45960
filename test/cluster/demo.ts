/**
 * `npm run demo -- --cluster`: the life of a one-minute grant in real time, against a real control plane and a real Flux,
 * with kubectl as the person who asked for it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatInstant, parseInstant } from '../../src/base/instant.ts';
import { createObserver, type Observer } from '../../src/cli/demo-observer.ts';
import { indented, withoutMarkup } from '../../src/cli/markup.ts';
import { processIo } from '../../src/cli/io.ts';
import { paint } from '../../src/cli/paint.ts';
import { fluxBinaries, kubernetesBinaries } from './binaries.ts';
import { eventually } from './component.ts';
import { clusterName, startEverything, type Everything } from './everything.ts';

const person = 'alice@example.com';
const namespace = 'payments';
const request = {
  path: `access-requests/${clusterName}/${namespace}/inc-4711.yaml`,
  branch: 'inc-4711',
  title: 'Look at the pods of payments: INC-4711',
  text: `apiVersion: curfew.dev/v1
kind: AccessRequest
spec:
  template: read-logs
  duration: 1m
  reason: Checkout latency, see INC-4711
  ticket: INC-4711
`,
};

const { stdout, stderr } = processIo();

let told = 0;
function tell(what: string, ...paragraphs: readonly string[]): void {
  told += 1;
  const time = paint(stdout, 'dim', formatInstant(Date.now()));
  stdout.write(`\n${paint(stdout, 'bold', `${told}. ${what}`)}  ${time}\n`);
  for (const paragraph of paragraphs) stdout.write(`${indented(withoutMarkup(paragraph))}\n`);
}

function progress(line: string): void {
  stderr.write(`${paint(stderr, 'dim', `… ${line}`)}\n`);
}

async function main(): Promise<void> {
  await kubernetesBinaries(progress);
  await fluxBinaries(progress);
  const all = await startEverything({ progress });
  try {
    await all.cluster.apply([workload]);
    await live(all);
  } finally {
    progress('stopping everything');
    await all.stop();
  }
}

/** Something to see. No node runs, so it stays Pending. */
const workload = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'payments-api-0', namespace, labels: { app: 'payments-api' } },
  spec: { containers: [{ name: 'payments-api', image: 'ghcr.io/acme/payments-api:4.12.0' }] },
};

async function live(all: Everything): Promise<void> {
  const observer = createObserver(all.world);
  tell(
    'Refused: alice, who is on call, looks at production.',
    await kubectl(all, ['get', 'pods', '-n', namespace]),
  );

  const pullRequest = await all.world.as('alice').propose(request);
  const { head } = await observer.pullRequest(pullRequest);
  tell(`alice asks for access: pull request #${pullRequest}, ${request.path}`, request.text);
  const plan = await observer.check(head);
  tell(`Curfew says what that would give, and waits: "${plan.title}"`, plan.summary);

  await all.world.as('bob').review(pullRequest, 'APPROVE');
  const grant = await observer.grant(request.path.replace('access-requests/', 'grants/'));
  tell(
    `Granted: bob, who owns the path, approves. One commit, ${grant.commit.slice(0, 7)}, grants it:`,
    grant.text,
  );
  const committed = Date.now();
  await eventually('Flux applies the grant', async () => await mayLook(all));
  tell(
    `Allowed: Flux has applied it, ${seconds(Date.now() - committed)} later.`,
    await kubectl(all, ['get', 'pods', '-n', namespace]),
    await kubectl(all, ['auth', 'can-i', 'get', 'pods', '--subresource=log', '-n', namespace]),
    await kubectl(all, ['get', 'secrets', '-n', namespace]),
  );
  await endOf(all, observer, pullRequest, grant);
}

async function endOf(
  all: Everything,
  observer: Observer,
  pullRequest: number,
  grant: { readonly path: string; readonly expiresAt: string },
): Promise<void> {
  const end = parseInstant(grant.expiresAt) ?? Date.now();
  progress(`waiting for ${grant.expiresAt}, ${seconds(end - Date.now())} from now`);
  await sleep(Math.max(0, end - Date.now()));
  await eventually('access ends', async () => !(await mayLook(all)));
  const lag = Date.now() - end;
  tell(
    `Refused again, ${seconds(lag)} after the end. Nobody did anything.`,
    await kubectl(all, ['get', 'pods', '-n', namespace]),
  );
  await eventually('git says so too', async () => await gone(observer, grant.path));
  const revert = await observer.newestPullRequest();
  tell(
    `Curfew has landed pull request #${revert.number}, "${revert.title}": git grants it no more.`,
    `On pull request #${pullRequest} it says:\n${await observer.comment(pullRequest)}`,
  );
  tell('What the API server wrote down: why alice was allowed, and who took it away.', await auditLines(all));
}

async function mayLook({ cluster }: Everything): Promise<boolean> {
  const api = await cluster.api(person);
  return (await api('GET', `/api/v1/namespaces/${namespace}/pods`)).status === 200;
}

async function gone(observer: Observer, path: string): Promise<boolean> {
  return await observer.tipWithout(path).then(() => true);
}

/** The first request that alice was allowed, and whatever took her binding away. */
async function auditLines({ cluster }: Everything): Promise<string> {
  const events = await cluster.audit();
  const succeeded = events.filter(({ responseStatus }) => responseStatus?.code === 200);
  const allowed = succeeded.find(({ user }) => user.username === person);
  const removed = succeeded.filter(
    ({ verb, objectRef }) => verb === 'delete' && objectRef?.resource === 'rolebindings',
  );
  return [...(allowed === undefined ? [] : [allowed]), ...removed]
    .map(({ requestReceivedTimestamp, user, impersonatedUser, verb, requestURI, annotations }) => {
      const who = (impersonatedUser ?? user).username;
      const reason = annotations['authorization.k8s.io/reason'] ?? '';
      return `${requestReceivedTimestamp} ${who}: ${verb} ${requestURI}\n  ${reason}`;
    })
    .join('\n');
}

/** The command as a person types it, and what it says. */
async function kubectl({ cluster }: Everything, args: readonly string[]): Promise<string> {
  const ran = await cluster.kubectl(args, { as: person });
  return `alice$ kubectl ${args.join(' ')}\n${ran.stdout}${ran.stderr}`;
}

function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

try {
  await main();
} catch (error) {
  stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
