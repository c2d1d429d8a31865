/** What is known when somebody asks why: rows only, read once per question. Who waits in the leader's memory is not. */
import {
  compileWorkflow,
  isTaskTerminal,
  isWorkflowTerminal,
  type Run,
  rebuildRun,
  type TaskInstanceRow,
  WORKFLOW_STATES,
  type WorkflowInstanceId,
  type WorkflowInstanceRow,
  type WorkflowState,
} from '@vaquita/core';
import type { TaskGroupRow, WorkerRow } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';

/** Task groups, children and their like that one answer looks up; a run with more of them names the first. */
const MAX_LOOKED_UP = 20;
/** Members of a task group that are read: its holders come first, then those that are served next. */
const GROUP_MEMBERS = 200;
const RIVALS = 50;

export interface WhyFacts {
  readonly now: number;
  /** Null while no server leads. */
  readonly leaderName: string | null;
  readonly instance: WorkflowInstanceRow;
  /** The run as the engine would build it; null when its workflow was deleted. */
  readonly run: Run | null;
  /** All task instances, superseded ones too. */
  readonly tasks: readonly TaskInstanceRow[];
  readonly workers: readonly WorkerRow[];
  readonly groups: ReadonlyMap<string, GroupFacts>;
  /** Runs of the same workflow that have not ended, oldest first; only while this one waits for its turn. */
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
    isWorkflowTerminal(instance.state) ? [] : deps.workers.list(),
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

async function gatherRivals({ store }: ApiDeps, instance: WorkflowInstanceRow): Promise<WorkflowInstanceRow[]> {
  const states = (Object.keys(WORKFLOW_STATES) as WorkflowState[]).filter((state) => !isWorkflowTerminal(state));
  const filter = { projectId: instance.projectId, workflowId: instance.workflowId, states };
  const { items } = await store.instances.list(filter, { limit: RIVALS, cursor: null });
  return items.filter(({ id }) => id !== instance.id).toReversed();
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
