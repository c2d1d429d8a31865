/** Triggers and their firings in memory. */
import { AppError, END_STATES, type TriggerRow, type WorkflowState } from '@vaquita/core';
import type {
  EndedRun,
  FireAnswer,
  FiringStore,
  TriggerFire,
  TriggerQueue,
  TriggerStore,
} from '../../ports/triggers.ts';
import { checkLimit } from '../../sql/page.ts';
import { decodeFiringCursor, firingKey } from '../../verbs/triggers/firing-order.ts';
import { checkEpoch } from './master.ts';
import { fileRun } from './runs.ts';
import { compare, type Memory, pageOf, type Tables, type Transaction } from './tables.ts';
import { asRead, dropWatching, firingRowKey, nameKey, TRIGGER_CHANGED } from './trigger-rows.ts';

/** It notices what happens from now on. */
function fromNow(tables: Tables, row: TriggerRow): TriggerRow {
  const begin = { webhook: 0, after_workflow: tables.lastSeq.get('events') ?? 0, file: row.revision };
  return { ...row, cursor: begin[row.kind] };
}

export function createMemoryTriggers(memory: Memory): TriggerStore {
  const { tables, unit } = memory;
  const { triggers } = tables;

  function take(tx: Transaction, row: TriggerRow): void {
    const key = nameKey(row);
    if ((tables.unique.get(key) ?? row.id) !== row.id) {
      throw new AppError('name_in_use', `The workflow has a trigger named "${row.name}" already. Choose another name.`);
    }
    tx.claim(key, row.id);
  }

  function mustFind(id: string): TriggerRow {
    const row = triggers.get(id);
    if (row === undefined) throw new AppError('not_found', `There is no trigger ${id}.`);
    return row;
  }

  return {
    async create(row) {
      unit((tx) => {
        if (!tables.workflows.has(row.workflowId)) {
          throw new AppError('not_found', `There is no workflow ${row.workflowId}.`);
        }
        take(tx, row);
        tx.put(triggers, row.id, fromNow(tables, row));
      });
    },
    async find(id) {
      return triggers.get(id);
    },
    async list({ projectId, workflowId, kind }, page) {
      const rows = [...triggers.values()].filter(
        (row) =>
          (projectId === undefined || row.projectId === projectId) &&
          (workflowId === undefined || row.workflowId === workflowId) &&
          (kind === undefined || row.kind === kind),
      );
      return pageOf(rows, page, ({ id }) => id, 'up');
    },
    async update({ id, revision }, { by, at, ...change }) {
      unit((tx) => {
        const row = mustFind(id);
        if (row.revision !== revision) {
          throw new AppError('conflict', 'Somebody has changed the trigger meanwhile. Look at it, and change it then.');
        }
        const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
        const changed = { ...row, ...given, revision: revision + 1, updatedBy: by, updatedAt: at };
        tx.release(nameKey(row));
        take(tx, changed);
        tx.put(triggers, id, change.config ? fromNow(tables, changed) : changed);
      });
    },
    async setOnline(id, online, by, at) {
      return unit((tx) => {
        const row = mustFind(id);
        if (row.online === online) return false;
        const changed = { ...row, online, revision: row.revision + 1, updatedBy: by, updatedAt: at };
        tx.put(triggers, id, fromNow(tables, changed));
        return true;
      });
    },
    async delete(id) {
      unit((tx) => {
        tx.release(nameKey(mustFind(id)));
        tx.drop(triggers, id);
        dropWatching(tx, tables, id);
      });
    },
    async fire(fire) {
      return fireOnce(memory, fire, () => {});
    },
  };
}

/** `more` may refuse the unit. */
export function fireOnce(
  memory: Memory,
  { trigger, firing, run }: TriggerFire,
  more: (tx: Transaction, row: TriggerRow) => void,
): FireAnswer {
  const { firings } = memory.tables;
  try {
    memory.unit((tx) => {
      more(tx, asRead(memory.tables, trigger));
      const before = firings.get(firingRowKey(firing));
      if (before && before.outcome !== 'refused') throw new AppError('conflict', TRIGGER_CHANGED);
      tx.put(firings, firingRowKey(firing), firing);
      if (run) fileRun(memory, tx, run);
    });
    return { answer: 'fired' };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'conflict') throw thrown;
    const known = firings.get(firingRowKey(firing));
    return known && known.outcome !== 'refused' ? { answer: 'known', firing: known } : { answer: 'changed' };
  }
}

export function createMemoryFirings({ tables: { firings } }: Memory): FiringStore {
  const of = (id: string) => [...firings.values()].filter((row) => row.triggerId === id);
  return {
    async find(triggerId, key) {
      return firings.get(firingRowKey({ triggerId, key }));
    },
    async list(id, { outcome }, page) {
      decodeFiringCursor(page);
      const rows = of(id).filter((row) => outcome === undefined || row.outcome === outcome);
      return pageOf(rows, page, firingKey, 'down');
    },
    async newestOf(ids) {
      return ids.flatMap((id) => {
        const newest = of(id)
          .sort((a, b) => compare(firingKey(a), firingKey(b)))
          .at(-1);
        return newest === undefined ? [] : [newest];
      });
    },
  };
}

export function createMemoryTriggerQueue(memory: Memory): TriggerQueue {
  const { tables, unit } = memory;
  return {
    async online(kind) {
      return [...tables.triggers.values()]
        .filter((row) => row.kind === kind && row.online)
        .sort((a, b) => compare(a.id, b.id));
    },
    async endsAfter(seq, limit) {
      checkLimit(limit);
      const ends: EndedRun[] = [];
      const last = tables.lastSeq.get('events') ?? 0;
      let [position, seen] = [seq, 0];
      for (let next = seq + 1; next <= last && seen < limit; next++) {
        const event = tables.events.get(next);
        if (event === undefined) continue;
        position = next;
        seen += 1;
        const state = event.data.to as WorkflowState;
        const run = tables.instances.get(event.workflowInstanceId ?? '');
        const isEnd = event.type === 'workflow_instance.state' && (END_STATES as readonly string[]).includes(state);
        if (isEnd && run) ends.push({ seq: next, at: event.at, state, run });
      }
      return { ends, position, isEnd: seen < limit };
    },
    async firingOf(run) {
      return [...tables.firings.values()].find(({ workflowInstanceId }) => workflowInstanceId === run);
    },
    async fire(epoch, fire) {
      checkEpoch(memory, epoch);
      return fireOnce(memory, fire, (tx, row) => {
        if (row.cursor >= fire.cursor) throw new AppError('conflict', TRIGGER_CHANGED);
        tx.put(tables.triggers, row.id, { ...row, cursor: fire.cursor });
      });
    },
    async advance(epoch, read, seq) {
      unit((tx) => {
        checkEpoch(memory, epoch);
        for (const { id, revision } of read) {
          const row = tables.triggers.get(id);
          if (row?.revision === revision && row.cursor < seq) tx.put(tables.triggers, id, { ...row, cursor: seq });
        }
      });
    },
  };
}
