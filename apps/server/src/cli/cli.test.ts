import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiBench, openApi, START, taskRow } from '@vaquita/api/testing';
import type { TaskInstanceRow, WorkflowInstanceRow } from '@vaquita/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandIo } from './command.ts';
import { runCaptured } from './run-captured.ts';

const DAILY = `
name: daily
params: [{ name: day, type: string }]
tasks:
  - { name: extract, type: shell, script: echo one }
  - { name: load, type: shell, script: echo two, dependsOn: [extract] }
`;

let folder: string;
let api: ApiBench;
let stop: AbortController;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vaquita-cli-'));
  api = await openApi();
  stop = new AbortController();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the command against the API in this process. */
const vaquita = (...argv: string[]) => vaquitaOver(async (url, init) => api.app.fetch(new Request(url, init)), argv);

const vaquitaOver = (fetch: CommandIo['fetch'], argv: readonly string[]) =>
  runCaptured(argv, { token: api.admin, cwd: folder, fetch, signal: stop.signal });

const file = (name: string, text: string) => writeFileSync(join(folder, name), text);

async function applyDaily(): Promise<void> {
  file('daily.yaml', DAILY);
  await vaquita('apply', '-f', '.', '-p', 'etl', '--create-project', '--online');
}

describe('apply', () => {
  it('creates, then finds nothing to do, then updates', async () => {
    file('daily.yaml', DAILY);
    const apply = () => vaquita('apply', '-f', '.', '-p', 'etl', '--create-project', '--online');
    expect(await apply()).toMatchObject({ code: 0, out: 'created    etl/daily version 1\n' });
    expect(await apply()).toMatchObject({ code: 0, out: 'unchanged  etl/daily version 1\n' });
    file('daily.yaml', DAILY.replace('echo two', 'echo three'));
    expect(await apply()).toMatchObject({ code: 0, out: 'updated    etl/daily version 2\n' });
  });

  it('applies nothing when one file of many is wrong, and names every wrong place', async () => {
    file('a.yaml', DAILY);
    file('b.yml', 'name: b\ntasks: [{ name: x, type: shel }]');
    file('c.json', '{ "name": "daily", "tasks": [{ "name": "x", "type": "noop" }] }');
    file('d.yaml', 'name: [open');
    file('notes.txt', 'not a definition');
    const { code, notes } = await vaquita('apply', '-f', '.', '-p', 'etl', '--create-project');
    expect(code).toBe(1);
    expect(notes).toMatch(/b\.yml: tasks\[0\]\.type/);
    expect(notes).toContain('c.json: a.yaml defines "daily" too.');
    expect(notes).toContain('d.yaml');
    expect((await api.send('GET', '/api/v1/projects/etl')).status).toBe(404);
  });

  it('replaces no version that the file was not made from', async () => {
    await applyDaily();
    file('daily.yaml', DAILY.replace('echo two', 'echo three'));
    expect(await vaquita('apply', '-f', 'daily.yaml', '-p', 'etl', '--base', '1')).toMatchObject({ code: 0 });
    file('daily.yaml', DAILY.replace('echo two', 'echo four'));
    const late = await vaquita('apply', '-f', 'daily.yaml', '-p', 'etl', '--base', '1');
    expect(late).toMatchObject({ code: 1, out: '' });
    expect(late.notes).toMatch(/was changed by admin at .*: its newest version is 2, not 1\. Nothing was saved\./);
    expect(await vaquita('apply', '-f', 'daily.yaml', '-p', 'etl', '--base', '2')).toMatchObject({
      out: 'updated    etl/daily version 3\n',
    });
    for (const bad of ['0', 'x']) {
      expect((await vaquita('apply', '-f', 'daily.yaml', '-p', 'etl', '--base', bad)).code).toBe(2);
    }
    file('other.yaml', DAILY.replace('name: daily', 'name: other'));
    expect(await vaquita('apply', '-f', '.', '-p', 'etl', '--base', '3')).toMatchObject({
      code: 2,
      notes: expect.stringContaining('name one file'),
    });
  });

  it('without a base replaces no version that is saved after it has looked', async () => {
    await applyDaily();
    file('daily.yaml', DAILY.replace('echo two', 'echo mine'));
    const slow: CommandIo['fetch'] = async (url, init) => {
      if (init.method === 'PUT') {
        const body = DAILY.replace('echo two', 'echo theirs');
        const headers = { 'content-type': 'application/yaml' };
        await api.send('PUT', '/api/v1/projects/etl/workflows/daily', { body, headers });
      }
      return api.app.fetch(new Request(url, init));
    };
    const { code, notes } = await vaquitaOver(slow, ['apply', '-f', 'daily.yaml', '-p', 'etl']);
    expect(code).toBe(1);
    expect(notes).toContain('its newest version is 2, not 1');
    expect((await vaquita('export', 'etl/daily')).out).toContain('echo theirs');
  });

  it('says what it would do, and does nothing', async () => {
    await applyDaily();
    file('daily.yaml', DAILY.replace('echo two', 'echo three'));
    file('same.yaml', DAILY.replace('name: daily', 'name: fresh'));
    for (const command of [['validate'], ['apply', '--dry-run']]) {
      expect(await vaquita(...command, '-f', '.', '-p', 'etl')).toMatchObject({
        code: 0,
        out: 'daily.yaml: etl/daily would be updated as version 2\nsame.yaml: etl/fresh would be created as version 1\n',
      });
    }
    expect((await vaquita('export', 'etl/daily')).out).not.toContain('echo three');
    expect((await vaquita('validate', '-f', 'daily.yaml', '-p', 'nowhere')).notes).toContain('no project “nowhere”');

    const problems = [{ path: 'tasks[0].type', message: 'Not known there' }];
    const older: CommandIo['fetch'] = async (url, init) =>
      url.includes('/validate?') ? Response.json({ ok: false, problems }) : api.app.fetch(new Request(url, init));
    expect(await vaquitaOver(older, ['validate', '-f', '.', '-p', 'etl'])).toMatchObject({
      code: 1,
      out: 'daily.yaml: etl/daily would be refused\n  tasks[0].type: Not known there\nsame.yaml: etl/fresh would be created as version 1\n',
    });
    file('daily.yaml', 'name: daily\ntasks: [{ name: a, type: shell, script: x, dependsOn: [a] }]');
    expect(await vaquita('validate', '-f', '.', '-p', 'etl')).toMatchObject({ code: 1, out: '' });
  });

  it('does not make a project that nobody asked for', async () => {
    file('daily.yaml', DAILY);
    const { code, notes } = await vaquita('apply', '-f', 'daily.yaml', '-p', 'elt');
    expect(code).toBe(1);
    expect(notes).toContain('There is no project “elt”.');
  });
});

