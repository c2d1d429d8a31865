/**
 * The listener engine: while this server leads, carries the record over to the listeners and has each instance hear it.
 * Boundary: knows ports only, what plugins do is the host's, where events are kept is the log's.
 *
 * G1 An instance is served by one delivery at a time: another one begins when the one before has ended.
 * G2 An instance never delays another: each has its own loop, and none waits for one.
 * G3 Stopped, nothing is delivered or written any more once `end` has resolved.
 */
import { type EnabledListener, toAppError } from '@vaquita/core';
import { type Delivery, startDelivery } from './delivery.ts';
import type { ListenerEngineDeps, TermDeps } from './deps.ts';
import { startLooper } from './looper.ts';
import { createRelay } from './relay.ts';
import { createUpkeep, type UpkeepReport } from './upkeep.ts';

export interface ListenerEngine {
  /** This server leads. */
  begin(epoch: number): void;
  /** It does no longer. Resolves when nothing goes on any more. */
  end(): Promise<void>;
  /** Hint: there may be new events in the record. */
  nudge(): void;
  /** Hint: a plugin or an instance has been changed. */
  refresh(): void;
  /** Null while this server does not lead. */
  report(): ListenerReport | null;
}

export interface ListenerReport extends UpkeepReport {
  /** The record has been read up to here; null: not begun. */
  readonly position: number | null;
}

interface Term {
  nudge(): void;
  refresh(): void;
  report(): ListenerReport;
  end(): Promise<void>;
}

export function createListenerEngine(deps: ListenerEngineDeps): ListenerEngine {
  let term: Term | undefined;
  return {
    begin(epoch) {
      term = openTerm(deps, epoch);
    },
    async end() {
      const ending = term;
      term = undefined;
      await ending?.end();
    },
    nudge: () => term?.nudge(),
    refresh: () => term?.refresh(),
    report: () => term?.report() ?? null,
  };
}

function openTerm(deps: ListenerEngineDeps, epoch: number): Term {
  const { clock, settings, store } = deps;
  let over = false;
  const deliveries = new Map<string, { readonly served: string; readonly delivery: Promise<Delivery | null> }>();

  const ofTerm: TermDeps = {
    ...deps,
    epoch,
    events: (deps.openLog ?? store.openLog)(epoch),
    isOver: () => over,
    handedOverTo: () => relay.report().position ?? 0,
    endWhenFenced(error) {
      if (toAppError(error).code !== 'fenced') return false;
      // The master finds by itself that it does not lead any more, and has this ended.
      over = true;
      return true;
    },
  };
  const relay = createRelay({
    ...ofTerm,
    marksItself: !deps.openLog,
    handedOver(events) {
      for (const { delivery } of deliveries.values()) void delivery.then((one) => one?.tell(events));
    },
  });
  const upkeep = createUpkeep(ofTerm);

  async function look(): Promise<void> {
    if (over) return;
    try {
      serve(await store.enabled());
    } catch (error) {
      deps.log.warn('The listeners could not be read; they are read again.', { error: toAppError(error).message });
    }
  }

  function serve(rows: readonly EnabledListener[]): void {
    if (over) return;
    const wanted = new Map<string, EnabledListener>(rows.map((row) => [row.id, row]));
    for (const [id, { delivery }] of deliveries) {
      if (wanted.has(id)) continue;
      // G1: it stays known until it has ended, for one of the same id that comes meanwhile.
      const ending = delivery.then((one) => one?.stop()).then(() => null);
      deliveries.set(id, { served: '', delivery: ending });
      void ending.then(() => deliveries.get(id)?.delivery === ending && deliveries.delete(id));
    }
    for (const row of wanted.values()) {
      const served = whatIsServed(row);
      const known = deliveries.get(row.id);
      if (known?.served === served) void known.delivery.then((one) => one?.update(row));
      else deliveries.set(row.id, { served, delivery: restart(known?.delivery, row) });
    }
  }

  /** G1 */
  async function restart(before: Promise<Delivery | null> | undefined, row: EnabledListener): Promise<Delivery | null> {
    const old = await before;
    await old?.stop();
    return over ? null : startDelivery(ofTerm, row);
  }

  const loops = [
    startLooper({ clock, everyMs: settings.pollMs, pauseMs: settings.pauseMs, round: relay.round }),
    startLooper({ clock, everyMs: settings.pollMs, pauseMs: 0, round: look }),
    startLooper({ clock, everyMs: settings.upkeepMs, pauseMs: settings.upkeepMs, round: upkeep.round }),
  ] as const;

  return {
    nudge: () => loops[0].wake(),
    refresh() {
      loops[1].wake();
      loops[0].wake();
    },
    report: () => ({ ...upkeep.report(), ...relay.report() }),
    async end() {
      over = true;
      const all = [...deliveries.values()].map(async ({ delivery }) => (await delivery)?.stop());
      await Promise.all([...loops.map((loop) => loop.stop()), ...all]);
    },
  };
}

/** What makes it another use of a plugin when it changes. */
function whatIsServed({ updatedAt, plugin, installed, settings, eventTypes, projectId }: EnabledListener): string {
  return JSON.stringify([updatedAt, plugin, installed, settings, eventTypes, projectId]);
}
