/** The duty of backfills on a store in memory and a clock turned by hand; runs end when a test says so. */
import {
  AppError,
  type BackfillId,
  type BackfillItemRow,
  type BackfillMember,
  type BackfillRow,
  createIdSource,
  type Epoch,
  type NewEvent,
  type PlannedMember,
  type ProjectId,
  planBackfill,
  type StartChoices,
  type WorkflowId,
  type WorkflowInstanceRow,
  type WorkflowState,
} from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import type { AuditRow, BackfillChange, BackfillQueue } from '@vaquita/store';
import { createMemoryStore } from '@vaquita/store/testing';
import { createBackfillDuty } from '../backfill/duty.ts';
import type { BackfillSettings } from '../backfill/settings.ts';
import { commitOf } from '../recovery/commit-of.ts';

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.parse('2026-01-01T00:00:00Z');
export const days = (count: number) => Array.from({ length: count }, (_, n) => FIRST_DAY + n * DAY_MS);

const START: StartChoices = {
  ...{ params: {}, startTasks: [], scope: 'all', failureStrategy: null, priority: 'lowest', workerGroup: null },
  ...{ alertOn: null, alertGroup: null, dryRun: false, timeoutMs: null, version: null },
};

export type QueueFault = (verb: 'start' | 'settle' | 'mark', call: () => Promise<void>) => Promise<void>;

export async function openBackfillBench() {
  const clock = createManualClock(Date.parse('2026-06-01T00:00:00Z'));
  const ids = createIdSource(clock, createSeededRandom(7));
  const store = createMemoryStore({ clock });
  const projectId = 'p' as ProjectId;
  await store.projects.create({ id: projectId, name: 'etl', description: '', params: [], createdAt: 0, updatedAt: 0 });
  let epoch: Epoch = 0;
  let waitingForRoom = 0;
  const lines: string[] = [];
  const noEvent = (type: NewEvent['type']): NewEvent => ({
    ...{ type, projectId, workflowInstanceId: null, taskInstanceId: null, at: clock.now(), data: {} },
  });
  const audit = (): AuditRow => ({
    ...{ id: ids.next<'audit'>(), at: clock.now(), actor: 'ann', action: 'x', subject: '', data: {} },
  });
  const told = () => ({ event: noEvent('backfill.changed'), audit: audit() });

  async function createWorkflow(name: string, document: object = {}): Promise<WorkflowId> {
    const id = name as WorkflowId;
    const row = {
      id,
      projectId,
      name,
      description: '',
      version: 1,
      online: true,
      taskCount: 1,
      createdAt: 0,
      updatedAt: 0,
    };
    const version = {
      ...{ workflowId: id, version: 1, contentHash: name, createdBy: 'ann', createdAt: 0 },
      document: { name, tasks: [{ name: 'a', type: 'noop' }], ...document },
    };
    await store.workflows.create(row, version, noEvent('workflow.added'));
    return id;
  }

  /** Each on a level of its own, which asks about the one before. */
  async function createChain(...names: readonly string[]): Promise<readonly PlannedMember[]> {
    const members: PlannedMember[] = [];
    for (const [level, name] of names.entries()) {
      const workflowId = await createWorkflow(name);
      const after = level === 0 ? [] : [members[level - 1]!.workflowId];
      members.push({
        ...{ projectId, projectName: 'etl', workflowId, workflowName: name, version: 1, level, after },
        asks: after.map((target) => ({ workflowId: target, cycle: 'day' as const, range: 'today' })),
        asksOthers: [],
        definition: { timezone: 'UTC' } as PlannedMember['definition'],
      });
    }
    return members;
  }

  async function create(
    members: readonly PlannedMember[],
    { times = days(3), ...more }: Partial<Omit<BackfillRow, 'times'>> & { readonly times?: readonly number[] } = {},
  ): Promise<BackfillId> {
    const id = ids.next<'backfill'>();
    const order = more.order ?? 'oldest_first';
    const plan = planBackfill({ members, times, timezone: 'UTC', order, succeeded: new Map() });
    const items = plan.map(
      ({ succeededIn: _, ...item }): BackfillItemRow => ({
        ...{ ...item, backfillId: id, workflowInstanceId: null, tries: 0, startedAt: null, endedAt: null },
      }),
    );
    const row: BackfillRow = {
      ...{ id, projectId, workflowId: members[0]!.workflowId, scheduleId: null, timezone: 'UTC', description: '' },
      members: members.map(({ projectId, workflowId, workflowName, version, level, after }): BackfillMember => {
        return { projectId, workflowId, workflowName, version, level, after };
      }),
      ...{ start: START, order, parallelism: 2, state: 'running', revision: 1, hold: null, items: items.length },
      ...{ createdBy: 'ann', createdAt: clock.now(), updatedAt: clock.now(), endedAt: null },
      ...more,
      times: { kind: 'list' },
    };
    await store.backfills.create(row, items, told());
    return id;
  }

  const find = async (id: BackfillId): Promise<BackfillRow> => (await store.backfills.find(id))!;

  function faulty(fault: QueueFault | undefined): BackfillQueue {
    const queue = store.backfillQueue;
    if (fault === undefined) return queue;
    return {
      ...queue,
      start: (...args) => fault('start', () => queue.start(...args)),
      settle: (...args) => fault('settle', () => queue.settle(...args)),
      mark: (...args) => fault('mark', () => queue.mark(...args)),
    };
  }

  const runs = async (): Promise<readonly WorkflowInstanceRow[]> =>
    (await store.instances.list({}, { limit: 500, cursor: null })).items.toReversed();

  async function setRun(id: string, state: WorkflowState): Promise<void> {
    const row = (await store.instances.find(id))!;
    const at = clock.now();
    await store.master.commit(epoch, commitOf({ instance: { ...row, state, startedAt: at, endedAt: at } }));
  }

  return {
    clock,
    store,
    lines,
    find,
    runs,
    setRun,
    createWorkflow,
    createChain,
    create,
    /** Another term begins, also for the store. */
    lead(): Epoch {
      epoch += 1;
      store.leader.set(epoch);
      return epoch;
    },
    /** @param fault stands between the duty and what it writes */
    duty(settings: Partial<BackfillSettings> = {}, fault?: QueueFault) {
      const say = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
      return createBackfillDuty({
        ...{ queue: faulty(fault), workflows: store.master.others, clock, ids, settings },
        log: { info: say('info'), warn: say('warn'), error: say('error') },
        ...{ filed: () => {}, waitingForRoom: () => waitingForRoom, changed: () => {} },
      });
    },
    waitForRoom(count: number): void {
      waitingForRoom = count;
    },
    async change(id: BackfillId, change: BackfillChange): Promise<number> {
      return store.backfills.change(await find(id), change, told());
    },
    async counts(id: BackfillId) {
      const counts = (await store.backfills.counts([id])).get(id)!;
      return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
    },
    /** Runs that have not ended. */
    open: async () => (await runs()).filter(({ state }) => state === 'submitted'),
    /** `name day`, for each run in the order of filing. */
    async filed(): Promise<readonly string[]> {
      return (await runs()).map(
        ({ workflowName, businessTime }) => `${workflowName} ${(businessTime - FIRST_DAY) / DAY_MS}`,
      );
    },
  };
}

/** Nothing that the write does is known to who asked for it. */
export function lost(): AppError {
  return new AppError('outcome_unknown', 'The connection was lost.');
}
