/** Environments and data sources of tasks: what is sent with them, and what becomes of a task when they cannot be had. */
import { AppError } from '@vaquita/core';
import { afterEach, describe, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';
import type { OpenNeeds } from './task-needs.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const OPENED = { values: { REGION: 'eu' }, secrets: { TOKEN: 'open sesame' } };

async function open(tasks: readonly { name: string; environment?: string }[] = [{ name: 'a', environment: 'prod' }]) {
  bench = await openMasterBench({ commitRetryMs: 100 });
  const asked: string[] = [];
  bench.openBy({
    async environment(_, name) {
      asked.push(name);
      return name === 'prod' ? OPENED : { problem: `There is no environment "${name}".` };
    },
  });
  const workflow = await bench.createWorkflow('one', tasks);
  return { asked, workflow };
}

describe('a task of an environment', () => {
  test('is sent with its variables, secrets apart; the name of the task counts before that of the run', async () => {
    const { asked, workflow } = await open([{ name: 'a', environment: 'prod' }, { name: 'b' }]);
    const worker = bench.joinWorker('w');
    await bench.start(workflow, { environment: 'test' });
    expect(worker.dispatches.map(({ taskName }) => taskName)).toEqual(['a']);
    expect(worker.dispatches[0]).toMatchObject({ environment: OPENED.values, secrets: OPENED.secrets });
    expect(asked.sort()).toEqual(['prod', 'test']);
  });

  test('without one it is sent as before', async () => {
    const { asked, workflow } = await open([{ name: 'a' }]);
    const worker = bench.joinWorker('w');
    await bench.start(workflow);
    expect(worker.dispatches[0]).toMatchObject({ environment: {} });
    expect(worker.dispatches[0]).not.toHaveProperty('secrets');
    expect(asked).toEqual([]);
  });

  test('V3: fails by name when there is none, and is not run', async () => {
    const { workflow } = await open([{ name: 'a', environment: 'nope' }]);
    const worker = bench.joinWorker('w');
    const id = await bench.start(workflow);
    expect(worker.dispatches).toEqual([]);
    expect(await bench.instance(id)).toMatchObject({ state: 'failure' });
    expect((await bench.tasks(id))[0]?.reason?.text).toContain('There is no environment "nope".');
    // Its slot is free again.
    await bench.start(await bench.createWorkflow('two', [{ name: 'b' }, { name: 'c' }, { name: 'd' }, { name: 'e' }]));
    expect(worker.dispatches).toHaveLength(4);
  });

  test('V3: is not sent with secrets to a worker that would not mask them', async () => {
    const { workflow } = await open();
    const worker = bench.joinWorker('old', { versions: ['1.1', '1.0'] });
    const id = await bench.start(workflow);
    expect(worker.dispatches).toEqual([]);
    expect((await bench.tasks(id))[0]?.reason?.text).toContain(
      'Worker "old" is too old to keep secrets out of its log',
    );
    bench.openBy({ environment: async () => ({ values: { A: '1' }, secrets: {} }) });
    await bench.start(workflow);
    expect(worker.dispatches[0]).toMatchObject({ environment: { A: '1' } });
  });

  test('E2: waits while its environment cannot be read, and is sent once when it can', async () => {
    const { workflow } = await open();
    let tries = 0;
    bench.openBy({
      async environment() {
        tries += 1;
        if (tries < 4) throw new AppError('unavailable', 'the database does not answer');
        return OPENED;
      },
    });
    const worker = bench.joinWorker('w');
    const id = await bench.start(workflow);
    await bench.clock.advance(250);
    expect([tries, worker.dispatches.length]).toEqual([3, 0]);
    await bench.clock.advance(50_000);
    expect([tries, worker.dispatches.length]).toEqual([4, 1]);
    await worker.ends('a');
    expect(await bench.instance(id)).toMatchObject({ state: 'success' });
  });

  test('E2: is not tried again when it has been stopped meanwhile', async () => {
    const { workflow } = await open();
    let tries = 0;
    bench.openBy({
      async environment() {
        tries += 1;
        throw new AppError('unavailable', 'the database does not answer');
      },
    });
    const worker = bench.joinWorker('w');
    const id = await bench.start(workflow);
    await bench.command('stop', id);
    const dispatchId = (await bench.tasks(id))[0]!.dispatchId!;
    await worker.result(dispatchId, 'killed');
    await bench.clock.advance(200);
    const then = tries;
    await bench.clock.advance(60_000);
    expect(tries).toBe(then);
    expect(worker.dispatches).toEqual([]);
    expect(await bench.instance(id)).toMatchObject({ state: 'stopped' });
  });

  test('tasks that are sent together share one read', async () => {
    const tasks = ['a', 'b', 'c', 'd'].map((name) => ({ name, environment: 'prod' }));
    const { asked, workflow } = await open(tasks);
    const worker = bench.joinWorker('w');
    await bench.start(workflow);
    expect(worker.dispatches).toHaveLength(4);
    expect(asked).toEqual(['prod']);
  });

  test('E1: no value is in any row, event or line of the log, whatever happens', async () => {
    const { workflow } = await open();
    const worker = bench.joinWorker('w');
    const id = await bench.start(workflow);
    await bench.crashAndRestart();
    await worker.ends('a').catch(() => {});
    const rows = [await bench.instance(id), await bench.tasks(id), await bench.store.events.after(0, { limit: 500 })];
    for (const text of [JSON.stringify(rows), bench.lines.join('\n')]) expect(text).not.toContain('sesame');
  });
});

describe('a task with a data source', () => {
  const SOURCE = {
    name: 'api',
    kind: 'http',
    settings: { address: 'https://api.example/v1' },
    secrets: { token: 'sesame' },
  };
  const TASK = { name: 'a', type: 'http', url: '/orders', dataSource: 'api' };

  async function openWith(
    tasks: Parameters<MasterBench['createWorkflow']>[1],
    source: Awaited<ReturnType<OpenNeeds['dataSource']>> = SOURCE,
  ) {
    bench = await openMasterBench({ commitRetryMs: 100 });
    let reads = 0;
    bench.openBy({
      environment: async () => OPENED,
      async dataSource() {
        reads += 1;
        return source;
      },
    });
    return { workflow: await bench.createWorkflow('one', tasks), reads: () => reads };
  }

  test('is sent what stands behind the name, with the secrets of both apart', async () => {
    const { workflow, reads } = await openWith([
      { ...TASK, environment: 'prod' },
      { ...TASK, name: 'b' },
      { ...TASK, name: 'c' },
    ]);
    const worker = bench.joinWorker('w', { taskTypes: ['http'] });
    const id = await bench.start(workflow);
    const [a, b] = ['a', 'b'].map((name) => worker.dispatches.find(({ taskName }) => taskName === name));
    const config = { url: 'https://api.example/v1/orders', headers: { Authorization: 'Bearer ${dataSource.token}' } };
    expect(a).toMatchObject({ config, environment: OPENED.values });
    expect(a?.config).not.toHaveProperty('dataSource');
    expect(a?.secrets).toEqual({ ...OPENED.secrets, 'dataSource.token': 'sesame' });
    expect(b?.secrets).toEqual({ 'dataSource.token': 'sesame' });
    expect(reads()).toBe(1);
    const rows = [await bench.instance(id), await bench.tasks(id), await bench.store.events.after(0, { limit: 500 })];
    for (const text of [JSON.stringify(rows), bench.lines.join('\n')]) expect(text).not.toContain('sesame');
  });

  test.each([
    [{ problem: 'There is no data source "api" for this project.' }, 'There is no data source "api" for this project.'],
    [{ ...SOURCE, kind: 'libsql' }, 'a task of the type http takes one of the kind “HTTP service”. Name another.'],
  ])('V3: fails with what to do when it is %j', async (source, why) => {
    const { workflow } = await openWith([TASK], source);
    const worker = bench.joinWorker('w', { taskTypes: ['http'] });
    const id = await bench.start(workflow);
    expect(worker.dispatches).toEqual([]);
    expect(await bench.instance(id)).toMatchObject({ state: 'failure' });
    expect((await bench.tasks(id))[0]?.reason?.text).toContain(why);
  });

  test('V3: is not sent with a token to a worker that would not mask it', async () => {
    const { workflow } = await openWith([TASK]);
    const worker = bench.joinWorker('old', { versions: ['1.1', '1.0'], taskTypes: ['http'] });
    const id = await bench.start(workflow);
    expect(worker.dispatches).toEqual([]);
    expect((await bench.tasks(id))[0]?.reason?.text).toContain('too old to keep secrets out of its log');
  });
});
