/**
 * `curfew network list` and `diff` on whole clusters, each in a process of its own on one core, start and reading the
 * YAML included: time, memory, and how both grow. Goal: 1 s for 1,000 pods and 100 policies.
 * `node bench/network.ts [--json]`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KubernetesObject } from '../src/base/json.ts';
import { dispatch } from '../src/cli/dispatch.ts';
import { processIo } from '../src/cli/io.ts';
import { networkCommand } from '../src/cli/network.ts';
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

/** Runs this file again as the command, pinned to one core where the system can. */
function run(...args: readonly string[]): Run {
  const command = [process.execPath, fileURLToPath(import.meta.url), '--run', ...args];
  const core = String(availableParallelism() - 1);
  const pinned =
    spawnSync('taskset', ['-c', core, 'true']).status === 0 ? ['taskset', '-c', core, ...command] : command;
  const [program = '', ...rest] = pinned;
  const start = performance.now();
  const { status, stderr } = spawnSync(program, rest, {
    encoding: 'utf8',
    stdio: ['ignore', openSync('/dev/null', 'w'), 'pipe'],
  });
  const seconds = (performance.now() - start) / 1000;
  const [, kibibytes] = /peak (\d+)\n$/.exec(stderr) ?? [];
  if ((status ?? 2) > 1 || kibibytes === undefined)
    throw new Error(`curfew network ${args[0]} failed\n${stderr}`);
  return { seconds: round(seconds), memory: Math.round(Number(kibibytes) / 1024) };
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}

async function runCommand(args: readonly string[]): Promise<void> {
  process.exitCode = await dispatch(['network', ...args], processIo(), {
    network: async () => Promise.resolve(networkCommand),
  });
  process.stderr.write(`peak ${process.resourceUsage().maxRSS}\n`);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-bench-'));
  const figures: Figures[] = [];
  for (const size of sizes) figures.push(await measure(size, folder));
  rmSync(folder, { recursive: true });
  const [small, large] = figures;
  if (small === undefined || large === undefined) throw new Error('two sizes are needed');
  const growth = {
    pods: large.pods / small.pods,
    connections: round(large.connections / small.connections),
    list: round(large.list.seconds / small.list.seconds),
    diff: round(large.diff.seconds / small.diff.seconds),
  };
  const lines = figures.flatMap(({ pods, policies, connections: rows, list, diff }) => [
    `${pods} pods, ${policies} policies, ${rows} connections`,
    `  list ${list.seconds} s, ${list.memory} MiB; diff ${diff.seconds} s, ${diff.memory} MiB`,
  ]);
  report({ goal, figures, growth }, [
    ...lines,
    `ten times the pods: ${growth.connections} times the connections, list ${growth.list} and diff ${growth.diff} times as long`,
    `goal: ${goal} s for each at the first size, on one core, start and reading included`,
  ]);
}

if (process.argv[2] === '--run') await runCommand(process.argv.slice(3));
else await main();
