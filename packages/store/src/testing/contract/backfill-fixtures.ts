/** Rows of backfills for the store's contract. */
import type {
  BackfillId,
  BackfillItemRow,
  BackfillRow,
  CommandId,
  NewEvent,
  StartChoices,
  WorkflowInstanceRow,
} from '@vaquita/core';
import type { AuditRow } from '../../ports/api.ts';
import type { ToldBackfill } from '../../ports/backfills.ts';
import type { Filing } from '../../ports/master.ts';
import { command, event, PROJECT, run, WORKFLOW } from './fixtures.ts';

export const backfillId = (id: string) => id as BackfillId;

const START: StartChoices = {
  ...{ params: { day: '1' }, startTasks: [], scope: 'all', failureStrategy: null, priority: 'lowest' },
  ...{ workerGroup: null, alertOn: null, alertGroup: null, dryRun: false, timeoutMs: null, version: null },
};

export function backfill(id: string, more: Partial<BackfillRow> = {}): BackfillRow {
  const member = {
    projectId: PROJECT,
    workflowId: WORKFLOW,
    workflowName: 'workflow-1',
    version: 1,
    level: 0,
    after: [],
  };
  return {
    ...{ id: backfillId(id), projectId: PROJECT, workflowId: WORKFLOW, scheduleId: null },
    ...{ times: { kind: 'list' }, timezone: 'Europe/Berlin', description: `about ${id}`, members: [member] },
    ...{ start: START, order: 'oldest_first', parallelism: 2, state: 'running', revision: 1, hold: null, items: 3 },
    ...{ createdBy: 'ann', createdAt: 10, updatedAt: 10, endedAt: null },
    ...more,
  };
}

export function backfillItem(id: string, position: number, more: Partial<BackfillItemRow> = {}): BackfillItemRow {
  return {
    ...{ backfillId: backfillId(id), position, projectId: PROJECT, workflowId: WORKFLOW, version: 1, level: 0 },
    ...{ businessTime: 1_000 + position, waits: [], state: 'waiting', reason: null, workflowInstanceId: null },
    ...{ tries: 0, startedAt: null, endedAt: null },
    ...more,
  };
}

export function told(id: string, change: string, at = 50): ToldBackfill {
  const data = { backfillId: id, change, by: 'ann' };
  const event: NewEvent = {
    ...{ type: 'backfill.changed', projectId: PROJECT, workflowInstanceId: null, taskInstanceId: null, at, data },
  };
  const audit: AuditRow = {
    ...{ id: `a-${id}-${change}-${at}` as AuditRow['id'], at, actor: 'ann', action: `backfill.${change}` },
    ...{ subject: id, data: {} },
  };
  return { event, audit };
}

/** A run of a backfill, as the duty files it. */
export function filing(id: string, more: Partial<WorkflowInstanceRow> = {}): Filing {
  return { instance: run(id, more), command: command(`c-${id}` as CommandId, id), event: event(id) };
}
