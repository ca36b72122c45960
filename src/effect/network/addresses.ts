/**
 * IP addresses and sets of them. IPv4 and IPv6 lie one after the other on one line of integers, parted by a gap that
 * is in no set, so that one set holds addresses of both.
 */
import { combine, combineAll, runs, type Step, type Steps } from './steps.ts';

/** A point of the line: an IPv4 address as its number, an IPv6 address beyond the gap. */
export type Address = bigint;

export type AddressSet = Steps<Address, boolean>;

export type Family = 4 | 6;

/** An address block in CIDR notation; `to` no longer belongs to it. */
export interface Cidr {
  readonly family: Family;
  readonly from: Address;
  readonly to: Address;
}

const endOfIPv4 = 1n << 32n;
const startOfIPv6 = endOfIPv4 + 1n;
const endOfIPv6 = startOfIPv6 + (1n << 128n);

export const noAddresses: AddressSet = [{ from: 0n, value: false }];

/** Every address of both families. */
export const allAddresses: AddressSet = everywhere(true, false);

/** The function that has one value at every address, and another where there is none. */
export function everywhere<V>(value: V, elsewhere: V): Steps<Address, V> {
  const steps: readonly Step<Address, V>[] = [
    { from: 0n, value },
    { from: endOfIPv4, value: elsewhere },
    { from: startOfIPv6, value },
    { from: endOfIPv6, value: elsewhere },
  ];
  return steps;
}

export function familyOf(address: Address): Family {
  return address < startOfIPv6 ? 4 : 6;
}

/** The addresses of one block. */
export function addressRange({ from, to }: Pick<Cidr, 'from' | 'to'>): AddressSet {
  const inside = [
    { from, value: true },
    { from: to, value: false },
  ];
  return from === 0n ? inside : [{ from: 0n, value: false }, ...inside];
}

/** The addresses of any of the sets. */
export function uniteAddresses(sets: readonly AddressSet[]): AddressSet {
  return combineAll(sets, (inA, inB) => inA || inB, noAddresses);
}

/** The addresses of `a` that are not in `b`. */
export function subtractAddresses(a: AddressSet, b: AddressSet): AddressSet {
  return combine(a, b, (inA, inB) => inA && !inB);
}

/** How many addresses the set holds. */
export function countAddresses(set: AddressSet): bigint {
  return runs(set).reduce((sum, { from, to, value }) => (value && to !== null ? sum + to - from : sum), 0n);
}

/** `10.0.0.0-10.255.255.255`; `to` no longer belongs to the range. A single address is a range too. */
export function formatRange(from: Address, to: Address): string {
  return `${formatAddress(from)}-${formatAddress(to - 1n)}`;
}

/** Reads an address of either family; null where it is none. */
export function parseAddress(text: string): Address | null {
  const short = parseIPv4(text);
  if (short !== null) return short;
  const long = parseIPv6(text);
  return long === null ? null : startOfIPv6 + long;
}

/**
 * Reads `10.0.0.0/8` or `fd00::/8`; null where it is none. Bits beyond the prefix are dropped, as an API server
 * accepts them. Not accepted: octets with leading zeros and IPv4 written as IPv6, which readers understand in
 * different ways.
 */
export function parseCidr(text: string): Cidr | null {
  const match = /^([0-9a-fA-F:.]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const address = parseAddress(match?.[1] ?? '');
  if (match === null || address === null) return null;
  const family = familyOf(address);
  const [start, bits] = family === 4 ? [0n, 32] : [startOfIPv6, 128];
  const prefix = Number(match[2]);
  if (prefix > bits) return null;
  const size = 1n << BigInt(bits - prefix);
  const from = start + ((address - start) / size) * size;
  return { family, from, to: from + size };
}

/** `10.0.0.1`, or IPv6 as RFC 5952 writes it. */
export function formatAddress(address: Address): string {
  if (familyOf(address) === 4) {
    return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.');
  }
  const long = address - startOfIPv6;
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((long >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  return shortenZeros(groups);
}

/** The longest run of two or more zero groups, the first of equals, becomes `::`. */
function shortenZeros(groups: readonly string[]): string {
  let [best, length] = [0, 1];
  for (let start = 0; start < groups.length; start += 1) {
    let end = start;
    while (groups[end] === '0') end += 1;
    if (end - start > length) [best, length] = [start, end - start];
  }
  if (length === 1) return groups.join(':');
  return `${groups.slice(0, best).join(':')}::${groups.slice(best + length).join(':')}`;
}

function parseIPv4(text: string): bigint | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return null;
  let address = 0n;
  for (const octet of match.slice(1)) {
    if (Number(octet) > 255 || (octet.length > 1 && octet.startsWith('0'))) return null;
    address = address * 256n + BigInt(octet);
  }
  return address;
}

function parseIPv6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (head === undefined) return null;
  const known = head.length + (tail?.length ?? 0);
  if (tail === undefined ? known !== 8 : known > 7) return null;
  const zeros = Array.from({ length: 8 - known }, () => '0');
  let address = 0n;
  for (const group of [...head, ...zeros, ...(tail ?? [])]) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null;
    address = (address << 16n) + BigInt(`0x${group}`);
  }
  const isMappedIPv4 = address >> 32n === 0xffffn;
  return isMappedIPv4 ? null : address;
}