describe('run', () => {
  /** Lets the run be in this state from now on. */
  async function become(change: Partial<WorkflowInstanceRow>, tasks: readonly TaskInstanceRow[]): Promise<void> {
    const [row] = (await api.store.instances.list({}, { limit: 1, cursor: null })).items;
    api.deps.store.instances.find = async () => ({ ...row!, number: 1, startedAt: START, ...change });
    api.deps.store.instances.tasks = async () => tasks;
    api.deps.store.instances.taskPage = async () => ({ items: tasks, next: null });
  }

  /** The run has ended by the time the command looks for the first time. */
  function whenStarted(end: () => Promise<void>): void {
    const { start } = api.store.instances;
    api.deps.store.instances.start = async (...given) => {
      await start.apply(api.store.instances, given);
      await end();
    };
  }

  it('prints the id, for scripts', async () => {
    await applyDaily();
    const { code, out } = await vaquita('run', 'etl/daily', '--param', 'day=mon');
    expect(code).toBe(0);
    expect(out).toMatch(/^[0-9a-z]{26}\n$/);
  });

  it('says which parameter is missing', async () => {
    await applyDaily();
    const { code, notes } = await vaquita('run', 'etl/daily');
    expect(code).toBe(1);
    expect(notes).toContain('params.day');
  });

  it('follows to a good end', async () => {
    await applyDaily();
    whenStarted(() => become({ state: 'success', endedAt: START + 2000 }, []));
    const { code, out } = await vaquita('run', 'etl/daily', '--param', 'day=mon', '--follow');
    expect(code).toBe(0);
    expect(out).toContain('daily#1  success after 2.0s');
  });

  it('fails when the run fails, with the end of the failed task’s log', async () => {
    await applyDaily();
    whenStarted(async () => {
      const [row] = (await api.store.instances.list({}, { limit: 1, cursor: null })).items;
      const task = taskRow(row!, { name: 'extract', state: 'failure', exitCode: 3, endedAt: START + 1000 });
      await api.writeLog(task.id, 'starting\nno such table: orders\n');
      api.deps.store.instances.task = async () => task;
      const reason = { code: 'task_failed' as const, text: '"extract" failed.', since: START };
      await become({ state: 'failure', endedAt: START + 1000, reason }, [task]);
    });
    const { code, out } = await vaquita('run', 'etl/daily', '--param', 'day=mon', '--follow');
    expect(code).toBe(1);
    expect(out).toContain('extract  failure');
    expect(out).toContain('daily#1: "extract" failed.');
    expect(out).toContain('no such table: orders');
  });

  it('stops following on Ctrl-C and says that the run goes on', async () => {
    await applyDaily();
    const following = vaquita('run', 'etl/daily', '--param', 'day=mon', '--follow');
    stop.abort();
    expect((await following).code).toBe(130);
  });
});

