import type { TaskInstanceRow, WorkflowInstanceRow } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { type ApiBench, openApi, read, START, taskRow } from '../testing/api-bench.ts';
import type { ProblemView } from '../views/page.ts';
import type { WhyView } from '../views/reason.ts';

async function bench() {
  const api = await openApi();
  await api.createWorkflow();
  const id = await api.startRun();
  const run = (await api.store.instances.find(id))!;
  const why = async (query = '') =>
    read<WhyView>(await api.send('GET', `/api/v1/workflow-instances/${id}/why${query}`));
  return { api, id, run, why };
}

/** Writes rows as the master does. */
async function write(
  api: ApiBench,
  run: WorkflowInstanceRow,
  { instance = {}, tasks = [] }: { instance?: Partial<WorkflowInstanceRow>; tasks?: readonly TaskInstanceRow[] },
): Promise<void> {
  const { find, tasks: tasksOf } = api.store.instances;
  const row = { ...run, ...instance };
  api.deps.store.instances.find = async (id) => (id === run.id ? row : find.call(api.store.instances, id));
  api.deps.store.instances.tasks = async (id) => (id === run.id ? tasks : tasksOf.call(api.store.instances, id));
  api.deps.store.instances.task = async (id) => tasks.find((task) => task.id === id);
}

it('answers for a task by its name, with or without a task instance', async () => {
  const { api, run, why } = await bench();
  const failed = taskRow(run, { name: 'extract', state: 'failure', exitCode: 3, endedAt: START + 5 });
  await write(api, run, { instance: { state: 'running', startedAt: START, reason: null }, tasks: [failed] });
  expect(await why('?task=extract')).toMatchObject({
    kind: 'task_instance',
    id: failed.id,
    reasons: [{ code: 'task_failed', text: 'Exit code 3.', next: expect.stringContaining('recover-failed') }],
  });
  expect(await why('?task=report')).toMatchObject({
    kind: 'task',
    id: run.id,
    state: 'blocked',
    reasons: [{ code: 'blocked', since: new Date(START + 5).toISOString(), evidence: { blockedBy: 'extract' } }],
  });
  const answer = await api.send('GET', `/api/v1/workflow-instances/${run.id}/why?task=reprot`);
  expect((await read<ProblemView>(answer, 404)).detail).toContain('Did you mean "report"?');
});

it('explains a task instance of the past by what took its place', async () => {
  const { api, run } = await bench();
  const first = taskRow(run, { name: 'extract', attempt: 1, state: 'need_fault_tolerance', current: false });
  const second = taskRow(run, { name: 'extract', attempt: 2 });
  await write(api, run, { instance: { state: 'running', reason: null }, tasks: [first, second] });
  const { reasons } = await read<WhyView>(await api.send('GET', `/api/v1/task-instances/${first.id}/why`));
  expect(reasons).toMatchObject([{ code: 'worker_lost' }, { code: 'superseded', evidence: { attempt: 2 } }]);
});

describe('a task that waits for a slot of its task group', () => {
  it('is told the size of the group, its holders and its place', async () => {
    const { api, run } = await bench();
    await api.send('POST', '/api/v1/task-groups', { body: { name: 'writes', size: 1 } });
    const waiting = taskRow(run, { name: 'extract', state: 'submitted', taskGroup: 'writes', workerName: null });
    const holder = taskRow(run, { name: 'load', taskGroup: 'writes', groupSlot: 0 });
    api.deps.store.taskGroups.members = async () => ({ items: [holder, waiting], next: null });
    await write(api, run, { instance: { state: 'running', number: 4, reason: null }, tasks: [waiting, holder] });
    const { reasons } = await read<WhyView>(await api.send('GET', `/api/v1/task-instances/${waiting.id}/why`));
    expect(reasons).toMatchObject([
      {
        code: 'task_group_full',
        evidence: { taskGroup: 'writes', size: 1, held: 1, open: true, position: 1, holders: '"load" of daily#4' },
      },
    ]);
  });
});

it('names the run that a task started and waits for', async () => {
  const { api, run } = await bench();
  const child = await api.startRun();
  const logic = { kind: 'child', child, fromCounter: 1 } as unknown as TaskInstanceRow['logic'];
  const task = taskRow(run, { name: 'extract', type: 'sub_workflow', workerName: null, logic });
  await write(api, run, { instance: { state: 'running', reason: null }, tasks: [task] });
  const { reasons } = await read<WhyView>(await api.send('GET', `/api/v1/task-instances/${task.id}/why`));
  expect(reasons).toMatchObject([{ code: 'child_run', evidence: { child, childState: 'submitted' } }]);
});

it('names the runs of its workflow that a run waits for', async () => {
  const { api, id, run, why } = await bench();
  const other = await api.startRun();
  const reason = { code: 'waiting_for_other_runs' as const, text: 'Another run is live.', since: START };
  await write(api, run, { instance: { state: 'serial_wait', queuedAt: START + 9, reason } });
  const { list } = api.store.instances;
  api.deps.store.instances.list = async (filter, page) => {
    const found = await list.call(api.store.instances, { ...filter, states: ['submitted'] }, page);
    const isLive = filter.states?.includes('running');
    const state = isLive ? 'running' : 'serial_wait';
    const items = found.items
      .filter((row) => (row.id === other) === isLive)
      .map((row) => ({ ...row, state, number: 2, queuedAt: isLive ? null : START }) as typeof row);
    return { items, next: null };
  };
  expect(id).toBe(run.id);
  expect((await why()).reasons).toMatchObject([
    { code: 'waiting_for_other_runs' },
    { code: 'runs_before_it', evidence: { liveRuns: 1, holders: 'daily#2 (running)', waitingRuns: 1 } },
  ]);
});

it('says so when the workflow of the run was deleted', async () => {
  const { api, run, why } = await bench();
  const waiting = taskRow(run, { name: 'extract', state: 'submitted', workerName: null });
  await write(api, run, { instance: { state: 'running', reason: null }, tasks: [waiting] });
  api.deps.store.workflows.version = async () => undefined;
  expect((await why()).reasons).toMatchObject([{ code: 'group_without_workers', taskName: 'extract' }]);
  expect((await why('?task=extract')).kind).toBe('task_instance');
  expect((await api.send('GET', `/api/v1/workflow-instances/${run.id}/why?task=load`)).status).toBe(410);
});
