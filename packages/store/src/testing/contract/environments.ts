/** The contract of environments and secrets: what they are, whose, who uses them, and what a task gets of them. */
import type {
  EnvironmentId,
  EnvironmentRow,
  EnvironmentVariable,
  ProjectId,
  SecretId,
  SecretRow,
  WorkflowDocument,
} from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import { encodeCursor } from '../../sql/page.ts';
import type { Subject } from '../store-contract.ts';
import { allPages } from './all-pages.ts';
import { backfill, told } from './backfill-fixtures.ts';
import { command, commit, event, PROJECT, project, run, version, workflow, workflowEvent } from './fixtures.ts';
import { schedule } from './schedule-fixtures.ts';
import { trigger } from './trigger-fixtures.ts';

const OTHER = 'project-2' as ProjectId;
const environmentId = (id: string) => id as EnvironmentId;
const secretId = (id: string) => id as SecretId;
const MADE = { createdBy: 'ann', createdAt: 1, updatedBy: 'ann', updatedAt: 1 };

export function environment(id: string, more: Partial<EnvironmentRow> = {}): EnvironmentRow {
  return {
    ...{ id: environmentId(id), projectId: null, name: id, description: "it's", revision: 1, ...MADE },
    variables: [{ name: 'A', value: 'ü "1"', secret: null }],
    ...more,
  };
}

export function secret(id: string, more: Partial<SecretRow> = {}): SecretRow {
  return { id: secretId(id), projectId: null, name: id, description: '', sealed: `sealed ${id}`, ...MADE, ...more };
}

const needs = (name: string, of: string): EnvironmentVariable => ({ name, value: null, secret: of });

