/**
 * IP addresses and ranges as numbers. Reads only the forms that everything else reads in the same way: four decimal
 * numbers without leading zeros, and RFC 4291 text without a zone. What it cannot read is null, never a guess.
 */
export interface IpAddress {
  readonly family: 4 | 6;
  /** 32 or 128 bits. */
  readonly bits: bigint;
}

export interface IpRange {
  readonly first: IpAddress;
  readonly prefixBits: number;
}

const LENGTH = { 4: 32, 6: 128 } as const;

export function parseIp(text: string): IpAddress | null {
  if (!text.includes(':')) {
    const bits = ipv4Bits(text);
    return bits === null ? null : { family: 4, bits };
  }
  const bits = ipv6Bits(text);
  return bits === null ? null : { family: 6, bits };
}

/** `10.0.0.0/8`, `fd00::/8`, or one address. Bits beyond the prefix are ignored. */
export function parseIpRange(text: string): IpRange | null {
  const [address = '', prefix, ...rest] = text.split('/');
  const first = parseIp(address);
  if (first === null || rest.length > 0) return null;
  const length = LENGTH[first.family];
  if (prefix === undefined) return { first, prefixBits: length };
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > length) return null;
  return { first, prefixBits: Number(prefix) };
}

export function isInRange(address: IpAddress, { first, prefixBits }: IpRange): boolean {
  if (address.family !== first.family) return false;
  const rest = BigInt(LENGTH[address.family] - prefixBits);
  return address.bits >> rest === first.bits >> rest;
}

/** `::ffff:10.0.0.1` reaches what `10.0.0.1` reaches (RFC 4291, 2.5.5.2): it is judged as that. */
export function unmapped(address: IpAddress): IpAddress {
  const mapped = address.family === 6 && address.bits >> 32n === 0xffffn;
  return mapped ? { family: 4, bits: address.bits & 0xffff_ffffn } : address;
}

function ipv4Bits(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let bits = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    bits = (bits << 8n) | BigInt(part);
  }
  return bits;
}

function ipv6Bits(text: string): bigint | null {
  const groups = withoutIpv4Tail(text);
  if (groups === null) return null;
  const halves = groups.split('::');
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const gap = 8 - head.length - tail.length;
  if (halves.length === 1 ? gap !== 0 : gap < 1) return null;
  let bits = 0n;
  for (const group of [...head, ...new Array<string>(gap).fill('0'), ...tail]) {
    if (!/^[0-9a-f]{1,4}$/i.test(group)) return null;
    bits = (bits << 16n) | BigInt(`0x${group}`);
  }
  return bits;
}

/** The last two groups may be written as an IPv4 address. */
function withoutIpv4Tail(text: string): string | null {
  const at = text.lastIndexOf(':') + 1;
  const tail = text.slice(at);
  if (!tail.includes('.')) return text;
  const bits = ipv4Bits(tail);
  return bits === null ? null : `${text.slice(0, at)}${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
}
