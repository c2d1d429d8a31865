/** Reads everything there is about the runs of a load, through the API like anyone. */
import type { InstanceView, OperationView, TaskInstanceView, VaquitaClient } from '@vaquita/client';
import type { RunFacts } from '../model/facts.ts';
import type { WorkflowPlan } from '../plan/plan.ts';
import type { StartedRun } from './operator.ts';

export async function collectRuns(
  client: VaquitaClient,
  started: readonly StartedRun[],
  workflows: readonly WorkflowPlan[],
): Promise<readonly RunFacts[]> {
  const plans = new Map(workflows.map((plan) => [plan.name, plan]));

  async function factsOf(view: InstanceView, done: readonly string[]): Promise<RunFacts> {
    const plan = plans.get(view.workflowName)!;
    const tasks: TaskInstanceView[] = [];
    for await (const task of client.instances.allTasks(view.id)) tasks.push(task);
    const children: RunFacts[] = [];
    const startsRuns = plan.tasks.some(({ work }) => work.type === 'sub_workflow' || work.type === 'dynamic');
    if (startsRuns)
      for await (const child of client.instances.all({ parent: view.id })) children.push(await factsOf(child, done));
    return { view, plan, tasks, children, done };
  }

  const runs: RunFacts[] = [];
  for (const { id, asked } of started) {
    const operations: OperationView[] = [];
    for (const { operationId } of asked) operations.push(await client.instances.operation(operationId));
    const done = asked.filter((_, nth) => operations[nth]!.state === 'done').map(({ action }) => action);
    runs.push(await factsOf(await client.instances.get(id), done));
  }
  return runs;
}

/** Runs that are there and that nobody has asked for. */
export async function strangeRuns(
  client: VaquitaClient,
  project: string,
  runs: readonly RunFacts[],
): Promise<readonly string[]> {
  const known = new Set(runs.map(({ view }) => view.id));
  const strange: string[] = [];
  for await (const { id, parent } of client.instances.all({ project })) {
    if (parent === null && !known.has(id)) strange.push(`run ${id} is there, and was never asked for`);
  }
  return strange;
}
