/** The contract of names. */
import type { WorkflowId } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { NamedThing } from '../../ports/names.ts';
import type { Subject } from '../store-contract.ts';
import { project, version, WORKFLOW, workflow, workflowEvent } from './fixtures.ts';
import { schedule } from './schedule-fixtures.ts';
import { trigger } from './trigger-fixtures.ts';

export function describeNames(subject: Subject): void {
  const make = (id: string, name: string, projectId = 'project-1') =>
    subject.store.workflows.create(
      workflow(id, { name, projectId: projectId as never }),
      version(id),
      workflowEvent(id),
    );
  const texts = (things: readonly NamedThing[]) =>
    things.map(({ kind, name, projectName, workflowName }) =>
      [kind, projectName, workflowName, name].filter((text) => text !== null).join(' '),
    );

  describe('names', () => {
    test('are found by how they begin, whatever the size of letters, by kind and by name', async () => {
      const { names, projects, schedules, triggers } = subject.store;
      await projects.create(project('project-2', 'Daily things'));
      await make('w2', 'daily');
      await make('w3', 'Daily-report', 'project-2');
      await make('w4', 'not-daily');
      await make('w5', 'dailz');
      await schedules.create(schedule('s1', { name: 'dAily at six' }));
      await triggers.create(trigger('t1', { name: 'daily hook' }));
      expect(texts(await names.beginning('DAILY', 10))).toEqual([
        'project Daily things',
        'workflow first daily',
        'workflow Daily things Daily-report',
        'schedule first workflow-1 dAily at six',
        'trigger first workflow-1 daily hook',
      ]);
      expect(texts(await names.beginning('daily', 1))).toContain('workflow first daily');
      expect(await names.beginning('daily', 1)).toHaveLength(4);
      expect(await names.beginning('zzz', 10)).toEqual([]);
    });

    test('are compared as they are written, with signs and with other scripts', async () => {
      const { names } = subject.store;
      await make('w2', '每日报表');
      await make('w3', '每月报表');
      await make('w4', 'a%b');
      await make('w5', 'acb');
      expect(texts(await names.beginning('每日', 10))).toEqual(['workflow first 每日报表']);
      expect(texts(await names.beginning('a%', 10))).toEqual(['workflow first a%b']);
    });

    test('lead to the workflows that bear exactly this one', async () => {
      const { names, projects } = subject.store;
      await projects.create(project('project-2', 'second'));
      await make('w2', 'workflow-1', 'project-2');
      await make('w3', 'Workflow-1', 'project-2');
      expect(await names.workflowsNamed('workflow-1', 10)).toEqual(['w2', WORKFLOW] as WorkflowId[]);
      expect(await names.workflowsNamed('workflow', 10)).toEqual([]);
    });
  });
}
