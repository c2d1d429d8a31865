/**
 * Looks names up the way the system does, /etc/hosts included. Such a look-up holds one of the few threads that files
 * need too, for as long as a name server is silent, and cannot be broken off: so only a few go on at once, and whoever
 * asks for a name that is being looked up shares the answer.
 */
import { promises as dns, type LookupAddress } from 'node:dns';

export type NameLookup = (host: string) => Promise<readonly LookupAddress[]>;

const MAX_AT_ONCE = 2;

export const lookUpInSystem: NameLookup = (host) => dns.lookup(host, { all: true, order: 'verbatim' });

export function limitLookups(lookUp: NameLookup, maxAtOnce = MAX_AT_ONCE): NameLookup {
  const open = new Map<string, Promise<readonly LookupAddress[]>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function run(host: string): Promise<readonly LookupAddress[]> {
    if (running >= maxAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await lookUp(host);
    } finally {
      // The place goes to the next in line; nobody who comes in between can take it.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
      open.delete(host);
    }
  }

  return (host) => {
    const found = open.get(host) ?? run(host);
    open.set(host, found);
    return found;
  };
}
