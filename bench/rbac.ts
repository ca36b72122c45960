/**
 * The RBAC evaluator at full size and at a tenth of it: reading a world, the difference that one grant makes, questions
 * a second, memory. Times are those of the processor. Goals at full size: one grant under 50 ms, a million questions a
 * second. `node bench/rbac.ts [--json]`
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { KubernetesObject } from '../src/base/json.ts';
import { can } from '../src/effect/rbac/can.ts';
import type { Attributes } from '../src/effect/rbac/compiled.ts';
import { judgeRbac } from '../src/effect/rbac/judge.ts';
import { loadRbac, type Subject } from '../src/effect/rbac/world.ts';

interface Size {
  readonly roles: number;
  readonly bindings: number;
  readonly subjects: number;
}

interface Figures extends Size {
  /** Milliseconds, median. */
  readonly load: number;
  /** Milliseconds, median: reading the snapshot included. */
  readonly difference: number;
  /** Milliseconds, worst. */
  readonly differenceWorst: number;
  readonly questionsPerSecond: number;
  /** MiB of the world, manifests not counted. */
  readonly memory: number;
}

const full: Size = { roles: 1000, bindings: 5000, subjects: 1000 };
const tenth: Size = { roles: 100, bindings: 500, subjects: 100 };

/** The same numbers on every run (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const kinds: readonly (readonly [group: string, resource: string])[] = [
  ['', 'pods'],
  ['', 'pods/log'],
  ['', 'pods/exec'],
  ['', 'configmaps'],
  ['', 'secrets'],
  ['', 'services'],
  ['apps', 'deployments'],
  ['apps', 'deployments/scale'],
  ['batch', 'jobs'],
  ['networking.k8s.io', 'networkpolicies'],
];
const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };

/** Half the roles are ClusterRoles, a tenth of the bindings hold across the cluster, and a tenth is for groups. */
function worldOf({ roles, bindings, subjects }: Size): readonly KubernetesObject[] {
  const random = randomFrom(42);
  const namespaces = Math.max(5, roles / 20);
  const rules = () =>
    Array.from({ length: 1 + random(4) }, () => {
      const [group, resource] = kinds[random(kinds.length)] ?? ['', 'pods'];
      const from = random(verbs.length - 1);
      return { apiGroups: [group], resources: [resource], verbs: verbs.slice(from, from + 3) };
    });
  const clusterRoles = roles / 2;
  return [
    ...Array.from({ length: clusterRoles }, (_, index) => ({
      ...rbac,
      kind: 'ClusterRole',
      metadata: { name: `cluster-role-${index}` },
      rules: rules(),
    })),
    ...Array.from({ length: roles - clusterRoles }, (_, index) => ({
      ...rbac,
      kind: 'Role',
      metadata: { name: `role-${index}`, namespace: `ns-${index % namespaces}` },
      rules: rules(),
    })),
    ...Array.from({ length: bindings }, (_, index) => {
      const role = random(roles);
      const kind = random(10) === 0 ? 'Group' : random(5) === 0 ? 'ServiceAccount' : 'User';
      const subject = { kind, name: `subject-${random(subjects)}`, namespace: `ns-${random(namespaces)}` };
      const ofCluster = role < clusterRoles;
      const everywhere = ofCluster && random(5) === 0;
      return {
        ...rbac,
        kind: everywhere ? 'ClusterRoleBinding' : 'RoleBinding',
        metadata: {
          name: `binding-${index}`,
          ...(everywhere
            ? {}
            : { namespace: `ns-${ofCluster ? random(namespaces) : (role - clusterRoles) % namespaces}` }),
        },
        roleRef: ofCluster
          ? { kind: 'ClusterRole', name: `cluster-role-${role}` }
          : { kind: 'Role', name: `role-${role - clusterRoles}` },
        subjects: [subject],
      };
    }),
  ];
}

