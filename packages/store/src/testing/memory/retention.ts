/** Retention in memory. */
import {
  AppError,
  type Epoch,
  isWorkflowTerminal,
  type WorkflowInstanceId,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import type { Purged, Removed, RetentionStore, RunHead } from '../../ports/retention.ts';
import { BEING_REMOVED, beingRemoved, isFinal } from '../../retention/final.ts';
import { NOTED_AGAIN_MS } from '../../retention/noted.ts';
import { keysOf } from './run-rows.ts';
import { tasksOf } from './runs.ts';
import { compare, type Memory, pageOf, type Transaction } from './tables.ts';

export function createMemoryRetention(
  memory: Memory,
  checkEpoch: (memory: Memory, epoch: Epoch) => void,
): RetentionStore {
  const { tables, unit } = memory;
  const all = () => [...tables.instances.values()].sort((a, b) => compare(a.id, b.id));
  const hasOrder = (id: string) =>
    [...tables.commands.values()].some((row) => row.workflowInstanceId === id && row.doneAt === null);

  function headOf(row: WorkflowInstanceRow): RunHead {
    const { id, projectId, workflowId, workflowName, number, state, createdAt, endedAt, parentInstanceId } = row;
    const isThere = parentInstanceId !== null && tables.instances.has(parentInstanceId);
    return {
      ...{ id, projectId, workflowId, workflowName, number, state, createdAt, endedAt },
      isAside: row.quarantine !== null,
      isBeingRemoved: row.quarantine?.code === BEING_REMOVED,
      parentInstanceId: isThere ? parentInstanceId : null,
    };
  }

  const headPage = (rows: readonly WorkflowInstanceRow[], { after, limit }: { after: string | null; limit: number }) =>
    pageOf(rows.map(headOf), { limit, cursor: after }, ({ id }) => id, 'up');

  function isFree(row: WorkflowInstanceRow | undefined): row is WorkflowInstanceRow {
    const isAside = row?.quarantine && row.quarantine.code !== BEING_REMOVED;
    return row !== undefined && isFinal(row.state) && !isAside && !hasOrder(row.id);
  }

  /** What listeners or triggers may have to hear of stays until it has been read for them. */
  function isRead(seq: number): boolean {
    const waits = [...tables.triggers.values()].some(
      ({ kind, online, cursor }) => kind === 'after_workflow' && online && cursor < seq,
    );
    if (waits) return false;
    const isHeard = [...tables.listenerInstances.values()].some(({ enabled }) => enabled);
    return !isHeard || seq <= (tables.lastSeq.get('relay') ?? Number.POSITIVE_INFINITY);
  }

  function dropEvents(tx: Transaction, ids: ReadonlySet<string>, limit = Number.POSITIVE_INFINITY): number {
    const found = [...tables.events.values()].filter(
      ({ workflowInstanceId: id, seq }) => id !== null && ids.has(id) && isRead(seq),
    );
    const some = found.slice(0, limit);
    for (const { seq } of some) tx.drop(tables.events, seq);
    return some.length;
  }

  function dropTasks(tx: Transaction, id: WorkflowInstanceId, limit = Number.POSITIVE_INFINITY): Removed['tasks'] {
    const some = tasksOf(tables, id).slice(0, limit);
    for (const task of some) {
      tx.drop(tables.tasks, task.id);
      tx.detach(tables.tasksOfRun, id, task.id);
      for (const key of keysOf(task)) tx.release(key);
    }
    return some.map((task) => task.id);
  }

  return {
    runs: async (page) => headPage(all(), page),
    async workflowsWithMore(than, { after, limit }) {
      const many = [...tables.workflows.keys()].filter((id) => (tables.lastNumbers.get(id) ?? 0) > than);
      const rows = many.map((id) => tables.workflows.get(id)!.id);
      return pageOf(rows, { limit, cursor: after }, (id) => id, 'up');
    },
    async newestBeyond(workflow, count) {
      return (
        all()
          .filter((row) => row.workflowId === workflow)
          .reverse()[count]?.id ?? null
      );
    },
    runsUpTo: async (workflow, last, page) =>
      headPage(
        all().filter((row) => row.workflowId === workflow && row.id <= last),
        page,
      ),
    async childrenOf(ids, limit) {
      const parents = new Set<string | null>(ids);
      return all()
        .filter((row) => row.parentInstanceId !== null && parents.has(row.parentInstanceId))
        .map(headOf)
        .slice(0, limit);
    },
    async claimed(ids, since) {
      const owed = new Set(
        [...tables.outbox.values()].filter((row) => row.createdAt >= since).map((row) => row.workflowInstanceId),
      );
      return [...new Set(ids)].filter((id) => hasOrder(id) || owed.has(id));
    },
    async missing(what, ids) {
      const rows: ReadonlyMap<string, unknown> = what === 'task_instances' ? tables.tasks : tables.instances;
      return ids.filter((id) => !rows.has(id));
    },
    async weigh(ids, upTo) {
      return ids.map((id) => {
        const tasks = tasksOf(tables, id);
        const events = [...tables.events.values()].filter((event) => event.workflowInstanceId === id).length;
        const logBytes = tasks.reduce((sum, task) => sum + task.logBytes, 0);
        return { id, rows: tasks.length + Math.min(events, upTo), tasks: tasks.length, logBytes };
      });
    },
    async remove(epoch, ids) {
      return unit((tx) => {
        checkEpoch(memory, epoch);
        const wanted = new Set<string>(ids);
        const rows = [...wanted].map((id) => tables.instances.get(id));
        const hasOthers = all().some(
          ({ id, parentInstanceId }) => wanted.has(parentInstanceId ?? '') && !wanted.has(id),
        );
        if (hasOthers || !rows.every(isFree)) throw new AppError('conflict', 'A run is not free to be removed.');
        for (const order of [...tables.outbox.values()])
          if (wanted.has(order.workflowInstanceId)) tx.drop(tables.outbox, order.dispatchId);
        const tasks = ids.flatMap((id) => dropTasks(tx, id));
        const events = dropEvents(tx, wanted);
        if ([...tables.events.values()].some(({ workflowInstanceId: id }) => wanted.has(id ?? ''))) {
          throw new AppError('conflict', 'A run is not free to be removed.');
        }
        for (const row of rows as WorkflowInstanceRow[]) {
          tx.drop(tables.instances, row.id);
          tx.drop(tables.tasksOfRun, row.id);
          tx.detach(tables.runsOfWorkflow, row.workflowId, row.id);
        }
        return { runs: ids.length, tasks, events };
      });
    },
    async beginRemoval(epoch, id, at) {
      unit((tx) => {
        checkEpoch(memory, epoch);
        const row = tables.instances.get(id);
        if (!isFree(row)) throw new AppError('conflict', 'The run is not free to be removed.');
        tx.put(tables.instances, id, { ...row, quarantine: beingRemoved(at), updatedAt: at });
      });
    },
    async thin(epoch, id, limit) {
      return unit((tx) => {
        checkEpoch(memory, epoch);
        const row = tables.instances.get(id);
        if (row?.quarantine?.code !== BEING_REMOVED || !isWorkflowTerminal(row.state))
          return { runs: 0, tasks: [], events: 0 };
        return { runs: 0, tasks: dropTasks(tx, id, limit), events: dropEvents(tx, new Set([id]), limit) };
      });
    },
    async purge(epoch, what, { before, after, limit }) {
      return unit((tx) => {
        checkEpoch(memory, epoch);
        const rows = oldRows(what)
          .filter(({ id }) => after === null || isLater(what, id, after))
          .slice(0, limit);
        const old = rows.filter(({ at }) => at !== null && at < before);
        for (const { drop } of old) drop(tx);
        const last = rows.at(-1);
        return { removed: old.length, next: rows.length < limit || last!.seen >= before ? null : last!.id };
      });
    },
    async note(epoch, row) {
      unit((tx) => {
        checkEpoch(memory, epoch);
        tx.put(tables.audit, row.id, row);
      });
    },
    space: async () => ({ bytes: 0, freeBytes: 0, canShrink: false }),
    async shrink() {},
  };

  /** Null: it has not ended. */
  function endOf(id: string): number | null {
    const row = tables.backfills.get(id);
    return row?.state === 'done' || row?.state === 'cancelled' ? row.endedAt : null;
  }

  function isLater(what: Purged, id: string, after: string): boolean {
    // What is old of these goes, so the next page begins at the begin again.
    if (what === 'events') return Number(id) > Number(after);
    return what === 'commands' || what === 'audit' ? id > after : true;
  }

  function oldRows(
    what: Purged,
  ): readonly { id: string; at: number | null; seen: number; drop(tx: Transaction): void }[] {
    switch (what) {
      case 'events':
        return [...tables.events.values()]
          .filter(({ workflowInstanceId }) => workflowInstanceId === null)
          .map(({ seq, at }) => ({
            id: String(seq),
            at: isRead(seq) ? at : null,
            seen: at,
            drop: (tx) => tx.drop(tables.events, seq),
          }));
      case 'commands':
        return [...tables.commands.values()]
          .sort((a, b) => compare(a.id, b.id))
          .map(({ id, doneAt, createdAt }) => ({
            id,
            at: doneAt,
            seen: createdAt,
            drop: (tx) => tx.drop(tables.commands, id),
          }));
      case 'fires':
        return [...tables.scheduleFires]
          .filter(([, { outcome }]) => outcome !== 'queued')
          .sort(([, a], [, b]) => compare(a.decidedAt, b.decidedAt))
          .map(([id, { decidedAt: at }]) => ({ id, at, seen: at, drop: (tx) => tx.drop(tables.scheduleFires, id) }));
      case 'firings':
        return [...tables.firings]
          .sort(([, a], [, b]) => compare(a.at, b.at))
          .map(([id, { at }]) => ({ id, at, seen: at, drop: (tx) => tx.drop(tables.firings, id) }));
      case 'watchers':
        return [...tables.watchers]
          .sort(([, a], [, b]) => compare(a.lookedAt, b.lookedAt))
          .map(([id, { lookedAt: at }]) => ({ id, at, seen: at, drop: (tx) => tx.drop(tables.watchers, id) }));
      case 'things':
        return [...tables.things]
          .filter(([, { triggerId, seenAt }]) =>
            [...tables.watchers.values()].every(
              (row) =>
                row.triggerId !== triggerId || (row.lookedAt > seenAt + 2 * NOTED_AGAIN_MS && row.problem === null),
            ),
          )
          .sort(([, a], [, b]) => compare(a.seenAt, b.seenAt))
          .map(([id, { seenAt: at }]) => ({ id, at, seen: at, drop: (tx) => tx.drop(tables.things, id) }));
      case 'backfillItems':
        return [...tables.backfillItems]
          .flatMap(([id, item]) => {
            const at = endOf(item.backfillId);
            return at === null
              ? []
              : [{ id, at, seen: at, drop: (tx: Transaction) => tx.drop(tables.backfillItems, id) }];
          })
          .sort((a, b) => compare(a.at, b.at));
      case 'backfills': {
        const full = new Set([...tables.backfillItems.values()].map(({ backfillId }) => backfillId));
        return [...tables.backfills.values()]
          .flatMap(({ id }) => {
            const at = full.has(id) ? null : endOf(id);
            return at === null ? [] : [{ id, at, seen: at, drop: (tx: Transaction) => tx.drop(tables.backfills, id) }];
          })
          .sort((a, b) => compare(a.at, b.at));
      }
      case 'audit':
        return [...tables.audit.values()]
          .sort((a, b) => compare(a.id, b.id))
          .map(({ id, at }) => ({ id, at, seen: at, drop: (tx) => tx.drop(tables.audit, id) }));
    }
  }
}
