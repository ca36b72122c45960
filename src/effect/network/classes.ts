/**
 * Pods that no policy can tell apart are one class, and everything is worked out for classes: a cluster has thousands
 * of pods, but only as many classes as its policies make differences.
 */
import { selects, type Selector } from '../rbac/selector.ts';
import type { Address, Family } from './addresses.ts';
import { Bits } from './bits.ts';
import { lookOf, peersOf, type Look } from './look.ts';
import type { AddressPeer, Peer, PodPeer } from './policy.ts';
import { valueAt } from './steps.ts';
import type { NetworkWorld, Pod } from './world.ts';

/** The classes of a world, by namespace, label and address, so that a selector is a few operations on sets of them. */
export class Classes {
  /** One pod of each class, standing for all of them. */
  readonly pods: readonly Pod[];
  /** The class of every pod of the world. */
  readonly of: ReadonlyMap<Pod, number>;
  readonly #world: NetworkWorld;
  readonly #all: Bits;
  readonly #byNamespace = new Map<string, Bits>();
  readonly #byLabel = new Map<string, Map<string, Bits>>();
  readonly #bySegment: Readonly<Record<Family, Map<number, Segment>>> = { 4: new Map(), 6: new Map() };
  readonly #peers = new Map<string, Bits>();

  private constructor(world: NetworkWorld, look: Look, pods: readonly Pod[], of: ReadonlyMap<Pod, number>) {
    this.#world = world;
    this.pods = pods;
    this.of = of;
    this.#all = Bits.all(pods.length);
    for (const [id, { namespace, labels, ipv4, ipv6 }] of pods.entries()) {
      this.#entry(this.#byNamespace, namespace).add(id);
      for (const key of look.keys) {
        const value = labels.get(key);
        if (value === undefined) continue;
        const values = this.#byLabel.get(key) ?? new Map<string, Bits>();
        this.#byLabel.set(key, values);
        this.#entry(values, value).add(id);
      }
      if (ipv4 !== null) this.#addToSegment(4, look.segment(ipv4), ipv4, id);
      if (ipv6 !== null) this.#addToSegment(6, look.segment(ipv6), ipv6, id);
    }
  }

  /** The classes that the world's policies, and these further selectors of pods, can tell apart. */
  static of(world: NetworkWorld, selectors: readonly Selector[] = []): Classes {
    const look = lookOf(world.policies, selectors);
    const ids = new Map<string, number>();
    const pods: Pod[] = [];
    const of = new Map<Pod, number>();
    for (const pod of world.pods) {
      const description = look.describe(pod);
      let id = ids.get(description);
      if (id === undefined) {
        id = pods.push(pod) - 1;
        ids.set(description, id);
      }
      of.set(pod, id);
    }
    return new Classes(world, look, pods, of);
  }

  /** The families of addresses that lie in some block of a policy; empty where no address matters. */
  families(): readonly Family[] {
    const blocks = this.#world.policies.flatMap(peersOf).filter((peer) => peer.kind === 'addresses');
    return ([4, 6] as const).filter((family) =>
      [...this.#bySegment[family].values()].some(({ address }) =>
        blocks.some(({ addresses }) => valueAt(addresses, address, false)),
      ),
    );
  }

  /** The classes that the selector selects in the namespace, or in all of them; only for selectors that were given. */
  select(namespace: string | null, selector: Selector): Bits {
    const start = namespace === null ? this.#all : (this.#byNamespace.get(namespace) ?? this.#none());
    return selector.reduce((selected, { key, operator, values }) => {
      const byValue = this.#byLabel.get(key) ?? new Map<string, Bits>();
      const isByValue = operator === 'In' || operator === 'NotIn';
      const matching = isByValue ? values.map((value) => byValue.get(value)) : [...byValue.values()];
      // NotIn and DoesNotExist also select what has no such label.
      const takesMatching = operator === 'In' || operator === 'Exists';
      return takesMatching
        ? selected.intersect(this.#union(matching))
        : selected.subtract(this.#union(matching));
    }, start);
  }

  /** The classes that a peer means, seen from a policy of this namespace, by their addresses of one family. */
  selectPeer(peer: Peer, namespace: string, family: Family): Bits {
    const key =
      peer.kind === 'addresses'
        ? JSON.stringify([family, peer.cidr, peer.except])
        : JSON.stringify([peer.namespaces === null ? namespace : null, peer.namespaces, peer.pods]);
    const known = this.#peers.get(key);
    if (known !== undefined) return known;
    const selected =
      peer.kind === 'addresses' ? this.#selectAddresses(peer, family) : this.#selectPods(peer, namespace);
    this.#peers.set(key, selected);
    return selected;
  }

  #selectPods({ namespaces, pods }: PodPeer, namespace: string): Bits {
    if (namespaces === null) return this.select(namespace, pods);
    if (namespaces.length === 0) return this.select(null, pods);
    const there = [...this.#world.namespaces].filter(([, labels]) => selects(namespaces, labels));
    return this.select(null, pods).intersect(this.#union(there.map(([name]) => this.#byNamespace.get(name))));
  }

  #selectAddresses({ addresses }: AddressPeer, family: Family): Bits {
    const segments = [...this.#bySegment[family].values()];
    return this.#union(
      segments.map(({ address, classes }) => (valueAt(addresses, address, false) ? classes : undefined)),
    );
  }

  #addToSegment(family: Family, number: number, address: Address, id: number): void {
    const segment = this.#bySegment[family].get(number) ?? { address, classes: this.#none() };
    this.#bySegment[family].set(number, segment);
    segment.classes.add(id);
  }

  #entry(index: Map<string, Bits>, key: string): Bits {
    const bits = index.get(key) ?? this.#none();
    index.set(key, bits);
    return bits;
  }

  #none(): Bits {
    return Bits.none(this.pods.length);
  }

  #union(sets: readonly (Bits | undefined)[]): Bits {
    return sets.reduce<Bits>((union, set) => (set === undefined ? union : union.unite(set)), this.#none());
  }
}

/** Classes whose pods have addresses that no block tells apart, with one of those addresses. */
interface Segment {
  readonly address: Address;
  readonly classes: Bits;
}
