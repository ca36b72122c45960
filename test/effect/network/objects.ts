/** Kubernetes objects and flows as the network tests write them. */
import { parseAddress } from '../../../src/effect/network/addresses.ts';
import { protocols } from '../../../src/effect/network/ports.ts';
import type { End, Port } from '../../../src/effect/network/verdict.ts';
import type { NetworkWorld } from '../../../src/effect/network/world.ts';
import type { Json, KubernetesObject } from '../../../src/base/json.ts';

export function policyObject(namespace: string, name: string, spec: Json): KubernetesObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { namespace, name }, spec };
}

/** A pod that does nothing but carry labels. */
export function podObject(
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels }, spec: {} };
}

export interface Flow {
  readonly source: End;
  readonly destination: End;
  readonly port: Port;
}

/** Reads `x/a > 10.0.0.1 TCP/80`. */
export function parseFlow(world: NetworkWorld, text: string): Flow {
  const [, source = '', destination = '', name, number] = /^(\S+) > (\S+) (\w+)\/(\d+)$/.exec(text) ?? [];
  const protocol = protocols.find((each) => each === name);
  if (protocol === undefined) throw new Error(`"${text}" is not a flow`);
  return {
    source: parseEnd(world, source),
    destination: parseEnd(world, destination),
    port: { protocol, number: Number(number) },
  };
}

function parseEnd(world: NetworkWorld, text: string): End {
  const address = parseAddress(text);
  if (address !== null) return { kind: 'address', address };
  const pod = world.pods.find(({ namespace, name }) => `${namespace}/${name}` === text);
  if (pod === undefined) throw new Error(`there is no pod ${text}`);
  return { kind: 'pod', pod };
}
