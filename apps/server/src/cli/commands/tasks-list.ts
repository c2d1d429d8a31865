/** `tasks list`: task instances of all runs, newest first, for a person or for a program. */
import type { ListedTaskView, TaskListQuery } from '@vaquita/client';
import { type Command, EXIT, type OptionValues } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { between, table } from '../format.ts';
import { limitOf, MAX_PAGE } from '../list-limit.ts';
import { filterOf } from '../run-filter.ts';

const DEFAULT_LIMIT = 50;

export const tasksListCommand: Command = {
  name: 'tasks list',
  summary: 'List task instances of all runs, newest first',
  args: [],
  options: {
    state: { type: 'string', multiple: true, value: 'state', help: 'Tasks in this state; may be repeated' },
    type: { type: 'string', value: 'type', help: 'Tasks of this type' },
    worker: { type: 'string', value: 'worker', help: 'Tasks that this worker has or had' },
    project: { type: 'string', value: 'name', help: 'Tasks of this project' },
    workflow: { type: 'string', value: 'project/workflow', help: 'Tasks of this workflow' },
    limit: { type: 'string', value: 'n', help: `How many at most (default: ${DEFAULT_LIMIT})` },
    json: { type: 'boolean', help: 'One JSON object per line instead of a table' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita tasks list --state failure --project etl', 'vaquita tasks list --worker rack-4 --json'],
  async run({ options }, io) {
    const limit = limitOf(options, DEFAULT_LIMIT, tasksListCommand);
    const query = { ...queryOf(options), limit: Math.min(limit, MAX_PAGE) };
    const rows: string[][] = [];
    let count = 0;
    for await (const task of connect(options, io).taskInstances.all(query)) {
      count += 1;
      if (options.json === true) io.print(JSON.stringify(task));
      else rows.push(rowOf(task));
      if (io.signal.aborted) return EXIT.interrupted;
      if (count >= limit) break;
    }
    if (rows.length > 0) {
      const head = ['TASK', 'RUN', 'STATE', 'TYPE', 'WORKER', 'SUBMITTED', 'TOOK', 'ID'];
      for (const line of table(head, rows)) io.print(line);
    } else if (count === 0) io.note('No task matches.');
    return EXIT.ok;
  },
};

function queryOf(options: OptionValues): TaskListQuery {
  const { states, ...place } = filterOf(options, tasksListCommand) ?? {};
  const { type, worker } = options;
  return {
    ...place,
    // The server checks the states; it names the ones it knows.
    ...(states === undefined ? {} : { state: states as unknown as NonNullable<TaskListQuery['state']> }),
    ...(type === undefined ? {} : { type: String(type) }),
    ...(worker === undefined ? {} : { worker: String(worker) }),
  };
}

function rowOf({ name, attempt, run, state, type, worker, submittedAt, startedAt, endedAt, id }: ListedTaskView) {
  const of = `${run.projectName}/${run.workflowName}${run.number === null ? '' : `#${run.number}`}`;
  const shown = attempt > 1 ? `${name} (attempt ${attempt})` : name;
  return [shown, of, state, type, worker ?? '-', submittedAt, between(startedAt, endedAt) ?? '-', id];
}
