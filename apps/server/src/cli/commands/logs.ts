/** `logs`: of one task instance, or of the tasks of a run. */
import type { InstanceView, TaskInstanceView, VaquitaClient } from '@vaquita/client';
import { AppError, didYouMean } from '@vaquita/core';
import { type Command, type CommandIo, EXIT } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { parseRunName, type WorkflowName } from '../names.ts';

const CHUNK_BYTES = 256 * 1024;

export const logsCommand: Command = {
  name: 'logs',
  summary: 'Print task logs',
  args: ['task-instance-id | project/workflow#number'],
  options: {
    task: { type: 'string', value: 'name', help: 'Of a run, only this task' },
    follow: { type: 'boolean', help: 'Go on until the task has ended' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita logs "examples/weather-report#3" --task figures', 'vaquita logs 06f3… --follow'],
  async run({ args, options }, io) {
    const client = connect(options, io);
    const only = typeof options.task === 'string' ? options.task : undefined;
    const tasks = await findTasks(client, args[0]!, only);
    for (const task of tasks) {
      if (tasks.length > 1) io.print(`--- ${task.name} (attempt ${task.attempt}, ${task.state})`);
      if (options.follow === true) await follow(client, task, io);
      else await printAll(client, task, io);
      if (io.signal.aborted) return EXIT.interrupted;
    }
    return EXIT.ok;
  },
};

async function findTasks(client: VaquitaClient, named: string, only: string | undefined): Promise<TaskInstanceView[]> {
  const run = parseRunName(named);
  if (run === undefined) return [await client.taskInstances.get(named)];
  const instance = await findRun(client, run);
  const { items } = await client.instances.tasks(instance.id);
  const current = items.filter((task) => task.current);
  if (only === undefined) return current;
  const chosen = current.filter((task) => task.name === only);
  if (chosen.length > 0) return chosen;
  const names = current.map((task) => task.name);
  throw new AppError('not_found', `The run ${named} has no task "${only}" yet.${didYouMean(only, names)}`);
}

/** Numbers grow with time and the list is newest first, so the search ends where the numbers are lower. */
async function findRun(
  client: VaquitaClient,
  { project, workflow, number }: WorkflowName & { readonly number: number },
): Promise<InstanceView> {
  for await (const instance of client.instances.all({ project, workflow })) {
    if (instance.number === number) return instance;
  }
  throw new AppError('not_found', `The workflow ${project}/${workflow} has no run #${number}.`);
}

async function printAll(client: VaquitaClient, task: TaskInstanceView, io: CommandIo): Promise<void> {
  let offset = 0;
  while (!io.signal.aborted) {
    const chunk = await client.taskInstances.log(task.id, { offset, limit: CHUNK_BYTES }, { signal: io.signal });
    io.write(chunk.text);
    if (chunk.nextOffset >= chunk.size || chunk.nextOffset === offset) return;
    offset = chunk.nextOffset;
  }
}

async function follow(client: VaquitaClient, task: TaskInstanceView, io: CommandIo): Promise<void> {
  for await (const message of client.taskInstances.followLog(task.id, { signal: io.signal })) {
    if (message.type === 'text') io.write(message.chunk.text);
    else io.note(`${task.name} has ended: ${message.end.state}`);
  }
}
