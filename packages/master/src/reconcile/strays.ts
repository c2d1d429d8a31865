/** What lies about in memory and belongs to no task: it takes slots from workers, or would be given some. */
import type { RunBus } from '../bus/run-bus.ts';
import type { Finding } from './findings.ts';
import type { MemoryView } from './memory-view.ts';

/** Between the moment of a timer and its firing there may be a long turn of this process. */
const LATE_MS = 5_000;

export function findStrays(memory: MemoryView): readonly Finding[] {
  return [
    ...leakedDispatches(memory),
    ...leakedSlots(memory),
    ...strayQueued(memory),
    ...idleSlots(memory),
    ...lateTimers(memory),
  ];
}

/** True when nobody is at work on the run who could still explain what is found of it. */
function isAtRest({ runs, idle }: MemoryView, bus: RunBus): boolean {
  if (runs.isComing(bus.id)) return false;
  const now = runs.get(bus.id);
  return now === undefined || (now !== bus && now.state !== 'aside') || (now === bus && idle.isIdle(bus));
}

function leakedDispatches(memory: MemoryView): readonly Finding[] {
  const found: Finding[] = [];
  for (const { id, taskInstanceId, workerId, bus } of memory.live.all()) {
    if (!isAtRest(memory, bus)) continue;
    const row = memory.runs.get(bus.id) === bus ? bus.run.nodeOf.get(taskInstanceId)?.current : undefined;
    if (row?.id === taskInstanceId && row.dispatchId === id) continue;
    const text = `Dispatch ${id} of run ${bus.id} took a slot of worker ${workerId}, and its task does not have it.`;
    found.push({
      check: 'leaked_dispatch',
      subject: id,
      stamp: '',
      text,
      mend: { how: 'free_dispatch', dispatch: id },
      run: null,
    });
  }
  return found;
}

function leakedSlots({ live }: MemoryView): readonly Finding[] {
  return live.strays().map(({ dispatch, worker }) => ({
    check: 'leaked_slot' as const,
    subject: dispatch,
    stamp: '',
    text: `Worker ${worker} was taken to be busy with dispatch ${dispatch}, which is not live.`,
    mend: { how: 'free_slot' as const, dispatch, worker },
    run: null,
  }));
}

function strayQueued(memory: MemoryView): readonly Finding[] {
  const found: Finding[] = [];
  for (const { taskInstanceId, bus } of memory.queue.all()) {
    if (!isAtRest(memory, bus)) continue;
    const row = memory.runs.get(bus.id) === bus ? bus.run.nodeOf.get(taskInstanceId)?.current : undefined;
    if (row?.id === taskInstanceId && row.state === 'submitted') continue;
    const text = `Task instance ${taskInstanceId} of run ${bus.id} was queued for a worker, and does not wait for one.`;
    const mend = { how: 'unqueue', task: taskInstanceId } as const;
    found.push({ check: 'stray_in_queue', subject: taskInstanceId, stamp: '', text, mend, run: null });
  }
  return found;
}

/** Another stamp whenever a task has been placed: where tasks flow, a slot is free for a moment now and then. */
function idleSlots({ placeable }: MemoryView): readonly Finding[] {
  const found = placeable();
  if (!found) return [];
  const { taskInstanceId, group } = found.task;
  const text = `Task instance ${taskInstanceId} was queued for group "${group}", where a slot was free for it.`;
  const stamp = `${found.placed}`;
  return [{ check: 'idle_slot', subject: 'queue', stamp, text, mend: { how: 'place' }, run: null }];
}

function lateTimers({ timers, now }: MemoryView): readonly Finding[] {
  const late = timers.overdue(now() - LATE_MS);
  if (late === undefined) return [];
  const text = `The timer "${late}" was due and had not fired.`;
  return [{ check: 'late_timers', subject: 'timers', stamp: late, text, mend: { how: 'catch_up' }, run: null }];
}
