/**
 * The state of one run in memory: its rows, its execution graph and what has changed since the last commit.
 * Owned by one event bus, changed in place by transitions only, and rebuilt from rows at any moment.
 */
import type { TaskDefinition, WorkflowDefinition } from '../definition/definition.ts';
import { buildGraph, type LogicalGraph, selectScope } from '../graph/logical-graph.ts';
import type { CommandId, TaskInstanceId } from '../identity/ids.ts';
import type { NewEvent, OutboxRow, TaskInstanceRow, WorkflowInstanceRow } from './rows.ts';
import { isTaskTerminal } from './states.ts';
import { mergeVisible, NOTHING_VISIBLE, type VisibleOutputs } from './visible-outputs.ts';

/**
 * - `pending`: not started; its predecessors have not all passed.
 * - `active`: its current task instance is not terminal, or waits to be made anew.
 * - `passed`: success, forced success, or disabled with all before it passed.
 * - `failed`, `killed`: ended so; nothing after it starts.
 */
export type NodeOutcome = 'pending' | 'active' | 'passed' | 'failed' | 'killed';

export interface RunNode {
  readonly index: number;
  readonly task: TaskDefinition;
  outcome: NodeOutcome;
  /** Predecessors inside the execution graph that have not passed yet. */
  waitingFor: number;
  current: Row<TaskInstanceRow> | null;
  /** Task instances of this task in this run so far. */
  attempts: number;
  /** Outputs of everything before it, newest last; known once it is activated. */
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
  outboxPut: OutboxRow[];
  outboxDone: string[];
  commandsDone: { id: CommandId; outcome: string }[];
}

export interface Run {
  readonly definition: WorkflowDefinition;
  readonly projectName: string;
  readonly instance: Row<WorkflowInstanceRow>;
  readonly graph: LogicalGraph;
  readonly nodes: readonly RunNode[];
  /** All task instances that a transition may still touch, and their node. */
  readonly nodeOf: Map<TaskInstanceId, RunNode>;
  /** Rows changed since the last commit that are no longer current (a retry's predecessor). */
  readonly superseded: Map<TaskInstanceId, TaskInstanceRow>;
  readonly outbox: Map<string, OutboxRow>;
  /** Nodes whose outcome is `active`. */
  activeCount: number;
  /** True once a task broke in a run whose failure strategy is `end`: nothing starts any more. */
  ending: boolean;
  changes: RunChanges;
}

export function emptyChanges(): RunChanges {
  return {
    instance: false,
    assignNumber: false,
    newTasks: new Set(),
    changedTasks: new Set(),
    events: [],
    outboxPut: [],
    outboxDone: [],
    commandsDone: [],
  };
}

export interface RunRowsInput {
  readonly projectName: string;
  readonly instance: WorkflowInstanceRow;
  /** In order of creation. */
  readonly tasks: readonly TaskInstanceRow[];
  readonly outbox: readonly OutboxRow[];
}

/**
 * Builds the run from its rows. Node outcomes are derived: from the current task instance where there is one, else
 * from the predecessors (a disabled task has no row and passes when all before it have).
 */
export function rebuildRun(definition: WorkflowDefinition, rows: RunRowsInput): Run {
  const { graph: logical } = buildGraph(definition.tasks);
  const { graph } = selectScope(logical, rows.instance.startTasks, rows.instance.scope);
  const byName = new Map(definition.tasks.map((task) => [task.name, task]));
  const nodes: RunNode[] = graph.names.map((name, index) => ({
    index,
    task: byName.get(name)!,
    outcome: 'pending',
    waitingFor: graph.predecessors[index]!.length,
    current: null,
    attempts: 0,
    visible: NOTHING_VISIBLE,
  }));
  const run: Run = {
    definition,
    projectName: rows.projectName,
    instance: { ...rows.instance },
    graph,
    nodes,
    nodeOf: new Map(),
    superseded: new Map(),
    outbox: new Map(rows.outbox.map((row) => [row.dispatchId, row])),
    activeCount: 0,
    ending: false,
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
    }
  }
  deriveOutcomes(run);
  return run;
}

/** Sets every node's outcome from the rows, walking the graph once from its roots. */
function deriveOutcomes(run: Run): void {
  const { nodes, graph } = run;
  for (const node of nodes) if (node.current) setOutcome(run, node, outcomeOfRow(node.current));
  run.ending =
    run.instance.failureStrategy === 'end' &&
    nodes.some((node) => node.outcome === 'failed' || node.outcome === 'killed');
  const passed: RunNode[] = [];
  for (const node of nodes) {
    if (node.outcome === 'pending' && node.waitingFor === 0 && isPassThrough(run, node))
      setOutcome(run, node, 'passed');
    if (node.outcome === 'passed') passed.push(node);
  }
  for (let node = passed.pop(); node; node = passed.pop()) {
    for (const next of graph.successors[node.index]!) {
      const successor = nodes[next]!;
      successor.waitingFor -= 1;
      if (successor.waitingFor > 0) continue;
      successor.visible = gatherVisible(run, successor);
      if (successor.outcome === 'pending' && isPassThrough(run, successor)) {
        setOutcome(run, successor, 'passed');
        passed.push(successor);
      }
    }
  }
}

function isPassThrough(run: Run, node: RunNode): boolean {
  return !node.task.enabled && run.instance.startedAt !== null;
}

function outcomeOfRow(row: TaskInstanceRow): NodeOutcome {
  if (!isTaskTerminal(row.state)) return 'active';
  switch (row.state) {
    case 'success':
    case 'forced_success':
      return 'passed';
    case 'killed':
      return 'killed';
    default:
      return 'failed';
  }
}

/** Changes a node's outcome and keeps the count of active ones. */
export function setOutcome(run: Run, node: RunNode, outcome: NodeOutcome): void {
  run.activeCount += Number(outcome === 'active') - Number(node.outcome === 'active');
  node.outcome = outcome;
}

/** What a node may read of the outputs of those before it. */
export function gatherVisible(run: Run, node: RunNode): VisibleOutputs {
  return mergeVisible(
    run.graph.predecessors[node.index]!.map((index) => {
      const before = run.nodes[index]!;
      return { inherited: before.visible, own: before.current };
    }),
  );
}
