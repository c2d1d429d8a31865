/** The registry as the model follows it: its tables, its news, and who has to be found in it once everything is at rest. */
import { Violation } from './facts.ts';
import type { ClientId, RegistryFact } from './registry-facts.ts';
import { createRegistryDelivery, type RegistryDelivery } from './registry-news.ts';
import { createRegistryTables, type RegistryTables } from './registry-tables.ts';

export interface RegistryModel extends Omit<RegistryDelivery, 'unrest'> {
  /** The client has been closed in order. */
  closed(id: ClientId): void;
  clockTurned: RegistryTables['clockTurned'];
  /** `members`: the keys of everybody who is there. */
  unrest(members: ReadonlySet<string>): string | undefined;
}

/** Below it everybody who is there has a key, which goes with him. */
const MEMBERS = '/nodes/';
/** Of its session timeout a client trusts itself for so long after it was last heard of. */
const TRUSTED_SHARE = 0.8;
/** Terms of locks, each written under its lock. */
const TERMS = ['/leader/term', '/errand/term'];

export function createRegistryModel(named: (id: ClientId) => string): RegistryModel {
  const tables = createRegistryTables(named);
  const delivery = createRegistryDelivery(tables);
  const terms = new Map(TERMS.map((key) => [key, 0]));

  function checkTerms(): void {
    for (const [key, term] of terms) {
      const written = Number(tables.data.get(key)?.value ?? 0);
      if (written < term) throw new Violation('locks', `${key} says ${written} after ${term}`);
      terms.set(key, written);
    }
  }

  return {
    ...delivery,
    clockTurned: tables.clockTurned,
    closed(id) {
      const silence = tables.silenceOf(id);
      // One that had been given up already has no session to leave.
      if (silence === undefined || silence > TRUSTED_SHARE) return;
      throw new Violation('members', `${named(id)} was shut down and is still in the registry`);
    },
    apply(fact: RegistryFact) {
      tables.apply(fact);
      delivery.apply(fact);
      checkTerms();
    },
    unrest(members) {
      for (const key of members) if (!tables.data.has(key)) return `${key} is not in the registry`;
      for (const key of tables.data.keys())
        if (key.startsWith(MEMBERS) && !members.has(key)) return `${key} is in the registry, and nobody is there`;
      return delivery.unrest();
    },
  };
}
