/** The contract of data sources: whose they are, who uses them, which secrets they hold in place, and what a task gets of them. */
import type { DataSourceId, DataSourceRow, ProjectId, SecretId } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { Subject } from '../store-contract.ts';
import { allPages } from './all-pages.ts';
import { environment, secret } from './environments.ts';
import { command, commit, event, PROJECT, project, run, version, workflow, workflowEvent } from './fixtures.ts';

const OTHER = 'project-2' as ProjectId;
const dataSourceId = (id: string) => id as DataSourceId;

function dataSource(id: string, more: Partial<DataSourceRow> = {}): DataSourceRow {
  return {
    ...{ id: dataSourceId(id), projectId: null, name: id, description: "it's", kind: 'http', revision: 1 },
    ...{ settings: { address: 'https://ü', headers: { a: '"1"' } }, secrets: {} },
    ...{ createdBy: 'ann', createdAt: 1, updatedBy: 'ann', updatedAt: 1 },
    ...more,
  };
}

export function describeDataSources(subject: Subject): void {
  describe('data sources', () => {
    test('are found by id and by name, that of the project before that of all, and listed by name', async () => {
      const { dataSources, projects } = subject.store;
      await projects.create(project(OTHER, 'second'));
      const rows = [
        dataSource('d4', { name: 'beta' }),
        dataSource('d1', { name: 'beta', projectId: PROJECT, secrets: { token: 'a "b"' } }),
        dataSource('d2', { name: 'alpha', projectId: OTHER }),
      ];
      for (const row of rows) await dataSources.create(row);
      const find = (projectId: ProjectId | null, idOrName: string) => dataSources.find({ projectId, idOrName });
      expect(await find(PROJECT, 'beta')).toEqual(rows[1]);
      expect(await find(OTHER, 'beta')).toEqual(rows[0]);
      expect(await find(null, 'alpha')).toBeUndefined();
      expect(await find(null, 'd2')).toEqual(rows[2]);
      const list = (limit: number, filter = {}) => allPages((page) => dataSources.list(filter, page), limit);
      for (const limit of [1, 50]) {
        expect((await list(limit)).map(({ id }) => id)).toEqual(['d2', 'd1', 'd4']);
        expect((await list(limit, { projectId: OTHER })).map(({ id }) => id)).toEqual(['d2', 'd4']);
      }
    });

    test('have names that are unique within a project, and within those of all', async () => {
      const { dataSources } = subject.store;
      await dataSources.create(dataSource('d1', { name: 'lake' }));
      await dataSources.create(dataSource('d2', { name: 'lake', projectId: PROJECT }));
      const refused = [
        { row: dataSource('d3', { name: 'lake' }), code: 'name_in_use' },
        { row: dataSource('d3', { name: 'lake', projectId: PROJECT }), code: 'name_in_use' },
        { row: dataSource('d3', { projectId: 'nowhere' as ProjectId }), code: 'not_found' },
      ];
      for (const { row, code } of refused) await expect(dataSources.create(row)).rejects.toMatchObject({ code });
      await dataSources.create(dataSource('d4'));
      const renamed = dataSources.update({ id: dataSourceId('d4'), revision: 1 }, { name: 'lake', by: 'bob', at: 2 });
      await expect(renamed).rejects.toMatchObject({ code: 'name_in_use' });
    });

    test('are changed by who has read what is there, and go', async () => {
      const { dataSources } = subject.store;
      await dataSources.create(dataSource('d1'));
      const change = { name: 'new', description: '', settings: { address: '/a' }, secrets: { token: 't' } };
      await dataSources.update({ id: dataSourceId('d1'), revision: 1 }, { ...change, by: 'bob', at: 9 });
      const changed = dataSource('d1', { ...change, revision: 2, updatedBy: 'bob', updatedAt: 9 });
      expect(await dataSources.find({ projectId: null, idOrName: 'new' })).toEqual(changed);
      await dataSources.update({ id: dataSourceId('d1'), revision: 2 }, { secrets: {}, by: 'bob', at: 9 });
      expect(await dataSources.find({ projectId: null, idOrName: 'new' })).toEqual({
        ...{ ...changed, secrets: {}, revision: 3 },
      });
      const late = (id: string) => dataSources.update({ id: dataSourceId(id), revision: 1 }, { by: 'bob', at: 9 });
      await expect(late('d1')).rejects.toMatchObject({ code: 'conflict' });
      await expect(late('d9')).rejects.toMatchObject({ code: 'not_found' });
      await dataSources.create(dataSource('d2', { name: 'd1' }));
      await dataSources.delete(dataSourceId('d1'));
      await expect(dataSources.delete(dataSourceId('d1'))).rejects.toMatchObject({ code: 'not_found' });
    });

    test('hold their project and their secrets in place', async () => {
      const { dataSources, secrets, environments, projects } = subject.store;
      await projects.create(project(OTHER, 'second'));
      await secrets.create(secret('s1', { name: 'token' }));
      const needs = { secrets: { token: 'token', password: 'token' } };
      await dataSources.create(dataSource('d1', { projectId: OTHER, ...needs }));
      await dataSources.create(dataSource('d2', needs));
      const variables = [{ name: 'A', value: null, secret: 'token' }];
      await environments.create(environment('e1', { variables }));
      const uses = async (id: string) => {
        const { environments, dataSources } = await secrets.usedBy(id as SecretId, 9);
        return [environments.map((one) => one.id), dataSources.map((one) => one.id)];
      };
      expect(await uses('s1')).toEqual([['e1'], ['d1', 'd2']]);
      await secrets.create(secret('s2', { name: 'token', projectId: OTHER }));
      expect(await uses('s1')).toEqual([['e1'], ['d2']]);
      expect(await uses('s2')).toEqual([[], ['d1']]);
      const refused = secrets.delete('s1' as SecretId);
      await expect(refused).rejects.toThrow('the environment "e1", and by the data source "d2"');
      await expect(secrets.delete('s2' as SecretId)).rejects.toMatchObject({ code: 'conflict' });
      await dataSources.update({ id: dataSourceId('d1'), revision: 1 }, { secrets: {}, by: 'bob', at: 2 });
      await secrets.delete('s2' as SecretId);
      await expect(projects.delete(OTHER)).rejects.toMatchObject({ code: 'conflict' });
      await dataSources.delete(dataSourceId('d1'));
      await projects.delete(OTHER);
    });

    test('are used by newest versions, and by runs of any version that have not ended', async () => {
      const { dataSources, workflows, projects, instances, master } = subject.store;
      await projects.create(project(OTHER, 'second'));
      const document = (name: string, ofTask: object) => ({ name, tasks: [{ name: 't', type: 'sql', ...ofTask }] });
      const add = (id: string, ofTask: object, projectId = PROJECT) =>
        workflows.create(
          { ...workflow(id), projectId },
          { ...version(id), document: document(id, ofTask) },
          workflowEvent(id),
        );
      await add('w-a', { dataSource: 'lake' });
      await add('w-b', { dataSource: 'lake' }, OTHER);
      await add('w-c', { dataSource: 'sea', script: '"lake"' });
      const changed = { name: 'w-a', description: '', taskCount: 1, contentHash: 'new', createdBy: 'ann', at: 5 };
      await instances.start(run('r1', { workflowId: 'w-a' as never }), command('c-r1', 'r1'), event('r1'));
      const all = dataSource('d1', { name: 'lake' });
      await dataSources.create(all);
      const here = { project: 'first', workflow: 'w-a' };
      const there = { project: 'second', workflow: 'w-b' };
      expect(await dataSources.uses(all, 9)).toEqual({ workflows: [here, there], runs: 1 });
      expect((await dataSources.uses(all, 1)).workflows).toEqual([here]);
      const own = dataSource('d2', { name: 'lake', projectId: PROJECT });
      await dataSources.create(own);
      expect(await dataSources.uses(all, 9)).toEqual({ workflows: [there], runs: 0 });
      await workflows.saveVersion('w-a' as never, { ...changed, document: document('w-a', {}) }, workflowEvent('w-a'));
      expect(await dataSources.uses(own, 9)).toEqual({ workflows: [], runs: 1 });
      await subject.lead(1);
      await master.commit(1, commit({ instance: run('r1', { workflowId: 'w-a' as never, state: 'success' }) }));
      expect(await dataSources.uses(own, 9)).toEqual({ workflows: [], runs: 0 });
    });

    test('are read for a task as its project means them, with their secrets', async () => {
      const { dataSources, secrets, dataSourceReader } = subject.store;
      const all = dataSource('d1', { name: 'lake', secrets: { token: 'token', password: 'gone' } });
      await dataSources.create(all);
      await secrets.create(secret('s1', { name: 'token' }));
      await secrets.create(secret('s2', { name: 'token', projectId: PROJECT }));
      const ofAll = { dataSource: all, secrets: new Map([['token', { id: 's1', sealed: 'sealed s1' }]]) };
      expect(await dataSourceReader.read(PROJECT, 'lake')).toEqual(ofAll);
      const own = dataSource('d2', { name: 'lake', projectId: PROJECT, secrets: { token: 'token' } });
      await dataSources.create(own);
      const ofProject = { dataSource: own, secrets: new Map([['token', { id: 's2', sealed: 'sealed s2' }]]) };
      expect(await dataSourceReader.read(PROJECT, 'lake')).toEqual(ofProject);
      for (const projectId of [OTHER, null]) expect(await dataSourceReader.read(projectId, 'lake')).toEqual(ofAll);
      expect(await dataSourceReader.read(PROJECT, 'd1')).toBeUndefined();
    });
  });
}
