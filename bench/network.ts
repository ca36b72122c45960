/**
 * `curfew network list` and `diff` on whole clusters, as `npm run build` makes the command, each in a process of its own
 * on one core, start and reading the YAML included: time, memory, and how both grow. Goal: 1 s for 1,000 pods and 100
 * policies. Where the machine is busy with something else, the time of the processor says what the command needs.
 * `node bench/network.ts [--json]`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { KubernetesObject } from '../src/base/json.ts';
import { connections } from '../src/effect/network/connections.ts';
import { loadNetwork } from '../src/effect/network/load.ts';
import { report } from './report.ts';

interface Size {
  readonly pods: number;
  readonly policies: number;
}

interface Run {
  /** Seconds from start to end of the process. */
  readonly seconds: number;
  /** Seconds that a processor worked for it, by itself and in the kernel. */
  readonly cpu: number;
  /** MiB, the most that it ever had. */
  readonly memory: number;
}

interface Figures extends Size {
  readonly connections: number;
  readonly list: Run;
  readonly diff: Run;
}

const sizes: readonly Size[] = [
  { pods: 1000, policies: 100 },
  { pods: 10_000, policies: 1000 },
];

/** Goal for each command at the first size, in seconds. */
const goal = 1;

const networking = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };

/** Fifty pods to a namespace, three to a workload; three of four namespaces deny by default. */
function clusterOf({ pods, policies }: Size): readonly KubernetesObject[] {
  const namespaces = pods / 50;
  const isOpen = (namespace: number): boolean => namespace % 4 === 3;
  const denying = Array.from({ length: namespaces }, (_, index) => index).filter((index) => !isOpen(index));
  return [
    ...Array.from({ length: namespaces }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `ns-${index}`, labels: { team: `team-${index % 7}` } },
    })),
    ...Array.from({ length: pods }, (_, index) => podOf(index, namespaces)),
    ...denying.map((index) => ({
      ...networking,
      metadata: { namespace: `ns-${index}`, name: 'default-deny' },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    })),
    ...Array.from({ length: policies - denying.length }, (_, index) => policyOf(index, namespaces)),
  ];
}

