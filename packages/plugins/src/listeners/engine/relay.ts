/**
 * Carries the record of events over to what listeners hear, on the leader alone.
 *
 * N1 Rows are read in their order from the position that is durable, and the position moves on only together with what
 *    they gave: stopped at any moment, the next relay goes on where this one was, and nothing is lost or turned around.
 * N2 Which instances there are is read after the rows. One that is made or switched on later begins behind these rows, so
 *    leaving out what no instance wants leaves out nothing that one is to hear.
 * N3 Where no instance is switched on, nothing is read or kept: the position goes to where the record ended before it was
 *    known that there is none.
 */
import { type EnabledListener, isToHear, type ListenerEvent, toAppError, toListenerEvent } from '@vaquita/core';
import type { TermDeps } from './deps.ts';

export interface RelayReport {
  /** Everything up to here is with the listeners; null: not begun. */
  readonly position: number | null;
}

export interface Relay {
  /** Carries over what there is. Never rejects. */
  round(): Promise<void>;
  report(): RelayReport;
}

export interface RelayDeps
  extends Pick<TermDeps, 'store' | 'events' | 'epoch' | 'clock' | 'settings' | 'log' | 'isOver' | 'endWhenFenced'> {
  /** The log says itself how far the record has been read. */
  readonly marksItself: boolean;
  /** Events have been handed over. */
  readonly handedOver: (events: readonly ListenerEvent[]) => void;
}

export function createRelay(deps: RelayDeps): Relay {
  const { store, events, epoch, settings, isOver } = deps;
  let position: number | null = null;
  let passedOverAt: number | null = null;

  async function advance(to: number, handed: readonly ListenerEvent[]): Promise<void> {
    await events.producer.append({ events: handed, position: to });
    if (!deps.marksItself) await store.markRead(epoch, to);
    position = to;
    if (handed.length > 0) deps.handedOver(handed);
  }

  /** N3 Not with every change of something: the position is a row that is written. */
  async function passOver(latest: number): Promise<void> {
    const now = deps.clock.now();
    if (passedOverAt !== null && Math.abs(now - passedOverAt) < settings.pollMs) return;
    await advance(latest, []);
    passedOverAt = now;
  }

  /** One that has never been begun begins where the first instance does. */
  async function begin(latest: number): Promise<number> {
    const known = await events.producer.position();
    if (known !== null) return known;
    const cursors = (await store.enabled()).map(({ cursor }) => cursor);
    return Math.min(latest, ...cursors);
  }

  async function carryOver(): Promise<void> {
    const latest = await store.record.latestSeq();
    position ??= await begin(latest);
    if (latest <= position) return;
    if ((await store.enabled()).length === 0) return await passOver(latest);
    for (let isEnd = false; !isEnd && !isOver(); ) {
      const page = await store.record.page(position, settings.page);
      if (page.position === position) return;
      const listeners = await store.enabled();
      const all = page.rows.flatMap((row) => toListenerEvent(row) ?? []);
      await advance(page.position, wanted(all, listeners));
      isEnd = page.isEnd;
    }
  }

  return {
    async round() {
      if (isOver()) return;
      try {
        await carryOver();
      } catch (error) {
        // What was written, if anything was, is known by what is durable.
        position = null;
        if (!deps.endWhenFenced(error) && !isOver())
          deps.log.warn('Events could not be handed to the listeners; they are handed over later.', {
            error: toAppError(error).message,
          });
      }
    },
    report: () => ({ position }),
  };
}

function wanted(all: readonly ListenerEvent[], listeners: readonly EnabledListener[]): readonly ListenerEvent[] {
  return all.filter((event) => listeners.some((listener) => isToHear(listener, event)));
}
