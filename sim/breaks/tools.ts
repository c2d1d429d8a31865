/** What known defects are made with. */
import type { Wire } from '@vaquita/protocol';
import { LEADER_LOCK } from '@vaquita/registry';
import type { MemoryStore } from '@vaquita/store/testing';
import type { Breakage } from './breakage.ts';

/** Every n-th call of a function goes wrong. */
export function everyNth(n: number): () => boolean {
  let calls = 0;
  return () => ++calls % n === 0;
}

export interface AnyMessage {
  readonly type?: string;
}

/** Frames of one message at a time, so that one can be dropped or doubled. */
export function messagesOf(text: string): readonly AnyMessage[] {
  const parsed: unknown = JSON.parse(text);
  return (Array.isArray(parsed) ? parsed : [parsed]) as readonly AnyMessage[];
}

/** What the server says goes through `say`: an empty list is not sent. */
export function saying(say: (messages: readonly AnyMessage[]) => readonly AnyMessage[]): Pick<Breakage, 'wire'> {
  return {
    wire: (wire) => ({
      ...wire,
      send(text) {
        const left = say(messagesOf(text));
        if (left.length > 0) wire.send(JSON.stringify(left));
      },
    }),
  };
}

/** What the server hears goes through `hear`. */
export function hearing(hear: (text: string, wire: Wire) => string): Pick<Breakage, 'wire'> {
  return { wire: (wire) => ({ ...wire, onText: (receive) => wire.onText((text) => receive(hear(text, wire))) }) };
}

/** Drops every n-th message of this type that the server sends. */
export function dropsSent(type: string, n: number): Pick<Breakage, 'wire'> {
  const due = everyNth(n);
  return saying((messages) => messages.filter((message) => message.type !== type || !due()));
}

/** The term of whoever leads, and a way to write in the name of another one. */
export interface BrokenTerm extends Required<Pick<Breakage, 'lockChanged'>> {
  readonly epoch: number | null;
  as<T>(epoch: number, store: Pick<MemoryStore, 'leader'>, write: () => Promise<T>): Promise<T>;
}

export function termOf(): BrokenTerm {
  let now: number | null = null;
  return {
    get epoch() {
      return now;
    },
    lockChanged({ key, clientId, epoch }) {
      if (key === LEADER_LOCK) now = clientId === null ? null : epoch;
    },
    async as(epoch, store, write) {
      store.leader.set(epoch);
      try {
        return await write();
      } finally {
        store.leader.set(now);
      }
    },
  };
}
