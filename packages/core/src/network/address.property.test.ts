import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInRange, parseIp, parseIpRange, unmapped } from './address.ts';
import { notPublic } from './public-address.ts';

const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const groups = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 });
const dotted = (parts: readonly number[]) => parts.join('.');
const colons = (parts: readonly number[]) => parts.map((part) => part.toString(16)).join(':');

/** An independent reading of the ranges: by octets. */
function isPublicV4([a, b, c, d]: readonly [number, number, number, number]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100 && b >= 64 && b <= 127) return false;
  if (a === 168 && b === 63 && c === 129 && d === 16) return false;
  if (a === 169 && b === 254) return false;
  if (a === 172 && b >= 16 && b <= 31) return false;
  if (a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)) || (b === 88 && c === 99))) return false;
  if (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) return false;
  return !(a === 203 && b === 0 && c === 113);
}

/** Addresses near the borders of ranges are as likely as others. */
const nearBorders = fc.oneof(
  octets,
  fc.tuple(
    fc.constantFrom(0, 9, 10, 11, 99, 100, 101, 126, 127, 128, 168, 169, 172, 192, 198, 203, 223, 224, 239, 240, 255),
    fc.constantFrom(0, 15, 16, 17, 18, 19, 20, 31, 32, 51, 63, 64, 88, 127, 128, 167, 168, 169, 254, 255),
    fc.constantFrom(0, 1, 2, 3, 99, 100, 113, 129, 255),
    fc.constantFrom(0, 1, 15, 16, 17, 255),
  ),
);

test('an IPv4 address is public as its octets say, also when it is mapped into IPv6 or behind a translator', () => {
  fc.assert(
    fc.property(nearBorders, (parts) => {
      const expected = isPublicV4(parts);
      for (const text of [dotted(parts), `::ffff:${dotted(parts)}`, `0:0:0:0:0:FFFF:${dotted(parts)}`]) {
        expect(notPublic(parseIp(text)!) === null, text).toBe(expected);
      }
      expect(notPublic(parseIp(`64:ff9b::${dotted(parts)}`)!) === null).toBe(expected);
      // The old ways to write an IPv4 address inside IPv6 lead nowhere that is public.
      expect(notPublic(parseIp(`::${dotted(parts)}`)!)).not.toBeNull();
    }),
    { numRuns: 2_000 },
  );
});

test('an IPv6 address is public only inside 2000::/3', () => {
  fc.assert(
    fc.property(groups, (parts) => {
      const isGlobal = parts[0]! >> 13 === 1;
      if (notPublic(parseIp(colons(parts))!) === null) expect(isGlobal).toBe(true);
    }),
  );
  for (const text of ['::1', '::', 'fe80::1', 'fd00:ec2::254', 'ff02::1', '2001:db8::1', '2002:7f00:1::', '2001::1']) {
    expect(notPublic(parseIp(text)!), text).not.toBeNull();
  }
  expect(notPublic(parseIp('2606:4700::1111')!)).toBeNull();
  expect(notPublic(parseIp('64:ff9b:1::1')!)).not.toBeNull();
});

test('a text in any of its forms is the same address, and the platform agrees', () => {
  fc.assert(
    fc.property(groups, (parts) => {
      const full = colons(parts);
      // The URL parser shortens and canonicalises.
      const short = new URL(`http://[${full}]/`).hostname.slice(1, -1);
      expect(parseIp(short)).toEqual(parseIp(full));
      expect(parseIp(full.toUpperCase())).toEqual(parseIp(full));
    }),
  );
});

test('every form of an address that others write is read', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      expect(parseIp(text)?.family).toBe(text.includes(':') ? 6 : 4);
    }),
  );
});

test('an address is in a range exactly when the first bits agree', () => {
  fc.assert(
    fc.property(octets, octets, fc.nat(32), (one, two, prefixBits) => {
      const binary = (parts: readonly number[]) => parts.map((part) => part.toString(2).padStart(8, '0')).join('');
      const expected = binary(one).slice(0, prefixBits) === binary(two).slice(0, prefixBits);
      expect(isInRange(parseIp(dotted(one))!, parseIpRange(`${dotted(two)}/${prefixBits}`)!)).toBe(expected);
    }),
  );
});

test('text that others could read otherwise is no address', () => {
  const unclear = [
    '010.0.0.1',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '1.2.3.4.5',
    '1.2.3.256',
    '',
    '::1%lo',
    ':::',
    '1::2::3',
  ];
  for (const text of [...unclear, '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '::1.2.3', '12345::', ' 1.2.3.4']) {
    expect(parseIp(text), text).toBeNull();
  }
  for (const text of ['10.0.0.0/33', '10.0.0.0/08', 'fd00::/129', '10.0.0.0/8/8', '/8', '10.0.0.0/']) {
    expect(parseIpRange(text), text).toBeNull();
  }
  fc.assert(fc.property(fc.string(), (text) => void parseIp(text)));
});

test('a mapped address is the IPv4 address', () => {
  expect(unmapped(parseIp('::ffff:7f00:1')!)).toEqual(parseIp('127.0.0.1'));
});
