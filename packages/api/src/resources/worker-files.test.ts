/** Files that tasks pass on: who may send and fetch them, within which bounds, and what people get of them. */
import {
  type DispatchId,
  sha256Hex,
  type TaskInstanceId,
  type TaskState,
  type WorkflowInstanceId,
} from '@vaquita/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeToken } from '../auth/tokens.ts';
import { type ApiBench, openApi, read, taskRow } from '../testing/index.ts';

let bench: ApiBench;
let worker: string;
let runId: string;

beforeEach(async () => {
  bench = await openApi();
  const { token, row } = await makeToken(bench.deps, { kind: 'worker', name: 'rack', userId: null, expiresAt: null });
  await bench.store.tokens.create(row);
  worker = token;
  await bench.createWorkflow();
  runId = await startRun();
});

/** A run with one task, which is run as the dispatch `d-<run>`. */
async function startRun(change: { readonly parent?: string; readonly state?: TaskState } = {}) {
  const id = await bench.startRun();
  const run = (await bench.store.instances.find(id))!;
  const parentInstanceId = (change.parent ?? null) as WorkflowInstanceId | null;
  const task = taskRow(run, {
    id: `task-${id}` as TaskInstanceId,
    dispatchId: `d-${id}` as DispatchId,
    state: change.state ?? 'running',
  });
  await bench.master(id, { state: 'running', parentInstanceId }, [task]);
  return id;
}

const taskOf = async (run: string) => (await bench.store.instances.tasks(run as WorkflowInstanceId))[0]!;
const outputs = (run: string, output = 'report') => `/api/v1/worker/dispatches/d-${run}/outputs/${output}`;

interface Sending {
  readonly run?: string;
  readonly token?: string | null;
  readonly output?: string;
  readonly query?: Readonly<Record<string, string>>;
}

async function put(content: string, { run = runId, token = worker, output = 'report', query = {} }: Sending = {}) {
  const facts = { fileName: 'a b.csv', kind: 'file', size: String(content.length), sha256: await sha256Hex(content) };
  return bench.send('PUT', `${outputs(run, output)}?${new URLSearchParams({ ...facts, ...query })}`, {
    token,
    body: new Blob([content]).stream(),
    headers: { 'content-type': 'application/octet-stream' },
  });
}

async function problem(answer: Response | Promise<Response>) {
  return (await (await answer).json()) as { readonly status: number; readonly code: string; readonly detail: string };
}

describe('a worker', () => {
  it('sends a file, is told that it is there, and may send it again', async () => {
    const { id } = await taskOf(runId);
    const reference = `vaquita-file:${id}/report/a%20b.csv`;
    expect(await read(await bench.send('GET', outputs(runId), { token: worker }))).toEqual({
      maxBytes: 1000,
      kept: null,
    });
    for (let time = 0; time < 2; time++) expect(await read(await put('1,2\n'))).toEqual({ reference });
    expect(await read(await bench.send('GET', outputs(runId), { token: worker }))).toEqual({
      maxBytes: 1000,
      kept: { fileName: 'a b.csv', kind: 'file', size: 4, sha256: await sha256Hex('1,2\n'), reference },
    });
  });

  it('sends a folder, and an empty file', async () => {
    const { id } = await taskOf(runId);
    const folder = { fileName: 'pages', kind: 'folder' };
    expect(await read(await put('tar', { query: folder }))).toEqual({ reference: `vaquita-file:${id}/report/pages/` });
    await read(await put('', { output: 'empty' }));
  });

  it('sends a file that is just as large as the server takes', async () => {
    await read(await put('x'.repeat(1000)));
  });

  it.each([
    ['too large', 'x'.repeat(1001), {}, 'too_large'],
    ['another sum', 'x', { sha256: '0'.repeat(64) }, 'bad_request'],
    ['more than announced', 'xx', { size: '1' }, 'bad_request'],
    ['a path for a name', 'x', { fileName: '../x' }, 'bad_request'],
    ['an unknown kind', 'x', { kind: 'link' }, 'bad_request'],
  ])('is refused: %s', async (_, content, query, code) => {
    expect(await problem(put(content, { query }))).toMatchObject({ code });
    expect(await read(await bench.send('GET', outputs(runId), { token: worker }))).toMatchObject({ kept: null });
  });

  it('may do nothing without a worker token that is in force', async () => {
    for (const token of [null, bench.admin, 'vqw_unknown']) {
      expect(await problem(put('x', { token }))).toMatchObject({ status: 401 });
      expect(await problem(bench.send('GET', outputs(runId), { token }))).toMatchObject({ status: 401 });
    }
    expect(await problem(bench.send('GET', `/api/v1/workflow-instances/${runId}`, { token: worker }))).toMatchObject({
      status: 401,
    });
  });

  it.each(['success', 'failure', 'killed', 'need_fault_tolerance', 'forced_success'] as const)(
    'may do nothing for a dispatch that has ended: %s (W1)',
    async (state) => {
      const ended = await startRun({ state });
      expect(await problem(put('x', { run: ended }))).toMatchObject({ code: 'conflict' });
      expect(await problem(bench.send('GET', outputs(ended), { token: worker }))).toMatchObject({ code: 'conflict' });
    },
  );

  it('may do nothing for a dispatch that never was', async () => {
    expect(await problem(put('x', { run: 'none' }))).toMatchObject({ code: 'conflict' });
  });
});