export function describeEnvironments(subject: Subject): void {
  describe('environments', () => {
    test('are found by id and by name, that of the project before that of all, and listed by name', async () => {
      const { environments, projects } = subject.store;
      await projects.create(project(OTHER, 'second'));
      const rows = [
        environment('e4', { name: 'beta' }),
        environment('e1', { name: 'beta', projectId: PROJECT }),
        environment('e2', { name: 'alpha', projectId: OTHER }),
        environment('e3', { name: 'gamma' }),
      ];
      for (const row of rows) await environments.create(row);
      const find = (projectId: ProjectId | null, idOrName: string) => environments.find({ projectId, idOrName });
      expect(await find(PROJECT, 'beta')).toEqual(rows[1]);
      expect(await find(OTHER, 'beta')).toEqual(rows[0]);
      expect(await find(null, 'beta')).toEqual(rows[0]);
      expect(await find(null, 'alpha')).toBeUndefined();
      expect(await find(null, 'e2')).toEqual(rows[2]);
      const list = (limit: number, filter = {}) => allPages((page) => environments.list(filter, page), limit);
      for (const limit of [1, 3, 50]) {
        expect((await list(limit)).map(({ id }) => id)).toEqual(['e2', 'e1', 'e4', 'e3']);
        expect((await list(limit, { projectId: OTHER })).map(({ id }) => id)).toEqual(['e2', 'e4', 'e3']);
      }
      for (const cursor of ['x', encodeCursor('y'), encodeCursor(7), encodeCursor('["a"]'), encodeCursor('[1,2]')]) {
        await expect(environments.list({}, { limit: 1, cursor }), cursor).rejects.toMatchObject({
          code: 'bad_request',
        });
      }
    });

    test('have names that are unique within a project, and within those of all', async () => {
      const { environments } = subject.store;
      await environments.create(environment('e1', { name: 'prod' }));
      await environments.create(environment('e2', { name: 'prod', projectId: PROJECT }));
      const refused = [
        { row: environment('e3', { name: 'prod' }), code: 'name_in_use' },
        { row: environment('e3', { name: 'prod', projectId: PROJECT }), code: 'name_in_use' },
        { row: environment('e3', { projectId: 'nowhere' as ProjectId }), code: 'not_found' },
      ];
      for (const { row, code } of refused) await expect(environments.create(row)).rejects.toMatchObject({ code });
      await environments.create(environment('e4', { name: 'test' }));
      const renamed = environments.update({ id: environmentId('e4'), revision: 1 }, { name: 'prod', by: 'bob', at: 2 });
      await expect(renamed).rejects.toMatchObject({ code: 'name_in_use' });
      expect(await allPages((page) => environments.list({}, page), 9)).toHaveLength(3);
    });

    test('are changed by who has read what is there, and go', async () => {
      const { environments } = subject.store;
      await environments.create(environment('e1'));
      const variables = [needs('TOKEN', 'token')];
      const change = { name: 'new', description: '', variables, by: 'bob', at: 9 };
      const { name, description } = change;
      await environments.update({ id: environmentId('e1'), revision: 1 }, change);
      const changed = environment('e1', { name, description, variables, revision: 2, updatedBy: 'bob', updatedAt: 9 });
      expect(await environments.find({ projectId: null, idOrName: 'new' })).toEqual(changed);
      const late = environments.update({ id: environmentId('e1'), revision: 1 }, change);
      await expect(late).rejects.toMatchObject({ code: 'conflict' });
      await expect(environments.update({ id: environmentId('e9'), revision: 1 }, change)).rejects.toMatchObject({
        code: 'not_found',
      });
      await environments.create(environment('e2', { name: 'e1' }));
      await environments.delete(environmentId('e1'));
      await expect(environments.delete(environmentId('e1'))).rejects.toMatchObject({ code: 'not_found' });
      expect(await allPages((page) => environments.list({}, page), 9)).toHaveLength(1);
    });

    test('hold their project in place, as secrets do', async () => {
      const { environments, secrets, projects } = subject.store;
      await projects.create(project(OTHER, 'second'));
      await environments.create(environment('e1', { projectId: OTHER }));
      await secrets.create(secret('s1', { projectId: OTHER }));
      await expect(projects.delete(OTHER)).rejects.toMatchObject({ code: 'conflict' });
      await environments.delete(environmentId('e1'));
      await expect(projects.delete(OTHER)).rejects.toMatchObject({ code: 'conflict' });
      await secrets.delete(secretId('s1'));
      await projects.delete(OTHER);
    });

    test('are used by newest versions, schedules, triggers, backfills and runs that name them', async () => {
      const { environments, workflows, projects, schedules, triggers, backfills, instances, master } = subject.store;
      await projects.create(project(OTHER, 'second'));
      const document = (name: string, ofTask: object): WorkflowDocument => ({
        name,
        tasks: [{ name: 't', ...ofTask }],
      });
      const add = (id: string, ofTask: object, projectId = PROJECT) =>
        workflows.create(
          { ...workflow(id), projectId },
          { ...version(id), document: document(id, ofTask) },
          workflowEvent(id),
        );
      await add('w-a', { environment: 'prod' });
      await add('w-b', { environment: 'prod' }, OTHER);
      await add('w-c', { environment: 'test', script: '"prod"' });
      await add('w-d', { environment: 'prod' });
      const changed = { name: 'w-d', description: '', taskCount: 1, contentHash: 'new', createdBy: 'ann', at: 5 };
      await workflows.saveVersion('w-d' as never, { ...changed, document: document('w-d', {}) }, workflowEvent('w-d'));
      const start = { ...schedule('x').start, environment: 'prod' };
      await schedules.create(schedule('s1', { start }));
      await schedules.create(schedule('s2'));
      await triggers.create(trigger('t1', { start }));
      await backfills.create(backfill('b1', { start }), [], told('b1', 'created'));
      await instances.start(run('r1', { environment: 'prod' }), command('c-r1', 'r1'), event('r1'));

      const all = environment('e1', { name: 'prod' });
      await environments.create(all);
      const here = { project: 'first', workflow: 'w-a' };
      const there = { project: 'second', workflow: 'w-b' };
      const uses = {
        schedules: [{ project: 'first', workflow: 'workflow-1', id: 's1', name: 's1' }],
        triggers: [{ project: 'first', workflow: 'workflow-1', id: 't1', name: 't1' }],
        backfills: 1,
        runs: 1,
      };
      expect(await environments.uses(all, 9)).toEqual({ ...uses, workflows: [here, there] });
      expect((await environments.uses(all, 1)).workflows).toEqual([here]);
      const own = environment('e2', { name: 'prod', projectId: PROJECT });
      await environments.create(own);
      expect(await environments.uses(own, 9)).toEqual({ ...uses, workflows: [here] });
      const none = { schedules: [], triggers: [], backfills: 0, runs: 0 };
      expect(await environments.uses(all, 9)).toEqual({ ...none, workflows: [there] });
      await subject.lead(1);
      await master.commit(1, commit({ instance: run('r1', { environment: 'prod', state: 'success' }) }));
      expect((await environments.uses(own, 9)).runs).toBe(0);
    });
  });

  describe('secrets', () => {
    test('are kept as they were sealed, and changed', async () => {
      const { secrets } = subject.store;
      const row = secret('s1', { name: 'token', projectId: PROJECT });
      await secrets.create(row);
      expect(await secrets.find({ projectId: PROJECT, idOrName: 'token' })).toEqual(row);
      expect(await secrets.find({ projectId: null, idOrName: 'token' })).toBeUndefined();
      await expect(secrets.create({ ...row, id: secretId('s2') })).rejects.toMatchObject({ code: 'name_in_use' });
      await secrets.update(secretId('s1'), { sealed: 'anew', by: 'bob', at: 4 });
      await secrets.update(secretId('s1'), { description: 'x', by: 'cay', at: 5 });
      expect(await allPages((page) => secrets.list({}, page), 1)).toEqual([
        { ...row, sealed: 'anew', description: 'x', updatedBy: 'cay', updatedAt: 5 },
      ]);
      const nobody = secrets.update(secretId('s9'), { by: 'bob', at: 4 });
      await expect(nobody).rejects.toMatchObject({ code: 'not_found' });
    });

    test('stay while environments get values from them: those of the project before those of all', async () => {
      const { secrets, environments } = subject.store;
      await secrets.create(secret('s1', { name: 'token' }));
      await environments.create(environment('e1', { variables: [needs('A', 'token'), needs('B', 'token')] }));
      await environments.create(environment('e2', { projectId: PROJECT, variables: [needs('A', 'token')] }));
      const users = async (id: string, limit = 9) =>
        (await secrets.usedBy(secretId(id), limit)).environments.map((row) => row.id);
      expect(await users('s1')).toEqual(['e1', 'e2']);
      expect(await users('s1', 1)).toEqual(['e1']);
      await secrets.create(secret('s2', { name: 'token', projectId: PROJECT }));
      expect(await users('s1')).toEqual(['e1']);
      expect(await users('s2')).toEqual(['e2']);
      for (const id of ['s1', 's2']) {
        await expect(secrets.delete(secretId(id))).rejects.toMatchObject({ code: 'conflict' });
      }
      await environments.delete(environmentId('e1'));
      await secrets.delete(secretId('s1'));
      await expect(secrets.delete(secretId('s1'))).rejects.toMatchObject({ code: 'not_found' });
    });
  });

  test('a task gets the environment that its project means by the name, with the secrets that this means', async () => {
    const { environments, secrets, environmentReader } = subject.store;
    const all = environment('e1', { name: 'prod', variables: [needs('A', 'token'), needs('B', 'gone')] });
    await environments.create(all);
    await secrets.create(secret('s1', { name: 'token' }));
    await secrets.create(secret('s2', { name: 'token', projectId: PROJECT }));
    const ofAll = { environment: all, secrets: new Map([['token', { id: 's1', sealed: 'sealed s1' }]]) };
    expect(await environmentReader.read(PROJECT, 'prod')).toEqual(ofAll);
    const own = environment('e2', { name: 'prod', projectId: PROJECT, variables: [needs('A', 'token')] });
    await environments.create(own);
    const ofProject = { environment: own, secrets: new Map([['token', { id: 's2', sealed: 'sealed s2' }]]) };
    expect(await environmentReader.read(PROJECT, 'prod')).toEqual(ofProject);
    expect(await environmentReader.read(OTHER, 'prod')).toEqual(ofAll);
    expect(await environmentReader.read(PROJECT, 'e1')).toBeUndefined();
  });
}
