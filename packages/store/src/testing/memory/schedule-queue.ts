/** What the leader asks of schedules, in memory. */
import { AppError, isWorkflowTerminal, type ScheduleFireRow, type ScheduleRow } from '@vaquita/core';
import type { OpenRun, ScheduledWorkflow, ScheduleQueue, ScheduleStep } from '../../ports/schedules.ts';
import { countsRuns } from '../../verbs/schedules/queue.ts';
import { checkEpoch } from './master.ts';
import { fileCommand, fileRun } from './runs.ts';
import { fireKey, isAwake, remainsKey } from './schedules.ts';
import { compare, type Memory, type Transaction } from './tables.ts';

export function createMemoryScheduleQueue(memory: Memory): ScheduleQueue {
  const { tables, unit } = memory;
  const { schedules, scheduleFires, scheduleRemains, calendars, workflows, versions, instances } = tables;

  const due = () =>
    [...schedules.values()]
      .filter((row) => row.dueAt !== null && isAwake(tables, row))
      .sort((a, b) => compare(a.dueAt!, b.dueAt!) || compare(a.id, b.id));
  const queuedOf = (id: string) =>
    [...scheduleFires.values()].filter((row) => row.scheduleId === id && row.outcome === 'queued');

  function openRunsOf({ id }: ScheduleRow): readonly OpenRun[] {
    return [...instances.values()]
      .filter((run) => run.originId === id && !isWorkflowTerminal(run.state))
      .map((run) => ({ scheduleId: id, id: run.id, state: run.state }))
      .sort((a, b) => compare(a.id, b.id));
  }

  function workflowOf({ workflowId, start }: ScheduleRow): ScheduledWorkflow | undefined {
    const row = workflows.get(workflowId);
    if (row === undefined) return undefined;
    const wanted = start.version ?? row.version;
    const found = versions.get(workflowId)?.find(({ version }) => version === wanted);
    return {
      ...{ projectId: row.projectId, workflowId, workflowName: row.name },
      ...{ version: found?.version ?? null, document: found?.document ?? null },
    };
  }

  function record(tx: Transaction, fire: ScheduleFireRow): void {
    if (scheduleFires.has(fireKey(fire))) throw new AppError('conflict', 'The fire time has its record.');
    tx.put(scheduleFires, fireKey(fire), fire);
  }

  function write(tx: Transaction, { schedule, cursorAt, dueAt, fires, dequeued, runs, stops }: ScheduleStep): void {
    const row = schedules.get(schedule.id);
    const isAsRead = row?.revision === schedule.revision && row.cursorAt === schedule.cursorAt;
    if (row === undefined || !isAsRead || !isAwake(tables, row)) {
      throw new AppError('conflict', `The schedule ${schedule.id} is not as it was read.`);
    }
    tx.put(schedules, row.id, { ...row, cursorAt, dueAt, problem: null });
    for (const fire of fires) record(tx, fire);
    for (const fire of dequeued) {
      const before = scheduleFires.get(fireKey(fire));
      if (before?.outcome !== 'queued') throw new AppError('conflict', 'The fire time does not wait any more.');
      const { outcome, reasonCode, reason, workflowInstanceId, decidedAt } = fire;
      tx.put(scheduleFires, fireKey(fire), {
        ...before,
        ...{ outcome, reasonCode, reason, workflowInstanceId, decidedAt },
      });
    }
    for (const run of runs) fileRun(memory, tx, run);
    for (const command of stops) fileCommand(tx, tables, command);
  }

  return {
    async due(by, limit) {
      return due()
        .filter(({ dueAt }) => dueAt! <= by)
        .slice(0, limit);
    },
    nextDueAt: async (after) => due().find(({ dueAt }) => dueAt! > after)?.dueAt ?? null,
    async unblocked(after, limit) {
      return [...schedules.values()]
        .filter((row) => row.id > (after ?? '') && isAwake(tables, row))
        .filter((row) => queuedOf(row.id).length > 0 && openRunsOf(row).length === 0)
        .sort((a, b) => compare(a.id, b.id))
        .slice(0, limit);
    },
    async surroundings(rows) {
      const named = rows.flatMap(({ plan }) => [...plan.calendars.include, ...plan.calendars.exclude]);
      const cursors = new Map(rows.map(({ id, cursorAt }) => [id, cursorAt] as const));
      const byFire = (a: ScheduleFireRow, b: ScheduleFireRow) => compare(a.fireAt, b.fireAt);
      return {
        calendars: [...calendars.values()].filter(({ id }) => named.includes(id)),
        workflows: rows.map(workflowOf),
        open: rows.filter(countsRuns).flatMap(openRunsOf),
        queued: rows.flatMap(({ id }) => queuedOf(id)).sort(byFire),
        recorded: [...scheduleFires.values()]
          .filter(({ scheduleId, fireAt }) => fireAt > (cursors.get(scheduleId) ?? Number.POSITIVE_INFINITY))
          .map(({ scheduleId, fireAt }) => ({ scheduleId, fireAt })),
      };
    },
    async advance(epoch, steps) {
      checkEpoch(memory, epoch);
      unit((tx) => {
        for (const step of steps) write(tx, step);
      });
    },
    async setAside(epoch, { id, revision }, problem) {
      checkEpoch(memory, epoch);
      unit((tx) => {
        const row = schedules.get(id);
        if (row?.revision !== revision || !isAwake(tables, row)) {
          throw new AppError('conflict', `The schedule ${id} is not as it was read.`);
        }
        tx.put(schedules, id, { ...row, problem });
      });
    },
    async takeBack(epoch, { now, toleranceMs, limit }) {
      const ahead = [...schedules.values()].filter(({ online, cursorAt }) => online && cursorAt > now + toleranceMs);
      for (const row of ahead.slice(0, limit)) {
        checkEpoch(memory, epoch);
        unit((tx) => {
          const { begunAt } = row;
          const untrue = [...scheduleFires.values()].filter(
            ({ scheduleId, decidedAt, outcome }) =>
              scheduleId === row.id && decidedAt > now && (outcome === 'missed' || outcome === 'skipped'),
          );
          const before = Math.min(...untrue.map(({ fireAt }) => fireAt - 1), now);
          const isUntouched = row.cursorAt === row.begunCursorAt;
          const cursorAt = Math.min(now, isUntouched ? begunAt : Math.max(begunAt, before));
          const dueAt = isAwake(tables, row) ? now : null;
          tx.put(schedules, row.id, { ...row, cursorAt, begunCursorAt: begunAt, dueAt });
          for (const fire of untrue) if (fire.throughAt > cursorAt) tx.drop(scheduleFires, fireKey(fire));
        });
      }
      return Math.min(ahead.length, limit);
    },
    async remains(limit) {
      return [...scheduleRemains.values()].slice(0, limit).map((remains) => ({
        remains,
        recorded: [...scheduleFires.values()]
          .filter(({ scheduleId, fireAt }) => scheduleId === remains.scheduleId && fireAt > remains.afterAt)
          .flatMap(({ fireAt }) => (fireAt <= remains.upTo ? [fireAt] : [])),
      }));
    },
    async settleRemains(epoch, remains, { fires, afterAt }) {
      checkEpoch(memory, epoch);
      unit((tx) => {
        const key = remainsKey(remains);
        const row = scheduleRemains.get(key);
        if (row?.afterAt !== remains.afterAt) throw new AppError('conflict', 'What remains is not as it was read.');
        if (afterAt === null) tx.drop(scheduleRemains, key);
        else tx.put(scheduleRemains, key, { ...row, afterAt });
        for (const fire of fires) record(tx, fire);
      });
    },
    async figures() {
      const queued = [...scheduleFires.values()].filter(({ outcome }) => outcome === 'queued').length;
      const active = [...schedules.values()].filter(({ dueAt }) => dueAt !== null).length;
      const failing = [...schedules.values()].filter(({ problem }) => problem !== null).length;
      return { total: schedules.size, active, queued, failing };
    },
  };
}
