/**
 * Which addresses lie in the public internet, and what the others are for. Rules:
 * https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/iana-ipv6-special-registry.
 * Of IPv6 only what is handed out for global use (2000::/3) can be public, so a range that is named later is refused
 * until it is listed.
 */
import { type IpAddress, type IpRange, isInRange, parseIpRange, unmapped } from './address.ts';

const NOT_PUBLIC: readonly (readonly [range: string, use: string])[] = [
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'private networks'],
  ['100.64.0.0/10', 'carrier-grade address translation'],
  ['127.0.0.0/8', 'loopback'],
  // The host agent of Azure: no special range, and reachable from every machine there.
  ['168.63.129.16/32', 'the platform of a cloud'],
  ['169.254.0.0/16', 'link-local addresses'],
  ['172.16.0.0/12', 'private networks'],
  ['192.0.0.0/24', 'protocol assignments'],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', '6to4 relays'],
  ['192.168.0.0/16', 'private networks'],
  ['198.18.0.0/15', 'benchmarks'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved addresses and broadcast'],
  ['::/128', 'no address'],
  ['::1/128', 'loopback'],
  ['2001::/23', 'protocol assignments and Teredo'],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', '6to4'],
  ['3fff::/20', 'documentation'],
  ['fc00::/7', 'private networks'],
  ['fe80::/10', 'link-local addresses'],
  ['ff00::/8', 'multicast'],
];

const SPECIAL = NOT_PUBLIC.map(([range, use]) => ({ range: knownRange(range), use }));
const GLOBAL_UNICAST = knownRange('2000::/3');
/** RFC 6052: the IPv4 address is in the last 32 bits, and a translator reaches it. */
const NAT64 = knownRange('64:ff9b::/96');

/** What the address is for when it is not one of the public internet, such as `loopback`; null when it is. */
export function notPublic(given: IpAddress): string | null {
  const address = unmapped(given);
  const special = SPECIAL.find(({ range }) => isInRange(address, range));
  if (special) return special.use;
  if (address.family === 4) return null;
  if (isInRange(address, NAT64)) return notPublic({ family: 4, bits: address.bits & 0xffff_ffffn });
  return isInRange(address, GLOBAL_UNICAST) ? null : 'no public use';
}

function knownRange(text: string): IpRange {
  const range = parseIpRange(text);
  if (range === null) throw new TypeError(`${text} is no range`);
  return range;
}
