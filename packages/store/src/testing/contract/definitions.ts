/** The contract of projects and workflows. */
import { describe, expect, test } from 'vitest';
import type { ProjectRow, WorkflowFilter } from '../../ports/api.ts';
import type { Subject } from '../store-contract.ts';
import { allPages } from './all-pages.ts';
import {
  command,
  commit,
  event,
  PROJECT,
  project,
  run,
  version,
  WORKFLOW,
  workflow,
  workflowEvent,
} from './fixtures.ts';

const save = (hash: string, name = 'workflow-1', at = 50) => ({
  name,
  description: `saved as ${hash}`,
  taskCount: 3,
  document: { name, hash },
  contentHash: hash,
  createdBy: 'bob',
  at,
});

export function describeDefinitions(subject: Subject): void {
  describe('projects', () => {
    test('are found by id and by name, exactly as they were saved', async () => {
      const { projects } = subject.store;
      const row: ProjectRow = { ...project('p2', "it's ünï"), description: '' };
      await projects.create(row);
      expect(await projects.find('p2')).toEqual(row);
      expect(await projects.find("it's ünï")).toEqual(row);
      expect(await projects.find('nobody')).toBeUndefined();
    });

    test('have names of their own, at creation and at a change, and a refused change changes nothing', async () => {
      const { projects } = subject.store;
      await projects.create(project('p2', 'second'));
      await expect(projects.create(project('p3', 'first'))).rejects.toMatchObject({ code: 'name_in_use' });
      const rename = projects.update(project('p2').id, { name: 'first', description: 'x', at: 9 });
      await expect(rename).rejects.toMatchObject({ code: 'name_in_use' });
      expect(await projects.find('p2')).toEqual(project('p2', 'second'));
      await projects.update(project('p2').id, { description: 'changed', at: 9 });
      expect(await projects.find('second')).toMatchObject({ description: 'changed', updatedAt: 9 });
      const missing = projects.update(project('p9').id, { name: 'y', at: 9 });
      await expect(missing).rejects.toMatchObject({ code: 'not_found' });
    });

    test('have parameters, which their runs read as they are now', async () => {
      const { instances, master, projects } = subject.store;
      await instances.start(run('r1'), command('c1', 'r1'), event('r1'));
      const params = [
        { name: 'zone', type: 'string', value: "it's ü", description: 'where' },
        { name: 'empty', type: 'integer' },
      ] as const;
      await projects.update(PROJECT, { params, at: 9 });
      expect(await projects.find(PROJECT)).toEqual({ ...project(PROJECT, 'first'), params, updatedAt: 9 });
      expect((await master.loadRun(run('r1').id))!.projectParams).toEqual({ zone: "it's ü", empty: '' });
      await projects.update(PROJECT, { description: 'x', at: 10 });
      expect(await projects.find(PROJECT)).toMatchObject({ params, description: 'x' });
      await projects.update(PROJECT, { params: [], at: 11 });
      expect((await master.loadRun(run('r1').id))!.projectParams).toEqual({});
      const born = { ...project('p2'), params };
      await projects.create(born);
      expect(await projects.list({ limit: 9, cursor: null })).toMatchObject({ items: [{}, born] });
    });

    test('cannot be deleted while they hold workflows', async () => {
      const { projects, workflows } = subject.store;
      await expect(projects.delete(PROJECT)).rejects.toMatchObject({ code: 'conflict' });
      await workflows.delete(WORKFLOW, workflowEvent(WORKFLOW));
      await projects.delete(PROJECT);
      expect(await projects.find(PROJECT)).toBeUndefined();
      await expect(projects.delete(PROJECT)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('are listed by name in pages that neither repeat nor miss a row when others are added between', async () => {
      const { projects } = subject.store;
      for (const name of ['b', 'd', 'f', 'h']) await projects.create(project(`id-${name}`, name));
      const first = await projects.list({ limit: 2, cursor: null });
      expect(first.items.map(({ name }) => name)).toEqual(['b', 'd']);
      await projects.create(project('id-a', 'a'));
      await projects.create(project('id-e', 'e'));
      const second = await projects.list({ limit: 10, cursor: first.next });
      expect(second.items.map(({ name }) => name)).toEqual(['e', 'f', 'first', 'h']);
      expect(second.next).toBeNull();
    });

    test('refuse a limit or a cursor that no list gave', async () => {
      const { projects, workflows } = subject.store;
      for (const cursor of ['nonsense', '', '%%%', 'MTIz', 'e30', '"']) {
        await expect(projects.list({ limit: 5, cursor }), cursor).rejects.toMatchObject({ code: 'bad_request' });
        if (cursor === 'MTIz') continue;
        await expect(workflows.versions(WORKFLOW, { limit: 5, cursor })).rejects.toMatchObject({ code: 'bad_request' });
      }
      for (const limit of [0, 501, 1.5, Number.NaN]) {
        await expect(projects.list({ limit, cursor: null })).rejects.toMatchObject({ code: 'bad_request' });
      }
    });
  });

  describe('workflows', () => {
    test('are found within their project only, with every version exactly as it was saved', async () => {
      const { workflows, definitions } = subject.store;
      expect(await workflows.find(PROJECT, WORKFLOW)).toEqual(workflow(WORKFLOW));
      expect(await workflows.find(PROJECT, 'workflow-1')).toEqual(workflow(WORKFLOW));
      expect(await workflows.find(project('p2').id, WORKFLOW)).toBeUndefined();
      expect(await workflows.version(WORKFLOW, 1)).toEqual(version(WORKFLOW));
      expect(await definitions.document(WORKFLOW, 1)).toEqual(version(WORKFLOW).document);
      expect(await workflows.version(WORKFLOW, 2)).toBeUndefined();
    });

    test('need a project and a name of their own in it; a refused one leaves no version behind', async () => {
      const { projects, workflows } = subject.store;
      const again = workflows.create(workflow('w2', { name: 'workflow-1' }), version('w2'), workflowEvent('w2'));
      await expect(again).rejects.toMatchObject({ code: 'name_in_use' });
      expect(await workflows.version(workflow('w2').id, 1)).toBeUndefined();
      const nowhere = workflow('w3', { projectId: project('nowhere').id });
      await expect(workflows.create(nowhere, version('w3'), workflowEvent('w3'))).rejects.toMatchObject({
        code: 'not_found',
      });
      await projects.create(project('p2'));
      await workflows.create(
        workflow('w4', { name: 'workflow-1', projectId: project('p2').id }),
        version('w4'),
        workflowEvent('w4'),
      );
    });

    test('are listed by name, whatever the size of letters, of a project or of all, and by what is asked for', async () => {
      const { projects, workflows } = subject.store;
      await projects.create(project('p2', 'second'));
      const make = (id: string, name: string, more: Parameters<typeof workflow>[1] = {}) =>
        workflows.create(workflow(id, { ...more, name }), version(id), workflowEvent(id));
      await make('w2', 'Daily');
      await make('w3', 'daily', { projectId: project('p2').id, online: false });
      await make('w4', 'dailz', { online: false });
      await make('w5', 'daily-2', { online: false });
      await make('w6', '每日');
      const ids = async (filter: WorkflowFilter, limit = 2) =>
        (await allPages((page) => workflows.list(filter, page), limit)).map(({ id }) => id).join(' ');
      expect(await ids({})).toBe('w2 w3 w5 w4 workflow-1 w6');
      expect(await ids({}, 1)).toBe('w2 w3 w5 w4 workflow-1 w6');
      expect(await ids({ projectId: PROJECT })).toBe('w2 w5 w4 workflow-1 w6');
      expect(await ids({ projectId: PROJECT, prefix: 'DAILY' }, 1)).toBe('w2 w5');
      expect(await ids({ prefix: 'daily' }, 1)).toBe('w2 w3 w5');
      expect(await ids({ online: false })).toBe('w3 w5 w4');
      expect(await ids({ online: false, projectId: PROJECT, prefix: 'dail' }, 1)).toBe('w5 w4');
      expect(await ids({ online: true, prefix: '每' })).toBe('w6');
      expect(await ids({ prefix: 'nothing' })).toBe('');
      expect(await ids({ prefix: '%' })).toBe('');
      const first = await workflows.list({}, { limit: 2, cursor: null });
      await make('w0', 'a');
      await make('w7', 'daily-1');
      const second = await workflows.list({}, { limit: 2, cursor: first.next });
      expect(second.items.map(({ id }) => id)).toEqual(['w7', 'w5']);
      const { next } = await projects.list({ limit: 1, cursor: null });
      for (const cursor of ['nonsense', next!]) {
        await expect(workflows.list({}, { limit: 5, cursor })).rejects.toMatchObject({ code: 'bad_request' });
      }
    });

    test('come many at once with their newest documents, by ids and by names, those of one project only', async () => {
      const { projects, workflows } = subject.store;
      await projects.create(project('p2', 'second'));
      await workflows.create(workflow('w2', { projectId: project('p2').id }), version('w2'), workflowEvent('w2'));
      await workflows.saveVersion(WORKFLOW, save('hash-2'), workflowEvent(WORKFLOW));
      const found = await workflows.newest(PROJECT, ['nobody', 'workflow-1', WORKFLOW, 'w2']);
      expect(found).toEqual([
        { ...(await workflows.find(PROJECT, WORKFLOW)), document: { name: 'workflow-1', hash: 'hash-2' } },
      ]);
      expect(await workflows.newest(PROJECT, [])).toEqual([]);
    });

    test('get a new version only for new content', async () => {
      const { workflows } = subject.store;
      expect(await workflows.saveVersion(WORKFLOW, save('hash-1'), workflowEvent(WORKFLOW))).toEqual({
        version: 1,
        created: false,
      });
      expect(await workflows.find(PROJECT, WORKFLOW)).toEqual(workflow(WORKFLOW));
      expect(await workflows.saveVersion(WORKFLOW, save('hash-2', 'renamed'), workflowEvent(WORKFLOW))).toEqual({
        version: 2,
        created: true,
      });
      // Back to the old content is new content again.
      expect(await workflows.saveVersion(WORKFLOW, save('hash-1', 'renamed'), workflowEvent(WORKFLOW))).toEqual({
        version: 3,
        created: true,
      });
      expect(await workflows.find(PROJECT, 'renamed')).toMatchObject({ version: 3, taskCount: 3, updatedAt: 50 });
      expect(await workflows.version(WORKFLOW, 2)).toMatchObject({ contentHash: 'hash-2', createdBy: 'bob' });
      const missing = workflows.saveVersion(workflow('w9').id, save('hash-2'), workflowEvent('w9'));
      await expect(missing).rejects.toMatchObject({ code: 'not_found' });
    });

    test('saved by many at once get versions without gaps', async () => {
      const { workflows } = subject.store;
      const saved = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          workflows.saveVersion(WORKFLOW, save(`many-${i}`), workflowEvent(WORKFLOW)),
        ),
      );
      expect(saved.map(({ version }) => version).sort((a, b) => a - b)).toEqual(saved.map((_, i) => i + 2));
      const listed = await allPages((page) => workflows.versions(WORKFLOW, page), 6);
      expect(listed.map(({ version }) => version)).toEqual(Array.from({ length: 21 }, (_, i) => 21 - i));
      expect(listed[0]).not.toHaveProperty('document');
    });

    test('saved by many at once from one base are saved by one of them, and nothing is left of the others', async () => {
      const { events, workflows } = subject.store;
      const before = await events.latestSeq();
      const from = (base: number, i: number) =>
        workflows.saveVersion(WORKFLOW, save(`many-${i}`, `name-${i}`), workflowEvent(WORKFLOW), { base, events: [] });
      const saved = await Promise.all(Array.from({ length: 12 }, (_, i) => from(1, i)));
      expect(saved.filter(({ created }) => created)).toEqual([{ version: 2, created: true }]);
      expect(saved.map(({ version }) => version)).toEqual(saved.map(() => 2));
      const winner = saved.findIndex(({ created }) => created);
      expect(await workflows.find(PROJECT, WORKFLOW)).toMatchObject({ version: 2, name: `name-${winner}` });
      expect(await workflows.version(WORKFLOW, 2)).toMatchObject({ contentHash: `many-${winner}` });
      expect(await from(3, 99)).toEqual({ version: 2, created: false });
      expect(await events.after(before, { limit: 100 })).toMatchObject([{ data: { version: 2 } }]);
    });

    test('cannot take the name of another when a version is saved', async () => {
      const { workflows } = subject.store;
      await workflows.create(workflow('w2'), version('w2'), workflowEvent('w2'));
      const taken = workflows.saveVersion(WORKFLOW, save('hash-2', 'w2'), workflowEvent(WORKFLOW));
      await expect(taken).rejects.toMatchObject({ code: 'name_in_use' });
      expect(await workflows.version(WORKFLOW, 2)).toBeUndefined();
    });

    test('are changed together with the event that tells of it, or not at all', async () => {
      const { events, instances, workflows } = subject.store;
      const before = await events.latestSeq();
      const news = () => events.after(before, { limit: 100 });
      const created = workflowEvent('w2', { type: 'workflow.added', data: { nested: [{ "it's": 'ü "x"' }] } });
      await workflows.create(workflow('w2'), version('w2'), created);
      expect(await news()).toEqual([{ ...created, seq: expect.any(Number) }]);

      const tell = (n: number) => workflowEvent(WORKFLOW, { at: n, data: { n } });
      await workflows.saveVersion(WORKFLOW, save('hash-1'), tell(0));
      await workflows.setOnline(WORKFLOW, true, tell(0));
      await Promise.allSettled([
        workflows.create(workflow('w3', { name: 'w2' }), version('w3'), tell(0)),
        workflows.create(workflow('w3', { projectId: project('nowhere').id }), version('w3'), tell(0)),
        workflows.saveVersion(WORKFLOW, save('hash-2', 'w2'), tell(0)),
        workflows.saveVersion(workflow('w9').id, save('hash-2'), tell(0)),
        workflows.setOnline(workflow('w9').id, true, tell(0)),
        workflows.delete(workflow('w9').id, tell(0)),
      ]);
      await instances.start(run('r1'), command('c1', 'r1'), event('r1', { at: 1, data: { n: 1 } }));
      await expect(workflows.delete(WORKFLOW, tell(0))).rejects.toMatchObject({ code: 'conflict' });
      expect((await news()).slice(1)).toMatchObject([{ type: 'workflow_instance.state' }]);

      await workflows.saveVersion(WORKFLOW, save('hash-2'), tell(2));
      await workflows.setOnline(WORKFLOW, false, tell(3));
      await workflows.delete(workflow('w2').id, { ...tell(4), type: 'workflow.removed' });
      expect((await news()).slice(2).map(({ type, at, data }) => ({ type, at, data }))).toEqual([
        { type: 'workflow.updated', at: 2, data: { n: 2, version: 2 } },
        { type: 'workflow.updated', at: 3, data: { n: 3 } },
        { type: 'workflow.removed', at: 4, data: { n: 4 } },
      ]);
    });

    test('saved by many at once have each version told of once, by its number', async () => {
      const { events, workflows } = subject.store;
      const before = await events.latestSeq();
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          workflows.saveVersion(WORKFLOW, save(`many-${i >> 1}`), workflowEvent(WORKFLOW)),
        ),
      );
      const told = (await events.after(before, { limit: 100 })).map(({ data }) => data.version);
      expect(told).toEqual(Array.from({ length: 10 }, (_, i) => i + 2));
    });

    test('go online and offline', async () => {
      const { workflows } = subject.store;
      expect(await workflows.setOnline(WORKFLOW, true, workflowEvent(WORKFLOW))).toBe(false);
      expect(await workflows.find(PROJECT, WORKFLOW)).toEqual(workflow(WORKFLOW));
      expect(await workflows.setOnline(WORKFLOW, false, workflowEvent(WORKFLOW))).toBe(true);
      expect(await workflows.find(PROJECT, WORKFLOW)).toMatchObject({ online: false, updatedAt: 77 });
      await expect(workflows.setOnline(workflow('w9').id, true, workflowEvent('w9'))).rejects.toMatchObject({
        code: 'not_found',
      });
    });

    test('cannot be deleted while a run has not ended; the history of a deleted one stays', async () => {
      const { workflows, instances, master } = subject.store;
      await instances.start(run('r1'), command('c1', 'r1'), event('r1'));
      await expect(workflows.delete(WORKFLOW, workflowEvent(WORKFLOW))).rejects.toMatchObject({ code: 'conflict' });
      expect(await workflows.version(WORKFLOW, 1)).toBeDefined();
      await subject.lead(1);
      await master.commit(1, commit({ instance: run('r1', { state: 'success' }) }));
      await workflows.delete(WORKFLOW, workflowEvent(WORKFLOW));
      expect(await workflows.find(PROJECT, WORKFLOW)).toBeUndefined();
      expect(await workflows.version(WORKFLOW, 1)).toBeUndefined();
      expect(await instances.find('r1')).toMatchObject({ state: 'success' });
      await expect(workflows.delete(WORKFLOW, workflowEvent(WORKFLOW))).rejects.toMatchObject({ code: 'not_found' });
      const late = instances.start(run('r2'), command('c2', 'r2'), event('r2'));
      await expect(late).rejects.toMatchObject({ code: 'conflict' });
    });
  });
}
