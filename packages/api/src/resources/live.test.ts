import type { NewEvent, TaskInstanceRow, WorkflowInstanceRow } from '@vaquita/core';
import type { EventRow, RunCommit } from '@vaquita/store';
import { describe, expect, it } from 'vitest';
import { type ApiBench, DEFINITION, openApi, read, START, taskRow } from '../testing/api-bench.ts';
import type { EventView } from '../views/event.ts';

/** Reads messages one by one from a stream that stays open. */
function reader(answer: Response) {
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const source = answer.body!.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  const ready: { event: string; id: string | undefined; data: unknown }[] = [];

  /** The next message, or undefined at the end of the stream. */
  async function next() {
    while (ready.length === 0) {
      const { done, value } = await source.read();
      if (done) return undefined;
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) {
        const field = (name: string) =>
          block
            .split('\n')
            .find((line) => line.startsWith(`${name}: `))
            ?.slice(name.length + 2);
        const data = field('data');
        if (block.startsWith(': ')) ready.push({ event: 'comment', id: undefined, data: block.slice(2) });
        else if (data !== undefined)
          ready.push({ event: field('event') ?? 'message', id: field('id'), data: JSON.parse(data) });
      }
    }
    return ready.shift();
  }
  return { next, close: () => source.cancel() };
}

/** What the master writes at the end of a run that did nothing. */
function endOf(run: WorkflowInstanceRow): RunCommit {
  return {
    instance: { ...run, state: 'success' },
    assignNumber: false,
    newTasks: [],
    changedTasks: [],
    writtenBefore: new Map(),
    events: [],
    outboxPut: [],
    outboxDone: [],
    commandsDone: [],
    newRuns: [],
    newCommands: [],
    newAlerts: [],
  };
}

/** Stands for the event table: the master appends, the API reads. */
function serveEvents(api: ApiBench) {
  const rows: EventRow[] = [];
  let reads = 0;
  api.deps.store.events.latestSeq = async () => rows.length;
  api.deps.store.events.after = async (seq, { limit, workflowInstanceId }) => {
    reads += 1;
    return rows
      .filter((row) => row.seq > seq && (!workflowInstanceId || row.workflowInstanceId === workflowInstanceId))
      .slice(0, limit);
  };
  return {
    add(change: Partial<NewEvent> = {}) {
      rows.push({
        seq: rows.length + 1,
        type: 'task_instance.state',
        projectId: 'p1' as EventRow['projectId'],
        workflowInstanceId: 'w1' as EventRow['workflowInstanceId'],
        taskInstanceId: null,
        at: START,
        data: {},
        ...change,
      });
    },
    get reads() {
      return reads;
    },
  };
}

