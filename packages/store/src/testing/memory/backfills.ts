/** Backfills in memory. */
import {
  AppError,
  type BackfillId,
  type BackfillItemRow,
  type BackfillItemState,
  type BackfillRow,
  shownItemState,
  type WorkflowId,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import type {
  BackfillQueue,
  BackfillSources,
  BackfillStore,
  ItemChange,
  RunningItem,
  ShownBackfillItem,
  ToldBackfill,
} from '../../ports/backfills.ts';
import {
  after,
  CANCELLED_REASON,
  changedMeanwhile,
  noItems,
  notFailed,
  thereAlready,
  timesTaken,
} from '../../verbs/backfills/people.ts';
import { checkEpoch } from './master.ts';
import { addEvent, fileRun, tasksOf } from './runs.ts';
import { compare, type Memory, pageOf, type Transaction } from './tables.ts';

const keyOf = (id: string, position: number) => `${id}:${position}`;
const isHeld = ({ state }: BackfillItemRow) => state === 'waiting' || state === 'running';
const timeKey = ({ workflowId, version, businessTime }: BackfillItemRow) =>
  `backfill-time:${workflowId}:${version}:${businessTime}`;

/** As the index of the database does it: one item that waits or runs per workflow, version and business time. */
function putItem({ tables }: Memory, tx: Transaction, item: BackfillItemRow): void {
  const key = keyOf(item.backfillId, item.position);
  const before = tables.backfillItems.get(key);
  if (before !== undefined && isHeld(before)) tx.release(timeKey(before));
  if (isHeld(item)) tx.claim(timeKey(item), key);
  tx.put(tables.backfillItems, key, item);
}

function itemsOf({ tables }: Memory, id: string): readonly BackfillItemRow[] {
  const items = [...tables.backfillItems.values()].filter(({ backfillId }) => backfillId === id);
  return items.sort((a, b) => a.position - b.position);
}

function runOf({ tables }: Memory, item: BackfillItemRow): WorkflowInstanceRow | undefined {
  return item.workflowInstanceId === null ? undefined : tables.instances.get(item.workflowInstanceId);
}

function shown(memory: Memory, item: BackfillItemRow): ShownBackfillItem {
  const run = runOf(memory, item);
  const id = item.workflowInstanceId;
  return {
    ...item,
    state: shownItemState(item.state, run?.state ?? null),
    run: id === null ? null : { id, number: run?.number ?? null, state: run?.state ?? null },
  };
}

export function createMemoryBackfills(memory: Memory): BackfillStore {
  const { tables, unit } = memory;
  const { backfills } = tables;

  function tell(tx: Transaction, { event, audit }: ToldBackfill): void {
    addEvent(tx, tables, event);
    tx.put(tables.audit, audit.id, audit);
  }

  /** A unique key that is taken is a conflict, with the words for it. */
  function unitOfTimes<T>(work: (tx: Transaction) => T): T {
    try {
      return unit(work);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'conflict' && thrown.message.includes('backfill-time:')) {
        throw timesTaken();
      }
      throw thrown;
    }
  }

  return {
    async create(row, items, told) {
      unitOfTimes((tx) => {
        if (backfills.has(row.id)) throw thereAlready(row.id);
        tx.put(backfills, row.id, row);
        for (const item of items) putItem(memory, tx, item);
        tell(tx, told);
      });
    },
    find: async (id) => backfills.get(id),
    async list({ projectId, workflowId, state }, page) {
      const rows = [...backfills.values()].filter(
        (row) =>
          (projectId === undefined || row.projectId === projectId) &&
          (workflowId === undefined || row.workflowId === workflowId) &&
          (state === undefined || row.state === state),
      );
      return pageOf(rows, page, (row) => row.id, 'down');
    },
    async counts(ids) {
      return new Map(
        ids.map((id) => {
          const counts: Record<BackfillItemState, number> = noItems();
          for (const item of itemsOf(memory, id)) counts[shown(memory, item).state] += 1;
          return [id, counts];
        }),
      );
    },
    async items(id, { state, workflowId }, page) {
      const items = itemsOf(memory, id).map((item) => shown(memory, item));
      const wanted = items.filter(
        (item) =>
          (state === undefined || item.state === state) && (workflowId === undefined || item.workflowId === workflowId),
      );
      return pageOf(wanted, page, (item) => item.position, 'up', 'number');
    },
    async change(before, change, told) {
      return unitOfTimes((tx) => {
        const row = backfills.get(before.id);
        if (row?.revision !== before.revision || row.state !== before.state) throw changedMeanwhile();
        const { at } = told.event;
        const { kind } = change;
        const { parallelism = row.parallelism, description = row.description } = kind === 'edit' ? change : {};
        const chosen = kind === 'retry' && change.positions !== undefined ? new Set(change.positions) : null;
        const wrong = [...(chosen ?? [])].filter((position) => !hasFailed(row.id, position));
        if (wrong.length > 0) throw notFailed(wrong);
        const { state, endedAt } = after(row.state, change, at);
        tx.put(backfills, row.id, {
          ...{ ...row, parallelism, description, state, hold: null, revision: row.revision + 1, updatedAt: at },
          endedAt: kind === 'edit' ? row.endedAt : endedAt,
        });
        tell(tx, told);
        let changed = 0;
        for (const item of itemsOf(memory, row.id)) {
          if (chosen !== null && !chosen.has(item.position)) continue;
          const next = itemAfter(item, kind, at);
          if (next === item) continue;
          putItem(memory, tx, next);
          changed += 1;
        }
        return changed;
      });
    },
  };

  function hasFailed(id: string, position: number): boolean {
    const item = tables.backfillItems.get(keyOf(id, position));
    return item?.state === 'failure' && shown(memory, item).state === 'failure';
  }

  function itemAfter(item: BackfillItemRow, kind: string, at: number): BackfillItemRow {
    if (kind === 'cancel' && item.state === 'waiting') {
      return { ...item, state: 'cancelled', reason: CANCELLED_REASON, endedAt: at };
    }
    const mayRetry = item.state === 'blocked' || (item.state === 'failure' && shown(memory, item).state === 'failure');
    return kind === 'retry' && mayRetry ? { ...item, state: 'waiting', reason: null, endedAt: null } : item;
  }
}

