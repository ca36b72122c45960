/**
 * Pods that no policy can tell apart are one class, and everything is worked out for classes: a cluster has thousands
 * of pods, but only as many classes as its policies make differences.
 */
import { selects, type Selector } from '../rbac/selector.ts';
import { uniteAddresses, type Address, type AddressSet, type Family } from './addresses.ts';
import { Bits } from './bits.ts';
import { lookOf, peersOf, type Look } from './look.ts';
import type { Peer, PodPeer } from './policy.ts';
import { runs } from './steps.ts';
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
  /** In the order of their addresses. */
  readonly #byAddress: Readonly<Record<Family, readonly Addressed[]>>;
  readonly #peers = new Map<string, Bits>();

  private constructor(world: NetworkWorld, look: Look, pods: readonly Pod[], of: ReadonlyMap<Pod, number>) {
    this.#world = world;
    this.pods = pods;
    this.of = of;
    this.#all = Bits.all(pods.length);
    for (const [id, { namespace, labels }] of pods.entries()) {
      this.#entry(this.#byNamespace, namespace).add(id);
      for (const key of look.keys) {
        const value = labels.get(key);
        if (value === undefined) continue;
        const values = this.#byLabel.get(key) ?? new Map<string, Bits>();
        this.#byLabel.set(key, values);
        this.#entry(values, value).add(id);
      }
    }
    this.#byAddress = {
      4: inOrder(pods.map(({ ipv4 }) => ipv4)),
      6: inOrder(pods.map(({ ipv6 }) => ipv6)),
    };
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
    const addresses = uniteAddresses(blocks.map((block) => block.addresses));
    return ([4, 6] as const).filter((family) => !this.#selectAddresses(addresses, family).isEmpty());
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
      peer.kind === 'addresses'
        ? this.#selectAddresses(peer.addresses, family)
        : this.#selectPods(peer, namespace);
    this.#peers.set(key, selected);
    return selected;
  }

  #selectPods({ namespaces, pods }: PodPeer, namespace: string): Bits {
    if (namespaces === null) return this.select(namespace, pods);
    if (namespaces.length === 0) return this.select(null, pods);
    const there = [...this.#world.namespaces].filter(([, labels]) => selects(namespaces, labels));
    return this.select(null, pods).intersect(this.#union(there.map(([name]) => this.#byNamespace.get(name))));
  }

  #selectAddresses(addresses: AddressSet, family: Family): Bits {
    const selected = this.#none();
    const all = this.#byAddress[family];
    for (const { from, to, value } of runs(addresses)) {
      if (!value) continue;
      for (let index = indexFrom(all, from); index < all.length; index += 1) {
        const one = all[index];
        if (one === undefined || (to !== null && one.address >= to)) break;
        selected.add(one.id);
      }
    }
    return selected;
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
    const union = this.#none();
    for (const set of sets) if (set !== undefined) union.addAll(set);
    return union;
  }
}

/** A class with the address of its pod. Others of the class may have others, which no policy tells apart. */
interface Addressed {
  readonly address: Address;
  readonly id: number;
}

function inOrder(addresses: readonly (Address | null)[]): readonly Addressed[] {
  const known = addresses.flatMap((address, id) => (address === null ? [] : [{ address, id }]));
  return known.sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** The index of the first class whose address is not before this one. */
function indexFrom(classes: readonly Addressed[], address: Address): number {
  let [low, high] = [0, classes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = classes[middle];
    if (one !== undefined && one.address < address) low = middle + 1;
    else high = middle;
  }
  return low;
}
