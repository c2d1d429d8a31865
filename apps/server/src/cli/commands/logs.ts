/** `logs`: of one task instance, or of the tasks of a run. */
import { ApiError, type TaskInstanceView, type VaquitaClient } from '@vaquita/client';
import { AppError, didYouMean, isTaskTerminal, isWorkflowTerminal } from '@vaquita/core';
import { type Command, type CommandIo, EXIT } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { findRun } from '../find-run.ts';
import { followRun } from '../follow-run.ts';
import { parseRunName } from '../names.ts';

const CHUNK_BYTES = 256 * 1024;

export const logsCommand: Command = {
  name: 'logs',
  summary: 'Print task logs, of a run or of one task instance',
  args: ['project/workflow#number | id'],
  options: {
    task: { type: 'string', value: 'name', help: 'Of a run, only this task' },
    follow: { type: 'boolean', help: 'Go on until the task, or the run with all its tasks, has ended' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita logs "examples/weather-report#3" --task figures', 'vaquita logs 06f3… --follow'],
  async run({ args, options }, io) {
    const client = connect(options, io);
    const named = args[0]!;
    const only = typeof options.task === 'string' ? options.task : undefined;
    const run = parseRunName(named);
    const isFollowing = options.follow === true;
    const found = run === undefined ? await findById(client, named) : { runId: (await findRun(client, run)).id };
    if ('task' in found) {
      await (isFollowing ? follow(client, found.task, io) : printAll(client, found.task, io));
    } else {
      const { runId } = found;
      if (only !== undefined) await requireTask(client, runId, only);
      if (isFollowing) await followTasks(client, runId, { only, io });
      else await printTasks(client, runId, { only, io });
    }
    return io.signal.aborted ? EXIT.interrupted : EXIT.ok;
  },
};

/** What an id is of: a task instance, or the run that `vaquita run` has printed it for. */
async function findById(client: VaquitaClient, id: string): Promise<{ task: TaskInstanceView } | { runId: string }> {
  try {
    return { task: await client.taskInstances.get(id) };
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'not_found')) throw error;
    const run = await client.instances.get(id).catch(() => undefined);
    if (run !== undefined) return { runId: run.id };
    throw new AppError('not_found', `There is no task instance and no run with the id “${id}”.`);
  }
}

interface Wanted {
  /** Only the task of this name. */
  readonly only: string | undefined;
  readonly io: CommandIo;
}

/** A name that the run's definition does not have would otherwise be waited for until the run has ended. */
async function requireTask(client: VaquitaClient, runId: string, name: string): Promise<void> {
  const names = (await client.instances.graph(runId)).nodes.map((node) => node.name);
  if (names.includes(name)) return;
  throw new AppError('not_found', `The run has no task "${name}".${didYouMean(name, names)}`);
}

async function printTasks(client: VaquitaClient, runId: string, { only, io }: Wanted): Promise<void> {
  const { items } = await client.instances.tasks(runId);
  const tasks = items.filter((task) => task.current && (only === undefined || task.name === only));
  if (only !== undefined && tasks.length === 0)
    throw new AppError('not_found', `The task "${only}" has not begun yet.`);
  for (const task of tasks) {
    if (io.signal.aborted) return;
    if (tasks.length > 1) io.print(heading(task));
    await printAll(client, task, io);
  }
}

/**
 * One log after the other, each whole: what runs at the same time is kept by the server and printed when it is its
 * turn. A task that still waits is passed over until it begins, and a later attempt is a log of its own.
 */
async function followTasks(client: VaquitaClient, runId: string, { only, io }: Wanted): Promise<void> {
  const printed = new Set<string>();
  for await (const { instance, tasks } of followRun(client, runId, io.signal)) {
    const hasEnded = isWorkflowTerminal(instance.state);
    for (const task of tasks) {
      const isOfThisRun = task.current || task.runCounter === instance.runCounter;
      const isWanted = isOfThisRun && (only === undefined || task.name === only);
      const hasBegun = task.startedAt !== null || isTaskTerminal(task.state) || hasEnded;
      if (!isWanted || !hasBegun || printed.has(task.id)) continue;
      if (io.signal.aborted) return;
      printed.add(task.id);
      io.print(heading(task));
      // In a run that has ended nothing is left to wait for.
      await (hasEnded ? printAll(client, task, io) : follow(client, task, io));
    }
    // A further attempt is there in the moment in which the one before has ended, so there will be none.
    const last = tasks.find((task) => task.current && task.name === only);
    if (last !== undefined && isTaskTerminal(last.state) && printed.has(last.id)) return;
  }
  if (only !== undefined && printed.size === 0 && !io.signal.aborted) {
    throw new AppError('not_found', `The run has ended without beginning the task "${only}".`);
  }
}

function heading({ name, attempt, state }: TaskInstanceView): string {
  return `--- ${name} (attempt ${attempt}, ${state})`;
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