export function createMemoryBackfillSources(memory: Memory): BackfillSources {
  const { tables } = memory;
  const past = (run: WorkflowInstanceRow) => ({
    durationMs: Math.max(0, run.endedAt! - run.startedAt!),
    slotMs: tasksOf(tables, run.id)
      .filter(({ workerId, startedAt, endedAt }) => workerId !== null && (endedAt ?? 0) > (startedAt ?? Infinity))
      .reduce((sum, { startedAt, endedAt }) => sum + endedAt! - startedAt!, 0),
  });
  const isPast = (run: WorkflowInstanceRow | undefined): run is WorkflowInstanceRow =>
    run?.state === 'success' && !run.dryRun && run.startedAt !== null && run.endedAt !== null;

  return {
    async dependents({ after: cursor, limit }) {
      const rows = [...tables.workflows.values()].flatMap((row) => {
        const document = tables.versions.get(row.id)?.at(-1)?.document;
        const list = (document?.tasks ?? []) as readonly { readonly type?: string }[];
        if (document === undefined || !list.some(({ type }) => type === 'dependent')) return [];
        const { projectId, id: workflowId, name: workflowName, version, online } = row;
        const projectName = tables.projects.get(projectId)!.name;
        return [{ projectId, projectName, workflowId, workflowName, version, online, document }];
      });
      return pageOf(rows, { limit, cursor }, ({ workflowId }) => workflowId, 'up');
    },
    async holders(workflowId, version, times) {
      const held = [...tables.backfillItems.values()].filter(
        (item) =>
          isHeld(item) &&
          item.workflowId === workflowId &&
          item.version === version &&
          times.includes(item.businessTime),
      );
      const byBackfill = Map.groupBy(held, ({ backfillId }) => backfillId);
      return [...byBackfill]
        .map(([backfillId, items]) => ({
          ...{ backfillId, description: tables.backfills.get(backfillId)!.description, times: items.length },
          first: Math.min(...items.map(({ businessTime }) => businessTime)),
        }))
        .sort((a, b) => compare(a.backfillId, b.backfillId));
    },
    async runsAt(workflowId, times) {
      return [...tables.instances.values()]
        .filter(
          (run) =>
            run.workflowId === workflowId &&
            !run.dryRun &&
            times.includes(run.businessTime) &&
            !['failure', 'stopped'].includes(run.state),
        )
        .sort((a, b) => a.businessTime - b.businessTime || compare(a.id, b.id))
        .map(({ businessTime, id, state }) => ({ businessTime, id, state }));
    },
    async history(workflowId, limit) {
      return [...tables.instances.values()]
        .filter((run) => run.workflowId === workflowId)
        .filter(isPast)
        .sort((a, b) => compare(b.id, a.id))
        .slice(0, limit)
        .map(past);
    },
    async historyOf(id) {
      const runs = itemsOf(memory, id)
        .filter(({ state }) => state === 'success')
        .map((item) => runOf(memory, item))
        .filter(isPast);
      const byWorkflow = Map.groupBy(runs, ({ workflowId }): WorkflowId => workflowId);
      const mean = (values: readonly number[]) =>
        Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
      return new Map(
        [...byWorkflow].map(([workflowId, some]) => {
          const times = some.map(past);
          return [
            workflowId,
            { durationMs: mean(times.map((one) => one.durationMs)), slotMs: mean(times.map((one) => one.slotMs)) },
          ];
        }),
      );
    },
  };
}

