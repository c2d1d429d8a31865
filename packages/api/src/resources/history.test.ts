import type { EventType, NewEvent, TaskInstanceId, WorkflowInstanceId } from '@vaquita/core';
import type { EventRow } from '@vaquita/store';
import { expect, it } from 'vitest';
import { readRunAt } from '../runs/history-reader.ts';
import { type ApiBench, DEFINITION, openApi, read, START } from '../testing/api-bench.ts';
import type { RunAtView } from '../views/history.ts';
import type { ProblemView } from '../views/page.ts';

type Told = readonly [type: EventType, data: Record<string, unknown>, task?: string];

/** Stands for the event table, with events of other runs between those of this one. */
function serveEvents(api: ApiBench, id: string, told: readonly Told[], every = 3) {
  const rows: EventRow[] = [];
  const reads: number[] = [];
  const add = (change: Partial<NewEvent>) =>
    rows.push({
      seq: rows.length + 1,
      type: 'task_instance.warning',
      projectId: null,
      workflowInstanceId: 'another' as WorkflowInstanceId,
      taskInstanceId: null,
      at: START,
      data: {},
      ...change,
    });
  for (const [index, [type, data, task]] of told.entries()) {
    for (let other = 1; other < every; other++) add({});
    const taskInstanceId = (task ?? null) as TaskInstanceId | null;
    add({ type, data, taskInstanceId, workflowInstanceId: id as WorkflowInstanceId, at: START + index * 1000 });
  }
  add({});
  api.deps.store.events.latestSeq = async () => rows.length;
  api.deps.store.events.after = async (seq, { limit, workflowInstanceId }) => {
    reads.push(limit);
    return rows.filter((row) => row.seq > seq && row.workflowInstanceId === workflowInstanceId).slice(0, limit);
  };
  return { reads, events: api.deps.store.events };
}

const STORY: readonly Told[] = [
  ['workflow_instance.created', { state: 'submitted', params: { day: 'mon' }, code: 'waiting_for_leader', text: 'W.' }],
  ['workflow_instance.state', { from: 'submitted', to: 'running' }],
  ['task_instance.created', { name: 'extract', type: 'shell', attempt: 1, state: 'submitted' }, 't1'],
  ['task_instance.state', { name: 'extract', attempt: 1, from: 'submitted', to: 'running', worker: 'rack-1' }, 't1'],
  [
    'task_instance.state',
    { name: 'extract', attempt: 1, from: 'running', to: 'failure', worker: 'rack-1', code: 'task_failed', text: 'No.' },
    't1',
  ],
  ['workflow_instance.state', { from: 'running', to: 'failure', code: 'task_failed', text: '"extract" failed.' }],
];

async function bench() {
  const api = await openApi();
  await api.createWorkflow();
  const id = await api.startRun();
  const at = (query: string) => api.send('GET', `/api/v1/workflow-instances/${id}/at${query}`);
  return { api, id, at };
}

it('shows a run as it was after an event, and at a time', async () => {
  const { api, id, at } = await bench();
  serveEvents(api, id, STORY);
  const running = await read<RunAtView>(await at('?seq=13'));
  expect(running).toMatchObject({
    id,
    seq: 12,
    at: new Date(START + 3000).toISOString(),
    firstSeq: 3,
    lastSeq: 18,
    state: 'running',
    params: { day: 'mon' },
    reason: null,
    tasks: [{ id: 't1', name: 'extract', type: 'shell', state: 'running', worker: 'rack-1', current: true }],
  });
  const states = ({ nodes }: RunAtView) => Object.fromEntries(nodes!.map(({ name, state }) => [name, state]));
  expect(states(running)).toEqual({ extract: 'running', load: 'pending', report: 'pending' });
  const time = (ms: number) => at(`?time=${encodeURIComponent(new Date(START + ms).toISOString())}`);
  expect(await read<RunAtView>(await time(3999))).toEqual(running);

  const failed = await read<RunAtView>(await time(4000));
  expect(failed).toMatchObject({ seq: 15, tasks: [{ state: 'failure', reason: { code: 'task_failed' } }] });
  expect(states(failed)).toEqual({ extract: 'failure', load: 'blocked', report: 'blocked' });
  expect(await read<RunAtView>(await at('?seq=3'))).toMatchObject({
    state: 'submitted',
    reason: { code: 'waiting_for_leader' },
    tasks: [],
  });
  const end = await read<RunAtView>(await at(''));
  expect(end).toMatchObject({ seq: 18, lastSeq: 18, state: 'failure' });
  expect(await read<RunAtView>(await at('?seq=999'))).toEqual(end);
});

