/** What the behaviour tests do with workflows: define one, start it, wait for a state, look at its tasks. */
import type { ActionAnswer, InstanceView, StartRequest, TaskInstanceView, VaquitaClient } from '@vaquita/client';
import { isWorkflowTerminal, type WorkflowState } from '@vaquita/core';
import { eventually } from './poll.ts';

export const PROJECT = 'behaviour';

export interface Run {
  readonly id: string;
}

/** Creates the project when it is not there, saves the definition and puts it online. @returns the workflow's name. */
export async function define(
  client: VaquitaClient,
  definition: Readonly<Record<string, unknown>>,
  project = PROJECT,
): Promise<string> {
  const names = (await client.projects.list({ limit: 500 })).items.map((project) => project.name);
  if (!names.includes(project)) await client.projects.create({ name: project });
  const name = String(definition.name);
  await client.workflows.create(project, definition);
  await client.workflows.online(project, name);
  return name;
}

export async function start(
  client: VaquitaClient,
  workflow: string,
  request: StartRequest = {},
  project = PROJECT,
): Promise<Run> {
  return client.workflows.start(project, workflow, request);
}

export async function defineAndStart(
  client: VaquitaClient,
  definition: Readonly<Record<string, unknown>>,
  request: StartRequest = {},
): Promise<Run> {
  return start(client, await define(client, definition), request);
}

export async function tasksOf(client: VaquitaClient, run: Run): Promise<readonly TaskInstanceView[]> {
  return (await client.instances.tasks(run.id)).items;
}

/** The newest attempt of the task. */
export async function taskOf(client: VaquitaClient, run: Run, name: string): Promise<TaskInstanceView> {
  const found = (await tasksOf(client, run)).find((task) => task.name === name && task.current);
  if (found === undefined) throw new Error(`the run has no task instance of ${name}`);
  return found;
}

export async function waitForRun(
  client: VaquitaClient,
  run: Run,
  state: WorkflowState,
  withinMs = 30_000,
): Promise<InstanceView> {
  const evidence = () => describeRun(client, run);
  const ended = await eventually(
    `the run to be ${state}`,
    async () => {
      const instance = await client.instances.get(run.id);
      return instance.state === state || isWorkflowTerminal(instance.state) ? instance : undefined;
    },
    { withinMs, evidence },
  );
  if (ended.state !== state) throw new Error(`the run is ${ended.state}, not ${state}\n${await evidence()}`);
  return ended;
}

export async function waitForTask(
  client: VaquitaClient,
  run: Run,
  name: string,
  matches: (task: TaskInstanceView) => boolean,
  withinMs = 30_000,
): Promise<TaskInstanceView> {
  return eventually(
    `the task ${name}`,
    async () => (await tasksOf(client, run)).find((task) => task.name === name && task.current && matches(task)),
    { withinMs, evidence: () => describeRun(client, run) },
  );
}

/** Waits until the leader has carried out what was asked for. @throws when it had to reject it. */
export async function carriedOut(client: VaquitaClient, asked: Promise<ActionAnswer>): Promise<ActionAnswer> {
  const answer = await asked;
  const { state, outcome } = await eventually(`the leader to ${answer.action}`, async () => {
    const operation = await client.instances.operation(answer.operationId);
    return operation.state === 'pending' ? undefined : operation;
  });
  if (state !== 'done') throw new Error(`${answer.action} was ${state}: ${outcome}`);
  return answer;
}

/** The runs that tasks of this run have started, oldest first. */
export async function childrenOf(client: VaquitaClient, run: Run): Promise<readonly InstanceView[]> {
  return (await client.instances.list({ parent: run.id, limit: 500 })).items.toReversed();
}

/** For failures: every attempt with its state, its reason and the end of its log. */
async function describeRun(client: VaquitaClient, run: Run): Promise<string> {
  const instance = await client.instances.get(run.id);
  const lines = [`run ${run.id}: ${instance.state} ${instance.reason?.text ?? ''}`];
  for (const task of await tasksOf(client, run)) {
    lines.push(
      `  ${task.name} #${task.attempt} ${task.state} on ${task.worker ?? '-'} exit ${task.exitCode ?? '-'} ${task.reason?.text ?? ''}`,
    );
    if (task.logBytes > 0 && task.state !== 'success') {
      const { text } = await client.taskInstances.log(task.id, { offset: -1_000, limit: 1_000 });
      lines.push(...text.split('\n').map((line) => `    | ${line}`));
    }
  }
  return lines.join('\n');
}

export async function logOf(client: VaquitaClient, task: Pick<TaskInstanceView, 'id'>): Promise<string> {
  let text = '';
  for (let offset = 0; ; ) {
    const chunk = await client.taskInstances.log(task.id, { offset, limit: 100_000 });
    text += chunk.text;
    if (chunk.nextOffset >= chunk.size) return text;
    offset = chunk.nextOffset;
  }
}
