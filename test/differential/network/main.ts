/**
 * `npm run test:network`: Curfew's evaluator against cyclonus, an independent engine in Go, on cyclonus' own generated
 * cases and on random clusters. Every disagreement must be a named departure of cyclonus (explained.json).
 */
import { readFileSync } from 'node:fs';
import type { Json, JsonObject, KubernetesObject } from '../../../src/base/json.ts';
import { readLabels, readSelector, selects } from '../../../src/effect/rbac/selector.ts';
import { podObject, policyObject } from '../../effect/network/objects.ts';
import { compare, type Comparison } from './compare.ts';
import { ask, buildOracle, OracleMissing } from './oracle.ts';
import { seedOr } from '../seed.ts';
import { departures, type Departure } from './rewrite.ts';
import { generatedClusters, randomClusters, type NamedCluster } from './worlds.ts';

/** Other worlds for another number: `npm run test:network -- 7`. */
const seed = seedOr(20_261_121);
const randomNumber = 2400;
const casesOfCyclonus = 230;
const batch = 100;

interface Explained {
  readonly name: Departure;
  /** What settles who is right. */
  readonly source: string;
  /** The spec of a policy on which the engines disagree. */
  readonly policy: JsonObject;
  /** A question that Kubernetes' own code answers; null where it has none. */
  readonly selection: {
    readonly selector: Json;
    readonly labels: Json;
    readonly kubernetes: boolean;
    readonly cyclonus: boolean;
  } | null;
}

const explained: readonly Explained[] = JSON.parse(
  readFileSync(new URL('explained.json', import.meta.url), 'utf8'),
);

const failures: string[] = [];
let passed = 0;

function check(name: string, problems: readonly string[]): void {
  if (problems.length === 0) passed += 1;
  else failures.push(`${name}\n${problems.map((problem) => `    ${problem}`).join('\n')}`);
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function say(text: string): void {
  progress('');
  process.stdout.write(`${text}\n`);
}

/** Two pods without the label `tier`, one with; the port `http` lies behind the block of the third case. */
function smallCluster(policy: JsonObject): readonly KubernetesObject[] {
  const spec = { containers: [{ ports: [{ name: 'http', containerPort: 8080 }] }] };
  return [
    { ...podObject('x', 'a', { app: 'a' }), spec, status: { podIP: '10.0.0.1' } },
    { ...podObject('x', 'b', { app: 'b', tier: 'web' }), spec, status: { podIP: '10.0.0.2' } },
    policyObject('x', 'policy', policy),
  ];
}

/** Each departure is shown on a cluster of its own, and Kubernetes' own code is asked where it has an answer. */
function checkExplained({ name, policy, selection }: Explained): void {
  const [comparison] = compare([{ name, objects: smallCluster(policy) }]);
  const shows = (comparison?.explained.get(name) ?? 0) > 0;
  check(`departure ${name}`, [
    ...(shows ? [] : ['cyclonus no longer departs here: take the departure out']),
    ...(comparison?.unexplained ?? []),
  ]);
  if (selection === null) return;
  const { selector, labels, kubernetes, cyclonus } = selection;
  const [answer = ''] = ask('select', [{ Selector: selector, Labels: labels }]);
  const ours = selects(readSelector(selector) ?? [], readLabels(labels) ?? new Map());
  const expected = JSON.stringify({ cyclonus, kubernetes });
  check(`Kubernetes itself on ${name}`, [
    ...(answer === expected ? [] : [`answered ${answer}, expected ${expected}`]),
    ...(ours === kubernetes ? [] : [`Curfew says ${ours}`]),
  ]);
}

function checkClusters(title: string, clusters: readonly NamedCluster[]): void {
  const found: Comparison[] = [];
  for (let start = 0; start < clusters.length; start += batch) {
    progress(`${title}: ${start} of ${clusters.length}`);
    found.push(...compare(clusters.slice(start, start + batch)));
  }
  for (const { name, unexplained, objects } of found) {
    const [first] = unexplained;
    check(name, first === undefined ? [] : [...unexplained.slice(0, 5), JSON.stringify(objects)]);
  }
  const flows = found.reduce((sum, comparison) => sum + comparison.flows, 0);
  const disagreements = [...departures, 'several' as const].map((cause) => {
    const number = found.reduce((sum, comparison) => sum + (comparison.explained.get(cause) ?? 0), 0);
    return `${number} ${cause}`;
  });
  say(
    `${title}: ${clusters.length} clusters, ${flows} flows; disagreements explained: ${disagreements.join(', ')}`,
  );
}

function main(): void {
  progress('building the oracle; the first time it takes a few minutes');
  buildOracle();
  for (const departure of explained) checkExplained(departure);
  check(
    'every departure has a case that explains it',
    departures.filter((departure) => !explained.some(({ name }) => name === departure)),
  );
  const { cases, clusters } = generatedClusters();
  check('the generator', cases === casesOfCyclonus ? [] : [`gave ${cases} cases, not ${casesOfCyclonus}`]);
  checkClusters('generated cases', clusters);
  checkClusters(`random clusters of seed ${seed}`, randomClusters(seed, randomNumber));
  for (const failure of failures) say(`FAILED ${failure}`);
  say(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

try {
  main();
} catch (error) {
  if (!(error instanceof OracleMissing)) throw error;
  progress('');
  process.stderr.write(`test:network: ${error.message}\n`);
  process.exitCode = 2;
}
