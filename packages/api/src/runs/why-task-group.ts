/** Who holds the slots of the task group that a task waits for, and how many are before it. */
import type { Reason, TaskInstanceRow } from '@vaquita/core';
import type { WhyFacts } from './why-facts.ts';
import { count, labelOf, listOf } from './why-words.ts';

const FORCE = 'force-start lets it go on without a slot';

/** Undefined for a task that waits for no group. */
export function whyNoGroupSlot(facts: WhyFacts, row: TaskInstanceRow): Reason | undefined {
  const { taskGroup, groupSlot, groupForced } = row;
  if (taskGroup === null || groupSlot !== null || groupForced) return undefined;
  const known = facts.groups.get(taskGroup);
  if (!known) return undefined;
  const { group, members } = known;
  const since = row.submittedAt;
  const name = `Task group "${taskGroup}"`;
  if (!group) {
    const text = `There is no task group "${taskGroup}".`;
    const next = `it goes on when somebody creates the group; ${FORCE}`;
    return { code: 'task_group_missing', text, since, next, evidence: { taskGroup } };
  }
  const holders = members.filter((member) => member.groupSlot !== null);
  const waiting = members.filter((member) => member.groupSlot === null && !member.groupForced);
  const position = waiting.findIndex(({ id }) => id === row.id);
  const evidence = {
    taskGroup,
    size: group.size,
    held: holders.length,
    open: group.open,
    waiting: waiting.length,
    ...(position < 0 ? {} : { position: position + 1 }),
    holders: listOf(holders.map((holder) => nameOf(facts, holder))),
  };
  const place =
    position < 0
      ? ''
      : ` ${count(waiting.length, 'task')} ${waiting.length === 1 ? 'waits' : 'wait'} for it; this one is number ${position + 1}.`;
  if (!group.open) {
    const next = `it goes on when somebody opens the group; ${FORCE}`;
    return { code: 'task_group_closed', text: `${name} is closed.${place}`, since: group.updatedAt, next, evidence };
  }
  if (holders.length < group.size) {
    const text = `${name} has ${count(group.size - holders.length, 'free slot')}.${place}`;
    return { code: 'task_group_free', text, since, next: 'the leader gives it a slot when its turn comes', evidence };
  }
  return {
    code: 'task_group_full',
    text: `${group.size === 1 ? 'The only slot' : `All ${group.size} slots`} of task group "${taskGroup}" ${group.size === 1 ? 'is' : 'are'} held, by ${evidence.holders}.${place}`,
    since,
    next: `a slot becomes free when one of these tasks ends; ${FORCE}`,
    evidence,
  };
}

function nameOf({ runs }: WhyFacts, { workflowInstanceId, name }: TaskInstanceRow): string {
  const run = runs.get(workflowInstanceId);
  return `"${name}" of ${run ? labelOf(run) : workflowInstanceId}`;
}
