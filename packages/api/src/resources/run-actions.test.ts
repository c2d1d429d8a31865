import type { WorkflowState } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { type ApiBench, DEFINITION, openApi, read, START } from '../testing/api-bench.ts';
import type { ActionAnswer, OperationList, OperationView } from '../views/action.ts';
import type { ProblemView } from '../views/page.ts';

const WITH_WAIT = {
  ...DEFINITION,
  tasks: [...DEFINITION.tasks, { name: 'await-files', type: 'wait', signal: 'files-arrived' }],
};

async function bench(): Promise<{ readonly api: ApiBench; readonly id: string }> {
  const api = await openApi();
  await api.createWorkflow('etl', WITH_WAIT);
  return { api, id: await api.startRun() };
}

const ask = (api: ApiBench, id: string, action: string, body?: unknown, headers: Record<string, string> = {}) =>
  api.send('POST', `/api/v1/workflow-instances/${id}/${action}`, {
    headers,
    ...(body === undefined ? {} : { body }),
  });

const BODIES: Readonly<Record<string, unknown>> = {
  'rerun-from': { tasks: ['load'] },
  signal: { name: 'files-arrived' },
};
const KINDS: Readonly<Record<string, string>> = {
  pause: 'pause',
  resume: 'resume',
  stop: 'stop',
  'recover-failed': 'recover_failed',
  rerun: 'rerun',
  'rerun-from': 'rerun_from',
  signal: 'signal',
};

/** Where each action is possible: also where it is done already, which the leader tells. */
const POSSIBLE: Readonly<Record<string, readonly WorkflowState[]>> = {
  pause: ['submitted', 'serial_wait', 'running', 'ready_pause', 'paused'],
  resume: ['paused', 'stopped'],
  stop: ['submitted', 'serial_wait', 'running', 'ready_pause', 'ready_stop', 'paused'],
  'recover-failed': ['paused', 'stopped', 'failure'],
  rerun: ['paused', 'stopped', 'failure', 'success'],
  'rerun-from': ['paused', 'stopped', 'failure', 'success'],
  signal: ['running'],
};
const STATES: readonly WorkflowState[] = [
  'submitted',
  'serial_wait',
  'running',
  'ready_pause',
  'paused',
  'ready_stop',
  'stopped',
  'failure',
  'success',
];

describe.each(Object.keys(POSSIBLE))('%s', (action) => {
  it.each(STATES)('in the state %s', async (state) => {
    const { api, id } = await bench();
    await api.master(id, { state });
    const answer = await ask(api, id, action, BODIES[action]);
    const filed = (await api.store.master.pendingCommands(10)).filter(({ kind }) => kind !== 'start');
    if (POSSIBLE[action]!.includes(state)) {
      const accepted = await read<ActionAnswer>(answer, 202);
      expect(accepted).toMatchObject({ id, action, state });
      expect(filed).toMatchObject([{ id: accepted.operationId, kind: KINDS[action], workflowInstanceId: id }]);
      expect((await api.auditLog()).at(-1)).toMatchObject({
        actor: 'admin',
        action: `workflow_instance.${action}`,
        subject: 'daily#1',
        data: { id, stateBefore: state, operationId: accepted.operationId },
      });
    } else {
      const refused = await read<ProblemView>(answer, 409);
      expect(refused).toMatchObject({ code: 'conflict', detail: expect.stringContaining(state) });
      expect(refused.detail).toMatch(/: [^:]+[^.]\.$/);
      expect(filed).toEqual([]);
    }
  });

  it('is refused where there is no such run', async () => {
    const { api } = await bench();
    const refused = await read<ProblemView>(await ask(api, 'none', action, BODIES[action]), 404);
    expect(refused.detail).toContain('“none”');
  });

  it('is asked once under one key', async () => {
    const { api, id } = await bench();
    await api.master(id, { state: POSSIBLE[action]![0]! });
    const key = { 'idempotency-key': 'k1' };
    const first = await read<ActionAnswer>(await ask(api, id, action, BODIES[action], key), 202);
    // By now it has had its effect.
    await api.master(id, { state: action === 'stop' ? 'stopped' : 'submitted' });
    expect(await read(await ask(api, id, action, BODIES[action], key), 202)).toEqual(first);
    expect(await api.store.commands.pendingCount()).toBe(2);
  });
});

it('is asked once although the server died before it could answer', async () => {
  const { api, id } = await bench();
  const key = { 'idempotency-key': 'k1' };
  await api.master(id, { state: 'running' });
  const { finish } = api.store.requests;
  api.deps.store.requests.finish = async () => {
    throw new Error('died here');
  };
  expect((await ask(api, id, 'stop', undefined, key)).status).toBe(500);
  api.deps.store.requests.finish = (...given) => finish.apply(api.store.requests, given);
  await api.master(id, { state: 'stopped' });
  await api.clock.advance(120_000);
  await read(await ask(api, id, 'stop', undefined, key), 202);
  expect(await api.store.commands.pendingCount()).toBe(2);
});

