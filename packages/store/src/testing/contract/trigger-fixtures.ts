/** Triggers and firings for the contracts about them. */
import type { NewRun, TriggerFiringRow, TriggerId, TriggerRow, WorkflowId } from '@vaquita/core';
import type { TriggerFire } from '../../ports/triggers.ts';
import { command, event, PROJECT, run, runId, WORKFLOW } from './fixtures.ts';

export const triggerId = (id: string) => id as TriggerId;
export const page = { limit: 10, cursor: null };

export function trigger(id: string, more: Partial<TriggerRow> = {}): TriggerRow {
  return {
    id: triggerId(id),
    projectId: PROJECT,
    workflowId: WORKFLOW,
    kind: 'webhook',
    name: id,
    description: "it's",
    config: { kind: 'webhook', toleranceMs: 300_000, github: false, mapping: { a: '$["ü"]' } },
    secret: 'sealed',
    start: {
      ...{ params: { region: 'eu' }, startTasks: [], scope: 'all', failureStrategy: null, priority: 'low' },
      ...{ workerGroup: null, alertOn: null, alertGroup: null, dryRun: false, timeoutMs: null, version: null },
    },
    online: true,
    revision: 1,
    cursor: 0,
    createdBy: 'ann',
    createdAt: 7,
    updatedBy: 'ann',
    updatedAt: 7,
    ...more,
  };
}

export function firing(trigger: string, key: string, more: Partial<TriggerFiringRow> = {}): TriggerFiringRow {
  return {
    triggerId: triggerId(trigger),
    key,
    projectId: PROJECT,
    workflowId: WORKFLOW,
    outcome: 'seen',
    reason: 'nothing to do',
    workflowInstanceId: null,
    about: { address: '::1' },
    chain: ['other' as WorkflowId],
    at: 20,
    ...more,
  };
}

export const filing = (id: string, version = 1): NewRun => ({
  instance: run(id, { version, originKind: 'trigger', originId: 't1' }),
  command: command(`c-${id}`, id),
  event: event(id, { type: 'workflow_instance.created' }),
});

/** A firing that starts the run of the id. */
export const starting = (id: string, more: Partial<TriggerFire> = {}): TriggerFire => ({
  trigger: { id: triggerId('t1'), revision: 1 },
  firing: firing('t1', 'k', { outcome: 'run', reason: null, workflowInstanceId: runId(id) }),
  run: filing(id),
  ...more,
});
