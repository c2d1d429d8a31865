/** What tasks that wait for a slot are told. Every sentence stays true until the task is told anew. */
import type { LifecycleEvent } from '@vaquita/core';
import { NEAR, nameOf } from '../gate/words.ts';
import type { Slot } from './slots.ts';

/** Holders named one by one. */
const NAMED = 5;

export type SlotDelay = Omit<Extract<LifecycleEvent, { type: 'SlotDelayed' }>, 'type' | 'taskInstanceId'>;

export function notKnown(group: string): SlotDelay {
  const text = `This server has just taken the lead and still reads who holds slots of task group "${group}".`;
  return { code: 'waiting_for_task_group', text, evidence: { taskGroup: group } };
}

export function missingGroup(group: string): SlotDelay {
  return {
    code: 'task_group_missing',
    text: `There is no task group "${group}". Create it, or let the task go on without a slot.`,
    evidence: { taskGroup: group },
  };
}

export function closedGroup(group: string): SlotDelay {
  return {
    code: 'task_group_closed',
    text: `Task group "${group}" is closed and gives out no slots until it is opened.`,
    evidence: { taskGroup: group },
  };
}

/** `before`: waiting tasks that go first. */
export function slotDelay(group: string, size: number, holders: ReadonlySet<Slot>, before: number): SlotDelay {
  const code = 'waiting_for_task_group';
  if (before >= NEAR) {
    const text = `At least ${NEAR} waiting tasks of task group "${group}" go before it.`;
    return { code, text, evidence: { taskGroup: group, size, waitingBefore: `${NEAR} or more` } };
  }
  const named = [...holders].sort((a, b) => a.slot - b.slot).slice(0, NAMED);
  const rest =
    before === 0 ? '' : ` ${before === 1 ? 'One waiting task goes' : `${before} waiting tasks go`} before it.`;
  return {
    code,
    text: `${holders.size} of ${size} slots of task group "${group}" ${holders.size === 1 ? 'is' : 'are'} in use.${rest}`,
    evidence: {
      taskGroup: group,
      size,
      inUse: holders.size,
      position: before + 1,
      holders: named.map(({ id }) => id).join(', '),
      holderNames: named.map(nameOfHolder).join(', '),
    },
  };
}

/** `extract of run #12` */
function nameOfHolder({ id, runId, bus }: Slot): string {
  const task = bus?.run.nodeOf.get(id)?.current?.name;
  return task === undefined ? id : `${task} of run ${nameOf({ id: runId, bus })}`;
}

export function keyOf({ code, text, evidence }: SlotDelay): string {
  return `${code} ${text} ${JSON.stringify(evidence)}`;
}
