/**
 * The tables of the registry as they must be now, and the rules of what may change them: nobody is buried alive, what
 * belongs to a client goes with it and not before, a lock has one holder, its epoch only grows, and each change is told.
 */
import { Violation } from './facts.ts';
import type { ClientId, Registration, RegistryChange, RegistryEvent, RegistryFact } from './registry-facts.ts';

export interface ClientFacts {
  readonly session: string;
  readonly kind: string;
  readonly name: string;
  readonly timeoutMs: number;
  beatAt: number;
  /** It was dead when the clock was turned back: whoever saw that may still bury it. */
  wasDead: boolean;
}

export interface RegistryTables {
  readonly clients: ReadonlyMap<ClientId, ClientFacts>;
  /** By key; null: of nobody. */
  readonly data: ReadonlyMap<string, { readonly value: string; readonly client: ClientId | null }>;
  readonly locks: ReadonlyMap<string, { readonly client: ClientId; readonly epoch: number }>;
  /** All that there has ever been. */
  readonly events: readonly RegistryEvent[];
  /** Those up to this one have been cleared away. */
  readonly purgedUpTo: number;
  /** Time since the client was heard of, as a share of what its session allows; undefined when there is no such client. */
  silenceOf(id: ClientId): number | undefined;
  /** The clock of the database shows another time from now on; until now it showed this. */
  clockTurned(was: number): void;
  apply(fact: RegistryFact): void;
}

type Told = Pick<RegistryEvent, 'type' | 'key'> & { readonly value?: string };

