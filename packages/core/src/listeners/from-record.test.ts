import { describe, expect, test } from 'vitest';
import type { EventType } from '../machine/rows.ts';
import { LISTENER_EVENT_TYPES, type ListenerEvent } from './event.ts';
import { RELAYED_EVENT_TYPES, type RelayedRow, type RelayedRun, toListenerEvent } from './from-record.ts';
import { LISTENER_PAYLOADS, listenerEventTypes } from './payloads.ts';

const RUN: RelayedRun = {
  workflowId: 'w1' as RelayedRun['workflowId'],
  workflowName: 'orders',
  version: 3,
  number: 12,
  createdBy: 'ann',
  dryRun: false,
  parentInstanceId: null,
  parentTask: null,
  startedAt: 500,
};

function row(type: EventType, data: Record<string, unknown>, more: Partial<RelayedRow> = {}): RelayedRow {
  const ofRun = type.includes('_instance');
  return {
    ...{ seq: 7, type, at: 900, data },
    projectId: 'p1' as RelayedRow['projectId'],
    projectName: 'shop',
    workflowInstanceId: ofRun ? ('r1' as RelayedRow['workflowInstanceId']) : null,
    taskInstanceId: type.startsWith('task_') ? ('t1' as RelayedRow['taskInstanceId']) : null,
    run: ofRun ? RUN : null,
    task: type.startsWith('task_') ? { type: 'shell', workerName: 'rack-7', startedAt: 600 } : null,
    ...more,
  };
}
const ofWorkflow = { workflowId: 'w1', name: 'orders', version: 3, by: 'ann' };
const runTo = (from: string, to: string, more = {}) =>
  row('workflow_instance.state', { from, to, runCounter: 2, ...more });
const taskTo = (from: string, to: string, more = {}) =>
  row('task_instance.state', { name: 'load', attempt: 2, from, to, ...more });

/** One of each type. */
const EXAMPLES: Readonly<Record<(typeof LISTENER_EVENT_TYPES)[number], RelayedRow>> = {
  'server.down': row('server.lost', { id: 's1', name: 'a' }, { projectId: null, projectName: null }),
  'workflow.added': row('workflow.added', { ...ofWorkflow, change: 'created' }),
  'workflow.updated': row('workflow.updated', { ...ofWorkflow, change: 'version', renamedFrom: 'old' }),
  'workflow.removed': row('workflow.removed', { ...ofWorkflow, change: 'deleted' }),
  'workflow.started': runTo('submitted', 'running'),
  'workflow.ended': runTo('running', 'success'),
  'workflow.failed': runTo('running', 'failure', { code: 'task_failed', text: 'The task load failed.' }),
  'task.added': row('task.added', { ...ofWorkflow, task: 'load', taskType: 'shell' }),
  'task.updated': row('task.updated', { ...ofWorkflow, task: 'load', taskType: 'shell' }),
  'task.removed': row('task.removed', { ...ofWorkflow, task: 'load', taskType: 'shell' }),
  'task.started': taskTo('dispatched', 'running', { worker: 'rack-7' }),
  'task.ended': taskTo('running', 'success', { worker: 'rack-7' }),
  'task.failed': taskTo('running', 'failure', { worker: 'rack-7', code: 'exit', text: 'It ended with 1.' }),
};

describe('listener events', () => {
  test.each(LISTENER_EVENT_TYPES)('%s holds what its schema says, and nothing else', (type) => {
    const event = toListenerEvent(EXAMPLES[type]) as ListenerEvent;
    expect(event).toMatchObject({ id: 'event-7', seq: 7, type, time: 900, version: LISTENER_PAYLOADS[type].version });
    expect(LISTENER_PAYLOADS[type].schema.strict().parse(event.data)).toEqual(event.data);
  });

  test('name the project, the subject and the run', () => {
    const { project, subject, data } = toListenerEvent(EXAMPLES['task.failed'])!;
    expect(project).toEqual({ id: 'p1', name: 'shop' });
    expect(subject).toBe('workflow/orders/run/12/task/load');
    expect(data).toMatchObject({
      workflow: { id: 'w1', name: 'orders', version: 3 },
      run: { id: 'r1', number: 12, counter: null, isChild: false },
      task: { name: 'load', type: 'shell', attempt: 2 },
      ...{ worker: 'rack-7', startedAt: 600, endedAt: 900, reason: { code: 'exit', text: 'It ended with 1.' } },
    });
    expect(toListenerEvent(EXAMPLES['server.down'])).toMatchObject({ project: null, subject: 'server/a' });
    expect(toListenerEvent(EXAMPLES['workflow.updated'])).toMatchObject({ data: { renamedFrom: 'old' } });
  });

  test('say of a child who its parent is', () => {
    const parentInstanceId = 'r0' as RelayedRun['parentInstanceId'];
    const child = { ...EXAMPLES['workflow.started'], run: { ...RUN, parentInstanceId, parentTask: 'each' } };
    expect(toListenerEvent(child)!.data).toMatchObject({
      run: { isChild: true, parent: { runId: 'r0', task: 'each' } },
    });
  });

  test.each([
    ['submitted', 'running', 'workflow.started'],
    ['serial_wait', 'running', 'workflow.started'],
    ['paused', 'running', 'workflow.started'],
    ['failure', 'running', 'workflow.started'],
    ['ready_pause', 'running', undefined],
    ['failover', 'running', undefined],
    ['running', 'ready_stop', undefined],
    ['ready_stop', 'stopped', 'workflow.failed'],
    ['ready_pause', 'paused', undefined],
    ['failure', 'success', 'workflow.ended'],
    ['running', 'running', undefined],
  ])('a run that goes from %s to %s is %s', (from, to, type) => {
    expect(toListenerEvent(runTo(from, to))?.type).toBe(type);
  });

  test.each([
    ['submitted', 'dispatched', undefined],
    ['dispatched', 'running', 'task.started'],
    ['running', 'killed', 'task.failed'],
    ['running', 'need_fault_tolerance', undefined],
    ['failure', 'forced_success', 'task.ended'],
    ['submitted', 'paused', undefined],
  ])('an attempt that goes from %s to %s is %s', (from, to, type) => {
    expect(toListenerEvent(taskTo(from, to))?.type).toBe(type);
  });

  test('a start that came after the end is not taken for its own', () => {
    const later = { ...EXAMPLES['workflow.failed'], run: { ...RUN, startedAt: 1_000 } };
    expect(toListenerEvent(later)!.data).toMatchObject({ startedAt: null, endedAt: 900 });
  });

  test('nothing is heard of rows of other types', () => {
    expect(toListenerEvent(row('task_instance.created', { name: 'load', attempt: 1 }))).toBeUndefined();
    for (const type of RELAYED_EVENT_TYPES)
      expect(Object.values(EXAMPLES).some((example) => example.type === type)).toBe(true);
  });

  test('every type has a JSON Schema of an object', () => {
    const types = listenerEventTypes();
    expect(types.map(({ type }) => type)).toEqual([...LISTENER_EVENT_TYPES]);
    for (const { schema } of types) expect(schema).toMatchObject({ type: 'object' });
  });
});
