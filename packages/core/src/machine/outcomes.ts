/**
 * What became of each node, and what that means for the edges that leave it. Live transitions and a rebuild from rows
 * settle edges by the same function.
 *
 * - a node that passed chooses its edges: all of them, or, of a switch or conditions task, those its branch names;
 *   successors that no branch names are always chosen;
 * - a skipped node settles its edges and chooses none;
 * - a failed or killed node settles only its edges to conditions tasks: everything else after it waits for ever.
 *
 * M7 After every transition, what memory holds of each node is what a rebuild from the rows would say of it.
 */
import { branchTargets } from '../logic/branches.ts';
import type { TaskInstanceRow } from './rows.ts';
import type { NodeOutcome, Run, RunNode } from './run.ts';
import { isTaskTerminal } from './states.ts';
import { mergeVisible, NOTHING_VISIBLE, type VisibleOutputs } from './visible-outputs.ts';

/** Changes a node's outcome and keeps the count of active ones. */
export function setOutcome(run: Run, node: RunNode, outcome: NodeOutcome): void {
  run.activeCount += Number(outcome === 'active') - Number(node.outcome === 'active');
  node.outcome = outcome;
}

/** Settles the edges that leave a node whose outcome is known. Returns the nodes that now wait for nothing. */
export function settleEdges(run: Run, node: RunNode): RunNode[] {
  const { outcome } = node;
  if (outcome === 'pending' || outcome === 'active' || outcome === 'paused') return [];
  const broken = outcome === 'failed' || outcome === 'killed';
  const refused = outcome === 'passed' ? refusedTargets(node) : undefined;
  const free: RunNode[] = [];
  for (const index of run.graph.successors[node.index]!) {
    const successor = run.nodes[index]!;
    if (broken && !catchesFailure(successor)) continue;
    successor.waitingFor -= 1;
    if (outcome !== 'skipped' && !refused?.has(successor.task.name)) successor.chosenBy += 1;
    if (successor.waitingFor === 0) free.push(successor);
  }
  return free;
}

/** Successors that the branches of this task name and that it did not choose. */
function refusedTargets({ task, current }: RunNode): ReadonlySet<string> | undefined {
  if (current?.logic?.kind !== 'branch') return undefined;
  const refused = new Set(branchTargets(task));
  for (const name of current.logic.chosen) refused.delete(name);
  return refused;
}

/** A conditions task looks at how the tasks before it ended, failed ones too. */
function catchesFailure({ task }: RunNode): boolean {
  return task.type === 'conditions' && task.enabled;
}

/** True for a node that failed or was killed and whose failure nothing catches: it is what fails the run. */
export function breaksRun(run: Run, node: RunNode): boolean {
  if (node.outcome !== 'failed' && node.outcome !== 'killed') return false;
  const successors = run.graph.successors[node.index]!;
  return successors.length === 0 || successors.some((index) => !catchesFailure(run.nodes[index]!));
}

/** A free node none of whose incoming edges was chosen. */
function isSkipped(run: Run, node: RunNode): boolean {
  return node.chosenBy === 0 && run.graph.predecessors[node.index]!.length > 0;
}

/**
 * Works out every node from the rows, in one pass: from its current task instance where there is one, else from the
 * nodes before it. Linear in tasks and edges.
 */
export function deriveOutcomes(run: Run): void {
  const begun = run.instance.startedAt !== null;
  run.activeCount = 0;
  for (const node of run.nodes) {
    node.outcome = 'pending';
    node.waitingFor = run.graph.predecessors[node.index]!.length;
    node.chosenBy = 0;
    node.visible = NOTHING_VISIBLE;
  }
  for (const index of run.order) {
    const node = run.nodes[index]!;
    const free = node.waitingFor === 0;
    if (free || node.current) node.visible = gatherVisible(run, node);
    if (node.current) setOutcome(run, node, outcomeOfRow(node.current));
    else if (free && begun) node.outcome = outcomeWithoutRow(run, node);
    settleEdges(run, node);
  }
  run.ending = run.instance.failureStrategy === 'end' && run.nodes.some((node) => breaksRun(run, node));
}

/** What a free node is that needs no task instance; `pending` when it needs one. */
export function outcomeWithoutRow(run: Run, node: RunNode): 'skipped' | 'passed' | 'pending' {
  if (isSkipped(run, node)) return 'skipped';
  return node.task.enabled ? 'pending' : 'passed';
}

function outcomeOfRow(row: TaskInstanceRow): NodeOutcome {
  if (!isTaskTerminal(row.state)) return 'active';
  switch (row.state) {
    case 'success':
    case 'forced_success':
      return 'passed';
    case 'killed':
      return 'killed';
    case 'paused':
      return 'paused';
    default:
      return 'failed';
  }
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