describe('a run that the engine has set aside', () => {
  const quarantine = { code: 'quarantined' as const, text: 'A handler failed.', since: START };

  it('can be retried and stopped, and nothing else', async () => {
    const { api, id } = await bench();
    await api.master(id, { state: 'running', quarantine });
    expect(await read(await api.send('GET', `/api/v1/workflow-instances/${id}`))).toMatchObject({
      quarantine: { code: 'quarantined', text: 'A handler failed.' },
    });
    for (const action of ['pause', 'signal']) {
      const { detail } = await read<ProblemView>(await ask(api, id, action, BODIES[action]), 409);
      expect(detail).toContain('only retry and stop');
    }
    await read(await ask(api, id, 'retry'), 202);
    await read(await ask(api, id, 'stop'), 202);
  });

  it('can do nothing while it is being removed', async () => {
    const { api, id } = await bench();
    await api.master(id, { state: 'success', quarantine: { ...quarantine, code: 'being_removed' as const } });
    for (const action of ['retry', 'stop', 'rerun']) {
      expect((await read<ProblemView>(await ask(api, id, action), 409)).detail).toContain('it is being removed');
    }
  });

  it.each(['running', 'success'] as const)('is the only one that can be retried, not one in %s', async (state) => {
    const { api, id } = await bench();
    await api.master(id, { state });
    expect((await ask(api, id, 'retry')).status).toBe(409);
  });
});

describe('rerun-from', () => {
  async function ended(body: unknown) {
    const { api, id } = await bench();
    await api.master(id, { state: 'failure' });
    return { api, answer: await ask(api, id, 'rerun-from', body) };
  }

  it('hands the tasks and the new values to the leader', async () => {
    const { api, answer } = await ended({ tasks: ['load', 'load'], params: { day: 'tue' } });
    await read(answer, 202);
    const [, command] = await api.store.master.pendingCommands(10);
    expect(command?.payload).toEqual({ tasks: ['load'], params: { day: 'tue' } });
  });

  it.each([
    [{ tasks: ['lod'] }, 'tasks[0]', 'load'],
    [{ tasks: ['load'], params: { dya: 'x' } }, 'params.dya', 'day'],
    [{ tasks: ['load'], params: { day: null } }, 'params.day', 'null'],
    [{ tasks: [] }, 'tasks', 'at least one'],
    [{}, 'tasks', 'required'],
    [{ tasks: ['load'], task: 'x' }, 'task', ''],
  ])('refuses %o', async (body, path, hint) => {
    const { api, answer } = await ended(body);
    const { errors } = await read<ProblemView>(answer, 400);
    expect(errors).toEqual([{ path, message: expect.stringContaining(hint) }]);
    expect(await api.store.commands.pendingCount()).toBe(1);
  });

  it('tells a task outside the scope of the run from one that is not there', async () => {
    const { api, id } = await bench();
    await api.master(id, { state: 'failure', startTasks: ['load'], scope: 'downstream' });
    const { errors } = await read<ProblemView>(await ask(api, id, 'rerun-from', { tasks: ['extract'] }), 400);
    expect(errors?.[0]?.message).toContain('outside the scope');
  });
});

describe('signal', () => {
  it('hands its outputs on as texts', async () => {
    const { api, id } = await bench();
    await api.master(id, { state: 'running' });
    await read(await ask(api, id, 'signal', { name: 'files-arrived', outputs: { count: 12, list: ['a'] } }), 202);
    const [, command] = await api.store.master.pendingCommands(10);
    expect(command?.payload).toEqual({ name: 'files-arrived', outputs: { count: '12', list: '["a"]' } });
  });
});

it.each([
  [{ name: 'files-arived' }, 'name', 'files-arrived'],
  [{ name: 'files-arrived', outputs: { a: null } }, 'outputs.a', 'null'],
  [{}, 'name', 'required'],
])('no signal is %o', async (body, path, hint) => {
  const { api, id } = await bench();
  await api.master(id, { state: 'running' });
  const { errors } = await read<ProblemView>(await ask(api, id, 'signal', body), 400);
  expect(errors).toEqual([{ path, message: expect.stringContaining(hint) }]);
});

describe('an operation', () => {
  const operation = async (api: ApiBench, id: string) =>
    read<OperationView>(await api.send('GET', `/api/v1/operations/${id}`));

  it.each([
    ['done', 'done', 'done'],
    ['nothing to do: the run is paused: it is paused already', 'done', 'nothing to do'],
    ['rejected: the run is success: it has ended', 'rejected', 'it has ended'],
  ])('tells how it ended: %s', async (outcome, state, text) => {
    const { api, id } = await bench();
    await api.master(id, { state: 'running' });
    const { operationId } = await read<ActionAnswer>(await ask(api, id, 'pause'), 202);
    expect(await operation(api, operationId)).toEqual({ id: operationId, state: 'pending', outcome: null });
    await api.store.master.rejectCommand(1, operationId as never, outcome);
    const ended = await operation(api, operationId);
    expect(ended).toMatchObject({ state, outcome: expect.stringContaining(text) });
    expect(ended.outcome).not.toContain('rejected');
  });

  it('is told together with others, in the order in which they are asked for', async () => {
    const { api, id } = await bench();
    await api.master(id, { state: 'running' });
    const first = (await read<ActionAnswer>(await ask(api, id, 'pause'), 202)).operationId;
    const second = (await read<ActionAnswer>(await ask(api, id, 'stop'), 202)).operationId;
    await api.store.master.rejectCommand(1, first as never, 'rejected: it has ended');
    const told = async (query: string, status = 200) =>
      read<OperationList & ProblemView>(await api.send('GET', `/api/v1/operations?${query}`), status);
    expect((await told(`id=${second},none&id=${first}&id=${second}`)).items).toEqual([
      { id: second, state: 'pending', outcome: null },
      { id: first, state: 'rejected', outcome: 'it has ended' },
    ]);
    const many = Array.from({ length: 101 }, (_, i) => `x${i}`).join(',');
    for (const query of ['', 'id=', `id=${many}`]) {
      expect((await told(query, 400)).errors).toEqual([{ path: 'id', message: expect.any(String) }]);
    }
  });

  it('is not found under another id', async () => {
    const { api } = await bench();
    expect((await api.send('GET', '/api/v1/operations/none')).status).toBe(404);
  });
});