describe('logs', () => {
  it('follows the tasks of a run that has only just begun until the run has ended', async () => {
    await applyDaily();
    await vaquita('run', 'etl/daily', '--param', 'day=mon');
    const [started] = (await api.store.instances.list({}, { limit: 1, cursor: null })).items;
    const running = { ...started!, number: 1, startedAt: START };
    const done = { state: 'success', startedAt: START, endedAt: START + 1000 } as const;
    const extract = taskRow(running, { name: 'extract', ...done });
    const load = taskRow(running, { name: 'load', ...done });
    await api.writeLog(extract.id, 'one\n');
    await api.writeLog(load.id, 'two\n');
    // With each look the run is one step further: nothing yet, the first task, both and the end.
    const steps: readonly (readonly TaskInstanceRow[])[] = [[], [extract], [extract, load]];
    let looks = 0;
    const { instances } = api.deps.store;
    instances.list = async () => ({ items: [running], next: null });
    instances.find = async () =>
      looks < 2 ? { ...running, state: 'running' } : { ...running, state: 'success', endedAt: START + 3000 };
    instances.tasks = async () => {
      const tasks = steps[Math.min(looks, 2)]!;
      looks += 1;
      setTimeout(() => api.hint(), 0);
      return tasks;
    };
    instances.taskPage = async (id) => ({ items: await instances.tasks(id), next: null });
    instances.task = async (id) => [extract, load].find((task) => task.id === id);
    const { code, out } = await vaquita('logs', 'etl/daily#1', '--follow');
    expect(out).toBe('--- extract (attempt 1, success)\none\n--- load (attempt 1, success)\ntwo\n');
    expect(code).toBe(0);

    // One task is followed to its own end, not to that of the run.
    looks = 0;
    instances.find = async () => ({ ...running, state: 'running' });
    const one = await vaquita('logs', 'etl/daily#1', '--task', 'extract', '--follow');
    expect(one).toMatchObject({ code: 0, out: '--- extract (attempt 1, success)\none\n' });
  });

  it('takes the id that run has printed', async () => {
    await applyDaily();
    const { out: id } = await vaquita('run', 'etl/daily', '--param', 'day=mon');
    expect(await vaquita('logs', id.trim())).toMatchObject({ code: 0, out: '' });
    const { code, notes } = await vaquita('logs', 'nothing');
    expect(code).toBe(1);
    expect(notes).toContain('no task instance and no run with the id “nothing”');
  });

  it('does not wait for a task that the run will never have', async () => {
    await applyDaily();
    await vaquita('run', 'etl/daily', '--param', 'day=mon');
    const { list } = api.store.instances;
    api.deps.store.instances.list = async (...given) => {
      const page = await list.apply(api.store.instances, given);
      return { ...page, items: page.items.map((row) => ({ ...row, number: 1 })) };
    };
    const { code, notes } = await vaquita('logs', 'etl/daily#1', '--task', 'extrat', '--follow');
    expect(code).toBe(1);
    expect(notes).toContain('"extract"');
  });
});

describe('tokens', () => {
  it('are printed alone, so that a script can take them', async () => {
    const { code, out, notes } = await vaquita('worker-token', 'create', '--name', 'rack', '--expires-in', '30d');
    expect(code).toBe(0);
    expect(out).toMatch(/^vqw_[\w-]{43}\n$/);
    const id = /\(([0-9a-z]{26})\)/.exec(notes)![1]!;
    expect((await vaquita('worker-token', 'list')).out).not.toContain(out.trim());
    expect((await vaquita('worker-token', 'revoke', id)).code).toBe(0);
  });
});

describe('export', () => {
  it('writes what apply finds unchanged', async () => {
    await applyDaily();
    expect((await vaquita('export', 'etl', '--dir', 'out')).code).toBe(0);
    expect(readFileSync(join(folder, 'out/daily.yaml'), 'utf8')).toContain('name: daily');
    expect((await vaquita('apply', '-f', 'out', '-p', 'etl')).out).toContain('unchanged');
  });
});

describe('exit codes', () => {
  it.each([
    [['nonsense'], 2],
    [['run', 'etl'], 2],
    [['export', 'etl'], 2],
    [['run', 'etl/none'], 1],
    [['logs', 'etl/daily#9'], 1],
    [['--help'], 0],
    [['--version'], 0],
  ] as const)('%j ends with %i', async (argv, code) => {
    expect((await vaquita(...argv)).code).toBe(code);
  });
});

it('says what to do when no server answers', async () => {
  const refuse = async () => {
    throw new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });
  };
  const { code, notes } = await vaquitaOver(refuse, ['run', 'etl/daily']);
  expect(code).toBe(1);
  expect(notes).toMatch(/ECONNREFUSED\nIs the server running .*--server or VAQUITA_SERVER_URL\.\n$/);
});
