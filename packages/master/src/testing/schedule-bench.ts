/** The duty on schedules in front of a store in memory, on a clock turned by hand. */
import {
  type CommandRow,
  type Epoch,
  type ProjectId,
  parseWorkflowDocument,
  type ScheduleFireRow,
  type ScheduleId,
  type SchedulePlan,
  type ScheduleRow,
  type WorkflowId,
  type WorkflowInstanceId,
} from '@vaquita/core';
import { createManualClock, schedulePlan, scheduleRow } from '@vaquita/core/testing';
import type { ScheduleQueue } from '@vaquita/store';
import { createMemoryStore } from '@vaquita/store/testing';
import { createScheduleDuty } from '../schedule/schedule-duty.ts';
import type { ScheduleDutySettings } from '../schedule/settings.ts';

const PROJECT = 'project-1' as ProjectId;
const WORKFLOW = 'workflow-1' as WorkflowId;
/** A whole minute. */
export const START = Date.UTC(2026, 4, 4, 12);

const event = (at: number) => ({
  ...{ type: 'workflow.updated' as const, projectId: PROJECT, workflowInstanceId: null, taskInstanceId: null },
  ...{ at, data: { workflowId: WORKFLOW } },
});

export async function openScheduleBench(settings: Partial<ScheduleDutySettings> = {}) {
  const clock = createManualClock(START);
  const store = createMemoryStore({ clock });
  const filed: CommandRow[] = [];
  const logged: string[] = [];
  const note = (message: string) => void logged.push(message);
  const log = { debug() {}, info() {}, warn: note, error: note };
  /** Called before and after a unit; what throws takes the place of the answer. */
  const faults: Record<'before' | 'after' | 'remains' | 'remainsAfter', (() => void) | null> = {
    ...{ before: null, after: null },
    /** Likewise about what changes have left. */
    ...{ remains: null, remainsAfter: null },
  };
  const reads: Record<string, number> = {};
  function counted<Args extends unknown[], Result>(name: string, read: (...args: Args) => Result) {
    return (...args: Args): Result => {
      reads[name] = (reads[name] ?? 0) + 1;
      return read(...args);
    };
  }
  const { scheduleQueue } = store;
  const queue: ScheduleQueue = {
    ...scheduleQueue,
    due: counted('due', scheduleQueue.due),
    surroundings: counted('surroundings', scheduleQueue.surroundings),
    advance: counted('advance', async (epoch, steps) => {
      faults.before?.();
      await scheduleQueue.advance(epoch, steps);
      faults.after?.();
    }),
    async settleRemains(...unit) {
      faults.remains?.();
      await scheduleQueue.settleRemains(...unit);
      faults.remainsAfter?.();
    },
  };
  const newDuty = () =>
    createScheduleDuty({ queue, clock, log, filed: (commands) => void filed.push(...commands), settings });

  const document = parseWorkflowDocument({
    name: 'etl',
    tasks: [{ name: 'load', type: 'shell', script: 'true' }],
  });
  await store.projects.create({
    ...{ id: PROJECT, name: 'first', description: '', params: [], createdAt: START, updatedAt: START },
  });
  await store.workflows.create(
    {
      ...{ id: WORKFLOW, projectId: PROJECT, name: 'etl', description: '', version: 1, online: true, taskCount: 1 },
      ...{ createdAt: START, updatedAt: START },
    },
    { workflowId: WORKFLOW, version: 1, document, contentHash: 'h1', createdBy: 'ann', createdAt: START },
    event(START),
  );
  let duty = newDuty();
  let epoch: Epoch = 0;

  return {
    clock,
    store,
    filed,
    logged,
    faults,
    reads,
    get duty() {
      return duty;
    },
    lead(): void {
      epoch += 1;
      store.leader.set(epoch);
      duty.begin(epoch);
    },
    /** The process dies: nothing of it is asked to end. Another one leads. */
    crash(): void {
      void duty.end();
      duty = newDuty();
      this.lead();
    },
    async make(id: string, plan: Partial<SchedulePlan> = {}, more: Partial<ScheduleRow> = {}): Promise<ScheduleId> {
      const at = clock.now();
      const row = scheduleRow(
        { times: { kind: 'interval', everyMs: 10_000, anchorAt: START }, overlap: { policy: 'parallel', limit: null } },
        { id: id as ScheduleId, name: id, updatedAt: at, cursorAt: at },
      );
      const start = { ...row.start, params: {} };
      await store.schedules.create({ ...row, start, plan: schedulePlan({ ...row.plan, ...plan }), ...more });
      return row.id;
    },
    async fires(id: string): Promise<readonly ScheduleFireRow[]> {
      const all: ScheduleFireRow[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof store.schedules.fires>> = await store.schedules.fires(id as ScheduleId, {
          ...{ limit: 500, cursor },
        });
        all.push(...page.items);
        cursor = page.next;
      } while (cursor !== null);
      return all.reverse();
    },
    /** As `seconds outcome`, or the reason in its place. */
    async told(id: string): Promise<readonly string[]> {
      return (await this.fires(id)).map(
        ({ fireAt, outcome, reasonCode }) => `${(fireAt - START) / 1_000} ${reasonCode ?? outcome}`,
      );
    },
    async runs() {
      return (await store.instances.list({}, { limit: 500, cursor: null })).items;
    },
    async endRun(id: WorkflowInstanceId): Promise<void> {
      const run = (await store.instances.find(id))!;
      const ended = { ...run, state: 'success' as const, endedAt: clock.now() };
      await store.master.commit(epoch, {
        ...{ instance: ended, assignNumber: false, newTasks: [], changedTasks: [], writtenBefore: new Map() },
        ...{ events: [], outboxPut: [], outboxDone: [], commandsDone: [], newRuns: [], newCommands: [], newAlerts: [] },
      });
      duty.runsChanged();
    },
    async setWorkflowOnline(online: boolean): Promise<void> {
      await store.workflows.setOnline(WORKFLOW, online, event(clock.now()));
      duty.nudge();
    },
  };
}
