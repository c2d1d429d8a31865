/** At the end: the rows and the record of events that the store has are those that the model has followed. */
import type { ScheduleId, TriggerId, WorkflowInstanceId } from '@vaquita/core';
import type { MemoryStore } from '@vaquita/store/testing';
import { Violation } from '../model/facts.ts';
import type { Model } from '../model/model.ts';
import { firesOf } from './witnessed-schedules.ts';

export async function compareRows(store: MemoryStore, { mirror }: Model): Promise<void> {
  for (const [id, run] of mirror.runs) {
    const row = await store.instances.find(id);
    if (JSON.stringify(row) !== JSON.stringify(run.row))
      throw new Violation('record', `the row of run ${id} is not what was committed`);
    for (const task of await store.instances.tasks(id as WorkflowInstanceId)) {
      if (JSON.stringify(run.tasks.get(task.id)) === JSON.stringify(task)) continue;
      throw new Violation('record', `the row of ${task.name} ${task.id} is not what was committed`);
    }
  }
}

/** The record of events has no gap, and is what was committed, once each and in that order. */
export async function compareEvents(store: MemoryStore, { mirror }: Model): Promise<void> {
  let seq = 0;
  const told = mirror.events[Symbol.iterator]();
  for (;;) {
    const page = await store.events.after(seq, { limit: 500 });
    if (page.length === 0) break;
    for (const event of page) {
      if (event.seq !== seq + 1) throw new Violation('record', `the record of events has a gap after ${seq}`);
      seq = event.seq;
      if (event.workflowInstanceId === null) continue;
      const { seq: _seq, ...rest } = event;
      if (JSON.stringify(rest) === JSON.stringify(told.next().value)) continue;
      throw new Violation(
        'record',
        `event ${seq} (${event.type}) of ${event.workflowInstanceId} is not the one that was committed`,
      );
    }
  }
  if (!told.next().done) throw new Violation('record', 'events that were committed are not in the record');
}

/** Alerts stand as they have been followed. */
export async function compareAlerts(store: MemoryStore, { alerts }: Model): Promise<void> {
  for (const { id, status, count, removed, deliveries } of alerts.alerts.values()) {
    const found = await store.alertQueue.find(id);
    const is = found && [found.alert.status, found.alert.count, ...found.deliveries.map((row) => row.status).sort()];
    const told = removed ? undefined : [status, count, ...deliveries.map((one) => one.status).sort()];
    if (JSON.stringify(is) !== JSON.stringify(told))
      throw new Violation('record', `the alert ${id} is ${is?.join(' ') ?? 'not there'}, and not ${told?.join(' ')}`);
  }
}

/** Backfills and their items stand as they have been followed. */
export async function compareBackfills(store: MemoryStore, { backfills }: Model): Promise<void> {
  for (const { id, state, parallelism, items } of backfills.backfills.values()) {
    const row = await store.backfills.find(id);
    if (row?.state !== state || row.parallelism !== parallelism)
      throw new Violation('record', `the backfill ${id} is ${row?.state ?? 'not there'}, and not ${state}`);
    const rows = await store.backfillQueue.items(row.id);
    const is = rows.map((item) => item.state);
    if (is.join(' ') === items.map((item) => item.state).join(' ')) continue;
    throw new Violation('record', `the items of the backfill ${id} are ${is.join(' ')}, and not as they were written`);
  }
}

/** Triggers have come as far as has been followed, and have noticed what was written. */
export async function compareTriggers(store: MemoryStore, { triggers }: Model): Promise<void> {
  for (const { id, waits, deleted, cursor, firings } of triggers.triggers.values()) {
    const row = await store.triggers.find(id);
    const wanted = deleted ? undefined : waits.kind === 'webhook' ? 0 : cursor;
    if (row?.cursor !== wanted)
      throw new Violation('record', `the trigger ${id} is at ${row?.cursor ?? 'no place'}, and not at ${wanted}`);
    for (const { key, outcome } of firings.values()) {
      const found = await store.firings.find(id as TriggerId, key);
      if (found?.outcome === outcome) continue;
      throw new Violation(
        'record',
        `the trigger ${id} has ${found?.outcome ?? 'nothing'} of ${key}, and not ${outcome}`,
      );
    }
  }
}

/** Schedules have come as far as has been followed, and each record says what was written. */
export async function compareSchedules(store: MemoryStore, { schedules }: Model): Promise<void> {
  for (const { id, deleted, cursorAt, records } of schedules.schedules.values()) {
    const row = await store.schedules.find(id);
    if (row?.cursorAt !== (deleted ? undefined : cursorAt))
      throw new Violation('record', `the schedule ${id} is at ${row?.cursorAt ?? 'no place'}, and not at ${cursorAt}`);
    const found = await firesOf(store.schedules, id as ScheduleId);
    for (const [at, { outcome }] of records)
      if (found.get(at)?.outcome !== outcome)
        throw new Violation('record', `the schedule ${id} has ${found.get(at)?.outcome} of ${at}, and not ${outcome}`);
    if (found.size !== records.size)
      throw new Violation('record', `the schedule ${id} has ${found.size} records, and not ${records.size}`);
  }
}
