/** The contract of reads about other runs. */
import type { ProjectId, WorkflowId, WorkflowInstanceRow } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { Subject } from '../store-contract.ts';
import {
  command,
  commit,
  event,
  PROJECT,
  project,
  run,
  runId,
  task,
  version,
  WORKFLOW,
  workflow,
  workflowEvent,
} from './fixtures.ts';

export function describeOtherRuns(subject: Subject): void {
  async function start(id: string, more: Partial<WorkflowInstanceRow> = {}): Promise<void> {
    await subject.store.instances.start(run(id, more), command(`c-${id}`, id), event(id));
  }

  const asker = (id = 'asker') => ({ id: runId(id), originKind: null, originId: null });

  describe('the newest run of a workflow', () => {
    const newest = async (from: number, to: number, not = 'asker', workflowId: WorkflowId = WORKFLOW) => {
      const [found] = await subject.store.master.others.newestIn(workflowId, [{ from, to }], asker(not));
      return found?.id;
    };

    test('in an interval is the one of the latest business time, of equal ones the one with the later id', async () => {
      await start('r1', { businessTime: 100 });
      await start('r2', { businessTime: 300 });
      await start('r3', { businessTime: 200 });
      await start('r5', { businessTime: 300 });
      await start('r4', { businessTime: 300 });
      expect(await newest(0, 1_000)).toBe('r5');
      expect(await newest(0, 299)).toBe('r3');
      expect(await newest(0, 199)).toBe('r1');
      expect(await newest(0, 1_000, 'r5')).toBe('r4');
      expect(await newest(0, 1_000, 'asker', 'elsewhere' as WorkflowId)).toBeUndefined();
    });

    test('is first one of the same backfill, where a backfill asks', async () => {
      const { others } = subject.store.master;
      const of = (originKind: 'backfill' | 'schedule') => ({ originKind, originId: 'b1' });
      await start('r1', { businessTime: 100, ...of('backfill') });
      await start('r2', { businessTime: 200 });
      await start('r3', { businessTime: 400 });
      const intervals = [
        { from: 0, to: 300 },
        { from: 301, to: 500 },
      ];
      const ids = async (origin: object) =>
        (await others.newestIn(WORKFLOW, intervals, { ...asker(), ...origin })).map((found) => found?.id);
      expect(await ids(of('backfill'))).toEqual(['r1', 'r3']);
      expect(await ids(of('schedule'))).toEqual(['r2', 'r3']);
      expect(await ids({ originKind: 'backfill', originId: 'b2' })).toEqual(['r2', 'r3']);
    });

    test('counts at both ends of an interval, and not outside', async () => {
      await start('r1', { businessTime: 100 });
      expect(await newest(100, 200)).toBe('r1');
      expect(await newest(0, 100)).toBe('r1');
      expect(await newest(100, 100)).toBe('r1');
      expect(await newest(101, 200)).toBeUndefined();
      expect(await newest(0, 99)).toBeUndefined();
      expect(await newest(200, 100)).toBeUndefined();
    });

    test('is neither a dry run nor the run that asks', async () => {
      const { others } = subject.store.master;
      await start('r1', { businessTime: 100 });
      await start('r2', { businessTime: 200, dryRun: true });
      expect(await newest(0, 1_000)).toBe('r1');
      expect(await newest(0, 1_000, 'r1')).toBeUndefined();
      expect(await others.hasOther(WORKFLOW, runId('r2'))).toBe(true);
      expect(await others.hasOther(WORKFLOW, runId('r1'))).toBe(false);
      expect(await others.hasOther('elsewhere' as WorkflowId, runId('r9'))).toBe(false);
    });

    test('is told per interval, in order, whatever its state', async () => {
      const { master } = subject.store;
      await start('r1', { businessTime: 100 });
      await start('r2', { businessTime: 200 });
      await subject.lead(1);
      const ended = run('r2', { businessTime: 200, state: 'failure', endedAt: 9 });
      await master.commit(1, commit({ instance: ended, assignNumber: true }));
      const intervals = [
        { from: 200, to: 300 },
        { from: 500, to: 600 },
        { from: 0, to: 199 },
      ];
      const found = { version: 1, number: null, endedAt: null };
      expect(await master.others.newestIn(WORKFLOW, intervals, asker())).toEqual([
        { ...found, id: 'r2', number: 1, state: 'failure', businessTime: 200, endedAt: 9 },
        undefined,
        { ...found, id: 'r1', state: 'submitted', businessTime: 100 },
      ]);
      expect(await master.others.newestIn(WORKFLOW, [], asker())).toEqual([]);
    });
  });

  describe('other runs', () => {
    test('are read by their ids, each once, and missing ones are left out', async () => {
      const { others } = subject.store.master;
      await start('r1');
      await start('r2');
      expect(await others.instances(['r2', 'gone', 'r1', 'r2'].map(runId))).toEqual([run('r1'), run('r2')]);
      expect(await others.instances([])).toEqual([]);
      const ids = Array.from({ length: 3_000 }, (_, i) => runId(`gone-${i}`));
      expect(await others.instances([...ids, runId('r1')])).toHaveLength(1);
    });

    test('tell their current task instances, all or by name', async () => {
      const { master } = subject.store;
      await start('r1');
      await subject.lead(1);
      const tasks = [
        task('t1', 'r1', { name: 'b', current: false, state: 'failure' }),
        task('t2', 'r1', { name: 'b', attempt: 2 }),
        task('t3', 'r1', { name: 'a', logic: { kind: 'approval', decision: null, by: null, comment: '' } }),
        task('t4', 'r1', { name: "c's" }),
      ];
      await master.commit(1, commit({ newTasks: tasks }));
      const current = [tasks[2], tasks[1], tasks[3]];
      expect(await master.others.currentTasks(runId('r1'), null)).toEqual(current);
      expect(await master.others.currentTasks(runId('r1'), ["c's", 'b', 'gone'])).toEqual(current.slice(1));
      expect(await master.others.currentTasks(runId('r1'), [])).toEqual([]);
      expect(await master.others.currentTasks(runId('gone'), null)).toEqual([]);
    });
  });

  describe('a workflow that a task names', () => {
    const target = {
      projectId: PROJECT,
      projectName: 'first',
      workflowId: WORKFLOW,
      workflowName: 'workflow-1',
      version: 1,
      online: true,
      document: version(WORKFLOW).document,
    };
    const resolve = (more: { project?: string; workflow?: string; version?: number; ownProject?: ProjectId } = {}) =>
      subject.store.master.others.resolveWorkflow({
        ownProject: PROJECT,
        project: null,
        workflow: 'workflow-1',
        version: null,
        ...more,
      });

    test('is found by id or name, in its own project or another', async () => {
      const { projects, workflows } = subject.store;
      expect(await resolve()).toEqual(target);
      expect(await resolve({ workflow: WORKFLOW, project: 'first' })).toEqual(target);
      expect(await resolve({ project: PROJECT, ownProject: 'elsewhere' as ProjectId })).toEqual(target);
      await projects.create(project('p2', 'second'));
      expect(await resolve({ project: 'second' })).toEqual({ missing: 'workflow' });
      expect(await resolve({ project: 'third' })).toEqual({ missing: 'project' });
      expect(await resolve({ ownProject: 'elsewhere' as ProjectId })).toEqual({ missing: 'project' });
      const other = workflow('w2', { projectId: project('p2').id, name: 'workflow-1', online: false });
      await workflows.create(other, version('w2'), workflowEvent('w2'));
      expect(await resolve({ project: 'second' })).toMatchObject({ workflowId: 'w2', online: false });
    });

    test('is its newest version or the one asked for, and has no document when there is no such version', async () => {
      const { workflows } = subject.store;
      const document = { name: 'workflow-1', newer: true };
      const save = { name: 'workflow-1', description: '', taskCount: 1, contentHash: 'h2', createdBy: 'bob', at: 5 };
      await workflows.saveVersion(WORKFLOW, { ...save, document }, workflowEvent(WORKFLOW));
      expect(await resolve()).toEqual({ ...target, version: 2, document });
      expect(await resolve({ version: 1 })).toEqual(target);
      expect(await resolve({ version: 3 })).toEqual({ ...target, version: null, document: null });
    });
  });
}
