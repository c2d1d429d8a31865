/**
 * The wall between what people may enter as an address and the networks this server stands in.
 *
 * O1 A connection goes to an address that was checked, and to none that was looked up again.
 * O2 A name is refused when any of its addresses is: what it says next time is no answer to what it may say.
 * O3 Only what the operator has named is let through; nothing a user enters can widen it.
 */
import type { LookupAddress } from 'node:dns';
import { AppError, type IpRange, isInRange, notPublic, parseIp, parseIpRange, unmapped } from '@vaquita/core';
import type { OutboundFailure } from '@vaquita/plugins';
import { fail, networkFailure } from './failures.ts';
import { limitLookups, lookUpInSystem, type NameLookup } from './name-lookups.ts';

export interface Guard {
  /** The addresses to connect to, and no others. `host` is a name or an address, IPv6 without brackets. */
  check(host: string): Promise<Checked | OutboundFailure>;
}

export interface Checked {
  readonly ok: true;
  readonly addresses: readonly LookupAddress[];
}

interface GuardRules {
  readonly ranges: readonly IpRange[];
  readonly names: ReadonlySet<string>;
  /** `.corp.example`: every name that ends so. */
  readonly suffixes: readonly string[];
}

/**
 * `allow` holds what lies outside the public internet and may be reached all the same: ranges (`10.2.0.0/16`),
 * addresses, names (`mail.corp.example`) and all names of a domain (`*.corp.example`). Throws `bad_settings` for others.
 */
export function createGuard(allow: readonly string[], lookUp: NameLookup = limitLookups(lookUpInSystem)): Guard {
  const rules = readRules(allow);

  async function check(given: string): Promise<Checked | OutboundFailure> {
    const host = given.toLowerCase().replace(/\.$/, '');
    const literal = parseIp(host);
    let addresses: readonly LookupAddress[];
    try {
      addresses = literal ? [{ address: host, family: literal.family }] : await lookUp(host);
    } catch (error) {
      return networkFailure(host, error);
    }
    if (addresses.length === 0) return fail('network', `${host} has no address`);
    if (isNamed(rules, host)) return { ok: true, addresses };
    for (const { address } of addresses) {
      const why = whyRefused(rules, address);
      if (why !== null) return fail('refused', refusal(host, address, why));
    }
    return { ok: true, addresses };
  }

  return { check };
}

function refusal(host: string, address: string, why: string): string {
  const what = host === address ? address : `${host}, which is ${address},`;
  return `${what} is an address for ${why}, and this server only connects to the public internet. An operator can let it through with the setting outboundAllow`;
}

function isNamed({ names, suffixes }: GuardRules, host: string): boolean {
  return names.has(host) || suffixes.some((suffix) => host.endsWith(suffix));
}

function whyRefused({ ranges }: GuardRules, text: string): string | null {
  const address = parseIp(text);
  // A zone, as in fe80::1%eth0, is only ever said of link-local addresses.
  if (address === null) return 'one network only';
  if (ranges.some((range) => isInRange(address, range) || isInRange(unmapped(address), range))) return null;
  return notPublic(address);
}

function readRules(allow: readonly string[]): GuardRules {
  const ranges: IpRange[] = [];
  const names = new Set<string>();
  const suffixes: string[] = [];
  for (const entry of allow.map((text) => text.trim().toLowerCase()).filter((text) => text !== '')) {
    const range = parseIpRange(entry);
    if (range) ranges.push(range);
    else if (/^\*(\.[a-z0-9_-]+)+$/.test(entry)) suffixes.push(entry.slice(1));
    // What looks like numbers only was meant to be a range.
    else if (/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(entry) && !/^[\d.]+$/.test(entry)) names.add(entry);
    else {
      const wanted = 'a range such as 10.2.0.0/16, an address, a name, or *.name';
      throw new AppError('bad_settings', `outboundAllow has "${entry}", which is not ${wanted}`);
    }
  }
  return { ranges, names, suffixes };
}
