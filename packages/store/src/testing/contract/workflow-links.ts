/** The contract of links between workflows. */
import type { WorkflowDocument, WorkflowId } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { WorkflowLink } from '../../ports/workflow-links.ts';
import type { Subject } from '../store-contract.ts';
import { filing } from './backfill-fixtures.ts';
import { PROJECT, project, version, WORKFLOW, workflow, workflowEvent } from './fixtures.ts';
import { trigger } from './trigger-fixtures.ts';

const other = project('project-2', 'second');

function document(name: string, ...tasks: readonly object[]): WorkflowDocument {
  return { name, tasks: tasks.map((task, n) => ({ name: `t${n}`, ...task })) };
}

export function describeWorkflowLinks(subject: Subject): void {
  async function make(id: string, tasks: readonly object[], more: Parameters<typeof workflow>[1] = {}) {
    const row = workflow(id, more);
    const first = { ...version(id), document: document(row.name, ...tasks) };
    await subject.store.workflows.create(row, first, workflowEvent(id));
  }
  async function save(id: string, name: string, hash: string, tasks: readonly object[], base?: number) {
    const change = { name, description: '', taskCount: 1, document: document(name, ...tasks), contentHash: hash };
    const told = base === undefined ? undefined : { base, events: [] };
    return subject.store.workflows.saveVersion(
      id as WorkflowId,
      { ...change, createdBy: 'ann', at: 9 },
      workflowEvent(id),
      told,
    );
  }
  const said = (links: readonly WorkflowLink[]) =>
    links
      .map(({ kind, said, named, task, trigger }) => {
        return `${said.workflowName} ${kind} ${named.projectName}/${named.workflowName}${named.workflowId ? '' : '?'} by ${task ?? trigger?.name}`;
      })
      .sort();
  const around = async (id: string) => said(await subject.store.workflowLinks.around([id as WorkflowId], 50));

  describe('links between workflows', () => {
    test('are known from both ends, whatever names the other: a name, an id, with its project or without', async () => {
      await subject.store.projects.create(other);
      await make('asks', [
        { type: 'dependent', on: { all: [{ workflow: WORKFLOW, range: 'today', task: 'a' }] } },
        { type: 'sub_workflow', workflow: 'far', project: 'second', enabled: false },
        { type: 'dynamic', workflow: 'nowhere', lists: [] },
        { type: 'shell', script: 'x' },
      ]);
      await make('far', [{ type: 'dependent', on: [{ workflow: 'asks', project: PROJECT, range: 'today' }] }], {
        projectId: other.id,
      });
      const ofAsks = [
        'asks dependent first/workflow-1 by t0',
        'asks dynamic first/nowhere? by t2',
        'asks sub_workflow second/far by t1',
        'far dependent first/asks by t0',
      ];
      expect(await around('asks')).toEqual(ofAsks);
      expect(await around(WORKFLOW)).toEqual(['asks dependent first/workflow-1 by t0']);
      expect(await around('far')).toEqual(['asks sub_workflow second/far by t1', 'far dependent first/asks by t0']);
      expect(said(await subject.store.workflowLinks.ofProject(other.id, 50))).toEqual([
        'asks sub_workflow second/far by t1',
        'far dependent first/asks by t0',
      ]);
      expect(said(await subject.store.workflowLinks.ofProject(PROJECT, 50))).toEqual(ofAsks);
      const [link] = await subject.store.workflowLinks.around([WORKFLOW], 50);
      expect(link).toEqual({
        ...{ kind: 'dependent', task: 't0', trigger: null, enabled: true, ofTask: 'a', range: 'today' },
        said: { projectId: PROJECT, projectName: 'first', workflowId: 'asks', workflowName: 'asks' },
        named: { projectId: PROJECT, projectName: 'first', workflowId: WORKFLOW, workflowName: 'workflow-1' },
      });
      expect((await subject.store.workflowLinks.around(['far' as WorkflowId], 50)).map((one) => one.enabled)).toContain(
        false,
      );
    });

    test('are those of the newest version, and of nothing that was not saved', async () => {
      await make('asks', [{ type: 'sub_workflow', workflow: 'one' }]);
      expect(await around('asks')).toEqual(['asks sub_workflow first/one? by t0']);
      await save('asks', 'asks', 'hash-2', [{ type: 'sub_workflow', workflow: WORKFLOW }]);
      expect(await around('asks')).toEqual(['asks sub_workflow first/workflow-1 by t0']);
      await save('asks', 'asks', 'hash-3', [{ type: 'sub_workflow', workflow: 'stale' }], 1);
      expect(await around('asks')).toEqual(['asks sub_workflow first/workflow-1 by t0']);
      await save('asks', 'asks', 'hash-4', [{ type: 'shell' }]);
      expect(await around('asks')).toEqual([]);
    });

    test('lead to whatever bears the name when they are asked for, and go with their workflow', async () => {
      await make('asks', [{ type: 'sub_workflow', workflow: 'child' }]);
      await make('child-id', [], { name: 'child' });
      expect(await around('child-id')).toEqual(['asks sub_workflow first/child by t0']);
      await save('child-id', 'renamed', 'hash-2', []);
      expect(await around('child-id')).toEqual([]);
      expect(await around('asks')).toEqual(['asks sub_workflow first/child? by t0']);
      await subject.store.workflows.delete('asks' as WorkflowId, workflowEvent('asks'));
      expect(await subject.store.workflowLinks.ofProject(PROJECT, 50)).toEqual([]);
    });

    test('are also what triggers follow, and say whether these are online', async () => {
      await make('next', []);
      const config = {
        kind: 'after_workflow',
        projectId: PROJECT,
        on: 'success',
        backfills: false,
        mapping: {},
      } as const;
      const row = trigger('t1', {
        kind: 'after_workflow',
        workflowId: 'next' as WorkflowId,
        online: false,
        secret: null,
      });
      await subject.store.triggers.create({ ...row, config: { ...config, workflowId: WORKFLOW } });
      await subject.store.triggers.create(trigger('t2'));
      const link = 'next after_workflow first/workflow-1 by t1';
      expect(await around('next')).toEqual([link]);
      expect(await around(WORKFLOW)).toEqual([link]);
      const [one] = await subject.store.workflowLinks.ofProject(PROJECT, 50);
      expect(one).toMatchObject({ enabled: false, range: 'success', trigger: { id: 't1' }, task: null });
    });

    test('outlines and newest runs come for many workflows at once', async () => {
      await make('quiet', [], { online: false });
      for (const id of ['r1', 'r2', 'r3']) {
        const { instance, command, event } = filing(id, { number: null });
        await subject.store.instances.start(instance, command, event);
      }
      const ids = [WORKFLOW, 'quiet', 'gone'] as WorkflowId[];
      const outlines = await subject.store.workflowLinks.outlines(ids);
      expect(outlines.map(({ workflowName, projectName, online }) => [workflowName, projectName, online])).toEqual([
        ['workflow-1', 'first', true],
        ['quiet', 'first', false],
      ]);
      const runs = await subject.store.workflowLinks.newestRuns(ids, 2);
      expect(runs.map(({ id, workflowId }) => [id, workflowId])).toEqual([
        ['r3', WORKFLOW],
        ['r2', WORKFLOW],
      ]);
    });
  });
}
