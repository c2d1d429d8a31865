/** Schedules, and what a decision about one begins with, for tests. */
import { compileWorkflow, parseWorkflowDocument } from '../definition/compile.ts';
import type { ProjectId, WorkflowId } from '../identity/ids.ts';
import type { StartTarget } from '../machine/automatic-run.ts';
import type { StartChoices } from '../machine/start-choices.ts';
import type { ScheduleQuestion } from '../schedule/decide.ts';
import type { ScheduleId, SchedulePlan, ScheduleRow } from '../schedule/rows.ts';

const WORKFLOW = { projectId: 'project-1' as ProjectId, workflowId: 'workflow-1' as WorkflowId };
const DOCUMENT = {
  name: 'etl',
  params: [{ name: 'region', type: 'string', value: 'eu' }],
  tasks: [{ name: 'load', type: 'shell', script: 'true' }],
};

export const scheduleTarget: StartTarget = {
  ...WORKFLOW,
  workflowName: 'etl',
  version: 3,
  definition: compileWorkflow(parseWorkflowDocument(DOCUMENT)),
};

export const startChoices: StartChoices = {
  params: { region: 'us' },
  startTasks: [],
  scope: 'all',
  failureStrategy: null,
  priority: 'high',
  workerGroup: null,
  alertOn: 'failure',
  alertGroup: 'ops',
  dryRun: false,
  timeoutMs: null,
  version: null,
};

/** Every ten seconds, unless told. */
export function schedulePlan(more: Partial<SchedulePlan> = {}): SchedulePlan {
  return {
    times: { kind: 'interval', everyMs: 10_000, anchorAt: 0 },
    timezone: 'UTC',
    from: null,
    to: null,
    jitterMs: 0,
    calendars: { include: [], exclude: [] },
    misfire: { policy: 'none', limit: 10, graceMs: 60_000 },
    overlap: { policy: 'parallel', limit: null },
    ...more,
  };
}

export function scheduleRow(plan: Partial<SchedulePlan> = {}, more: Partial<ScheduleRow> = {}): ScheduleRow {
  return {
    ...WORKFLOW,
    id: 'schedule-1' as ScheduleId,
    name: 'nightly',
    description: '',
    plan: schedulePlan(plan),
    start: startChoices,
    online: true,
    pausedUntil: null,
    revision: 1,
    cursorAt: 0,
    begunAt: 0,
    begunCursorAt: 0,
    dueAt: 0,
    problem: null,
    createdBy: 'ann',
    createdAt: 0,
    updatedBy: 'ann',
    updatedAt: 0,
    ...more,
  };
}

export function scheduleQuestion(
  schedule: ScheduleRow,
  now: number,
  more: Partial<ScheduleQuestion> = {},
): ScheduleQuestion {
  return {
    ...{
      schedule,
      now,
      target: scheduleTarget,
      calendars: new Map(),
      open: [],
      queued: [],
      recorded: new Set<number>(),
    },
    ...more,
  };
}
