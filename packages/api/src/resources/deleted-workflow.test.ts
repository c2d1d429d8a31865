/** Runs whose workflow was deleted: they stay to be looked at, and nothing of them can be done again. */
import { describe, expect, it } from 'vitest';
import { openApi, read, taskRow } from '../testing/api-bench.ts';
import type { BulkAnswer } from '../views/action.ts';
import type { ProblemView } from '../views/page.ts';

const GONE = 'The workflow of this run was deleted, so the run cannot be done again.';

async function bench(state: 'stopped' | 'failure' = 'stopped') {
  const api = await openApi();
  await api.createWorkflow();
  const id = await api.startRun();
  const row = (await api.store.instances.find(id))!;
  const task = taskRow(row, { name: 'extract', state: 'failure' });
  await api.master(id, { state }, [task]);
  await read(await api.send('DELETE', '/api/v1/projects/etl/workflows/daily'), 204);
  const filed = async () => (await api.store.master.pendingCommands(10)).filter(({ kind }) => kind !== 'start');
  return { api, id, task, filed };
}

describe('a run whose workflow was deleted', () => {
  it.each([
    ['resume', undefined],
    ['recover-failed', undefined],
    ['rerun', undefined],
    ['rerun-from', { tasks: ['extract'] }],
  ])('refuses %s and says why', async (action, body) => {
    const { api, id, filed } = await bench();
    const path = `/api/v1/workflow-instances/${id}/${action}`;
    const answer = await api.send('POST', path, body === undefined ? {} : { body });
    expect(await read<ProblemView>(answer, 410)).toMatchObject({ code: 'gone', detail: GONE });
    expect(await filed()).toEqual([]);
  });

  it('is told first what its state forbids', async () => {
    const { api, id } = await bench('failure');
    const answer = await api.send('POST', `/api/v1/workflow-instances/${id}/resume`);
    expect((await read<ProblemView>(answer, 409)).detail).toContain('failure');
  });

  it('takes no forced success of its tasks', async () => {
    const { api, task, filed } = await bench('failure');
    const answer = await api.send('POST', `/api/v1/task-instances/${task.id}/force-success`, { body: {} });
    expect(await read<ProblemView>(answer, 410)).toMatchObject({ code: 'gone', detail: GONE });
    expect(await filed()).toEqual([]);
  });

  it('is refused among many, and the others are not', async () => {
    const { api, id } = await bench();
    await api.createWorkflow();
    const other = await api.startRun();
    await api.master(other, { state: 'stopped' });
    const body = { action: 'rerun', ids: [id, other] };
    const { items } = await read<BulkAnswer>(await api.send('POST', '/api/v1/workflow-instances/actions', { body }));
    expect(items).toMatchObject([
      { id, status: 'refused', reason: GONE },
      { id: other, status: 'accepted', reason: null },
    ]);
  });

  it('can still be looked at', async () => {
    const { api, id } = await bench();
    await read(await api.send('GET', `/api/v1/workflow-instances/${id}`));
    await read(await api.send('GET', `/api/v1/workflow-instances/${id}/tasks`));
  });
});
