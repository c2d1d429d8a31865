/** The commands that act on runs, tasks, task groups and project parameters, against the API in this process. */
import { type ApiBench, openApi, taskRow } from '@vaquita/api/testing';
import type { AlertGroupId, TaskInstanceRow, WorkflowState } from '@vaquita/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCaptured } from './run-captured.ts';

let api: ApiBench;
let stop: AbortController;

beforeEach(async () => {
  api = await openApi();
  await api.createWorkflow();
  stop = new AbortController();
});

const vaquita = (...argv: string[]) =>
  runCaptured(argv, {
    token: api.admin,
    cwd: '/',
    fetch: async (url, init) => api.app.fetch(new Request(url, init)),
    signal: stop.signal,
  });

async function runIn(state: WorkflowState, tasks: readonly Partial<TaskInstanceRow>[] = []): Promise<string> {
  await api.clock.advance(1000);
  const id = await api.startRun();
  const row = (await api.store.instances.find(id))!;
  await api.master(
    id,
    { state },
    tasks.map((task) => taskRow(row, task)),
  );
  return id;
}

const filed = async () =>
  (await api.store.master.pendingCommands(100)).filter(({ kind }) => kind !== 'start').map(({ kind }) => kind);

describe('runs list', () => {
  it('shows the newest first, with how long they took', async () => {
    const first = await runIn('success');
    await api.master(first, { startedAt: api.clock.now(), endedAt: api.clock.now() + 65_000 });
    const second = await runIn('running');
    const { code, out } = await vaquita('runs', 'list');
    expect(code).toBe(0);
    const [head, ...lines] = out.trimEnd().split('\n');
    expect(head).toMatch(/^RUN +STATE +CREATED +TOOK +ID$/);
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^etl/daily#2 +running +\\S+Z +- +${second}$`)),
      expect.stringMatching(new RegExp(`^etl/daily#1 +success +\\S+Z +1m05s +${first}$`)),
    ]);
  });

  it('keeps to the filters and to the limit', async () => {
    const running = await runIn('running');
    for (const state of ['success', 'success'] as const) await runIn(state);
    const ids = async (...argv: string[]) => {
      const { out } = await vaquita('runs', 'list', '--json', ...argv);
      return out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).id as string]));
    };
    expect(await ids()).toHaveLength(3);
    expect(await ids('--limit', '2')).toHaveLength(2);
    expect(await ids('--project', 'etl', '--state', 'running,failure')).toEqual([running]);
    expect(await ids('--workflow', 'etl/daily', '--state', 'running', '--state', 'success')).toHaveLength(3);
    await api.master(running, { originKind: 'backfill', originId: 'b1' });
    expect(await ids('--origin', 'b1')).toEqual([running]);
    expect(await ids('--origin', 'backfill', '--until', '2999-01-01T00:00:00Z')).toEqual([running]);
    expect(await ids('--since', '2999-01-01T00:00:00Z')).toEqual([]);
    expect((await vaquita('runs', 'list', '--since', 'noon')).notes).toContain('--since "noon" is neither');
    expect(await vaquita('runs', 'list', '--state', 'failure')).toMatchObject({ code: 0, out: '' });
    expect((await vaquita('runs', 'list', '--state', 'failure')).notes).toBe('No run matches.\n');
  });

  it('goes on to the next page until it has enough', async () => {
    const id = await runIn('running');
    const row = (await api.store.instances.find(id))!;
    api.deps.store.instances.list = async () => ({ items: [row], next: 'more' });
    expect((await vaquita('runs', 'list', '--json', '--limit', '7')).out.trim().split('\n')).toHaveLength(7);
  });

  it('shows which are set aside, and which have no number yet', async () => {
    const id = await runIn('running');
    const quarantine = { code: 'quarantined', text: 'It broke.', since: 0, evidence: {} } as const;
    await api.master(id, { quarantine });
    await api.clock.advance(1000);
    await api.startRun();
    const { out } = await vaquita('runs', 'list');
    expect(out).toMatch(/^etl\/daily +submitted/m);
    expect(out).toMatch(/^etl\/daily#1 +running \(set aside\)/m);
  });

  it.each([
    [['--limit', '0'], 'is not a whole number from 1 on'],
    [['--workflow', 'daily'], 'must be <project>/<workflow>'],
    [['x'], 'one argument too many'],
  ])('%j says what to write instead', async (argv, hint) => {
    const { code, notes } = await vaquita('runs', 'list', ...argv);
    expect(code).toBe(2);
    expect(notes).toContain(hint);
  });
});

