/** From what a person calls a run or a task of it to what the API calls it. */
import type { InstanceView, TaskInstanceView, VaquitaClient } from '@vaquita/client';
import { AppError, didYouMean } from '@vaquita/core';
import { parseRunName, type WorkflowName } from './names.ts';

/** Numbers grow with time and the list is newest first, but a run without a number yet may stand among them. */
export async function findRun(
  client: VaquitaClient,
  { project, workflow, number }: WorkflowName & { readonly number: number },
): Promise<InstanceView> {
  for await (const instance of client.instances.all({ project, workflow })) {
    if (instance.number === number) return instance;
  }
  throw new AppError('not_found', `The workflow ${project}/${workflow} has no run #${number}.`);
}

/** The id of a run given as `<project>/<workflow>#<number>` or as the id itself. */
export async function runIdOf(client: VaquitaClient, text: string): Promise<string> {
  const named = parseRunName(text);
  return named === undefined ? text : (await findRun(client, named)).id;
}

/** The newest attempt of a task of a run. */
export async function findTask(client: VaquitaClient, runId: string, name: string): Promise<TaskInstanceView> {
  const { items } = await client.instances.tasks(runId);
  const found = items.findLast((task) => task.current && task.name === name);
  if (found) return found;
  const names = (await client.instances.graph(runId)).nodes.map((node) => node.name);
  const why = names.includes(name)
    ? `The task "${name}" has not begun, so there is nothing to act on yet.`
    : `The run has no task "${name}".${didYouMean(name, names)}`;
  throw new AppError('not_found', why);
}