const catalogRole: KubernetesObject = {
  ...rbac,
  kind: 'ClusterRole',
  metadata: { name: 'curfew:debug-pod' },
  rules: [
    { apiGroups: [''], resources: ['pods', 'pods/log', 'events'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] },
  ],
};

function grantFor(user: string): KubernetesObject {
  return {
    ...rbac,
    kind: 'RoleBinding',
    metadata: { name: 'bench-grant', namespace: 'ns-1' },
    roleRef: { kind: 'ClusterRole', name: 'curfew:debug-pod' },
    subjects: [{ kind: 'User', name: user }],
  };
}

/** Time of the processor for this thread, in milliseconds: what else the machine does is not counted. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function milliseconds(work: () => unknown): number {
  const start = processorTime();
  work();
  return processorTime() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function measure(size: Size): Figures {
  const objects = worldOf(size);
  const runs = 30;
  const loads = Array.from({ length: runs }, () => milliseconds(() => loadRbac(objects)));
  const differences = Array.from({ length: runs }, (_, index) =>
    milliseconds(() =>
      judgeRbac({
        snapshot: objects,
        roles: [{ name: 'curfew:debug-pod', object: catalogRole }],
        grant: [grantFor(`subject-${index}`)],
        subjectUser: `subject-${index}`,
        scope: { cluster: 'bench', namespace: 'ns-1' },
      }),
    ),
  );
  return {
    ...size,
    load: median(loads),
    difference: median(differences.slice(5)),
    differenceWorst: Math.max(...differences),
    questionsPerSecond: askQuestions(size, objects),
    memory: memoryOf(objects),
  };
}

/** Each question once to warm up, then all of them again and again for two seconds. */
function askQuestions(size: Size, objects: readonly KubernetesObject[]): number {
  const world = loadRbac(objects);
  const random = randomFrom(7);
  const questions = Array.from(
    { length: 100_000 },
    (): { readonly subject: Subject; readonly asked: Attributes } => {
      const [group, resource] = kinds[random(kinds.length)] ?? ['', 'pods'];
      const [parent = '', subresource = ''] = resource.split('/');
      return {
        subject: {
          user: `subject-${random(size.subjects)}`,
          groups: [`subject-${random(size.subjects)}`, 'system:authenticated'],
        },
        asked: {
          verb: verbs[random(verbs.length)] ?? 'get',
          group,
          resource: parent,
          subresource,
          name: 'x',
          namespace: `ns-${random(Math.max(5, size.roles / 20))}`,
        },
      };
    },
  );
  const askAll = () => {
    let allowed = 0;
    for (const { subject, asked } of questions) if (can(world, subject, asked).allowed) allowed += 1;
    return allowed;
  };
  askAll();
  const start = processorTime();
  let asked = 0;
  while (processorTime() - start < 2000) {
    askAll();
    asked += questions.length;
  }
  return Math.round((asked / (processorTime() - start)) * 1000);
}

/** What one of ten worlds holds, once everything else has been collected. */
function memoryOf(objects: readonly KubernetesObject[]): number {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const worlds = Array.from({ length: 10 }, () => loadRbac(objects));
  collectGarbage();
  return (process.memoryUsage().heapUsed - before) / worlds.length / 2 ** 20;
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}

const figures = [measure(tenth), measure(full)];
if (process.argv.includes('--json')) console.log(JSON.stringify(figures));
else
  for (const { roles, bindings, subjects, ...figure } of figures)
    console.log(
      `${roles} roles, ${bindings} bindings, ${subjects} subjects:\n` +
        `  read            ${figure.load.toFixed(1)} ms\n` +
        `  one grant       ${figure.difference.toFixed(1)} ms (worst ${figure.differenceWorst.toFixed(1)} ms), reading included\n` +
        `  questions       ${figure.questionsPerSecond.toLocaleString('en')} a second\n` +
        `  memory          ${figure.memory.toFixed(1)} MiB\n`,
    );
