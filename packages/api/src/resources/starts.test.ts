import { type AlertGroupId, AppError } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { type ApiBench, DEFINITION, openApi, read, START } from '../testing/api-bench.ts';
import type { InstanceView, StartAnswer } from '../views/instance.ts';
import type { ProblemView } from '../views/page.ts';

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

describe('start', () => {
  it('records the run and its command, and wakes the leader', async () => {
    const api = await bench();
    const answer = await start(api, {
      params: { day: 'mon' },
      startTasks: ['load'],
      scope: 'downstream',
      priority: 'high',
      failureStrategy: 'end',
      workerGroup: 'big',
      timeout: '1h30m',
    });
    const { id, state } = await read<{ id: string; state: string }>(answer, 202);
    expect(state).toBe('submitted');
    expect(api.nudges).toBe(1);
    expect(await read(await api.send('GET', `/api/v1/workflow-instances/${id}`))).toMatchObject({
      id,
      number: null,
      projectName: 'etl',
      workflowName: 'daily',
      version: 1,
      params: { day: 'mon' },
      startTasks: ['load'],
      scope: 'downstream',
      priority: 'high',
      failureStrategy: 'end',
      workerGroup: 'big',
      timeout: '1h30m',
      createdBy: 'admin',
      createdAt: new Date(START).toISOString(),
      startedAt: null,
      queuedAt: null,
      executionSlot: null,
      parent: null,
      outputs: {},
      quarantine: null,
    });
    const commands = await api.store.master.pendingCommands(10);
    expect(commands).toEqual([expect.objectContaining({ kind: 'start', workflowInstanceId: id, priority: 'high' })]);
  });

  it('takes numbers, booleans and lists as parameters', async () => {
    const api = await openApi();
    await api.createWorkflow('etl', {
      ...DEFINITION,
      params: [
        { name: 'count', type: 'integer' },
        { name: 'flag', type: 'boolean' },
        { name: 'names', type: 'list' },
      ],
    });
    const id = await api.startRun({ count: 3, flag: true, names: ['a', 'b'] });
    expect((await api.store.instances.find(id))?.params).toEqual({ count: '3', flag: 'true', names: '["a","b"]' });
  });

  it.each([
    [{}, ['params.day']],
    [{ params: { day: null } }, ['params.day']],
    [{ params: { day: 'x', dya: 'y' } }, ['params.dya']],
    [{ params: { day: 'x' }, startTasks: ['extrac'] }, ['startTasks[0]']],
    [{ params: { day: 'x' }, scope: 'only' }, ['startTasks']],
    [{ params: { day: 'x' }, timeout: '5 minutes' }, ['timeout']],
    [{ params: { day: 'x' }, timeout: '0s' }, ['timeout']],
    [{ params: { day: 'x' }, priority: 'urgent' }, ['priority']],
    [{ params: { day: 'x' }, version: 0 }, ['version']],
    [{ params: { day: 'x' }, alertOn: 'failed' }, ['alertOn']],
    [{ params: { day: 'x' }, alertGroup: '' }, ['alertGroup']],
    [{ params: { day: 'x' }, alertGroup: 'nobody' }, ['alertGroup']],
    [{ params: { day: 'x' }, environment: 'prod' }, ['environment']],
    [{ params: { day: 'x' }, startTask: 'a' }, ['startTask']],
    [{ startTasks: ['nope'], timeout: 'x' }, ['startTasks[0]', 'timeout', 'params.day']],
  ])('refuses %o and starts nothing', async (body, paths) => {
    const api = await bench();
    const { errors } = await read<ProblemView>(await start(api, body), 400);
    expect([...new Set(errors?.map(({ path }) => path))]).toEqual(paths);
    expect((await list(api)).items).toEqual([]);
    expect(await api.store.commands.pendingCount()).toBe(0);
  });

  it('records whom the run alerts, where the start says so', async () => {
    const api = await bench();
    const begun = async (choice: object) => {
      const { id } = await read<StartAnswer>(await start(api, { params: { day: 'x' }, ...choice }), 202);
      return await read<InstanceView>(await api.send('GET', `/api/v1/workflow-instances/${id}`), 200);
    };
    expect(await begun({})).toMatchObject({ alertOn: null, alertGroup: null });
    expect(await begun({ alertOn: 'none' })).toMatchObject({ alertOn: 'none', alertGroup: null });
    const group = { id: 'g1' as AlertGroupId, name: 'night shift', description: '', kinds: [], channels: [] };
    await api.store.alertGroups.create({ ...group, createdAt: 1, updatedAt: 1 });
    for (const alertGroup of ['night shift', 'g1']) {
      expect(await begun({ alertOn: 'failure', alertGroup })).toMatchObject({
        alertOn: 'failure',
        alertGroup: 'night shift',
      });
    }
  });

  it('tells a missing parameter from a wrong one', async () => {
    const api = await bench();
    expect((await read<ProblemView>(await start(api, {}), 400)).code).toBe('missing_parameter');
    expect((await read<ProblemView>(await start(api, { timeout: 'x' }), 400)).code).toBe('bad_request');
    const both = { params: { day: 'x', dya: 'x' } };
    expect((await read<ProblemView>(await start(api, both), 400)).code).toBe('bad_request');
  });

  it('takes an environment that the project can use, and records its name', async () => {
    const api = await bench();
    const made = async (name: string, project: string | null = null) =>
      read<{ id: string }>(await api.send('POST', '/api/v1/environments', { body: { name, project } }), 201);
    const { id } = await made('prod', 'etl');
    await made('test');
    await api.send('POST', '/api/v1/projects', { body: { name: 'other' } });
    const foreign = await made('theirs', 'other');
    for (const environment of [id, 'prod', 'test']) {
      const begun = await read<StartAnswer>(await start(api, { params: { day: 'x' }, environment }), 202);
      const run = await read<InstanceView>(await api.send('GET', `/api/v1/workflow-instances/${begun.id}`), 200);
      expect(run.environment).toBe(environment === 'test' ? 'test' : 'prod');
    }
    for (const environment of ['theirs', foreign.id]) {
      const { errors } = await read<ProblemView>(await start(api, { params: { day: 'x' }, environment }), 400);
      expect(errors).toMatchObject([{ path: 'environment', message: expect.stringContaining('no environment') }]);
    }
  });

  it('refuses a workflow that is offline, and a version that is not there', async () => {
    const api = await bench();
    expect((await start(api, { params: { day: 'x' }, version: 7 })).status).toBe(404);
    await api.send('POST', '/api/v1/projects/etl/workflows/daily/offline');
    const refused = await read<ProblemView>(await start(api, { params: { day: 'x' } }), 409);
    expect(refused).toMatchObject({ code: 'conflict', detail: expect.stringContaining('online') });
    expect((await list(api)).items).toEqual([]);
  });
});