export function createRegistryTables(named: (id: ClientId) => string): RegistryTables {
  const clients = new Map<ClientId, ClientFacts>();
  const data = new Map<string, { value: string; client: ClientId | null }>();
  const locks = new Map<string, { client: ClientId; epoch: number }>();
  const epochs = new Map<string, number>();
  const events: RegistryEvent[] = [];
  let purgedUpTo = 0;
  let now = 0;

  const lives = (id: ClientId) => {
    const client = clients.get(id);
    return client !== undefined && client.beatAt + client.timeoutMs >= now;
  };

  /** @throws Violation unless the client is alive and in this session. */
  function mustAct({ id, session }: { readonly id: ClientId; readonly session: string }, what: string): void {
    if (!lives(id)) throw new Violation('members', `${named(id)} ${what} and counts as dead`);
    if (clients.get(id)?.session !== session) throw new Violation('members', `${named(id)} ${what} in an old session`);
  }

  /** The clients go, and all they have. @returns what is to be told of it. */
  function drop(ids: readonly ClientId[]): Told[] {
    const gone = new Set<ClientId | null>(ids);
    const told: Told[] = [];
    for (const [key, { value, client }] of data) {
      if (!gone.has(client)) continue;
      data.delete(key);
      told.push({ type: 'removed', key, value });
    }
    for (const [key, { client }] of locks) {
      if (!gone.has(client)) continue;
      locks.delete(key);
      told.push({ type: 'removed', key });
    }
    for (const id of ids) clients.delete(id);
    return told;
  }

  function add({ id, session, kind, name, sessionTimeoutMs }: Registration): void {
    clients.set(id, { session, kind, name, timeoutMs: sessionTimeoutMs, beatAt: now, wasDead: false });
  }

  function beat({ pulse, over }: Extract<RegistryChange, { verb: 'beat' }>): void {
    const gone = new Set(over);
    for (const actor of pulse.actors) {
      const isItself = lives(actor.id) && clients.get(actor.id)?.session === actor.session;
      if (gone.has(actor.id) && isItself)
        throw new Violation('members', `${named(actor.id)} was told that its session is over, and it was not`);
      if (gone.has(actor.id)) continue;
      mustAct(actor, 'has beaten');
      Object.assign(clients.get(actor.id)!, { beatAt: now, wasDead: false });
    }
  }

  function take({ actor, key, epoch }: Extract<RegistryChange, { verb: 'take' }>): Told[] {
    mustAct(actor, `was given the lock ${key}`);
    const holder = locks.get(key);
    if (holder && holder.client !== actor.id && lives(holder.client))
      throw new Violation('locks', `${named(actor.id)} took the lock ${key}, which ${named(holder.client)} holds`);
    const highest = epochs.get(key) ?? 0;
    if (epoch <= highest) throw new Violation('locks', `the lock ${key} was in term ${highest} and is in ${epoch} now`);
    epochs.set(key, epoch);
    locks.set(key, { client: actor.id, epoch });
    return [{ type: holder ? 'updated' : 'added', key }];
  }

  function put({ actor, datum }: Extract<RegistryChange, { verb: 'put' }>): Told[] {
    const { key, value, kind, fence } = datum;
    mustAct(actor, `has put ${key}`);
    const before = data.get(key);
    if (before?.client && before.client !== actor.id && lives(before.client))
      throw new Violation('members', `${named(actor.id)} has changed ${key}, which is of ${named(before.client)}`);
    const lock = fence && locks.get(fence.key);
    if (fence && (lock?.client !== actor.id || lock.epoch !== fence.epoch))
      throw new Violation('locks', `${named(actor.id)} has put ${key} under a lock that it does not hold`);
    data.set(key, { value, client: kind === 'ephemeral' ? actor.id : null });
    return [{ type: before ? 'updated' : 'added', key, value }];
  }

  /** Makes the change. @returns what has to be told of it. */
  function make(change: RegistryChange): Told[] {
    switch (change.verb) {
      case 'register': {
        const { registration, predecessor } = change;
        const { id, kind } = registration;
        const same = [...clients].filter(([one, row]) => (one === id || one === predecessor) && row.kind === kind);
        const told = drop(same.map(([one]) => one));
        add(registration);
        return told;
      }
      case 'resume':
        if (!change.resumed) return [];
        if (!lives(change.registration.id))
          throw new Violation('members', `${named(change.registration.id)} goes on with a session that is over`);
        add(change.registration);
        return [];
      case 'beat':
        beat(change);
        return [];
      case 'leave': {
        const { id, session } = change.actor;
        return clients.get(id)?.session === session ? drop([id]) : [];
      }
      case 'bury':
        for (const id of change.ids) {
          if (lives(id) && clients.get(id)?.wasDead === false)
            throw new Violation('members', `${named(id)} was buried alive`);
        }
        return drop(change.ids);
      case 'restamp':
        for (const client of clients.values()) client.beatAt = Math.min(client.beatAt, now);
        return [];
      case 'take':
        return take(change);
      case 'release': {
        if (!change.released) return [];
        if (locks.get(change.key)?.client !== change.actor.id)
          throw new Violation('locks', `${named(change.actor.id)} released ${change.key}, which it does not hold`);
        locks.delete(change.key);
        return [{ type: 'removed', key: change.key }];
      }
      case 'put':
        return put(change);
      case 'remove': {
        if (!change.removed) return [];
        mustAct(change.actor, `has removed ${change.key}`);
        const value = data.get(change.key)?.value ?? '';
        data.delete(change.key);
        return [{ type: 'removed', key: change.key, value }];
      }
      case 'subscribe':
        mustAct(change.actor, 'listens');
        return [];
      case 'unsubscribe':
        return [];
      case 'purge':
        purgedUpTo += change.purged;
        return [];
    }
  }

  function checkTold(verb: string, due: readonly Told[], told: readonly RegistryEvent[]): void {
    for (const event of told) {
      const last = events.at(-1)?.id ?? 0;
      if (event.id !== last + 1) throw new Violation('news', `event ${event.id} of the registry follows event ${last}`);
      events.push(event);
    }
    const say = ({ type, key, value }: Told) => `${type} ${key}${value === undefined ? '' : `=${value}`}`;
    const expected = due.map(say).sort();
    const found = told
      .map((event) => say({ ...event, value: isLock(event.key) ? undefined : event.value } as Told))
      .sort();
    if (JSON.stringify(expected) !== JSON.stringify(found))
      throw new Violation(
        'news',
        `${verb} told [${found.join(', ')}] in the registry, and [${expected.join(', ')}] it should`,
      );
  }

  return {
    clients,
    data,
    locks,
    events,
    get purgedUpTo() {
      return purgedUpTo;
    },
    silenceOf(id) {
      const client = clients.get(id);
      return client && (now - client.beatAt) / client.timeoutMs;
    },
    clockTurned(was) {
      for (const client of clients.values()) client.wasDead ||= client.beatAt + client.timeoutMs < was;
    },
    apply(fact) {
      now = fact.now;
      checkTold(fact.change.verb, make(fact.change), fact.events);
    },
  };
}

function isLock(key: string): boolean {
  return key.startsWith('/lock/');
}
