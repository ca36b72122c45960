import * as fc from 'fast-check';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  addressRange,
  allAddresses,
  countAddresses,
  familyOf,
  formatAddress,
  formatRange,
  noAddresses,
  parseAddress,
  parseCidr,
  subtractAddresses,
  uniteAddresses,
} from '../../../src/effect/network/addresses.ts';
import { valueAt } from '../../../src/effect/network/steps.ts';

test.each([
  ['0.0.0.0/0', '0.0.0.0-255.255.255.255'],
  ['10.1.2.3/8', '10.0.0.0-10.255.255.255'],
  ['192.0.2.1/32', '192.0.2.1-192.0.2.1'],
  ['255.255.255.255/32', '255.255.255.255-255.255.255.255'],
  ['::/0', '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:DB8::1/32', '2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fd00::/127', 'fd00::-fd00::1'],
  ['1:0:0:2::/64', '1:0:0:2::-1::2:ffff:ffff:ffff:ffff'],
])('%s is %s', (cidr, range) => {
  const block = parseCidr(cidr);
  expect(block === null ? null : formatRange(block.from, block.to)).toBe(range);
});

describe('is no block', () => {
  test.each([
    '',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0/8',
    '256.0.0.0/8',
    '01.0.0.0/8',
    '10.0.0.0/8 ',
    '::/129',
    ':::/0',
    '1::2::3/8',
    '1:2:3:4:5:6:7/8',
    '1:2:3:4:5:6:7:8:9/8',
    '12345::/8',
    'fe80::1%eth0/64',
    '::ffff:10.0.0.1/128',
    '::ffff:a00:1/128',
    '10.0.0.0/8/8',
    'localhost/8',
    '١٠.0.0.0/8',
  ])('%s', (text) => {
    expect(parseCidr(text)).toBeNull();
  });
});

const ipv4 = fc.ipV4();
const ipv6 = fc
  .array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 })
  .filter((groups) => !(groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff))
  .map((groups) => groups.map((group) => group.toString(16)).join(':'));

test('an address reads back as what was written, and its shortest form is an address too', () => {
  fc.assert(
    fc.property(fc.oneof(ipv4, ipv6), (text) => {
      const address = parseAddress(text);
      expect(address).not.toBeNull();
      const shown = formatAddress(address ?? -1n);
      expect(parseAddress(shown)).toBe(address);
      expect(familyOf(address ?? -1n) === 4 ? isIPv4(shown) : isIPv6(shown)).toBe(true);
    }),
  );
});

test('IPv6 is written as RFC 5952 says', () => {
  const shown = [
    '2001:db8:0:0:1:0:0:1',
    '0:0:0:0:0:0:0:1',
    '1:0:0:0:0:0:0:0',
    '1:0:2:3:4:5:6:7',
    '0:0:0:0:0:0:0:0',
  ].map((text) => formatAddress(parseAddress(text) ?? -1n));
  expect(shown).toEqual(['2001:db8::1:0:0:1', '::1', '1::', '1:0:2:3:4:5:6:7', '::']);
});

const block = fc
  .oneof(
    fc.tuple(ipv4, fc.nat(32)).map(([address, prefix]) => `${address}/${prefix}`),
    fc.tuple(ipv6, fc.nat(128)).map(([address, prefix]) => `${address}/${prefix}`),
  )
  .map((text) => parseCidr(text))
  .filter((parsed) => parsed !== null);

const set = fc.array(block, { maxLength: 4 }).map((blocks) => uniteAddresses(blocks.map(addressRange)));

test('sets of addresses are sets', () => {
  fc.assert(
    fc.property(set, set, fc.oneof(ipv4, ipv6), (a, b, text) => {
      const address = parseAddress(text) ?? -1n;
      const [inA, inB] = [valueAt(a, address, false), valueAt(b, address, false)];
      expect(valueAt(uniteAddresses([a, b]), address, false)).toBe(inA || inB);
      expect(valueAt(subtractAddresses(a, b), address, false)).toBe(inA && !inB);
      expect(uniteAddresses([a, b])).toEqual(uniteAddresses([b, a]));
      expect(subtractAddresses(a, a)).toEqual(noAddresses);
      expect(subtractAddresses(a, allAddresses)).toEqual(noAddresses);
      const both = subtractAddresses(a, subtractAddresses(a, b));
      expect(countAddresses(uniteAddresses([a, b]))).toBe(
        countAddresses(a) + countAddresses(b) - countAddresses(both),
      );
    }),
  );
});

test('every address of both families', () => {
  expect(countAddresses(allAddresses)).toBe(2n ** 32n + 2n ** 128n);
});