describe('Idempotency-Key', () => {
  const body = { params: { day: 'mon' } };
  const key = (value: string) => ({ 'idempotency-key': value });

  it('gives the first answer again, and refuses another body', async () => {
    const api = await bench();
    const first = await (await start(api, body, key('k1'))).text();
    const again = await start(api, body, key('k1'));
    expect(again.status).toBe(202);
    expect(await again.text()).toBe(first);
    const other = await read<ProblemView>(await start(api, { params: { day: 'tue' } }, key('k1')), 409);
    expect(other.code).toBe('idempotency_mismatch');
    expect((await list(api)).items).toHaveLength(1);
  });

  it('starts once however many ask at the same time', async () => {
    const api = await bench();
    const answers = await Promise.all(Array.from({ length: 20 }, () => start(api, body, key('k1'))));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(texts).size).toBe(1);
    expect((await list(api)).items).toHaveLength(1);
    const mixed = await Promise.all([start(api, body, key('k2')), start(api, { params: { day: 'x' } }, key('k2'))]);
    expect(mixed.map(({ status }) => status).sort()).toEqual([202, 409]);
  });

  it('is the caller’s own', async () => {
    const api = await bench();
    const ann = await api.addUser('ann', 'editor');
    const send = (token: string) => api.send('POST', INSTANCES, { body, token, headers: key('same') });
    const [a, b] = [
      await read<{ id: string }>(await send(api.admin), 202),
      await read<{ id: string }>(await send(ann), 202),
    ];
    expect(a.id).not.toBe(b.id);
  });

  it('may be used again after a refusal, which changed nothing', async () => {
    const api = await bench();
    await api.send('POST', '/api/v1/projects/etl/workflows/daily/offline');
    expect((await start(api, body, key('k1'))).status).toBe(409);
    await api.send('POST', '/api/v1/projects/etl/workflows/daily/online');
    expect((await start(api, body, key('k1'))).status).toBe(202);
  });

  it('sends a duplicate away while another server still handles the first', async () => {
    const api = await bench();
    const { requests } = api.store;
    requests.finish = async () => {
      throw new AppError('database_busy', 'The database is busy.');
    };
    expect((await start(api, body, key('k1'))).status).toBe(503);
    // From here on this is the other server, and the first one is alive.
    api.become('server-2');
    const busy = await start(api, body, key('k1'));
    expect(busy.headers.get('retry-after')).toBe('1');
    expect((await read<ProblemView>(busy, 409)).code).toBe('conflict');
  });

  it.each(['server-1', 'server-3'])(
    'starts once, and at once, although its server died before it could record its answer, at %s',
    async (next) => {
      const api = await bench();
      const { finish } = api.store.requests;
      api.deps.store.requests.finish = async () => {
        throw new AppError('unavailable', 'Died here.');
      };
      expect((await start(api, body, key('k1'))).status).toBe(503);
      api.deps.store.requests.finish = (...given) => finish.apply(api.store.requests, given);
      // Started anew it has another id; what handled the request in the same process is over.
      api.become(next);
      api.deps.cluster.servers = async () => [];
      const { id } = await read<{ id: string }>(await start(api, body, key('k1')), 202);
      expect((await list(api)).items.map((run) => run.id)).toEqual([id]);
      expect(await read(await start(api, body, key('k1')), 202)).toMatchObject({ id });
    },
  );

  it.each(['was', 'was not'])(
    'starts once when nobody knows whether the first request %s carried out',
    async (fate) => {
      const api = await bench();
      const { start: file } = api.store.instances;
      api.deps.store.instances.start = async (...given) => {
        if (fate === 'was') await file.apply(api.store.instances, given);
        throw new AppError('outcome_unknown', 'The answer was lost.');
      };
      // The row that is there says that it was.
      expect((await start(api, body, key('k1'))).status).toBe(fate === 'was' ? 202 : 503);
      api.deps.store.instances.start = (...given) => file.apply(api.store.instances, given);
      await api.clock.advance(1_000);
      const { id } = await read<{ id: string }>(await start(api, body, key('k1')), 202);
      expect((await list(api)).items.map((run) => run.id)).toEqual([id]);
    },
  );

  it('works for projects and workflows as well', async () => {
    const api = await openApi();
    const create = () => api.send('POST', '/api/v1/projects', { body: { name: 'p' }, headers: key('k') });
    expect(await read(await create(), 201)).toEqual(await read(await create(), 201));
    const definition = { body: DEFINITION, headers: key('k') };
    const save = () => api.send('POST', '/api/v1/projects/p/workflows', definition);
    expect(await read(await save(), 201)).toEqual(await read(await save(), 201));
  });

  it.each(['', 'with space', 'x'.repeat(201)])('must be a plain word: "%s"', async (value) => {
    const api = await bench();
    expect((await start(api, body, key(value))).status).toBe(400);
  });
});