describe('the stream of events', () => {
  const open = async (api: ApiBench, query = '', headers: Record<string, string> = {}) =>
    reader(await api.send('GET', `/api/v1/stream${query}`, { headers }));

  it('begins now, and tells what happens as soon as it is hinted', async () => {
    const api = await openApi();
    const events = serveEvents(api);
    events.add();
    const stream = await open(api);
    expect(await stream.next()).toEqual({ event: 'open', id: '1', data: { seq: 1, resumed: false } });
    const waiting = stream.next();
    events.add({ data: { state: 'running' } });
    api.hint();
    expect(await waiting).toMatchObject({ event: 'event', id: '2', data: { seq: 2, data: { state: 'running' } } });
    await stream.close();
  });

  it('resumes after the last message, with nothing left out and nothing twice', async () => {
    const api = await openApi();
    const events = serveEvents(api);
    for (let i = 0; i < 450; i++) events.add();
    const stream = await open(api, '', { 'last-event-id': '3' });
    expect(await stream.next()).toMatchObject({ event: 'open', data: { seq: 3, resumed: true } });
    for (let seq = 4; seq <= 450; seq++) expect((await stream.next())?.id).toBe(String(seq));
    await stream.close();
  });

  it('costs one poll when a hint is lost', async () => {
    const api = await openApi();
    const events = serveEvents(api);
    const stream = await open(api);
    await stream.next();
    const waiting = stream.next();
    await api.clock.advance(10);
    events.add();
    await api.clock.advance(1000);
    expect(await waiting).toMatchObject({ id: '1' });
    await stream.close();
  });

  it('gives only what was asked for', async () => {
    const api = await openApi();
    const events = serveEvents(api);
    const stream = await open(api, '?workflowInstanceId=w2&projectId=p1');
    await stream.next();
    const waiting = stream.next();
    events.add();
    events.add({
      workflowInstanceId: 'w2' as EventRow['workflowInstanceId'],
      projectId: 'p2' as EventRow['projectId'],
    });
    events.add({ workflowInstanceId: 'w2' as EventRow['workflowInstanceId'] });
    api.hint();
    expect(await waiting).toMatchObject({ id: '3' });
    await stream.close();
  });

  it('tells everybody of workers, unless one project was asked for', async () => {
    const api = await openApi();
    const user = await api.addUser('ann', 'editor');
    const events = serveEvents(api);
    const all = reader(await api.send('GET', '/api/v1/stream', { token: user }));
    const ofProject = await open(api, '?projectId=p1');
    await all.next();
    await ofProject.next();
    const [seen, seenOfProject] = [all.next(), ofProject.next()];
    const data = { worker: 'rack-1', from: 'online', to: 'offline', why: 'no heartbeat' };
    events.add({ type: 'worker.state', projectId: null, workflowInstanceId: null, data });
    events.add();
    api.hint();
    expect(await seen).toMatchObject({ id: '1', data: { type: 'worker.state', projectId: null, data } });
    expect(await seenOfProject).toMatchObject({ id: '2' });
    await all.close();
    await ofProject.close();
  });

  it('tells of each change of a workflow at once, and of nothing that is no change', async () => {
    const api = await openApi();
    await api.send('POST', '/api/v1/projects', { body: { name: 'etl' } });
    const stream = await open(api);
    await stream.next();
    const path = '/api/v1/projects/etl/workflows';
    // The clock stands still: without being announced no event would get through.
    const nextOfAll = async () => ((await stream.next())?.data as EventView | undefined)!;
    const next = async () => {
      for (;;) {
        const event = await nextOfAll();
        if (!event.type.startsWith('task.')) return event;
      }
    };

    const { id } = await read<{ id: string }>(await api.send('POST', path, { body: DEFINITION }), 201);
    const about = { workflowId: id, project: 'etl', name: 'daily', by: 'admin' };
    const added = await next();
    expect(added).toMatchObject({ type: 'workflow.added', workflowInstanceId: null });
    expect(added.data).toEqual({ ...about, change: 'created', version: 1 });
    expect(await nextOfAll()).toMatchObject({ type: 'task.added', data: { ...about, version: 1 } });
    const item = `${path}/${id}`;
    await api.send('POST', `${item}/offline`);
    await api.send('POST', `${item}/online`);
    expect((await next()).data).toEqual({ ...about, change: 'online', version: 1 });
    await api.send('PUT', item, { body: DEFINITION });
    await api.send('PUT', item, { body: { ...DEFINITION, name: 'weekly' } });
    expect((await next()).data).toEqual({
      ...about,
      name: 'weekly',
      change: 'version',
      version: 2,
      renamedFrom: 'daily',
    });
    await api.send('POST', `${item}/instances`, { body: {} });
    await api.send('POST', `${item}/instances`, { body: { params: { day: 'mon' } } });
    expect(await next()).toMatchObject({ type: 'workflow_instance.created' });
    const [run] = (await api.store.instances.list({}, { limit: 1, cursor: null })).items;
    api.store.leader.set(1);
    await api.store.master.commit(1, endOf(run!));
    await read(await api.send('DELETE', item), 204);
    expect(await next()).toMatchObject({ type: 'workflow.removed', data: { name: 'weekly', change: 'deleted' } });
    await stream.close();
  });

  it('shows that it is alive, and ends when the caller may listen no longer', async () => {
    const api = await openApi();
    serveEvents(api);
    const made = await api.send('POST', '/api/v1/tokens', { body: { name: 'x' } });
    const { id, token } = await read<{ id: string; token: string }>(made, 201);
    const stream = reader(await api.send('GET', '/api/v1/stream', { token }));
    await stream.next();
    const first = stream.next();
    await api.clock.advance(15_000);
    expect(await first).toMatchObject({ event: 'comment', data: 'heartbeat' });
    await read(await api.send('DELETE', `/api/v1/tokens/${id}`), 204);
    const second = stream.next();
    await api.clock.advance(15_000);
    expect(await second).toBeUndefined();
    expect(api.listeners).toBe(0);
  });

  it('fetches nothing for a reader that does not read, and leaves nothing behind when it goes', async () => {
    const api = await openApi();
    const events = serveEvents(api);
    for (let i = 0; i < 10_000; i++) events.add();
    const answer = await api.send('GET', '/api/v1/stream', { headers: { 'last-event-id': '0' } });
    await api.clock.advance(60_000);
    expect(events.reads).toBeLessThan(3);
    const stream = reader(answer);
    await stream.next();
    await stream.close();
    await api.clock.advance(0);
    expect(api.listeners).toBe(0);
    expect(api.clock.pending).toBe(0);
  });

  it('refuses an id that is not one of its own', async () => {
    const api = await openApi();
    const headers = { 'last-event-id': 'abc' };
    expect((await api.send('GET', '/api/v1/stream', { headers })).status).toBe(400);
  });
});

