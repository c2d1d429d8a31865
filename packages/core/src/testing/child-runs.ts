/** Words for what a task that starts runs of its own is told: which workflow it is, and how those runs do. */
import type { ProjectId, WorkflowId } from '../identity/ids.ts';
import type { ChildReport, ResolvedWorkflow } from '../machine/events.ts';
import type { RunFixture, TaskSpec } from './run-fixture.ts';

export const target: ResolvedWorkflow = {
  projectId: 'p' as ProjectId,
  workflowId: 'child' as WorkflowId,
  workflowName: 'child',
  version: 4,
  execution: 'parallel',
};
export const sub: TaskSpec = {
  name: 's',
  type: 'sub_workflow',
  config: { workflow: 'child', project: null, version: null },
  params: [{ name: 'day', type: 'string', value: 'monday' }],
  outputs: [{ name: 'rows', type: 'integer' }],
};

/** The workflow that a task names has been looked up and found. */
export function resolve(fixture: RunFixture, name = 's'): void {
  fixture.send({ type: 'WorkflowResolved', taskInstanceId: fixture.current(name).id, target });
}

/** The run that was started last is read, and is in this state. */
export function tell(
  fixture: RunFixture,
  state: ChildReport['state'],
  more: Partial<ChildReport> = {},
  name = 's',
): void {
  const child = fixture.rows.newRuns.at(-1)!.instance.id;
  const report: ChildReport = { child, number: 1, runCounter: 1, state, outputs: {}, reason: null, ...more };
  fixture.send({ type: 'ChildrenRead', taskInstanceId: fixture.current(name).id, children: [report] });
}

/** What the run ordered the runs below it to do. */
export const orders = (fixture: RunFixture) => fixture.rows.newCommands.map(({ kind }) => kind);
