/** What is known when somebody asks why: rows only, read once per question. Who waits in the leader's memory is not. */
import {
  compileWorkflow,
  isTaskTerminal,
  isWorkflowTerminal,
  type Run,
  rebuildRun,
  type TaskInstanceRow,
  type WorkflowInstanceId,
  type WorkflowInstanceRow,
  type WorkflowState,
} from '@vaquita/core';
import type { TaskGroupRow, WorkerRow } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';
import { readWorkers } from '../workers/effective-groups.ts';

/** Task groups, children and their like that one answer looks up; a run with more of them names the first. */
const MAX_LOOKED_UP = 20;
/** Members of a task group that are read: its holders come first, then those that are served next. */
const GROUP_MEMBERS = 200;
const LIVE_RIVALS = 50;
const WAITING_RIVALS = 500;
const WAITING = ['submitted', 'serial_wait'] as const satisfies readonly WorkflowState[];
const LIVE = ['running', 'ready_pause', 'ready_stop'] as const satisfies readonly WorkflowState[];

export interface WhyFacts {
  readonly now: number;
  /** Null while no server leads. */
  readonly leaderName: string | null;
  readonly instance: WorkflowInstanceRow;
  /** The run as the engine would build it; null when its workflow was deleted. */
  readonly run: Run | null;
  /** All task instances, superseded ones too. */
  readonly tasks: readonly TaskInstanceRow[];
  /** With all their groups. */
  readonly workers: readonly WorkerRow[];
  readonly groups: ReadonlyMap<string, GroupFacts>;
  /** Runs of the same workflow that have not ended; only while this one waits for its turn. */
  readonly rivals: readonly WorkflowInstanceRow[];
  /** Other runs that are named in answers: children, and those that hold slots. */
  readonly runs: ReadonlyMap<WorkflowInstanceId, WorkflowInstanceRow>;
}

export interface GroupFacts {
  /** Null: there is no group of this name. */
  readonly group: TaskGroupRow | null;
  readonly members: readonly TaskInstanceRow[];
}

export async function gatherFacts(deps: ApiDeps, instance: WorkflowInstanceRow): Promise<WhyFacts> {
  const { store } = deps;
  const [tasks, version, workers] = await Promise.all([
    store.instances.tasks(instance.id),
    store.workflows.version(instance.workflowId, instance.version),
    isWorkflowTerminal(instance.state) ? [] : readWorkers(deps),
  ]);
  const open = tasks.filter((row) => row.current && !isTaskTerminal(row.state));
  const groups = await gatherGroups(deps, open);
  const named = [
    ...open.flatMap(({ logic }) => (logic?.kind === 'child' && logic.child ? [logic.child] : [])),
    ...[...groups.values()].flatMap(({ members }) => members.map((row) => row.workflowInstanceId)),
  ];
  return {
    now: deps.clock.now(),
    leaderName: deps.leadership().leaderName,
    instance,
    run: version
      ? rebuildRun(compileWorkflow(version.document), {
          projectName: '',
          projectParams: {},
          instance,
          tasks,
          outbox: [],
        })
      : null,
    tasks,
    workers,
    groups,
    rivals: instance.queuedAt === null ? [] : await gatherRivals(deps, instance),
    runs: await gatherRuns(deps, instance, named),
  };
}

async function gatherGroups({ store }: ApiDeps, open: readonly TaskInstanceRow[]): Promise<Map<string, GroupFacts>> {
  const waiting = open.filter((row) => row.groupSlot === null && !row.groupForced);
  const names = new Set(waiting.flatMap(({ taskGroup }) => (taskGroup === null ? [] : [taskGroup])));
  const groups = new Map<string, GroupFacts>();
  for (const name of [...names].slice(0, MAX_LOOKED_UP)) {
    const group = (await store.taskGroups.find(name)) ?? null;
    const { items } = await store.taskGroups.members(name, { limit: GROUP_MEMBERS, cursor: null });
    groups.set(name, { group, members: items });
  }
  return groups;
}

/** Live ones first of all: they are few, and there may be thousands that wait. */
async function gatherRivals({ store }: ApiDeps, instance: WorkflowInstanceRow): Promise<WorkflowInstanceRow[]> {
  const { projectId, workflowId } = instance;
  const find = async (states: readonly WorkflowState[], limit: number) =>
    (await store.instances.list({ projectId, workflowId, states }, { limit, cursor: null })).items;
  const rows = [...(await find(LIVE, LIVE_RIVALS)), ...(await find(WAITING, WAITING_RIVALS))];
  return rows.filter(({ id }) => id !== instance.id);
}

async function gatherRuns(
  { store }: ApiDeps,
  instance: WorkflowInstanceRow,
  ids: readonly WorkflowInstanceId[],
): Promise<Map<WorkflowInstanceId, WorkflowInstanceRow>> {
  const runs = new Map([[instance.id, instance]]);
  for (const id of [...new Set(ids)].slice(0, MAX_LOOKED_UP)) {
    const row = runs.get(id) ?? (await store.instances.find(id));
    if (row) runs.set(id, row);
  }
  return runs;
}
