import type { WorkflowInstanceRow, WorkflowState } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { type ApiBench, DEFINITION, openApi, read, START } from '../testing/api-bench.ts';
import type { BulkAnswer } from '../views/action.ts';
import type { ProblemView } from '../views/page.ts';

const PATH = '/api/v1/workflow-instances/actions';

const act = async (api: ApiBench, body: unknown, headers: Record<string, string> = {}) =>
  read<BulkAnswer>(await api.send('POST', PATH, { body, headers }));

/** Runs in these states, oldest first. */
async function benchWith(...states: WorkflowState[]) {
  const api = await openApi();
  await api.createWorkflow();
  const ids: string[] = [];
  for (const state of states) {
    await api.clock.advance(1000);
    const id = await api.startRun();
    await api.master(id, { state });
    ids.push(id);
  }
  return { api, ids };
}

const filedIn = async (api: ApiBench) =>
  (await api.store.master.pendingCommands(1000)).filter(({ kind }) => kind !== 'start');

describe('runs by their ids', () => {
  it('are answered one by one, each accepted one an operation and a line of the audit log', async () => {
    const { api, ids } = await benchWith('running', 'success', 'running');
    const [first, second, third] = ids;
    const before = (await api.auditLog()).length;
    const answer = await act(api, { action: 'stop', ids: [third, second, 'none', first, third] });
    expect(answer).toMatchObject({
      action: 'stop',
      dryRun: false,
      nextCursor: null,
      items: [
        { id: third, status: 'accepted', workflowName: 'daily', number: 3, state: 'running', reason: null },
        {
          id: second,
          status: 'refused',
          state: 'success',
          reason: 'A run in the state “success” cannot do “stop”: it has ended.',
          operationId: null,
        },
        { id: 'none', status: 'not_found', state: null, operationId: null },
        { id: first, status: 'accepted', number: 1 },
      ],
    });
    expect(answer.detail).toBe('Of 4 runs stop is asked of 2; 2 cannot do it.');
    const accepted = answer.items.filter(({ status }) => status === 'accepted');
    expect(new Set(accepted.map(({ operationId }) => operationId))).toEqual(
      new Set((await filedIn(api)).map(({ id }) => id)),
    );
    const lines = (await api.auditLog()).slice(before);
    expect(new Set(lines.map(({ subject }) => subject))).toEqual(new Set(['daily#3', 'daily#1']));
    for (const { action, data } of lines) {
      expect(action).toBe('workflow_instance.stop');
      expect(data).toMatchObject({ stateBefore: 'running', bulk: 2 });
    }
    expect(api.nudges).toBe(4);
  });

  it('are only looked at in a dry run', async () => {
    const { api, ids } = await benchWith('running', 'success');
    const lines = (await api.auditLog()).length;
    const answer = await act(api, { action: 'pause', ids, dryRun: true });
    expect(answer.items).toMatchObject([{ status: 'accepted', operationId: null }, { status: 'refused' }]);
    expect(answer.detail).toBe('Of 2 runs pause would be asked of 1; 1 cannot do it.');
    expect(await filedIn(api)).toEqual([]);
    expect(await api.auditLog()).toHaveLength(lines);
  });
});

