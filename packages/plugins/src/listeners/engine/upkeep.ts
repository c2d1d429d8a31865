/**
 * Sees to what is kept for listeners: removes what is old, events and failures that are over, and tells people of what
 * waits.
 *
 * U1 Nothing is removed that an enabled instance has yet to hear, however much there is of it.
 * U2 An instance for which nothing waits is put to where the record has been read: what is no longer looked at again and again
 *    is also not heard when it is given more types to hear.
 * U3 People are told once of each instance that is blocked for long and once of each time that too much waits, also when
 *    the leader changes; and that it is over.
 */
import { clusterAlert, type EnabledListener, type ListenerBacklog, selectionOf, toAppError } from '@vaquita/core';
import type { TermDeps } from './deps.ts';

export interface UpkeepReport {
  readonly kept: { readonly events: number; readonly bytes: number };
  readonly removed: number;
  readonly instances: readonly (ListenerBacklog & { readonly name: string; readonly isBlocked: boolean })[];
}

export interface Upkeep {
  /** Never rejects. */
  round(): Promise<void>;
  /** As of the last round. */
  report(): UpkeepReport;
}

/** Events that one unit looks at. */
const LOOKED_AT = 500;
/** What waits is no longer too much when it is below this part of the bound. */
const ALL_CLEAR = 0.8;
const BACKLOG = 'backlog';

export function createUpkeep(deps: TermDeps): Upkeep {
  const { store, events, clock, settings, epoch } = deps;
  let kept: UpkeepReport['kept'] = { events: 0, bytes: 0 };
  let instances: UpkeepReport['instances'] = [];
  let removed = 0;
  /** What people have been told in this term, by what it is about. */
  const told = new Map<string, 'open' | 'resolved'>();

  async function removeOld(): Promise<void> {
    const before = clock.now() - settings.keepMs;
    for (let after: number | null = 0; after !== null && !deps.isOver(); ) {
      const step: Awaited<ReturnType<typeof events.keeper.removeHeard>> = await events.keeper.removeHeard({
        ...{ after, before, limit: LOOKED_AT },
      });
      removed += step.removed;
      after = step.next;
    }
    for (let full = true; full && !deps.isOver(); )
      full = (await store.forgetFailures(epoch, { before, limit: LOOKED_AT })) === LOOKED_AT;
  }

  async function tell(
    about: string,
    state: 'open' | 'resolved',
    words: { title: string; text: string },
  ): Promise<void> {
    if (told.get(about) === state) return;
    const alert = clusterAlert('listener_stopped', {
      ...{ id: deps.ids.next<'alert'>(), at: clock.now(), about, state },
      ...words,
    });
    await store.fileAlert(epoch, alert);
    told.set(about, state);
  }

  async function tellOfWeight(): Promise<void> {
    kept = await events.keeper.weight();
    const { bytes } = kept;
    const limit = `${mib(settings.maxBytes)} MiB`;
    if (bytes > settings.maxBytes) {
      await tell(BACKLOG, 'open', {
        title: `Events for listeners take more than ${limit}`,
        text:
          `${kept.events} events of ${mib(bytes)} MiB are kept. Nothing that a listener has yet to hear is removed: look which ` +
          'instance is blocked or slow, and mend it or skip what it cannot take. Switched off, it loses what waits for it.',
      });
    } else if (bytes < settings.maxBytes * ALL_CLEAR) {
      await tell(BACKLOG, 'resolved', { title: `Events for listeners take less than ${limit} again`, text: '' });
    }
  }

  async function tellOfInstances(rows: readonly EnabledListener[]): Promise<void> {
    const since = clock.now() - settings.blockedMs;
    for (const row of rows) {
      const isLong = row.blockedSince !== null && row.blockedSince <= since;
      if (row.blockedSeq === null) {
        await tell(row.id, 'resolved', { title: `The listener ${row.name} goes on`, text: '' });
      } else if (isLong) {
        await tell(row.id, 'open', {
          title: `The listener ${row.name} is blocked`,
          text:
            `It has failed at event ${row.blockedSeq} ${row.attempt} times: ${row.reason ?? ''} It hears nothing later ` +
            'before this one, which is tried again until it succeeds or somebody skips it.',
        });
      }
    }
    const names = new Set<string>(rows.map(({ id }) => id));
    for (const [about, state] of [...told]) {
      if (about === BACKLOG || names.has(about)) continue;
      if (state === 'open') await tell(about, 'resolved', { title: 'The listener is not in use any more', text: '' });
      told.delete(about);
    }
  }

  async function measure(rows: readonly EnabledListener[]): Promise<void> {
    const found: UpkeepReport['instances'][number][] = [];
    for (const row of rows) {
      // Asked first: what is handed over meanwhile may be for it.
      const handedOver = deps.handedOverTo();
      const backlog = await events.consumer.waiting({ ...selectionOf(row), after: row.cursor });
      if (backlog.events === 0 && handedOver > row.cursor) await store.passed(epoch, row, handedOver);
      found.push({ ...backlog, name: row.name, isBlocked: row.blockedSeq !== null });
    }
    instances = found;
  }

  return {
    async round() {
      if (deps.isOver()) return;
      try {
        const rows = await store.enabled();
        await measure(rows);
        await tellOfInstances(rows);
        await removeOld();
        await tellOfWeight();
      } catch (error) {
        if (deps.endWhenFenced(error) || deps.isOver()) return;
        deps.log.warn('What is kept for listeners could not be looked after; the next look goes on.', {
          error: toAppError(error).message,
        });
      }
    },
    report: () => ({ kept, removed, instances }),
  };
}

function mib(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
