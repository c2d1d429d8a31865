import type { TaskInstanceRow } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { type ApiBench, DEFINITION, openApi, read, START, taskRow } from '../testing/api-bench.ts';
import type { GraphView, InstanceView } from '../views/instance.ts';
import type { ProblemView } from '../views/page.ts';
import type { WhyView } from '../views/reason.ts';
import type { TaskInstancePage } from '../views/task-instance.ts';

const INSTANCES = '/api/v1/projects/etl/workflows/daily/instances';

async function bench(): Promise<ApiBench> {
  const api = await openApi();
  await api.createWorkflow();
  return api;
}

const start = (api: ApiBench, body: unknown, headers: Record<string, string> = {}) =>
  api.send('POST', INSTANCES, { body, headers });

const list = async (api: ApiBench, query = '') =>
  read<{ items: InstanceView[]; nextCursor: string | null }>(
    await api.send('GET', `/api/v1/workflow-instances${query}`),
  );

/** Puts what the master would write in the place of what the store has. */
function serveTasks(api: ApiBench, tasks: readonly TaskInstanceRow[]): void {
  api.deps.store.instances.tasks = async () => tasks;
  api.deps.store.instances.taskPage = async (_, { limit, cursor }) => {
    const from = Number(cursor ?? 0);
    return {
      items: tasks.slice(from, from + limit),
      next: from + limit < tasks.length ? String(from + limit) : null,
    };
  };
  api.deps.store.instances.task = async (id) => tasks.find((task) => task.id === id);
}

async function setState(api: ApiBench, id: string, change: Record<string, unknown>): Promise<void> {
  const row = (await api.store.instances.find(id))!;
  const { find } = api.store.instances;
  api.deps.store.instances.find = async (asked) =>
    asked === id ? ({ ...row, ...change } as typeof row) : find.call(api.store.instances, asked);
}

describe('the list of runs', () => {
  it('is newest first, pages without repeats or holes while runs are added, and filters', async () => {
    const api = await bench();
    await api.createWorkflow('other');
    const made: string[] = [];
    for (let i = 0; i < 5; i++) {
      await api.clock.advance(1000);
      made.push(await api.startRun());
    }
    const first = await list(api, '?limit=2');
    const late = await api.startRun();
    const second = await list(api, `?limit=2&cursor=${encodeURIComponent(first.nextCursor!)}`);
    const third = await list(api, `?limit=2&cursor=${encodeURIComponent(second.nextCursor!)}`);
    const seen = [...first.items, ...second.items, ...third.items].map((run) => run.id);
    expect(seen).toEqual(made.toReversed());
    expect(seen).not.toContain(late);
    expect(third.nextCursor).toBeNull();
    expect((await list(api, '?project=other')).items).toEqual([]);
    expect((await list(api, '?project=etl&workflow=daily&state=submitted,running')).items).toHaveLength(6);
    expect((await list(api, '?state=failure')).items).toEqual([]);
    expect((await api.send('GET', '/api/v1/workflow-instances?project=none')).status).toBe(404);
    expect((await api.send('GET', '/api/v1/workflow-instances?cursor=%21%21')).status).toBe(400);
  });
});

it('finds runs by their number, what started them, and when', async () => {
  const api = await bench();
  const first = await api.startRun();
  await api.clock.advance(60_000);
  const second = await api.startRun();
  await api.master(second, { originKind: 'schedule', originId: 's1' });
  const { number } = (await api.store.instances.find(second))!;
  const found = async (query: string) => (await list(api, query)).items.map((run) => run.id);
  expect(await found(`?project=etl&workflow=daily&number=${number}`)).toEqual([second]);
  expect(await found('?project=etl&workflow=daily&number=77')).toEqual([]);
  expect(await found('?origin=s1')).toEqual([second]);
  expect(await found('?originKind=schedule&project=etl&state=success')).toEqual([]);
  const between = new Date(Date.parse((await list(api)).items[0]!.createdAt) - 1).toISOString();
  expect(await found(`?since=${between}`)).toEqual([second]);
  expect(await found(`?until=${between}`)).toEqual([first]);
});