it('says what is wrong with a moment', async () => {
  const { api, id, at } = await bench();
  serveEvents(api, id, STORY);
  expect((await read<ProblemView>(await at('?seq=2'), 404)).detail).toContain('begins with event 3');
  expect((await read<ProblemView>(await at('?seq=2&time=2026-03-01T12:00:00Z'), 400)).errors).toMatchObject([
    { path: 'time' },
  ]);
  expect((await at('?seq=-1')).status).toBe(400);
  expect((await at('?time=yesterday')).status).toBe(400);
  expect((await api.send('GET', '/api/v1/workflow-instances/none/at')).status).toBe(404);
});

it('knows the runs of the same workflow before and after', async () => {
  const api = await openApi();
  await api.createWorkflow();
  await api.createWorkflow('other', { ...DEFINITION, name: 'other' });
  const ids = [await api.startRun(), await api.startRun(), await api.startRun()] as const;
  const around = (id: string) => api.send('GET', `/api/v1/workflow-instances/${id}/neighbours`);
  const [first, middle, last] = [...ids].sort() as [string, string, string];
  expect(await read(await around(middle))).toEqual({
    previous: { id: first, number: null, state: 'submitted' },
    next: { id: last, number: null, state: 'submitted' },
  });
  expect(await read(await around(first))).toMatchObject({ previous: null, next: { id: middle } });
  expect(await read(await around(last))).toMatchObject({ previous: { id: middle }, next: null });
  expect((await around('none')).status).toBe(404);
});

it('shows what a branch skipped, and what is switched off', async () => {
  const api = await openApi();
  await api.createWorkflow('etl', {
    ...DEFINITION,
    tasks: [
      ...DEFINITION.tasks,
      { name: 'off', type: 'shell', script: 'x', dependsOn: ['extract'], enabled: false },
      { name: 'after-off', type: 'shell', script: 'x', dependsOn: ['off'] },
    ],
  });
  const id = await api.startRun();
  serveEvents(api, id, [...STORY.slice(0, 2), ['task.passed_over', { name: 'load', how: 'skipped' }]]);
  const { nodes } = await read<RunAtView>(await api.send('GET', `/api/v1/workflow-instances/${id}/at`));
  expect(nodes!.map(({ name, state }) => [name, state])).toEqual([
    ['extract', 'pending'],
    ['load', 'skipped'],
    ['report', 'pending'],
    ['off', 'disabled'],
    ['after-off', 'pending'],
  ]);
});

it('reads a long record in pages, and finds its end without reading it', async () => {
  const { api, id } = await bench();
  const changes = Array.from({ length: 2400 }, (_, n): Told => ['workflow_instance.params', { params: { n: `${n}` } }]);
  const { events, reads } = serveEvents(api, id, [...STORY.slice(0, 1), ...changes], 2);
  const found = await readRunAt(events, id as WorkflowInstanceId, { seq: 1400 });
  expect(found).toMatchObject({ seq: 1400, firstSeq: 2, lastSeq: 4802 });
  expect('snapshot' in found && found.snapshot.instance?.params).toEqual({ n: '698' });
  expect(reads.filter((limit) => limit > 1)).toEqual([500, 500]);
  expect(reads.filter((limit) => limit === 1).length).toBeLessThan(30);
});