function podOf(index: number, namespaces: number): KubernetesObject {
  const workload = Math.floor(index / 3);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: `ns-${workload % namespaces}`,
      name: `app-${workload}-${index}`,
      labels: { app: `app-${workload}`, tier: `tier-${workload % 5}`, version: 'v1' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'StatefulSet', name: `app-${workload}`, controller: true },
      ],
    },
    spec: {
      containers: [
        {
          name: 'main',
          image: 'registry.example/app:1.0',
          ports: [{ name: 'http', containerPort: 8080 + (workload % 3), protocol: 'TCP' }],
        },
      ],
    },
    status: { phase: 'Running', podIP: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}` },
  };
}

/** Everything that a policy can say: both directions, each form of peer, named ports, ranges, exceptions. */
function policyOf(index: number, namespaces: number): KubernetesObject {
  const workload = index * 3;
  return {
    ...networking,
    metadata: { namespace: `ns-${workload % namespaces}`, name: `app-${workload}` },
    spec: {
      podSelector: { matchLabels: { app: `app-${workload}` } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            { podSelector: { matchLabels: { tier: `tier-${index % 5}` } } },
            {
              namespaceSelector: { matchLabels: { team: `team-${index % 7}` } },
              podSelector: {
                matchExpressions: [{ key: 'tier', operator: 'In', values: ['tier-0', 'tier-1'] }],
              },
            },
            { ipBlock: { cidr: `10.0.${index % 200}.0/24`, except: [`10.0.${index % 200}.0/28`] } },
          ],
          ports: [{ port: 'http' }, { port: 9000, endPort: 9000 + (index % 9) }],
        },
      ],
      egress: [
        {
          to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ns-0' } } }],
          ports: [{ protocol: 'UDP', port: 53 }],
        },
        { to: [{ podSelector: {} }, { ipBlock: { cidr: '203.0.113.0/24' } }] },
      ],
    },
  };
}

/** What a grant adds: one port of one workload for another. */
const grant: KubernetesObject = {
  ...networking,
  metadata: { namespace: 'ns-1', name: 'curfew-bench' },
  spec: {
    podSelector: { matchLabels: { app: 'app-1' } },
    policyTypes: ['Ingress'],
    ingress: [
      { from: [{ namespaceSelector: { matchLabels: { team: 'team-2' } } }], ports: [{ port: 5432 }] },
    ],
  },
};

async function measure(size: Size, folder: string): Promise<Figures> {
  // Not loaded by the runs, which do not need it.
  const { stringify } = await import('yaml');
  const objects = clusterOf(size);
  const before = join(folder, `${size.pods}-before.yaml`);
  const after = join(folder, `${size.pods}-after.yaml`);
  const text = objects.map((object) => stringify(object)).join('---\n');
  writeFileSync(before, text);
  writeFileSync(after, `${text}---\n${stringify(grant)}`);
  let rows = 0;
  for (const _ of connections(loadNetwork(objects), { by: 'workload' })) rows += 1;
  return {
    ...size,
    connections: rows,
    list: run('list', before, '--json'),
    diff: run('diff', before, after),
  };
}

const root = resolve(import.meta.dirname, '..');
const command = join(root, 'dist/cli/main.js');

/** Builds the command as it is shipped. */
function build(): void {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(
    process.execPath,
    [compiler, '-p', 'tsconfig.build.json', '--noCheck'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`the build failed\n${stdout}`);
}

/** Loaded before the command: says at its end what it used, in microseconds and KiB. */
const meter = `data:text/javascript,process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.stderr.write('used ' + (userCPUTime + systemCPUTime) + ' ' + maxRSS + '\\n');
})`;

/** The median of five runs of the command, pinned to one core where the system can. */
function run(...args: readonly string[]): Run {
  const runs = Array.from({ length: 5 }, () => runOnce(args));
  const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[2] ?? Number.NaN;
  return {
    seconds: middle(runs.map(({ seconds }) => seconds)),
    cpu: middle(runs.map(({ cpu }) => cpu)),
    memory: middle(runs.map(({ memory }) => memory)),
  };
}

function runOnce(args: readonly string[]): Run {
  const node = [process.execPath, '--import', meter, command, 'network', ...args];
  const core = String(availableParallelism() - 1);
  const canPin = spawnSync('taskset', ['-c', core, 'true']).status === 0;
  const [program = '', ...rest] = canPin ? ['taskset', '-c', core, ...node] : node;
  const start = performance.now();
  const { status, stderr } = spawnSync(program, rest, {
    encoding: 'utf8',
    stdio: ['ignore', openSync('/dev/null', 'w'), 'pipe'],
  });
  const seconds = (performance.now() - start) / 1000;
  const [, microseconds, kibibytes] = /used (\d+) (\d+)\n$/.exec(stderr) ?? [];
  if ((status ?? 2) > 1 || microseconds === undefined)
    throw new Error(`curfew network ${args[0]} failed\n${stderr}`);
  return {
    seconds: round(seconds),
    cpu: round(Number(microseconds) / 1e6),
    memory: Math.round(Number(kibibytes) / 1024),
  };
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}

async function main(): Promise<void> {
  build();
  const folder = mkdtempSync(join(tmpdir(), 'curfew-bench-'));
  const figures: Figures[] = [];
  for (const size of sizes) figures.push(await measure(size, folder));
  rmSync(folder, { recursive: true });
  const [small, large] = figures;
  if (small === undefined || large === undefined) throw new Error('two sizes are needed');
  const growth = {
    pods: large.pods / small.pods,
    connections: round(large.connections / small.connections),
    list: round(large.list.cpu / small.list.cpu),
    diff: round(large.diff.cpu / small.diff.cpu),
  };
  const lines = figures.flatMap(({ pods, policies, connections: rows, list, diff }) => [
    `${pods} pods, ${policies} policies, ${rows} connections`,
    `  list ${list.seconds} s (processor ${list.cpu} s), ${list.memory} MiB; diff ${diff.seconds} s (processor ${diff.cpu} s), ${diff.memory} MiB`,
  ]);
  report({ goal, figures, growth }, [
    ...lines,
    `ten times the pods: ${growth.connections} times the connections, list ${growth.list} and diff ${growth.diff} times the work`,
    `goal: ${goal} s for each at the first size, on one core, start and reading included`,
  ]);
}

await main();