describe('runs', () => {
  it('are named by number or id, and each is answered', async () => {
    const first = await runIn('running');
    const second = await runIn('success');
    const { code, out } = await vaquita('runs', 'stop', 'etl/daily#1', second);
    expect(out).toBe(
      `accepted  daily#1 (${first})\nrefused   daily#2 (${second})  A run in the state “success” cannot do “stop”: it has ended.\n`,
    );
    expect(code).toBe(1);
    expect(await filed()).toEqual(['stop']);
    expect((await vaquita('runs', 'pause', first)).code).toBe(0);
  });

  it('that match are acted on only with --yes', async () => {
    await runIn('running');
    await runIn('failure');
    const asked = await vaquita('runs', 'recover', '--workflow', 'etl/daily');
    expect(asked).toMatchObject({ code: 2, out: '' });
    expect(asked.notes).toContain('Of 1 run recover-failed would be asked of 1. Nothing was done: add --yes');
    const seen = await vaquita('runs', 'recover', '--workflow', 'etl/daily', '--state', 'failure', '--dry-run');
    expect(seen).toMatchObject({ code: 0, out: expect.stringMatching(/^possible {2}daily#2/) });
    expect(await filed()).toEqual([]);
    expect((await vaquita('runs', 'recover', '--project', 'etl', '--yes')).out).toMatch(/^accepted {2}daily#2/);
    expect(await filed()).toEqual(['recover_failed']);
  });

  it('that match none are no error', async () => {
    const { code, notes } = await vaquita('runs', 'stop', '--project', 'etl', '--yes');
    expect(code).toBe(0);
    expect(notes).toContain('No run matches');
  });

  it('beyond one call are acted on too', async () => {
    const id = await runIn('running');
    const row = (await api.store.instances.find(id))!;
    api.deps.store.instances.list = async (_, { cursor }) => ({
      items: [row],
      next: cursor === null ? 'page-2' : null,
    });
    const { out } = await vaquita('runs', 'stop', '--project', 'etl', '--dry-run');
    expect(out.trim().split('\n')).toHaveLength(2);
  });

  it.each([
    [['runs', 'stop'], 'Name runs'],
    [['runs', 'stop', 'x', '--project', 'etl'], 'not both'],
    [['runs', 'stop', '--workflow', 'daily', '--yes'], 'must be <project>/<workflow>'],
    [['runs', 'stop', '--workflow', 'etl/daily', '--project', 'etl'], 'leave --project out'],
    [['runs', 'rerun-from', 'etl/daily#1'], '--task is missing'],
    [['runs', 'signal', 'etl/daily#1'], '<signal> is missing'],
    [['runs', 'signal', 'etl/daily#1', 'go', '--output', 'x'], '--output "x" must be name=value'],
  ])('%j says what to write instead', async (argv, hint) => {
    const { code, notes } = await vaquita(...argv);
    expect(code).toBe(2);
    expect(notes).toContain(hint);
  });

  it('are done again from a task, with new values', async () => {
    await runIn('failure');
    const wrong = await vaquita('runs', 'rerun-from', 'etl/daily#1', '--task', 'lod', '--param', 'dya=x');
    expect(wrong.code).toBe(1);
    expect(wrong.notes).toContain('tasks[0]: There is no task named "lod" in this run. Did you mean "load"?');
    expect(wrong.notes).toContain('params.dya');
    const right = await vaquita('runs', 'rerun-from', 'etl/daily#1', '--task', 'load', '--param', 'day=tue');
    expect(right).toMatchObject({ code: 0, out: 'accepted  etl/daily#1\n' });
    const command = (await api.store.master.pendingCommands(10)).find(({ kind }) => kind === 'rerun_from');
    expect(command?.payload).toEqual({ tasks: ['load'], params: { day: 'tue' } });
  });

  it('that have changed meanwhile are told of with --wait', async () => {
    const id = await runIn('running');
    const { fileAll } = api.store.commands;
    api.deps.store.commands.fileAll = async (commands) => {
      await fileAll.call(api.store.commands, commands);
      for (const one of commands) {
        await api.store.master.rejectCommand(1, one.id, 'rejected: the run is success: it has ended');
      }
    };
    const { code, out } = await vaquita('runs', 'stop', id, '--wait');
    expect(code).toBe(1);
    expect(out).toContain(`rejected  daily#1 (${id})  the run is success: it has ended`);
  });

  it('that are not there are an error', async () => {
    expect(await vaquita('runs', 'stop', 'etl/daily#9')).toMatchObject({
      code: 1,
      notes: expect.stringContaining('no run #9'),
    });
    expect((await vaquita('runs', 'stop', 'none')).out).toBe(
      'not found none  There is no workflow instance with this id.\n',
    );
  });
});

describe('tasks', () => {
  it('are named by their run and name, or by id', async () => {
    await runIn('running', [
      { name: 'extract', state: 'running' },
      { name: 'load', state: 'success' },
    ]);
    const { code, out } = await vaquita('tasks', 'kill', 'etl/daily#1', '--task', 'extract', '--task', 'load');
    expect(out).toContain('accepted  etl/daily#1 extract\n');
    expect(out).toMatch(/refused {3}etl\/daily#1 load {2}.*“success”/);
    expect(code).toBe(1);
    const byId = await vaquita('tasks', 'kill', 'task-extract-1', '--comment', 'too slow');
    expect(byId).toMatchObject({ code: 0, out: 'accepted  task-extract-1\n' });
    expect((await api.auditLog()).at(-1)?.data).toMatchObject({ comment: 'too slow' });
    expect(await filed()).toEqual(['kill_task', 'kill_task']);
  });

  it.each(['force-success', 'force-start', 'approve', 'reject'])('%s is asked of the API', async (verb) => {
    const id = await runIn('running', [verb === 'force-success' ? { state: 'failure' } : {}]);
    const wanted = { approve: { type: 'approval' }, reject: { type: 'approval' } }[verb] ?? {};
    const group = verb === 'force-start' ? ({ state: 'submitted', taskGroup: 'g' } as const) : {};
    const [task] = await api.store.instances.tasks(id as never);
    api.deps.store.instances.task = async () => ({ ...task!, ...wanted, ...group });
    expect(await vaquita('tasks', verb, task!.id)).toMatchObject({ code: 0 });
    expect(await filed()).toHaveLength(1);
  });

  it('need the task of a run to be named, and known', async () => {
    await runIn('running', [{ name: 'extract' }]);
    expect(await vaquita('tasks', 'kill', 'etl/daily#1')).toMatchObject({
      code: 2,
      notes: expect.stringContaining('--task'),
    });
    expect((await vaquita('tasks', 'kill', 'etl/daily#1', '--task', 'extrat')).notes).toContain('"extract"');
    expect((await vaquita('tasks', 'kill', 'etl/daily#1', '--task', 'load')).notes).toContain('has not begun');
  });
});

describe('task groups', () => {
  it('are made, shown, changed and removed', async () => {
    const made = await vaquita('task-groups', 'create', 'writes', '--size', '2', '--description', 'few connections');
    expect(made).toMatchObject({ code: 0, out: 'writes: 0 of 2 slots used, open, few connections\n' });
    await runIn('running', [
      { name: 'extract', taskGroup: 'writes', groupSlot: 0 },
      { name: 'load', state: 'submitted', taskGroup: 'writes' },
    ]);
    const { out } = await vaquita('task-groups', 'show', 'writes');
    expect(out).toMatch(
      /^writes: 1 of 2 .*\nSLOT .*\n1 +daily#1 +extract +running .*\nwaits +daily#1 +load +submitted/,
    );
    expect((await vaquita('task-groups', 'close', 'writes')).out).toContain('closed');
    expect((await vaquita('task-groups', 'set', 'writes', '--size', '5')).out).toContain('1 of 5');
    expect((await vaquita('task-groups', 'open', 'writes')).out).toContain('open');
    expect((await vaquita('task-groups', 'list')).out).toMatch(/writes +1\/5 +open +few connections/);
    const removed = await vaquita('task-groups', 'delete', 'writes');
    expect(removed).toMatchObject({ code: 1, out: '' });
  });

  it.each([
    [['task-groups', 'create', 'w', '--size', '0'], '--size "0"'],
    [['task-groups', 'create', 'w'], '--size is missing'],
    [['task-groups', 'set', 'w'], '--size or --description'],
  ])('%j says what to write instead', async (argv, hint) => {
    const { code, notes } = await vaquita(...argv);
    expect(code).toBe(2);
    expect(notes).toContain(hint);
  });
});

describe('parameters of a project', () => {
  it('are added, changed and removed', async () => {
    expect((await vaquita('projects', 'set-param', 'etl', 'limit=5', '--type', 'integer')).out).toBe(
      'added etl limit=5\n',
    );
    expect((await vaquita('projects', 'set-param', 'etl', 'limit=7')).out).toBe('changed etl limit=7\n');
    expect((await vaquita('projects', 'params', 'etl')).out).toMatch(/limit +integer +7/);
    const wrong = await vaquita('projects', 'set-param', 'etl', 'limit=many');
    expect(wrong).toMatchObject({ code: 1, notes: expect.stringContaining('params[0].value') });
    expect((await vaquita('projects', 'unset-param', 'etl', 'limt')).notes).toContain('"limit"');
    expect((await vaquita('projects', 'unset-param', 'etl', 'limit')).code).toBe(0);
    expect((await vaquita('projects', 'params', 'etl')).out).not.toContain('limit');
    expect((await vaquita('projects', 'set-param', 'etl', 'limit')).code).toBe(2);
  });
});

describe('run', () => {
  it('says whom the run alerts', async () => {
    const at = { createdAt: 1, updatedAt: 1 };
    const group = { id: 'g1' as AlertGroupId, name: 'night', description: '', kinds: [], channels: [], ...at };
    await api.store.alertGroups.create(group);
    const alerting = ['--alert-on', 'failure', '--alert-group', 'night'];
    const { code, out } = await vaquita('run', 'etl/daily', '--param', 'day=mon', ...alerting);
    expect(code).toBe(0);
    expect(await api.store.instances.find(out.trim())).toMatchObject({ alertOn: 'failure', alertGroup: 'night' });
    const { code: refused, notes } = await vaquita('run', 'etl/daily', '--param', 'day=mon', '--alert-group', 'nigt');
    expect([refused, notes]).toEqual([1, expect.stringContaining('There is no alert group named "nigt"')]);
  });
});