describe('a log', () => {
  async function withTask(change: Partial<TaskInstanceRow> = {}) {
    const api = await openApi();
    await api.createWorkflow();
    const run = (await api.store.instances.find(await api.startRun()))!;
    const state = { task: taskRow(run, change) };
    api.deps.store.instances.task = async (id) => (id === state.task.id ? state.task : undefined);
    const end = (logBytes: number) => {
      state.task = { ...state.task, state: 'success', endedAt: START, logBytes };
    };
    const path = `/api/v1/task-instances/${state.task.id}/log`;
    return { api, id: state.task.id, path, end };
  }

  it('is read by byte ranges that do not cut characters', async () => {
    const { api, id, path, end } = await withTask();
    await api.writeLog(id, 'größe\nzwei\n');
    expect(await read(await api.send('GET', `${path}?limit=4`))).toEqual({
      offset: 0,
      nextOffset: 4,
      size: 13,
      text: 'grö',
      ended: false,
    });
    end(13);
    expect(await read(await api.send('GET', `${path}?offset=4`))).toMatchObject({ text: 'ße\nzwei\n', ended: true });
    // 10 bytes from the end is the second byte of ö.
    expect(await read(await api.send('GET', `${path}?offset=-10`))).toMatchObject({ offset: 4, text: 'ße\nzwei\n' });
    expect(await read(await api.send('GET', `${path}?offset=-500`))).toMatchObject({
      offset: 0,
      text: 'größe\nzwei\n',
    });
  });

  it('is followed as it grows and ends when the task has ended and all of it was given', async () => {
    const { api, id, path, end } = await withTask();
    await api.writeLog(id, 'one\n');
    const stream = reader(await api.send('GET', `${path}/stream`));
    expect(await stream.next()).toMatchObject({ event: 'log', id: '4', data: { text: 'one\n' } });
    const second = stream.next();
    await api.clock.advance(1);
    await api.writeLog(id, 'two\n');
    expect(await second).toMatchObject({ id: '8', data: { text: 'two\n', offset: 4 } });

    // The result came first: the last output is still on its way.
    end(14);
    const third = stream.next();
    api.hint();
    await api.clock.advance(1);
    await api.writeLog(id, 'three\n');
    expect(await third).toMatchObject({ data: { text: 'three\n' } });
    expect(await stream.next()).toEqual({ event: 'end', id: '14', data: { state: 'success', size: 14 } });
    expect(await stream.next()).toBeUndefined();
  });

  it('ends also when output was lost for good', async () => {
    const { api, id, path, end } = await withTask();
    await api.writeLog(id, 'one\n');
    end(1000);
    const stream = reader(await api.send('GET', `${path}/stream`));
    await stream.next();
    const last = stream.next();
    await api.clock.advance(5000);
    expect(await last).toMatchObject({ event: 'end', data: { size: 4 } });
  });

  it('is resumed where the reader was', async () => {
    const { api, id, path, end } = await withTask();
    await api.writeLog(id, 'one\ntwo\n');
    end(8);
    const stream = reader(await api.send('GET', `${path}/stream?offset=0`, { headers: { 'last-event-id': '4' } }));
    expect(await stream.next()).toMatchObject({ data: { text: 'two\n', offset: 4 } });
  });

  it('is downloaded whole', async () => {
    const { api, id, path } = await withTask();
    const text = 'line\n'.repeat(120_000);
    await api.writeLog(id, text);
    const answer = await api.send('GET', `${path}/download`);
    expect(answer.headers.get('content-disposition')).toContain('extract-1.log');
    expect(await answer.text()).toBe(text);
  });
});
