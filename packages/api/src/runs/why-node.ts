/** Why a task of the graph has no task instance: it waits for others, cannot start, was skipped, or is switched off. */
import { isWorkflowTerminal, type Reason, type Run, type RunNode } from '@vaquita/core';
import { listOf, stateWord } from './why-words.ts';

export type NodeStateWithoutRow = 'pending' | 'blocked' | 'skipped' | 'disabled';

export interface NodeAnswer {
  readonly state: NodeStateWithoutRow;
  readonly reason: Reason;
}

const MEND = 'it starts once what failed has passed: recover-failed does that anew, force-success counts it as passed';

export function whyNode(run: Run, node: RunNode): NodeAnswer {
  const since = run.instance.startedAt ?? run.instance.createdAt;
  if (node.outcome === 'skipped') return { state: 'skipped', reason: whySkipped(run, node) };
  if (!node.task.enabled) {
    const text =
      node.outcome === 'passed'
        ? 'It is switched off in the definition and was passed over as if it had succeeded.'
        : 'It is switched off in the definition and will be passed over as if it had succeeded.';
    return { state: 'disabled', reason: { code: 'disabled', text, since } };
  }
  const { instance } = run;
  if (instance.startedAt === null) {
    const text = 'The run has not started yet.';
    return { state: 'pending', reason: { code: 'run_not_started', text, since: instance.createdAt } };
  }
  const root = findBroken(run, node);
  if (root) return { state: 'blocked', reason: whyBlocked(node, root) };
  if (node.waitingFor > 0) return { state: 'pending', reason: whyWaiting(run, node) };
  if (isWorkflowTerminal(instance.state)) {
    const at = instance.endedAt ?? instance.updatedAt;
    const text = `The run ended (${instance.state}) before it was started.`;
    return { state: 'pending', reason: { code: 'run_ended', text, since: at, next: 'rerun does the run anew' } };
  }
  if (run.ending) {
    const text = 'Another task failed, and the failure strategy of this run is "end": nothing new is started.';
    return { state: 'pending', reason: { code: 'run_ending', text, since: instance.updatedAt, next: 'the run ends' } };
  }
  const next = 'it starts when the run goes on';
  const text = `Nothing is before it any more, and the run is ${instance.state}.`;
  return { state: 'pending', reason: { code: 'ready', text, since: instance.updatedAt, next } };
}

/** The nearest task before it that failed or was killed and holds it back, whatever lies between. */
export function findBroken(run: Run, node: RunNode): RunNode | undefined {
  const seen = new Set<RunNode>([node]);
  // A Set is visited in order of insertion, also what is added on the way: it is its own queue.
  for (const one of seen) {
    // A conditions task waits for no success; but what never starts never ends for it either.
    const catches = one.task.type === 'conditions' && one.task.enabled;
    for (const before of predecessors(run, one)) {
      if (before.outcome === 'pending') seen.add(before);
      else if ((before.outcome === 'failed' || before.outcome === 'killed') && !catches) return before;
    }
  }
  return undefined;
}

function whyBlocked(node: RunNode, root: RunNode): Reason {
  const row = root.current;
  const name = root.task.name;
  const how = root.outcome === 'killed' ? 'was killed' : 'failed';
  return {
    code: 'blocked',
    text: `It cannot start: "${name}", which comes before "${node.task.name}", ${how}.${row?.reason ? ` ${row.reason.text}` : ''}`,
    since: row?.endedAt ?? row?.updatedAt ?? 0,
    next: MEND,
    evidence: { blockedBy: name, blockedByState: row?.state ?? root.outcome, taskInstanceId: row?.id ?? null },
  };
}

function whyWaiting(run: Run, node: RunNode): Reason {
  const before = predecessors(run, node);
  const waiting = before.filter(({ outcome }) => outcome === 'pending' || outcome === 'active' || outcome === 'paused');
  const ended = before.map(({ current }) => current?.endedAt ?? 0);
  const { length } = waiting;
  const names = listOf(waiting.map((one) => `"${one.task.name}" (${stateWord(one)})`));
  return {
    code: 'waiting_for_predecessor',
    text: `Waiting for ${names}${length === 1 ? ', which comes' : ', which come'} before it.`,
    since: Math.max(run.instance.startedAt ?? 0, ...ended),
    next: length === 1 ? 'it starts when that has passed' : 'it starts when all of them have passed',
    evidence: { waitingFor: length, of: before.length, tasks: listOf(waiting.map(({ task }) => task.name)) },
  };
}

/** The branch that decided: the nearest switch or conditions task before it that passed and chose otherwise. */
function whySkipped(run: Run, node: RunNode): Reason {
  const seen = new Set<RunNode>([node]);
  for (const one of seen) {
    for (const before of predecessors(run, one)) {
      const { current, outcome, task } = before;
      if (outcome === 'skipped') seen.add(before);
      if (outcome !== 'passed' || current?.logic?.kind !== 'branch') continue;
      const { chosen, why } = current.logic;
      const took =
        chosen.length > 0 ? `went on with ${listOf(chosen.map((name) => `"${name}"`))}` : 'went on with none';
      return {
        code: 'skipped',
        text: `Skipped: ${task.type} task "${task.name}" ${took}. ${why}`.trim(),
        since: current.endedAt ?? current.updatedAt,
        next: 'nothing in this run; rerun-from that task decides anew',
        evidence: { decidedBy: task.name, taskInstanceId: current.id, chosen: listOf(chosen) },
      };
    }
  }
  const since = run.instance.updatedAt;
  return { code: 'skipped', text: 'Skipped: none of the paths that lead to it was chosen.', since };
}

function predecessors(run: Run, node: RunNode): readonly RunNode[] {
  return run.graph.predecessors[node.index]!.map((index) => run.nodes[index]!);
}
