/**
 * The rules of what listeners of the registry hear: every change at and below their path, in order, each at least once,
 * whatever becomes of their process and their session; and a cursor never stands at what has not been dealt with.
 */
import { Violation } from './facts.ts';
import type { ClientId, Listener, RegistryFact, RegistryNews } from './registry-facts.ts';
import type { RegistryTables } from './registry-tables.ts';

export interface RegistryDelivery {
  /** After the tables have been changed. */
  apply(fact: RegistryFact): void;
  /** A process begins to listen for a client: what comes is told from the cursor on, or from now. */
  listens(listener: Listener): void;
  /** The listener is called, and has dealt with it when it returns without an error. */
  hears(listener: Listener, news: RegistryNews): void;
  handled(listener: Listener, news: RegistryNews): void;
  /** The listeners of a process are gone. */
  died(process: string): void;
  unrest(): string | undefined;
}

interface Purge {
  readonly change: Extract<RegistryFact['change'], { verb: 'purge' }>;
  readonly now: number;
}

interface Following {
  readonly listener: Listener;
  /** Everything up to here that concerns it has been dealt with; undefined until it is known where it begins. */
  handledUpTo: number | undefined;
}

export function createRegistryDelivery(tables: RegistryTables): RegistryDelivery {
  /** By subscription: the cursor as the tables have it. */
  const cursors = new Map<string, { readonly client: ClientId; at: number }>();
  /** By subscription: what has been dealt with, in whichever process. */
  const dealtWith = new Map<string, number>();
  const following = new Map<string, Following>();
  const gone = new Set<string>();

  const key = ({ path, name }: { path: string; name: string }, client: ClientId) => `${client} ${path} ${name}`;
  const subscriptionOf = (listener: Listener) => key(listener, listener.client);
  const placeOf = (listener: Listener) => `${listener.process} ${subscriptionOf(listener)}`;

  function concerns(path: string, event: { readonly key: string }): boolean {
    return path === '/' || event.key === path || event.key.startsWith(`${path}/`);
  }

  /** The first event after this one that concerns the path. */
  function nextOf(path: string, after: number): number | undefined {
    // Ids follow each other from 1.
    for (let at = Math.max(0, after); at < tables.events.length; at++)
      if (concerns(path, tables.events[at]!)) return tables.events[at]!.id;
    return undefined;
  }

  /** @throws Violation when something between lies that has not been dealt with. */
  function mustNotSkip(path: string, { from, to, who }: { from: number; to: number; who: string }): void {
    const next = nextOf(path, from);
    if (next !== undefined && next <= to)
      throw new Violation(
        'news',
        `${who} goes on after event ${to} of the registry and has not dealt with event ${next}`,
      );
  }

  function subscribed({ actor, subscription, from }: Extract<RegistryFact['change'], { verb: 'subscribe' }>): void {
    const subscription_ = key(subscription, actor.id);
    const cursor = cursors.get(subscription_);
    const who = `the listener of ${subscription.path}`;
    for (const one of following.values()) {
      if (subscriptionOf(one.listener) !== subscription_) continue;
      // It comes back after a loss of its session, or begins where the cursor of an earlier process stands.
      const known = one.handledUpTo ?? cursor?.at;
      if (known !== undefined) mustNotSkip(subscription.path, { from: known, to: from, who });
      one.handledUpTo = Math.max(one.handledUpTo ?? from, from);
    }
    cursors.set(subscription_, { client: actor.id, at: from });
    dealtWith.set(subscription_, Math.max(dealtWith.get(subscription_) ?? 0, from));
  }

  function moved({ pulse }: Extract<RegistryFact['change'], { verb: 'beat' }>): void {
    for (const { actor, path, name, lastEventId } of pulse.cursors) {
      const subscription = key({ path, name }, actor.id);
      const cursor = cursors.get(subscription);
      if (cursor === undefined || tables.clients.get(actor.id)?.session !== actor.session) continue;
      const who = `the cursor of ${path}`;
      mustNotSkip(path, { from: dealtWith.get(subscription) ?? cursor.at, to: lastEventId, who });
      cursor.at = lastEventId;
      dealtWith.set(subscription, Math.max(dealtWith.get(subscription) ?? 0, lastEventId));
    }
  }

  /** What is cleared away is old and of no use to anybody, or very old. */
  function purged({ change: { retention, purged: count }, now }: Purge): void {
    const behind = Math.min(...[...cursors.values()].map(({ at }) => at));
    for (const { id, at } of tables.events.slice(tables.purgedUpTo - count, tables.purgedUpTo)) {
      const age = Math.abs(now - at);
      if (age > retention.keepAtMostMs || (age > retention.keepMs && id <= behind)) continue;
      throw new Violation('news', `event ${id} of the registry was cleared away after ${age} ms`);
    }
  }

  return {
    apply({ change, now }) {
      const isAnew = (client: ClientId) => change.verb === 'register' && change.registration.id === client;
      for (const [subscription, { client }] of cursors)
        if (!tables.clients.has(client) || isAnew(client)) cursors.delete(subscription);
      if (change.verb === 'subscribe') subscribed(change);
      if (change.verb === 'beat') moved(change);
      if (change.verb === 'purge') purged({ change, now });
      if (change.verb === 'unsubscribe') cursors.delete(key(change.subscription, change.actor.id));
    },
    listens(listener) {
      // What a process does in the moment in which it dies.
      if (gone.has(listener.process)) return;
      following.set(placeOf(listener), { listener, handledUpTo: undefined });
    },
    hears(listener, news) {
      // Likewise.
      if (gone.has(listener.process)) return;
      const one = following.get(placeOf(listener));
      if (one?.handledUpTo === undefined) throw new Violation('news', 'somebody hears news who does not listen');
      const { path } = listener;
      if (news.type === 'missed') {
        if (news.upTo <= tables.purgedUpTo) return;
        throw new Violation('news', `the listener of ${path} is told that it has missed events which are there`);
      }
      mustNotSkip(path, { from: one.handledUpTo, to: news.id - 1, who: `the listener of ${path}` });
      const told = tables.events[news.id - 1];
      if (JSON.stringify(told) !== JSON.stringify(news))
        throw new Violation('news', `the listener of ${path} hears of event ${news.id} what has not happened`);
    },
    handled(listener, news) {
      const one = following.get(placeOf(listener));
      if (!one) return;
      const upTo = news.type === 'missed' ? news.upTo : news.id;
      one.handledUpTo = Math.max(one.handledUpTo ?? 0, upTo);
      const subscription = subscriptionOf(listener);
      dealtWith.set(subscription, Math.max(dealtWith.get(subscription) ?? 0, upTo));
    },
    died(process) {
      gone.add(process);
      for (const [place, { listener }] of following) if (listener.process === process) following.delete(place);
    },
    unrest() {
      for (const { listener, handledUpTo } of following.values()) {
        const next = handledUpTo === undefined ? undefined : nextOf(listener.path, handledUpTo);
        if (next !== undefined) return `${listener.process} has not heard of event ${next} of the registry`;
      }
      return undefined;
    },
  };
}
