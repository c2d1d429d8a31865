/** What a run was at a moment, as the API shows it. */
import type { InstanceSnapshot, TaskSnapshot } from '@vaquita/core';
import { isoTime } from '../resources/paging.ts';
import type { NodeAt, RunAtView, TaskAt } from '../views/history.ts';
import type { RunAt } from './history-reader.ts';
import { toReasonView } from './instance-view.ts';

export function toRunAtView(
  id: string,
  { snapshot, seq, at, firstSeq, lastSeq }: RunAt,
  instance: InstanceSnapshot,
  nodes: NodeAt[] | null,
): RunAtView {
  const { state, since, runCounter, params, reason, quarantine } = instance;
  return {
    id,
    seq,
    at: isoTime(at),
    firstSeq,
    lastSeq,
    state,
    since: isoTime(since),
    runCounter,
    params: { ...params },
    reason: reason && toReasonView(reason),
    quarantine: quarantine && toReasonView(quarantine),
    tasks: snapshot.tasks.map(toTaskAt),
    nodes,
  };
}

function toTaskAt(task: TaskSnapshot): TaskAt {
  return { ...task, since: isoTime(task.since), reason: task.reason && toReasonView(task.reason) };
}
