/** From a page of schedules and what is around them to what is to be written about each. */
import {
  type CalendarRow,
  compileWorkflow,
  decideSchedule,
  type ScheduleRow,
  type StartTarget,
  toAppError,
} from '@vaquita/core';
import type { ScheduledWorkflow, ScheduleStep, ScheduleSurroundings } from '@vaquita/store';

export interface DecidedPage {
  /** Those about which something is to be written. */
  readonly steps: readonly ScheduleStep[];
  /** Those that nothing can be decided about, and why: a mistake of ours, or a plan that this version cannot read. */
  readonly failed: readonly { readonly schedule: ScheduleRow; readonly why: string }[];
}

export function decidePage(schedules: readonly ScheduleRow[], around: ScheduleSurroundings, now: number): DecidedPage {
  const calendars = new Map(around.calendars.map((row): [CalendarRow['id'], CalendarRow] => [row.id, row]));
  const open = Map.groupBy(around.open, ({ scheduleId }) => scheduleId);
  const queued = Map.groupBy(around.queued, ({ scheduleId }) => scheduleId);
  const recorded = Map.groupBy(around.recorded, ({ scheduleId }) => scheduleId);
  const steps: ScheduleStep[] = [];
  const failed: { readonly schedule: ScheduleRow; readonly why: string }[] = [];
  for (const [index, schedule] of schedules.entries()) {
    const { id } = schedule;
    try {
      const decision = decideSchedule({
        ...{ schedule, now, calendars },
        target: targetOf(schedule, around.workflows[index]),
        open: open.get(id) ?? [],
        queued: queued.get(id) ?? [],
        recorded: new Set(recorded.get(id)?.map(({ fireAt }) => fireAt)),
      });
      const step = { schedule, ...decision };
      if (changesSomething(step)) steps.push(step);
    } catch (error) {
      failed.push({ schedule, why: toAppError(error).message });
    }
  }
  return { steps, failed };
}

/** Also that it can be decided about at all, where its row says that it cannot. */
function changesSomething({ schedule, cursorAt, dueAt, dequeued }: ScheduleStep): boolean {
  const isMoved = cursorAt !== schedule.cursorAt || dueAt !== schedule.dueAt;
  return isMoved || dequeued.length > 0 || schedule.problem !== null;
}

/** What a schedule starts, or why it can start nothing. */
function targetOf({ start }: ScheduleRow, found: ScheduledWorkflow | undefined): StartTarget | string {
  if (found === undefined) return 'The workflow is not there any more.';
  const { document, version, ...workflow } = found;
  if (document === null || version === null) {
    return `Workflow "${workflow.workflowName}" has no version ${start.version ?? 'at all'}.`;
  }
  try {
    return { ...workflow, version, definition: compileWorkflow(document) };
  } catch (error) {
    return `Version ${version} of workflow "${workflow.workflowName}" cannot be read: ${toAppError(error).message}`;
  }
}
