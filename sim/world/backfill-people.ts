/** What people do about backfills, as the API does it for them: they are planned from what is there, and changed as they are read. */
import {
  type AppError,
  type BackfillId,
  type BackfillRow,
  type ClosureWorkflow,
  closureOf,
  compileWorkflow,
  type IdSource,
  type PlannedMember,
  type ProjectId,
  planBackfill,
  type StartChoices,
  toAppError,
  type WorkflowId,
  type WorkflowInstanceId,
} from '@vaquita/core';
import type { BackfillChange, BackfillStore, ToldBackfill } from '@vaquita/store';
import type { MemoryStore } from '@vaquita/store/testing';
import { businessTimesOf } from '../model/backfill-facts.ts';
import type { Model } from '../model/model.ts';
import type { BackfillOperation, BackfillSpec, Operation, Scenario } from '../scenario/scenario.ts';
import type { Meter } from './meter.ts';

export interface BackfillPeopleDeps {
  readonly scenario: Scenario;
  readonly ids: IdSource;
  readonly store: MemoryStore;
  /** Verbs about backfills, which may be broken. */
  readonly backfills: BackfillStore;
  readonly model: Model;
  readonly projectId: ProjectId;
  readonly workflowIds: ReadonlyMap<string, WorkflowId>;
  readonly startedAt: number;
  readonly now: () => number;
  readonly say: (line: string) => void;
  readonly note: Meter['note'];
  readonly name: (id: string, name: string) => void;
}

export type OrderRun = (kind: 'stop' | 'recover_failed', run: WorkflowInstanceId) => Promise<void>;

export interface BackfillPeople {
  /** @param order has a server carry out an order about a run */
  operate(operation: BackfillOperation, order: OrderRun): Promise<void>;
}

const START: StartChoices = {
  ...{ params: {}, startTasks: [], scope: 'all', failureStrategy: null, priority: 'lowest', workerGroup: null },
  ...{ alertOn: null, alertGroup: null, dryRun: false, timeoutMs: null, version: null },
};
const TIMEZONE = 'UTC';
const PAGE = 500;
/** In which states it can be asked for, as the API says. */
const POSSIBLE: Readonly<Record<BackfillChange['kind'], readonly BackfillRow['state'][]>> = {
  pause: ['running'],
  resume: ['paused'],
  cancel: ['running', 'paused'],
  retry: ['running', 'paused', 'done'],
  edit: ['running', 'paused', 'done', 'cancelled'],
};

export function isAboutBackfills(operation: Operation): operation is Operation & BackfillOperation {
  return operation.do === 'backfill' || operation.do === 'backfill_parallelism' || operation.do === 'backfill_runs';
}