describe('a dispatch', () => {
  const fetchFile = async (run: string, from: string, output = 'report') =>
    bench.send('GET', `/api/v1/worker/dispatches/d-${run}/inputs/${(await taskOf(from)).id}/${output}`, {
      token: worker,
    });

  it('is given files of its own run', async () => {
    await read(await put('1,2\n'));
    const answer = await fetchFile(runId, runId);
    expect(answer.headers.get('content-length')).toBe('4');
    expect(answer.headers.get('x-vaquita-sha256')).toBe(await sha256Hex('1,2\n'));
    expect(await answer.text()).toBe('1,2\n');
  });

  it('is given files of runs above, below and beside it, and of no others', async () => {
    const child = await startRun({ parent: runId });
    const sibling = await startRun({ parent: runId });
    const grandchild = await startRun({ parent: child });
    const stranger = await startRun();
    for (const run of [runId, child, sibling, grandchild, stranger]) await read(await put(run, { run }));
    for (const from of [runId, sibling, grandchild]) expect(await (await fetchFile(child, from)).text()).toBe(from);
    expect(await problem(fetchFile(child, stranger))).toMatchObject({ code: 'forbidden' });
    expect(await problem(fetchFile(stranger, child))).toMatchObject({ code: 'forbidden' });
  });

  it('is told which task made a file that is gone, and that there is none', async () => {
    const run = (await bench.store.instances.find(runId))!;
    const task = await taskOf(runId);
    const done = taskRow(run, {
      ...task,
      id: 'task-done' as TaskInstanceId,
      name: 'done',
      state: 'success',
      dispatchId: null,
      outputs: { report: 'vaquita-file:task-done/report/a.csv', passed: 'vaquita-file:task-made/report/a.csv' },
    });
    await bench.master(runId, {}, [done]);
    const inputs = `/api/v1/worker/dispatches/d-${runId}/inputs`;
    const gone = await problem(bench.send('GET', `${inputs}/task-done/report`, { token: worker }));
    expect(gone).toMatchObject({ code: 'gone' });
    expect(gone.detail).toMatch(/“done” \(attempt 1, task-done\) made the file “a\.csv” .* were removed/);
    // An output that was never there, and one that names the file of another task.
    for (const output of ['other', 'passed'])
      expect(await problem(bench.send('GET', `${inputs}/task-done/${output}`, { token: worker }))).toMatchObject({
        status: 404,
      });
    expect(await problem(bench.send('GET', `${inputs}/task-none/report`, { token: worker }))).toMatchObject({
      status: 404,
    });
  });
});

describe('a person', () => {
  it('downloads what a task has put out, and nothing of it is shown in place', async () => {
    const { id } = await taskOf(runId);
    await read(await put('<script>', { query: { fileName: `it's "a".html` } }));
    await read(await put('tar', { output: 'pages', query: { fileName: 'pages', kind: 'folder' } }));
    const answer = await bench.send('GET', `/api/v1/task-instances/${id}/files/report`);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="it_s _a_.html"; filename*=UTF-8''it%27s%20%22a%22.html`,
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).toBe('<script>');
    const folder = await bench.send('GET', `/api/v1/task-instances/${id}/files/pages`);
    expect(folder.headers.get('content-disposition')).toBe(
      `attachment; filename="pages.tar"; filename*=UTF-8''pages.tar`,
    );
  });

  it('needs to be known, and hears when there is none', async () => {
    const { id } = await taskOf(runId);
    const path = `/api/v1/task-instances/${id}/files/report`;
    for (const token of [null, worker])
      expect(await problem(bench.send('GET', path, { token }))).toMatchObject({ status: 401 });
    expect(await problem(bench.send('GET', path))).toMatchObject({ status: 404 });
    expect(await problem(bench.send('GET', '/api/v1/task-instances/none/files/report'))).toMatchObject({ status: 404 });
  });
});
