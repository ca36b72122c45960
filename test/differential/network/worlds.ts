/** Clusters to compare the two engines on: random ones, and those that cyclonus' own test cases lead through. */
import * as fc from 'fast-check';
import type { Json, JsonObject, KubernetesObject } from '../../../src/base/json.ts';
import { cluster, type Addresses } from '../../effect/network/arbitrary.ts';
import { policyObject } from '../../effect/network/objects.ts';
import { ask } from './oracle.ts';

/** A cluster with a name that finds it again. */
export interface NamedCluster {
  readonly name: string;
  readonly objects: readonly KubernetesObject[];
}

/** As many random clusters, the same for the same seed; half of them speak IPv4, half IPv6. */
export function randomClusters(seed: number, number: number): readonly NamedCluster[] {
  const half = (addresses: Addresses, size: number): readonly NamedCluster[] =>
    fc
      .sample(cluster(addresses), { seed, numRuns: size })
      .map((objects, index) => ({ name: `random ${addresses} cluster ${index} of seed ${seed}`, objects }));
  return [...half('ipv4', Math.ceil(number / 2)), ...half('ipv6', Math.floor(number / 2))];
}

interface Case {
  readonly Description: string;
  readonly Steps: readonly { readonly Actions: readonly Action[] | null }[];
}

/** One of the fields holds the action, the others are null. */
interface Action {
  readonly CreatePolicy: { readonly Policy: PolicyObject } | null;
  readonly UpdatePolicy: { readonly Policy: PolicyObject } | null;
  readonly DeletePolicy: { readonly Namespace: string; readonly Name: string } | null;
  readonly CreateNamespace: { readonly Namespace: string; readonly Labels: Labels } | null;
  readonly SetNamespaceLabels: { readonly Namespace: string; readonly Labels: Labels } | null;
  readonly DeleteNamespace: { readonly Namespace: string } | null;
  readonly CreatePod: { readonly Namespace: string; readonly Pod: string; readonly Labels: Labels } | null;
  readonly SetPodLabels: { readonly Namespace: string; readonly Pod: string; readonly Labels: Labels } | null;
  readonly DeletePod: { readonly Namespace: string; readonly Pod: string } | null;
}

type Labels = Readonly<Record<string, string>>;

interface PolicyObject {
  readonly metadata: { readonly namespace?: string; readonly name: string };
  readonly spec: JsonObject;
}

/** The cluster after every step of every case of cyclonus' generator. */
export function generatedClusters(): { readonly cases: number; readonly clusters: readonly NamedCluster[] } {
  const cases: readonly Case[] = JSON.parse(ask('cases', []).join(''));
  const clusters = cases.flatMap(({ Description, Steps }, number) => {
    const state = new State();
    return Steps.map(({ Actions }, step) => {
      for (const action of Actions ?? []) state.apply(action);
      return { name: `generated case ${number} "${Description}", step ${step}`, objects: state.objects() };
    });
  });
  return { cases: cases.length, clusters };
}

/** The cluster that the cases start from, as cyclonus sets it up: pods a, b and c in x, y and z. */
class State {
  readonly #namespaces = new Map<string, Labels>();
  readonly #pods = new Map<string, KubernetesObject>();
  readonly #policies = new Map<string, KubernetesObject>();

  constructor() {
    for (const namespace of ['x', 'y', 'z']) {
      this.#namespaces.set(namespace, { ns: namespace });
      for (const pod of ['a', 'b', 'c']) this.#addPod(namespace, pod, { pod });
    }
  }

  apply(action: Action): void {
    const policy = action.CreatePolicy?.Policy ?? action.UpdatePolicy?.Policy;
    const namespace = action.CreateNamespace ?? action.SetNamespaceLabels;
    const pod = action.CreatePod ?? action.SetPodLabels;
    if (policy !== undefined) {
      const { namespace: place = 'default', name } = policy.metadata;
      this.#policies.set(`${place}/${name}`, policyObject(place, name, policy.spec));
    }
    if (namespace !== null) this.#namespaces.set(namespace.Namespace, namespace.Labels);
    if (pod !== null) this.#addPod(pod.Namespace, pod.Pod, pod.Labels);
    if (action.DeletePolicy !== null) {
      this.#policies.delete(`${action.DeletePolicy.Namespace}/${action.DeletePolicy.Name}`);
    }
    if (action.DeletePod !== null) this.#pods.delete(`${action.DeletePod.Namespace}/${action.DeletePod.Pod}`);
    if (action.DeleteNamespace !== null) this.#deleteNamespace(action.DeleteNamespace.Namespace);
  }

  objects(): readonly KubernetesObject[] {
    const namespaces = [...this.#namespaces].map(([name, labels]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    }));
    return [...namespaces, ...this.#pods.values(), ...this.#policies.values()];
  }

  /** As cyclonus' default pods: one container for each port and protocol. */
  #addPod(namespace: string, name: string, labels: Labels): void {
    const containers = [80, 81].flatMap((containerPort) =>
      ['TCP', 'UDP', 'SCTP'].map((protocol): Json => ({
        ports: [{ containerPort, protocol, name: `serve-${containerPort}-${protocol.toLowerCase()}` }],
      })),
    );
    const [x, y] = [['x', 'y', 'z'].indexOf(namespace), ['a', 'b', 'c'].indexOf(name)];
    this.#pods.set(`${namespace}/${name}`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name, labels },
      spec: { containers },
      status: { podIP: `10.${x + (x < 0 ? 4 : 0)}.0.${y + (y < 0 ? 5 : 1)}` },
    });
  }

  #deleteNamespace(namespace: string): void {
    this.#namespaces.delete(namespace);
    for (const map of [this.#pods, this.#policies]) {
      for (const key of map.keys()) if (key.startsWith(`${namespace}/`)) map.delete(key);
    }
  }
}
