/**
 * Listeners as the model follows them: each hears what the record has for it, from its beginning on.
 *
 * H1 In order and without a gap: the event that an instance is given is the first that it has not heard or skipped.
 * H2 Its cursor moves only to an event that it has taken, or that a person has skipped; blocked is it only by what failed.
 * H3 It is given one event at a time, and what it has taken and said so it is not given again in one term of a leader, unless
 *    it was changed meanwhile.
 * H4 Whoever is not blocked has heard of everything a while ago: nobody is held up by others.
 * H5 In the end each that is switched on has heard of everything; what it has not heard is never removed.
 */
import type { ListenerEventType } from '@vaquita/core';
import { Violation } from './facts.ts';
import { type HeardOf, heardOf, type RecordedEvent } from './listener-record.ts';

export interface ListenerModel {
  /** The record has grown. */
  recorded(events: readonly RecordedEvent[], at: number): void;
  /** The last place of the record that is known. */
  readonly last: number;
  created(id: string, instance: Pick<InstanceFacts, 'name' | 'types' | 'project'>): void;
  /** Somebody has switched it on or off, or changed it. */
  switched(id: string, enabled: boolean): void;
  changed(id: string): void;
  deleted(id: string): void;
  skipped(id: string, seq: number): void;
  /** The event that blocks it, as far as is known. */
  blockedBy(id: string): number | null;
  heard(id: string, seq: number, at: number): void;
  failed(id: string, seq: number, at: number): void;
  given(by: Giver, id: string, seq: number): GiveWitness;
  unrest(): string | undefined;
  /** H4 @param since nothing has gone wrong since then. */
  checkPrompt(now: number, since: number): void;
}

export interface Giver {
  readonly process: string;
  readonly epoch: number;
}

export interface GiveWitness {
  /** The listener has the event. */
  took(): void;
  answered(ok: boolean): void;
}

interface InstanceFacts {
  readonly name: string;
  readonly types: readonly ListenerEventType[];
  readonly project: string | null;
  enabled: boolean;
  cursor: number;
  /** When it has last moved on or failed. */
  movedAt: number;
  blocked: number | null;
  /** Events it has taken. */
  readonly taken: Set<number>;
  /** What failed it, or might have. */
  readonly refused: Set<number>;
  /** Of the term, and of the instance as it is: what it has said to have taken. */
  readonly said: Map<number, string>;
  changes: number;
  giving: { readonly by: Giver; readonly changes: number; readonly seq: number } | null;
}

/** Within it whoever is not blocked hears its next event. */
const PATIENCE_MS = 60_000;

export function createListenerModel(): ListenerModel {
  const events: (HeardOf & { readonly at: number })[] = [];
  const instances = new Map<string, InstanceFacts>();
  let last = 0;

  /** H1: the first that it has yet to hear. */
  function nextOf({ cursor, types, project }: InstanceFacts): (HeardOf & { readonly at: number }) | undefined {
    let low = 0;
    for (let high = events.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (events[middle]!.seq > cursor) high = middle;
      else low = middle + 1;
    }
    for (let at = low; at < events.length; at++) {
      const event = events[at]!;
      if (types.includes(event.type) && (project === null || project === event.projectId)) return event;
    }
    return undefined;
  }

  /** The store changes nothing of an instance that has moved on. */
  function stillBefore(id: string, seq: number): InstanceFacts | undefined {
    const instance = instances.get(id);
    return instance && instance.cursor < seq ? instance : undefined;
  }

  function mustBeNext(instance: InstanceFacts, seq: number, what: string): void {
    const next = nextOf(instance);
    if (next?.seq !== seq)
      throw new Violation('heard', `${instance.name} ${what} event ${seq}, and is to hear ${next?.seq ?? 'nothing'}`);
  }

  function moveTo(instance: InstanceFacts, seq: number): void {
    Object.assign(instance, { cursor: seq, blocked: null });
  }

  return {
    get last() {
      return last;
    },
    recorded(rows, at) {
      for (const row of rows) {
        last = row.seq;
        const heard = heardOf(row);
        if (heard) events.push({ ...heard, at });
      }
    },
    created(id, instance) {
      instances.set(id, {
        ...{ ...instance, enabled: true, cursor: last, movedAt: 0, blocked: null, changes: 0, giving: null },
        ...{ taken: new Set(), refused: new Set(), said: new Map() },
      });
    },
    switched(id, enabled) {
      const instance = instances.get(id);
      if (!instance) return;
      if (enabled && !instance.enabled) moveTo(instance, last);
      instance.enabled = enabled;
      instance.changes += 1;
    },
    changed(id) {
      const instance = instances.get(id);
      if (instance) instance.changes += 1;
    },
    deleted: (id) => void instances.delete(id),
    skipped(id, seq) {
      const instance = instances.get(id);
      if (instance) moveTo(instance, seq);
    },
    blockedBy: (id) => instances.get(id)?.blocked ?? null,
    heard(id, seq, at) {
      const instance = stillBefore(id, seq);
      if (!instance) return;
      if (!instance.taken.has(seq))
        throw new Violation('heard', `${instance.name} is said to have heard event ${seq}, and has not taken it`);
      // One that was switched off may hear of something for a moment yet, and begins anew when it is switched on.
      if (instance.enabled) mustBeNext(instance, seq, 'has heard');
      moveTo(instance, seq);
      instance.movedAt = at;
    },
    failed(id, seq, at) {
      const instance = stillBefore(id, seq);
      if (!instance) return;
      if (!instance.refused.has(seq))
        throw new Violation('heard', `${instance.name} is said to have failed at event ${seq}, and has not`);
      Object.assign(instance, { blocked: seq, movedAt: at });
    },
    given(by, id, seq) {
      const instance = instances.get(id);
      if (!instance) return { took() {}, answered() {} };
      // Switched off or moved on by a person a moment ago: whoever serves it learns of that later.
      const isStale = !instance.enabled || instance.cursor >= seq;
      if (!isStale) mustBeNext(instance, seq, 'is given');
      const term = `${by.process} ${by.epoch} ${instance.changes}`;
      const { giving } = instance;
      if (!isStale && giving && term === `${giving.by.process} ${giving.by.epoch} ${giving.changes}`)
        throw new Violation('heard', `${instance.name} is given event ${seq} while it has event ${giving.seq}`);
      if (!isStale && instance.said.get(seq) === term)
        throw new Violation('heard', `${instance.name} is given event ${seq} again, which it has taken`);
      const mine = { by, changes: instance.changes, seq };
      instance.giving = mine;
      return {
        took: () => void instance.taken.add(seq),
        answered(ok) {
          if (instance.giving === mine) instance.giving = null;
          if (ok) instance.said.set(seq, term);
          else instance.refused.add(seq);
        },
      };
    },
    unrest() {
      for (const instance of instances.values()) {
        const next = instance.enabled ? nextOf(instance) : undefined;
        if (next) return `${instance.name} has not heard event ${next.seq} (${next.type})`;
      }
      return undefined;
    },
    checkPrompt(now, since) {
      for (const instance of instances.values()) {
        const next = instance.enabled && instance.blocked === null ? nextOf(instance) : undefined;
        if (next && Math.max(next.at, since, instance.movedAt) < now - PATIENCE_MS)
          throw new Violation('heard', `${instance.name}, which nothing blocks, has not heard event ${next.seq} yet`);
      }
    },
  };
}