export function createBackfillPeople(deps: BackfillPeopleDeps): BackfillPeople {
  const { scenario, ids, store, backfills, model, projectId, workflowIds, startedAt, now, say, note } = deps;
  const backfillIds = new Map<string, BackfillId>();

  function told(): ToldBackfill {
    const ofNothing = { workflowInstanceId: null, taskInstanceId: null };
    return {
      event: { type: 'backfill.changed', projectId, ...ofNothing, at: now(), data: {} },
      audit: { id: ids.next<'audit'>(), at: now(), actor: 'sim', action: 'backfill', subject: '', data: {} },
    };
  }

  async function workflow(name: string): Promise<ClosureWorkflow | undefined> {
    const workflowId = workflowIds.get(name);
    const row = workflowId === undefined ? undefined : await store.workflows.find(projectId, workflowId);
    const version = row && (await store.workflows.version(row.id, row.version));
    if (!row || !version) return undefined;
    const definition = compileWorkflow(version.document);
    const { id, version: number, online } = row;
    return {
      ...{ projectId, projectName: 'sim', workflowId: id, workflowName: name, version: number, online, definition },
    };
  }

  async function membersOf({ workflow: name, dependents }: BackfillSpec): Promise<readonly PlannedMember[]> {
    const root = await workflow(name);
    if (!root?.online) return [];
    const page = await store.backfillSources.dependents({ after: null, limit: PAGE });
    const others = page.items.map(({ document, ...row }) => ({ ...row, definition: compileWorkflow(document) }));
    const closure = closureOf(root, dependents ? others : [], () => null);
    return 'members' in closure ? closure.members : [];
  }

  async function succeededIn(members: readonly PlannedMember[], times: readonly number[]) {
    const found = members.map(async ({ workflowId }) => {
      const runs = await store.backfillSources.runsAt(workflowId, times);
      const good = runs.filter(({ state }) => state === 'success');
      return [workflowId, new Map(good.map(({ businessTime, id }) => [businessTime, id]))] as const;
    });
    return new Map(await Promise.all(found));
  }

  async function create(spec: BackfillSpec): Promise<void> {
    const members = await membersOf(spec);
    if (members.length === 0) return;
    const times = businessTimesOf(spec, startedAt);
    const succeeded = spec.gaps ? await succeededIn(members, times) : new Map<WorkflowId, never>();
    const plan = planBackfill({ members, times, timezone: TIMEZONE, order: spec.order, succeeded });
    if (plan.every(({ state }) => state === 'skipped')) return;
    const id = ids.next<'backfill'>() as BackfillId;
    const at = now();
    const row: BackfillRow = {
      ...{ id, projectId, workflowId: members[0]!.workflowId, scheduleId: null, times: { kind: 'list' } },
      ...{ timezone: TIMEZONE, description: spec.name, start: START },
      members: members.map(({ workflowId, workflowName, version, level, after }) => {
        return { projectId, workflowId, workflowName, version, level, after };
      }),
      ...{ order: spec.order, parallelism: spec.parallelism, state: 'running', revision: 1, hold: null },
      ...{ items: plan.length, createdBy: 'sim', createdAt: at, updatedAt: at, endedAt: null },
    };
    const items = plan.map(({ succeededIn: run, ...item }) => ({
      ...{ ...item, backfillId: id, workflowInstanceId: run, tries: 0, startedAt: null },
      endedAt: item.state === 'skipped' ? at : null,
    }));
    if (!(await unlessConflict(() => backfills.create(row, items, told())))) return;
    backfillIds.set(spec.name, id);
    deps.name(id, spec.name);
    note('backfill_create');
    if (plan.some(({ state }) => state === 'skipped')) note('backfill_skips');
    say(`backfill ${spec.name} of ${plan.length} items`);
    const nameOf = new Map(members.map(({ workflowId, workflowName }) => [workflowId, workflowName]));
    const planned = plan.map(({ position, workflowId, businessTime, state }) => {
      return { position, workflow: nameOf.get(workflowId)!, workflowId, businessTime, state };
    });
    model.backfills.created(id, { spec, items: planned });
  }

  /** @returns false: another backfill has one of the times. */
  async function unlessConflict(unit: () => Promise<unknown>): Promise<boolean> {
    try {
      await unit();
      return true;
    } catch (error) {
      const { code, message }: AppError = toAppError(error);
      if (code !== 'conflict') throw error;
      say(`it is refused: ${message}`);
      note('backfill_refused');
      return false;
    }
  }

  async function change(name: string, asked: BackfillChange): Promise<void> {
    const row = await backfills.find(backfillIds.get(name) ?? '');
    if (!row || !POSSIBLE[asked.kind].includes(row.state)) return;
    if (asked.kind === 'retry' && !(await hasFailed(row.id))) return;
    if (!(await unlessConflict(() => backfills.change(row, asked, told())))) return;
    say(`backfill ${name}: ${JSON.stringify(asked)}`);
    model.backfills.changed(row.id, asked);
    if (asked.kind !== 'edit') note(`backfill_${asked.kind}`);
    else note(asked.parallelism === undefined ? 'backfill_describe' : 'backfill_parallelism');
  }

  async function hasFailed(id: BackfillId): Promise<boolean> {
    const { failure, blocked } = (await backfills.counts([id])).get(id)!;
    return failure + blocked > 0;
  }

  /** To each run that can follow it, as a person sees them. */
  async function orderRuns(name: string, kind: 'stop' | 'recover_failed', order: OrderRun): Promise<void> {
    const id = backfillIds.get(name);
    if (id === undefined) return;
    const { items } = await backfills.items(id, {}, { limit: PAGE, cursor: null });
    const meant = kind === 'stop' ? ['running', 'submitted'] : ['failure'];
    const runs = items.flatMap(({ run }) => (run !== null && meant.includes(run.state ?? '') ? [run.id] : []));
    if (runs.length > 0) note(`backfill_${kind}`);
    for (const run of runs) await order(kind, run);
  }

  return {
    async operate(operation, order) {
      const spec = scenario.backfills.find(({ name }) => name === operation.backfill);
      if (!spec) return;
      switch (operation.do) {
        case 'backfill_parallelism':
          return change(spec.name, { kind: 'edit', parallelism: operation.parallelism });
        case 'backfill_runs':
          return orderRuns(spec.name, operation.order, order);
        default:
          if (operation.what === 'create') return backfillIds.has(spec.name) ? undefined : create(spec);
          if (operation.what === 'describe') return change(spec.name, { kind: 'edit', description: 'changed' });
          return change(spec.name, { kind: operation.what });
      }
    },
  };
}
