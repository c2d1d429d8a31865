/** Lists of tasks across runs are read along an index, whatever was asked for, and end when enough was looked at. */
import type { ProjectId, WorkerId, WorkflowId } from '@vaquita/core';
import { expect, test } from 'vitest';
import type { TaskFilter } from '../ports/task-list.ts';
import { encodeCursor } from '../sql/page.ts';
import { openNoted } from '../testing/noted-store.ts';
import { createTaskListVerbs, orderOf } from './task-list.ts';

const projectId = 'p' as ProjectId;
const workflowId = 'w' as WorkflowId;
const workerId = 'n' as WorkerId;

const BY_KEY = /(SCAN|SEARCH) t USING INDEX sqlite_autoindex_task_instances_1/;
const BY_STATE = /SEARCH t USING (COVERING )?INDEX task_instances_remarkable \(state=\?/;
const BY_WORKER = /SEARCH t USING INDEX task_instances_worker \(worker_id=\?/;
const OF_RUN = /SEARCH t USING INDEX task_instances_run \(workflow_instance_id=\?/;

const filters: readonly (readonly [TaskFilter, readonly RegExp[]])[] = [
  [{}, [BY_KEY]],
  [{ type: 'shell' }, [BY_KEY]],
  [{ states: ['success'] }, [BY_KEY]],
  [{ states: ['failure'] }, [BY_STATE]],
  [{ states: ['failure', 'killed'], projectId }, [BY_STATE]],
  [{ workerId }, [BY_WORKER]],
  [{ workerId, workflowId, states: ['running'], type: 'sql' }, [BY_WORKER]],
  [{ states: ['submitted', 'running'] }, [/(SCAN|SEARCH) r USING INDEX workflow_instances_open/, OF_RUN]],
  [{ projectId }, [/SEARCH r USING INDEX workflow_instances_project \(project_id=\?/, OF_RUN]],
  [{ projectId, states: ['running'] }, [/SEARCH r USING INDEX workflow_instances_project \(project_id=\?/, OF_RUN]],
  [{ workflowId, projectId }, [/SEARCH r USING INDEX workflow_instances_workflow \(workflow_id=\?/, OF_RUN]],
  [{ workflowId, states: ['running'] }, [/SEARCH r USING INDEX workflow_instances_workflow \(workflow_id=\?/, OF_RUN]],
];

test.each(filters)('T1 tasks by %j', async (filter, bounds) => {
  const { store, read, plan } = await openNoted();
  await store.taskList.list(filter, { limit: 50, cursor: null });
  await store.taskList.list(filter, { limit: 50, cursor: encodeCursor(orderOf(filter) === 'runs' ? '01 02' : '01') });
  expect(read).toHaveLength(2);
  for (const statement of read) {
    const steps = (await plan(statement)).join('\n');
    for (const bound of bounds) expect(steps).toMatch(bound);
    if (bounds[0] !== BY_STATE) expect(steps).not.toMatch(/TEMP B-TREE FOR ORDER BY/);
    expect(steps).not.toMatch(/SCAN (t|r)\b(?! USING)/);
  }
});

test('T2 stops looking after a while, and goes on from there', async () => {
  let asked = 0;
  const row = (n: number) => ({
    ...{ id: `t${String(1_000_000 - n)}`, name: 'a', type: 'shell', state: 'success', attempt: 1, current: 1 },
    ...{ worker_group: 'default', worker_id: null, worker_name: null, submitted_at: 1, started_at: null },
    ...{ ended_at: null, exit_code: null, reason: null, run_id: 'r', number: 1, project_id: 'p', workflow_id: 'w' },
    workflow_name: 'daily',
  });
  const driver = {
    query: async ({ args }: { args: readonly unknown[] }) =>
      Array.from({ length: Number(args.at(-1)) }, () => {
        asked += 1;
        return row(asked);
      }),
  } as unknown as Parameters<typeof createTaskListVerbs>[0];
  const { list } = createTaskListVerbs(driver);
  const first = await list({ type: 'sql' }, { limit: 50, cursor: null });
  expect(first).toEqual({ items: [], next: expect.any(String) });
  const looked = asked;
  expect(looked).toBeLessThanOrEqual(5_000);
  await list({ type: 'sql' }, { limit: 50, cursor: first.next });
  expect(asked).toBe(2 * looked);
});