export function createMemoryBackfillQueue(memory: Memory): BackfillQueue {
  const { tables, unit } = memory;
  const { backfills, backfillItems } = tables;
  const inOrder = (a: BackfillItemRow, b: BackfillItemRow) =>
    compare(a.backfillId, b.backfillId) || a.position - b.position;
  const itemRun = (item: BackfillItemRow): RunningItem => ({
    ...{ backfillId: item.backfillId, position: item.position, workflowInstanceId: item.workflowInstanceId! },
    run: runOf(memory, item)?.state ?? null,
  });
  const inState = (state: BackfillItemState) =>
    [...backfillItems.values()].filter((item) => item.state === state).sort(inOrder);

  function mustBe(row: Pick<BackfillRow, 'id' | 'revision'>): BackfillRow {
    const now = backfills.get(row.id);
    if (now?.revision !== row.revision || now.state !== 'running') throw changedMeanwhile();
    return now;
  }

  function mustFind(id: BackfillId, position: number, state: BackfillItemState): BackfillItemRow {
    const item = backfillItems.get(keyOf(id, position));
    if (item?.state !== state) throw new AppError('conflict', `Item ${position} of ${id} is not ${state}.`);
    return item;
  }

  function settleOne(tx: Transaction, change: ItemChange, at: number): void {
    const { backfillId, position, from, to, reason, revision } = change;
    const item = mustFind(backfillId, position, from);
    if (revision !== undefined && backfills.get(backfillId)?.revision !== revision) throw changedMeanwhile();
    putItem(memory, tx, { ...item, state: to, reason, endedAt: to === 'waiting' || to === 'running' ? null : at });
    const backfill = backfills.get(backfillId)!;
    if (to !== 'waiting' || backfill.state !== 'done') return;
    tx.put(backfills, backfillId, { ...backfill, state: 'running', updatedAt: at, endedAt: null });
  }

  return {
    async active(limit) {
      const rows = [...backfills.values()].filter(({ state }) => state === 'running');
      return rows.sort((a, b) => compare(a.id, b.id)).slice(0, limit);
    },
    running: async () => inState('running').map(itemRun),
    async recovered(limit) {
      const failed = inState('failure').filter((item) => backfills.get(item.backfillId)!.state !== 'cancelled');
      return failed
        .map(itemRun)
        .filter(({ run }) => run === 'success')
        .slice(0, limit);
    },
    async items(id) {
      return itemsOf(memory, id).map(({ position, workflowId, businessTime, waits, state }) => {
        return { position, workflowId, businessTime, waits, state };
      });
    },
    async start(epoch, { backfill, position }, filing) {
      unit((tx) => {
        checkEpoch(memory, epoch);
        mustBe(backfill);
        const item = mustFind(backfill.id, position, 'waiting');
        const { id, createdAt } = filing.instance;
        putItem(memory, tx, {
          ...{ ...item, state: 'running', workflowInstanceId: id, tries: item.tries + 1 },
          ...{ reason: null, startedAt: createdAt, endedAt: null },
        });
        fileRun(memory, tx, filing);
      });
    },
    async settle(epoch, changes, at) {
      unit((tx) => {
        checkEpoch(memory, epoch);
        for (const change of changes) settleOne(tx, change, at);
      });
    },
    async mark(epoch, backfill, what) {
      unit((tx) => {
        checkEpoch(memory, epoch);
        const row = mustBe(backfill);
        if ('hold' in what) {
          tx.put(backfills, row.id, { ...row, hold: what.hold });
          return;
        }
        if (itemsOf(memory, row.id).some(isHeld)) throw changedMeanwhile();
        const { at } = what.done;
        tx.put(backfills, row.id, { ...row, state: 'done', hold: null, updatedAt: at, endedAt: at });
        addEvent(tx, tables, what.done);
      });
    },
    async figures() {
      const count = (state: BackfillRow['state']) =>
        [...backfills.values()].filter((row) => row.state === state).length;
      const isGoingOn = ({ backfillId }: BackfillItemRow) =>
        ['running', 'paused'].includes(backfills.get(backfillId)!.state);
      return {
        ...{ running: count('running'), paused: count('paused') },
        ...{ itemsWaiting: inState('waiting').filter(isGoingOn).length, itemsRunning: inState('running').length },
      };
    },
  };
}
