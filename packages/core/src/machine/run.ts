/**
 * The state of one run in memory: its rows, its execution graph and what has changed since the last commit.
 * Owned by one event bus, changed in place by transitions only, and rebuilt from rows at any moment.
 */
import type { NewAlert } from '../alerts/alert.ts';
import type { TaskDefinition, WorkflowDefinition } from '../definition/definition.ts';
import { buildGraph, type LogicalGraph, selectScope, topologicalOrder } from '../graph/logical-graph.ts';
import type { CommandId, TaskInstanceId } from '../identity/ids.ts';
import type { NewRun } from './new-run.ts';
import { deriveOutcomes } from './outcomes.ts';
import type { CommandRow, NewEvent, OutboxRow, TaskInstanceRow, WorkflowInstanceRow } from './rows.ts';
import { alertsOfRun, type RunAlerts } from './run-alerts.ts';
import { NOTHING_VISIBLE, type VisibleOutputs } from './visible-outputs.ts';

/**
 * - `pending`: not started; its predecessors have not all passed.
 * - `active`: its current task instance is not terminal, or waits to be made anew.
 * - `passed`: success, forced success, or disabled with all before it passed.
 * - `skipped`: none of the paths that lead to it was chosen.
 * - `failed`, `killed`: ended so; after it only conditions tasks start.
 * - `paused`: its current task instance waits for the run to be resumed.
 */
export type NodeOutcome = 'pending' | 'active' | 'passed' | 'skipped' | 'failed' | 'killed' | 'paused';

export interface RunNode {
  readonly index: number;
  readonly task: TaskDefinition;
  outcome: NodeOutcome;
  /** Predecessors inside the execution graph whose edge to this task is not settled yet. */
  waitingFor: number;
  /** Settled edges to this task that were chosen. None of one or more: it is skipped. */
  chosenBy: number;
  current: Row<TaskInstanceRow> | null;
  /** Task instances of this task in this run so far. */
  attempts: number;
  /** Where the outputs of everything before it come from; known once it is activated. */
  visible: VisibleOutputs;
}

/** Rows are replaced field by field inside a transition; everyone else sees them read-only. */
export type Row<T> = { -readonly [K in keyof T]: T[K] };

export interface RunChanges {
  instance: boolean;
  assignNumber: boolean;
  readonly newTasks: Set<TaskInstanceId>;
  readonly changedTasks: Set<TaskInstanceId>;
  events: NewEvent[];
  newRuns: NewRun[];
  newCommands: CommandRow[];
  newAlerts: NewAlert[];
  outboxPut: OutboxRow[];
  outboxDone: string[];
  commandsDone: { id: CommandId; outcome: string }[];
}

export interface Run {
  readonly definition: WorkflowDefinition;
  readonly projectName: string;
  readonly projectParams: Readonly<Record<string, string>>;
  readonly instance: Row<WorkflowInstanceRow>;
  readonly graph: LogicalGraph;
  /** Node indexes so that each comes after all its predecessors. */
  readonly order: readonly number[];
  readonly nodes: readonly RunNode[];
  /** All task instances that a transition may still touch, and their node. */
  readonly nodeOf: Map<TaskInstanceId, RunNode>;
  /** Rows changed since the last commit that are no longer current (a retry's predecessor). */
  readonly superseded: Map<TaskInstanceId, TaskInstanceRow>;
  readonly outbox: Map<string, OutboxRow>;
  /** Current task instances as the last commit wrote them: what M1 is checked against, and what a store may leave out. */
  readonly committed: Map<TaskInstanceId, TaskInstanceRow>;
  /** Nodes that wait for nothing and are left for the next commit. */
  readonly backlog: RunNode[];
  /** The run will be told to go on with them. */
  askedForMore: boolean;
  /** It has its number, or asks for it with a unit that is made already, whose answer may be on its way. */
  numbered: boolean;
  /** Nodes whose outcome is `active`. */
  activeCount: number;
  /** True once a task broke in a run whose failure strategy is `end`: nothing starts any more. */
  ending: boolean;
  /** Whom it alerts; null: nobody, whatever happens. */
  readonly alerts: RunAlerts | null;
  changes: RunChanges;
}

export function emptyChanges(): RunChanges {
  return {
    instance: false,
    assignNumber: false,
    newTasks: new Set(),
    changedTasks: new Set(),
    events: [],
    newRuns: [],
    newCommands: [],
    newAlerts: [],
    outboxPut: [],
    outboxDone: [],
    commandsDone: [],
  };
}

export interface RunRowsInput {
  readonly projectName: string;
  /** Name → value of the project's parameters. */
  readonly projectParams: Readonly<Record<string, string>>;
  readonly instance: WorkflowInstanceRow;
  /** In order of creation. */
  readonly tasks: readonly TaskInstanceRow[];
  readonly outbox: readonly OutboxRow[];
}

/**
 * Builds the run from its rows; node outcomes are derived from them.
 */
export function rebuildRun(definition: WorkflowDefinition, rows: RunRowsInput): Run {
  const { graph: logical } = buildGraph(definition.tasks);
  const { graph } = selectScope(logical, rows.instance.startTasks, rows.instance.scope);
  const byName = new Map(definition.tasks.map((task) => [task.name, task]));
  const nodes: RunNode[] = graph.names.map((name, index) => ({
    index,
    task: byName.get(name)!,
    outcome: 'pending',
    waitingFor: 0,
    chosenBy: 0,
    current: null,
    attempts: 0,
    visible: NOTHING_VISIBLE,
  }));
  const run: Run = {
    definition,
    projectName: rows.projectName,
    projectParams: rows.projectParams,
    instance: { ...rows.instance },
    graph,
    order: topologicalOrder(graph),
    nodes,
    nodeOf: new Map(),
    backlog: [],
    askedForMore: false,
    superseded: new Map(),
    outbox: new Map(rows.outbox.map((row) => [row.dispatchId, row])),
    committed: new Map(),
    numbered: rows.instance.number !== null,
    activeCount: 0,
    ending: false,
    alerts: alertsOfRun(definition, rows.instance),
    changes: emptyChanges(),
  };
  for (const row of rows.tasks) {
    const index = graph.indexOf.get(row.name);
    if (index === undefined) continue;
    const node = nodes[index]!;
    node.attempts = Math.max(node.attempts, row.attempt);
    if (row.current) {
      node.current = { ...row };
      run.nodeOf.set(row.id, node);
      run.committed.set(row.id, row);
    }
  }
  deriveOutcomes(run);
  return run;
}