describe('runs by a filter', () => {
  it('are those that can do it, when no state is named', async () => {
    const { api, ids } = await benchWith('failure', 'success', 'running', 'stopped');
    const answer = await act(api, { action: 'recover-failed', filter: { project: 'etl' } });
    expect(answer.items.map(({ id, status }) => [id, status])).toEqual([
      [ids[3], 'accepted'],
      [ids[0], 'accepted'],
    ]);
  });

  it('are all in the named states, also those that refuse', async () => {
    const { api } = await benchWith('failure', 'success');
    const filter = { project: 'etl', workflow: 'daily', states: ['failure', 'success'] };
    const { items } = await act(api, { action: 'recover-failed', filter, dryRun: true });
    expect(items.map(({ status }) => status)).toEqual(['refused', 'accepted']);
  });

  it('are only those set aside, when they are to be retried', async () => {
    const { api, ids } = await benchWith('running', 'running');
    const quarantine = { code: 'quarantined' as const, text: 'A handler failed.', since: START };
    await api.master(ids[0]!, { quarantine });
    const { items } = await act(api, { action: 'retry', filter: { project: 'etl' } });
    expect(items.map(({ id }) => id)).toEqual([ids[0]]);
  });

  it('are the runs that a run has started', async () => {
    const { api, ids } = await benchWith('running', 'running', 'running');
    const parent = ids[0] as WorkflowInstanceRow['id'];
    await api.master(ids[1]!, { parentInstanceId: parent, parentTask: 'sub' });
    const { items } = await act(api, { action: 'stop', filter: { parent } });
    expect(items.map(({ id }) => id)).toEqual([ids[1]]);
    const listed = await read<{ items: { id: string; parent: unknown }[] }>(
      await api.send('GET', `/api/v1/workflow-instances?parent=${parent}`),
    );
    expect(listed.items).toMatchObject([{ id: ids[1], parent: { workflowInstanceId: parent, taskName: 'sub' } }]);
  });

  it('are those of a schedule, backfill or trigger, and of a span of time', async () => {
    const { api, ids } = await benchWith('running', 'running', 'running');
    await api.master(ids[1]!, { originKind: 'backfill', originId: 'b1' });
    const found = async (filter: object) =>
      (await act(api, { action: 'stop', filter, dryRun: true })).items.map(({ id }) => id);
    expect(await found({ origin: 'b1' })).toEqual([ids[1]]);
    expect(await found({ originKind: 'backfill' })).toEqual([ids[1]]);
    expect(await found({ originKind: 'schedule' })).toEqual([]);
    const since = new Date(START + 2000).toISOString();
    expect(await found({ since })).toEqual([ids[2], ids[1]]);
    expect(await found({ since, until: new Date(START + 3000).toISOString() })).toEqual([ids[1]]);
  });

  it('beyond 500 come with the next call, and the answer says so', async () => {
    const { api } = await benchWith('running');
    const { list } = api.store.instances;
    const row = (await list.call(api.store.instances, {}, { limit: 1, cursor: null })).items[0]!;
    api.deps.store.instances.list = async (_, { limit, cursor }) => {
      expect(limit).toBe(500);
      return { items: [row], next: cursor === null ? 'page-2' : null };
    };
    const filter = { states: ['running'] };
    const first = await act(api, { action: 'stop', filter });
    expect(first.nextCursor).toBe('page-2');
    expect(first.detail).toContain('More may match');
    expect((await act(api, { action: 'stop', filter, cursor: 'page-2' })).nextCursor).toBeNull();
  });

  it.each([
    [{ action: 'stop' }, 'ids'],
    [{ action: 'stop', ids: ['a'], filter: { project: 'etl' } }, 'ids'],
    [{ action: 'stop', ids: [] }, 'ids'],
    [{ action: 'stop', filter: {} }, 'filter'],
    [{ action: 'stop', filter: { workflow: 'daily' } }, 'workflow'],
    [{ action: 'stop', filter: { states: [] } }, 'filter.states'],
    [{ action: 'stop', filter: { states: ['flying'] } }, 'filter.states[0]'],
    [{ action: 'rerun', filter: { project: 'etl' } }, 'filter.states'],
    [{ action: 'stop', ids: ['a'], cursor: 'x' }, 'cursor'],
    [{ action: 'signal', ids: ['a'] }, 'action'],
    [{ action: 'stop', ids: Array.from({ length: 501 }, (_, i) => `run-${i}`) }, 'ids'],
  ])('are refused as a whole when the request is wrong: %o', async (body, path) => {
    const { api } = await benchWith('running');
    const { errors } = await read<ProblemView>(await api.send('POST', PATH, { body }), 400);
    expect(errors?.map((problem) => problem.path)).toContain(path);
    expect(await filedIn(api)).toEqual([]);
  });

  it('are not found with their project', async () => {
    const { api } = await benchWith('running');
    const body = { action: 'stop', filter: { project: 'none' } };
    expect((await api.send('POST', PATH, { body })).status).toBe(404);
  });
});

it('two requests for one run are two operations', async () => {
  const { api, ids } = await benchWith('running');
  const answers = [await act(api, { action: 'pause', ids }), await act(api, { action: 'stop', ids })];
  const operations = answers.map(({ items }) => items[0]!.operationId);
  expect((await filedIn(api)).map(({ id, kind }) => [id, kind])).toEqual([
    [operations[0], 'pause'],
    [operations[1], 'stop'],
  ]);
});

describe('under one key', () => {
  const key = { 'idempotency-key': 'k1' };

  it('the same answer comes again and nothing is asked twice', async () => {
    const { api, ids } = await benchWith('running', 'running');
    const first = await act(api, { action: 'stop', ids }, key);
    expect(await act(api, { action: 'stop', ids }, key)).toEqual(first);
    expect(await filedIn(api)).toHaveLength(2);
    const other = await api.send('POST', PATH, { body: { action: 'pause', ids }, headers: key });
    expect((await read<ProblemView>(other, 409)).code).toBe('idempotency_mismatch');
  });

  /** The request is carried out, and the server dies before it can answer. */
  async function dieBeforeTheAnswer(api: ApiBench, body: unknown) {
    const { finish } = api.store.requests;
    api.deps.store.requests.finish = async () => {
      throw new Error('died here');
    };
    expect((await api.send('POST', PATH, { body, headers: key })).status).toBe(500);
    api.deps.store.requests.finish = (...given) => finish.apply(api.store.requests, given);
    await api.clock.advance(120_000);
  }

  it('a run that has moved on because of the first request is no reason to refuse the repeated one', async () => {
    const { api, ids } = await benchWith('running');
    const body = { action: 'stop', ids };
    await dieBeforeTheAnswer(api, body);
    await api.master(ids[0]!, { state: 'stopped' });
    const [filed] = await filedIn(api);
    expect((await act(api, body, key)).items).toMatchObject([{ status: 'accepted', operationId: filed!.id }]);
    expect(await filedIn(api)).toEqual([filed]);
  });

  it('each run is asked once although the server died and other runs match by now', async () => {
    const { api, ids } = await benchWith('running', 'running');
    const body = { action: 'stop', filter: { project: 'etl' } };
    await dieBeforeTheAnswer(api, body);
    await api.master(ids[1]!, { state: 'stopped' });
    await api.createWorkflow('etl', { ...DEFINITION, name: 'other' });
    const later = await api.startRun();
    await api.master(later, { state: 'running' });
    await act(api, body, key);
    const asked = (await filedIn(api)).map(({ workflowInstanceId }) => workflowInstanceId);
    expect(asked.toSorted()).toEqual([...ids, later].toSorted());
  });
});