it.each([
  ['number=2', 'number', 'name the workflow too'],
  ['workflow=daily', 'workflow', 'name the project too'],
  ['origin=s1&originKind=schedule', 'originKind', 'leave one of the two out'],
  ['originKind=nobody', 'originKind', 'schedule'],
  ['since=yesterday', 'since', 'datetime'],
  ['project=etl&workflow=daily&number=0', 'number', '1'],
])('refuses %s, and says why', async (query, path, hint) => {
  const api = await bench();
  const { errors } = await read<ProblemView>(await api.send('GET', `/api/v1/workflow-instances?${query}`), 400);
  expect(errors).toEqual([{ path, message: expect.stringContaining(hint) }]);
});

describe('a run in detail', () => {
  async function stateOf(api: ApiBench, id: string): Promise<Record<string, string>> {
    const graph = await read<GraphView>(await api.send('GET', `/api/v1/workflow-instances/${id}/graph`));
    return Object.fromEntries(graph.nodes.map(({ name, state }) => [name, state]));
  }

  it('gives every task of the graph a state, also those that have not begun', async () => {
    const api = await openApi();
    await api.createWorkflow('etl', {
      ...DEFINITION,
      tasks: [
        ...DEFINITION.tasks,
        { name: 'off', type: 'shell', script: 'x', dependsOn: ['extract'], enabled: false },
        { name: 'after-off', type: 'shell', script: 'x', dependsOn: ['off'] },
        { name: 'alone', type: 'shell', script: 'x' },
      ],
    });
    const id = await api.startRun();
    const run = (await api.store.instances.find(id))!;
    const pending = { load: 'pending', report: 'pending', off: 'disabled', 'after-off': 'pending', alone: 'pending' };
    expect(await stateOf(api, id)).toEqual({ extract: 'pending', ...pending });

    const first = taskRow(run, { name: 'extract', state: 'failure', attempt: 1, current: false });
    serveTasks(api, [first, taskRow(run, { name: 'extract', attempt: 2 })]);
    expect(await stateOf(api, id)).toEqual({ extract: 'running', ...pending });

    serveTasks(api, [taskRow(run, { name: 'extract', state: 'failure' })]);
    await setState(api, id, { state: 'failure' });
    expect(await stateOf(api, id)).toEqual({
      extract: 'failure',
      load: 'blocked',
      report: 'blocked',
      off: 'disabled',
      'after-off': 'blocked',
      alone: 'pending',
    });
  });

  it('shows what a branch has not chosen, and what a failure that is provided for does not block', async () => {
    const api = await openApi();
    const shell = { type: 'shell', script: 'x' };
    await api.createWorkflow('etl', {
      ...DEFINITION,
      tasks: [
        { name: 'extract', ...shell },
        {
          name: 'check',
          type: 'conditions',
          dependsOn: ['extract'],
          when: { task: 'extract', is: 'success' },
          then: ['load'],
          else: ['repair'],
        },
        { name: 'load', ...shell, dependsOn: ['check'] },
        { name: 'report', ...shell, dependsOn: ['load'] },
        { name: 'repair', ...shell, dependsOn: ['check'] },
      ],
    });
    const id = await api.startRun();
    const run = (await api.store.instances.find(id))!;
    const failed = taskRow(run, { name: 'extract', state: 'failure' });
    serveTasks(api, [failed]);
    await setState(api, id, { state: 'running', startedAt: START });
    expect(await stateOf(api, id)).toMatchObject({ check: 'pending', load: 'pending', repair: 'pending' });
    const logic = { kind: 'branch', chosen: ['repair'], why: 'extract has failed' } as const;
    serveTasks(api, [failed, taskRow(run, { name: 'check', type: 'conditions', state: 'success', logic })]);
    expect(await stateOf(api, id)).toMatchObject({ load: 'skipped', report: 'skipped', repair: 'pending' });
  });

  it('shows only what the scope of the run has', async () => {
    const api = await bench();
    const body = { params: { day: 'x' }, startTasks: ['load'], scope: 'downstream' };
    const { id } = await read<{ id: string }>(await start(api, body), 202);
    const graph = await read<GraphView>(await api.send('GET', `/api/v1/workflow-instances/${id}/graph`));
    expect(graph.nodes.map(({ name }) => name)).toEqual(['load', 'report']);
    expect(graph.edges).toEqual([{ from: 'load', to: 'report' }]);
  });

  it('lists every attempt in order, and pages its events', async () => {
    const api = await bench();
    const id = await api.startRun();
    const run = (await api.store.instances.find(id))!;
    serveTasks(api, [
      taskRow(run, { attempt: 1, state: 'failure', current: false, exitCode: 2, endedAt: START + 5 }),
      taskRow(run, { attempt: 2, retryTimes: 1 }),
    ]);
    const { items } = await read<{ items: unknown[] }>(await api.send('GET', `/api/v1/workflow-instances/${id}/tasks`));
    expect(items).toMatchObject([
      { attempt: 1, state: 'failure', current: false, exitCode: 2, endedAt: '2026-03-01T12:00:00.005Z' },
      { attempt: 2, current: true, worker: 'rack-1', retryTimes: 1 },
    ]);
    const events = await read<{ items: { type: string }[]; nextCursor: null }>(
      await api.send('GET', `/api/v1/workflow-instances/${id}/events`),
    );
    expect(events).toMatchObject({ items: [{ type: 'workflow_instance.created' }], nextCursor: null });
  });

  it('lists its tasks by pages', async () => {
    const api = await bench();
    const id = await api.startRun();
    const run = (await api.store.instances.find(id))!;
    const tasks = Array.from({ length: 60 }, (_, at) =>
      taskRow(run, { name: `t${at}`, id: `task-${at + 100}` as never }),
    );
    await api.master(id, { state: 'running' }, tasks);
    const page = async (query: string) =>
      read<TaskInstancePage>(await api.send('GET', `/api/v1/workflow-instances/${id}/tasks${query}`));
    const first = await page('');
    expect(first.items.map(({ name }) => name)).toEqual(tasks.slice(0, 50).map(({ name }) => name));
    const second = await page(`?cursor=${first.nextCursor}`);
    expect(second.items.map(({ name }) => name)).toEqual(tasks.slice(50).map(({ name }) => name));
    expect(second.nextCursor).toBeNull();
    expect((await page('?limit=500')).items).toHaveLength(60);
    for (const wrong of ['?limit=501', '?limit=0', '?cursor=x'])
      expect((await api.send('GET', `/api/v1/workflow-instances/${id}/tasks${wrong}`)).status).toBe(400);
  });

  it('tells why it waits, from recorded reasons', async () => {
    const api = await bench();
    const id = await api.startRun();
    const run = (await api.store.instances.find(id))!;
    const why = async (path: string) => read<WhyView>(await api.send('GET', `${path}/why`));
    expect((await why(`/api/v1/workflow-instances/${id}`)).reasons).toMatchObject([{ code: 'waiting_for_leader' }]);

    const reason = {
      code: 'waiting_for_worker' as const,
      text: 'No worker of the group "big" is online.',
      since: START,
    };
    const task = taskRow(run, { state: 'submitted', reason });
    serveTasks(api, [task]);
    await setState(api, id, { state: 'running', reason: null });
    const told = await why(`/api/v1/workflow-instances/${id}`);
    expect(told.summary).toBe(reason.text);
    expect(told.reasons[0]).toMatchObject({
      code: 'waiting_for_worker',
      taskName: 'extract',
      taskInstanceId: task.id,
      next: null,
    });
    expect(await why(`/api/v1/task-instances/${task.id}`)).toMatchObject({ state: 'submitted', summary: reason.text });
  });

  it('says first that nobody leads when nobody leads', async () => {
    const api = await openApi({
      deps: { leadership: () => ({ role: 'follower', leaderName: null, leaderUrl: null, epoch: 3 }) },
    });
    await api.createWorkflow();
    const id = await api.startRun();
    const { reasons } = await read<WhyView>(await api.send('GET', `/api/v1/workflow-instances/${id}/why`));
    expect(reasons[0]).toMatchObject({ code: 'no_leader' });
  });
});
