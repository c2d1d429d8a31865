import type { TaskInstanceRow, TaskState } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { type ApiBench, openApi, read, START, taskRow } from '../testing/api-bench.ts';
import type { ActionAnswer } from '../views/action.ts';
import type { ProblemView } from '../views/page.ts';
import type { TaskInstanceView } from '../views/task-instance.ts';

async function benchWith(task: Partial<TaskInstanceRow>, run: Parameters<ApiBench['master']>[1] = {}) {
  const api = await openApi();
  await api.createWorkflow();
  const id = await api.startRun();
  const row = (await api.store.instances.find(id))!;
  const made = taskRow(row, { name: 'extract', ...task });
  await api.master(id, { state: 'running', ...run }, [made]);
  return { api, runId: id, taskId: made.id };
}

const ask = (api: ApiBench, id: string, action: string, body?: unknown) =>
  api.send('POST', `/api/v1/task-instances/${id}/${action}`, body === undefined ? {} : { body });

const STATES: readonly TaskState[] = [
  'submitted',
  'delayed',
  'dispatched',
  'running',
  'paused',
  'killed',
  'failure',
  'success',
  'forced_success',
];
const POSSIBLE: Readonly<Record<string, readonly TaskState[]>> = {
  kill: ['submitted', 'delayed', 'dispatched', 'running'],
  'force-success': ['killed', 'failure'],
  'force-start': ['submitted'],
  approve: ['running'],
  reject: ['running'],
};
const KINDS: Readonly<Record<string, string>> = {
  kill: 'kill_task',
  'force-success': 'force_success',
  'force-start': 'force_start',
  approve: 'approve_task',
  reject: 'reject_task',
};
const asType = (action: string) => (action === 'approve' || action === 'reject' ? 'approval' : 'shell');

describe.each(Object.keys(POSSIBLE))('%s', (action) => {
  it.each(STATES)('in the state %s', async (state) => {
    const group = state === 'submitted' ? { taskGroup: 'writes' } : {};
    const { api, runId, taskId } = await benchWith({ state, type: asType(action), ...group });
    const answer = await ask(api, taskId, action, { comment: 'checked by hand' });
    const filed = (await api.store.master.pendingCommands(10)).filter(({ kind }) => kind !== 'start');
    if (POSSIBLE[action]!.includes(state)) {
      const accepted = await read<ActionAnswer>(answer, 202);
      expect(accepted).toMatchObject({ id: taskId, action, state });
      expect(filed).toMatchObject([
        {
          id: accepted.operationId,
          kind: KINDS[action],
          workflowInstanceId: runId,
          payload: { taskInstanceId: taskId, comment: 'checked by hand' },
        },
      ]);
      expect((await api.auditLog()).at(-1)).toMatchObject({
        action: `task_instance.${action}`,
        subject: 'daily#1 extract',
        data: { id: taskId, stateBefore: state, comment: 'checked by hand' },
      });
    } else {
      const { detail } = await read<ProblemView>(answer, 409);
      expect(detail).toContain(`“${state}”`);
      expect(filed).toEqual([]);
    }
  });

  it('is refused to an attempt that a newer one follows, and where there is none', async () => {
    const state = POSSIBLE[action]![0]!;
    const { api, taskId } = await benchWith({ state, type: asType(action), current: false, taskGroup: 'writes' });
    expect((await read<ProblemView>(await ask(api, taskId, action), 409)).detail).toContain('newer attempt');
    expect((await ask(api, 'none', action)).status).toBe(404);
  });

  it('is refused while the engine has set the run aside', async () => {
    const state = POSSIBLE[action]![0]!;
    const quarantine = { code: 'quarantined' as const, text: 'A handler failed.', since: START };
    const { api, taskId } = await benchWith({ state, type: asType(action), taskGroup: 'writes' }, { quarantine });
    expect((await read<ProblemView>(await ask(api, taskId, action), 409)).detail).toContain('set its run aside');
  });
});

it.each([
  ['approve', { type: 'shell', state: 'running' }, 'type shell'],
  ['force-start', { state: 'submitted' }, 'no task group'],
  ['force-start', { state: 'running', taskGroup: 'writes', groupSlot: 2 }, 'has a slot'],
  ['force-start', { state: 'submitted', taskGroup: 'writes', groupForced: true }, 'before'],
] as const)('says why not: %s', async (action, task, why) => {
  const { api, taskId } = await benchWith(task);
  expect((await read<ProblemView>(await ask(api, taskId, action), 409)).detail).toContain(why);
});

describe('what is shown of a task', () => {
  const view = async (task: Partial<TaskInstanceRow>) => {
    const { api, taskId } = await benchWith(task);
    return read<TaskInstanceView>(await api.send('GET', `/api/v1/task-instances/${taskId}`));
  };

  it('holds its task group', async () => {
    const shown = await view({ taskGroup: 'writes', groupPriority: 5, groupSlot: 1 });
    expect(shown).toMatchObject({
      taskGroup: 'writes',
      groupPriority: 5,
      groupSlot: 1,
      groupForced: false,
      logic: null,
    });
  });

  it.each([
    [{ kind: 'branch', chosen: ['load'], why: 'count > 3' }],
    [{ kind: 'child', child: 'run-2' }],
    [{ kind: 'children', items: [{ params: { a: '1' }, child: null, state: 'waiting', outputs: {} }] }],
    [{ kind: 'approval', decision: 'approved', by: 'ann', comment: 'fine' }],
  ])('holds what a logic task knows: %o', async (logic) => {
    expect((await view({ logic: logic as TaskInstanceRow['logic'] })).logic).toEqual(logic);
  });

  it('holds moments as texts', async () => {
    expect((await view({ logic: { kind: 'wait', until: START, signal: null } })).logic).toEqual({
      kind: 'wait',
      until: new Date(START).toISOString(),
      signal: null,
    });
  });
});
