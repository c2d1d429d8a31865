/** Why a run as a whole waits, stands still, or ended as it did. */
import {
  isTaskTerminal,
  isWorkflowTerminal,
  type Reason,
  type Run,
  type RunNode,
  type WorkflowState,
} from '@vaquita/core';
import { findHeldBack } from './held-back.ts';
import type { WhyFacts } from './why-facts.ts';
import { findBroken } from './why-node.ts';
import { count, labelOf, listOf } from './why-words.ts';

/** While nobody leads, nothing goes on, whatever the last recorded reason was. */
function whyNoLeader({ leaderName, instance }: WhyFacts): readonly Reason[] {
  if (leaderName !== null || isWorkflowTerminal(instance.state)) return [];
  return [
    {
      code: 'no_leader',
      text: 'No server leads at the moment, so nothing is started or ended.',
      since: instance.updatedAt,
      next: 'the next server that gets the lease goes on where the last one was',
    },
  ];
}

/** What holds up everything in the run: also part of the answer for each of its tasks. */
export function whyHeldUp(facts: WhyFacts): readonly Reason[] {
  const { quarantine } = facts.instance;
  const setAside = quarantine && { next: 'retry tries it again, stop ends it', ...quarantine };
  return [...whyNoLeader(facts), ...(setAside ? [setAside] : []), ...whyNoTurn(facts)];
}

export function whyRun(facts: WhyFacts): readonly Reason[] {
  return [...whyHeldUp(facts), ...whyEnding(facts), ...whyEnded(facts), ...whyBlocked(facts)];
}

const NEXT: Partial<Record<WorkflowState, string>> = {
  failure: 'nothing by itself: recover-failed does again what failed, rerun does everything anew',
  stopped: 'nothing by itself: resume goes on, rerun does everything anew',
  paused: 'it goes on when somebody resumes it',
};

function whyEnded({ instance: { state, reason, endedAt, updatedAt } }: WhyFacts): readonly Reason[] {
  if (!isWorkflowTerminal(state) || state === 'success') return [];
  const known: Reason = reason ?? {
    code: 'run_ended',
    text: `The run has ended: ${state}.`,
    since: endedAt ?? updatedAt,
  };
  const next = known.next ?? NEXT[state];
  return [next === undefined ? known : { ...known, next }];
}

/** It waits for its turn: behind which runs, as far as the rows tell. */
function whyNoTurn(facts: WhyFacts): readonly Reason[] {
  const { instance, rivals } = facts;
  const { state, reason, queuedAt } = instance;
  if (state !== 'submitted' && state !== 'serial_wait') {
    // While it runs, a reason is something to know about the run, not something that holds it up.
    return [];
  }
  const first = reason ?? {
    code: queuedAt === null ? 'waiting_for_leader' : 'waiting_for_turn',
    text: queuedAt === null ? 'The run is recorded and waits for the leader to take it.' : 'It waits for its turn.',
    since: queuedAt ?? instance.createdAt,
    next: queuedAt === null ? 'the leader starts it' : 'it goes on when there is room for it',
  };
  const live = rivals.filter((rival) => rival.state !== 'submitted' && rival.state !== 'serial_wait');
  const waiting = rivals.filter((rival) => rival.queuedAt !== null && !live.includes(rival));
  const isLimited = state === 'serial_wait' || live.some(({ executionSlot }) => executionSlot !== null);
  if (!isLimited || live.length + waiting.length === 0) return [first];
  const before = waiting.filter((rival) => rival.queuedAt! < (queuedAt ?? 0)).length;
  const holders = listOf(live.map((run) => `${labelOf(run)} (${run.state})`));
  const held = live.length === 0 ? '' : `Live now: ${holders}. `;
  const text = `${held}${before === 0 ? 'No run' : count(before, 'run')} of this workflow asked for its turn earlier.`;
  const evidence = { liveRuns: live.length, holders, waitingRuns: waiting.length + 1, waitingLonger: before };
  const next = 'the leader gives it its turn when one of these ends, by priority and then the oldest first';
  return [first, { code: 'runs_before_it', text, since: queuedAt ?? instance.createdAt, next, evidence }];
}

/** It is to stop or to pause: what it still waits for. Else what was recorded while it runs. */
function whyEnding({ instance, tasks }: WhyFacts): readonly Reason[] {
  const { state, reason, updatedAt } = instance;
  if (state === 'submitted' || state === 'serial_wait' || isWorkflowTerminal(state)) return [];
  const open = tasks.filter((row) => row.current && !isTaskTerminal(row.state));
  if (state !== 'ready_stop' && state !== 'ready_pause') return reason ? [reason] : [];
  const names = listOf(open.map((row) => `"${row.name}" (${row.state})`));
  const text =
    open.length === 0
      ? 'Nothing of it goes on any more.'
      : `It waits for ${count(open.length, 'task')} to end: ${names}.`;
  const next = state === 'ready_stop' ? 'it is stopped when they have ended' : 'it is paused when they have ended';
  const code = state === 'ready_stop' ? 'stopping' : 'pausing';
  const more: Reason = { code, text, since: reason?.since ?? updatedAt, next, evidence: { tasks: open.length } };
  return reason ? [reason, more] : [more];
}

/** Tasks that will not start because of what failed before them. */
function whyBlocked({ run }: WhyFacts): readonly Reason[] {
  if (!run || run.instance.startedAt === null) return [];
  const blocked = blockedNodes(run);
  const [first] = blocked;
  const root = first && findBroken(run, first);
  if (!root) return [];
  const names = listOf(blocked.map(({ task }) => `"${task.name}"`));
  return [
    {
      code: 'blocked',
      text: `${count(blocked.length, 'task')} cannot start because of what failed before: ${names}.`,
      since: root.current?.endedAt ?? run.instance.updatedAt,
      next: 'recover-failed does again what failed, force-success counts it as passed',
      evidence: { blocked: blocked.length, firstCause: root.task.name },
    },
  ];
}

/** In one pass over the graph: a search from every node would cost the square of it. */
function blockedNodes({ nodes, graph }: Run): readonly RunNode[] {
  const heldBack = findHeldBack(graph, (index) => {
    const { task, outcome } = nodes[index]!;
    const isBroken = outcome === 'failed' || outcome === 'killed';
    return { task, state: isBroken ? 'broken' : outcome === 'pending' ? 'open' : 'other' };
  });
  return nodes.filter(({ index, task }) => task.enabled && heldBack.has(index));
}
