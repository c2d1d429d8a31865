import { type AppError, parseWorkflowDocument } from '@vaquita/core';
import { expect, it } from 'vitest';
import { TASK_SCHEMA, WORKFLOW_SCHEMA } from './written-schemas.ts';

/** The keys that the server knows at a place: it names them where it meets one that it does not know. */
function knownAt(path: string, document: object): readonly string[] {
  try {
    parseWorkflowDocument(document);
  } catch (thrown) {
    const problem = (thrown as AppError).problems.find((one) => one.path === `${path}zzz`);
    return /Known: (.*)\.$/.exec(problem?.message ?? '')?.[1]?.split(', ') ?? [];
  }
  return [];
}

const keysOf = ({ properties }: { properties: object }) => Object.keys(properties);
const task = (more: object) => ({ name: 'w', tasks: [{ name: 'a', type: 'noop', ...more }] });

it('has every key of a task and of a workflow, and no other', () => {
  const own = ['name', 'type', 'dependsOn'];
  expect([...keysOf(TASK_SCHEMA), ...own, 'result'].toSorted()).toEqual(
    knownAt('tasks[0].', task({ zzz: 1 })).toSorted(),
  );
  expect(keysOf(WORKFLOW_SCHEMA).toSorted()).toEqual(knownAt('', { ...task({}), zzz: 1 }).toSorted());
});

const { retry, timeout, params, outputs } = TASK_SCHEMA.properties as unknown as Record<
  string,
  { properties: object; items: { properties: object } }
>;
const ofWorkflow = WORKFLOW_SCHEMA.properties as unknown as Record<string, { properties: object }>;

it.each([
  ['retry', task({ retry: { zzz: 1 } }), 'tasks[0].retry.', retry!],
  ['timeout', task({ timeout: { zzz: 1 } }), 'tasks[0].timeout.', timeout!],
  ['params', task({ params: [{ zzz: 1 }] }), 'tasks[0].params[0].', params!.items],
  ['outputs', task({ outputs: [{ zzz: 1 }] }), 'tasks[0].outputs[0].', outputs!.items],
  ['timeout of the workflow', { ...task({}), timeout: { zzz: 1 } }, 'timeout.', ofWorkflow.timeout!],
  ['alerts', { ...task({}), alerts: { zzz: 1 } }, 'alerts.', ofWorkflow.alerts!],
])('has every key of %s', (_, document, path, schema) => {
  expect(keysOf(schema).toSorted()).toEqual(knownAt(path, document).toSorted());
});
