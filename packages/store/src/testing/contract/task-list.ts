/** The contract of task instances across runs. */
import type { TaskState, WorkflowState } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { TaskFilter } from '../../ports/task-list.ts';
import { isLiveTask } from '../../verbs/places.ts';
import { matches, orderOf, placeOf } from '../../verbs/task-list.ts';
import type { Subject } from '../store-contract.ts';
import { allPages } from './all-pages.ts';
import { filing } from './backfill-fixtures.ts';
import { commit, PROJECT, project, task, version, WORKFLOW, workflow, workflowEvent } from './fixtures.ts';

const STATES: readonly TaskState[] = ['submitted', 'running', 'success', 'failure', 'killed', 'paused'];
const [W1, W2] = ['w1', 'w2'] as unknown as readonly [
  NonNullable<TaskFilter['workerId']>,
  NonNullable<TaskFilter['workerId']>,
];

export function describeTaskList(subject: Subject): void {
  describe('task instances across runs', () => {
    test('are listed newest first by every filter, whole and without doubles', async () => {
      await subject.lead(1);
      const { store } = subject;
      await store.projects.create(project('p2'));
      const other = workflow('w2', { projectId: project('p2').id });
      await store.workflows.create(other, version('w2'), workflowEvent('w2'));
      const rows = Array.from({ length: 30 }, (_, i) => {
        const run = `r${i % 5}`;
        const state = STATES[i % STATES.length]!;
        const workerId = state === 'submitted' ? null : i % 4 === 0 ? W1 : W2;
        return task(`t${String(i).padStart(2, '0')}`, run, {
          ...{ name: `n${i}`, type: i % 3 === 0 ? 'sql' : 'shell', state, workerId, workerName: workerId },
        });
      });
      for (const id of ['r0', 'r1', 'r2', 'r3', 'r4']) {
        const state: WorkflowState = rows.some((row) => row.workflowInstanceId === id && isLiveTask(row))
          ? 'running'
          : 'success';
        const at = id === 'r1' || id === 'r4' ? { projectId: other.projectId, workflowId: other.id } : {};
        const { instance, command, event } = filing(id, { state, number: null, ...at });
        await store.instances.start(instance, command, event);
      }
      await store.master.commit(1, commit({ newTasks: rows }));
      const all = (await allPages((page) => store.taskList.list({}, page), 7)).map((row) => row);
      expect(all.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).reverse());

      const scopes: readonly TaskFilter[] = [
        {},
        { projectId: PROJECT },
        { workflowId: WORKFLOW },
        { projectId: other.projectId, workflowId: other.id },
        { projectId: PROJECT, workflowId: other.id },
        { workerId: W1 },
        { workerId: W1, projectId: PROJECT },
      ];
      const some: readonly TaskFilter[] = [
        {},
        { type: 'sql' },
        { states: ['running'] },
        { states: ['submitted', 'running'] },
        { states: ['failure'] },
        { states: ['failure', 'killed', 'failure'], type: 'shell' },
        { states: ['success', 'failure'] },
        { states: [] },
      ];
      for (const filter of scopes.flatMap((scope) => some.map((more) => ({ ...scope, ...more })))) {
        const order = orderOf(filter);
        const expected = all
          .filter((row) => matches(row, filter))
          .sort((a, b) => (placeOf(a, order) < placeOf(b, order) ? 1 : -1))
          .map(({ id }) => id);
        for (const limit of [1, 4, 100]) {
          const listed = await allPages((page) => store.taskList.list(filter, page), limit);
          expect(
            listed.map(({ id }) => id),
            `${JSON.stringify(filter)} by ${limit}`,
          ).toEqual(expected);
        }
      }
    });

    test('carry the name of their run and why they wait, and not what they were given', async () => {
      await subject.lead(1);
      const { instance, command, event } = filing('r1', { number: null });
      await subject.store.instances.start(instance, command, event);
      await subject.store.master.commit(
        1,
        commit({ newTasks: [task('t1', 'r1', { startedAt: 5, exitCode: 0, current: false })] }),
      );
      const { items } = await subject.store.taskList.list({}, { limit: 5, cursor: null });
      expect(items).toHaveLength(1);
      expect(items[0]).toMatchObject({
        ...{ id: 't1', name: 'a', state: 'submitted', current: false, startedAt: 5, endedAt: null, exitCode: 0 },
        reason: { code: 'waiting_for_worker' },
        run: { id: 'r1', number: null, projectId: PROJECT, workflowId: WORKFLOW, workflowName: instance.workflowName },
      });
      expect(items[0]).not.toHaveProperty('inputs');
    });

    test('refuse a cursor that no list has given', async () => {
      const wrong = subject.store.taskList.list({}, { limit: 5, cursor: '?' });
      await expect(wrong).rejects.toMatchObject({ code: 'bad_request' });
    });
  });
}
