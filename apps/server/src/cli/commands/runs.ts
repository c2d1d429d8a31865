/** `runs …`: lists runs, and asks something of one run, of several, or of all that match. */
import { type Command, EXIT } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { runIdOf } from '../find-run.ts';
import { parseAssignments } from '../names.ts';
import { awaitAll, WAIT_OPTION } from '../operations.ts';
import { bulkCommand } from './runs-bulk.ts';
import { runsListCommand } from './runs-list.ts';

const rerunFromCommand: Command = {
  name: 'runs rerun-from',
  summary: 'Do some tasks of a run and everything after them again',
  args: ['run'],
  options: {
    task: { type: 'string', multiple: true, required: true, value: 'name', help: 'Where to begin; may be repeated' },
    param: { type: 'string', multiple: true, value: 'name=value', help: 'A new value of a start parameter' },
    ...WAIT_OPTION,
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita runs rerun-from "etl/daily#12" --task load --param day=2026-03-01'],
  async run({ args, options }, io) {
    const params = parseAssignments((options.param ?? []) as string[]);
    const client = connect(options, io);
    const id = await runIdOf(client, args[0]!);
    const body = { tasks: options.task as string[], ...(Object.keys(params).length > 0 ? { params } : {}) };
    const { operationId } = await client.instances.rerunFrom(id, body, { idempotencyKey: crypto.randomUUID() });
    io.print(`accepted  ${args[0]}`);
    if (options.wait !== true) return EXIT.ok;
    return (await awaitAll(client, [{ name: args[0]!, operationId }], io)) ? EXIT.ok : EXIT.failure;
  },
};

const signalCommand: Command = {
  name: 'runs signal',
  summary: 'Send a signal to the wait tasks of a run',
  args: ['run', 'signal'],
  options: {
    output: { type: 'string', multiple: true, value: 'name=value', help: 'An output for the wait task' },
    ...WAIT_OPTION,
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita runs signal "etl/daily#12" files-arrived --output count=12'],
  async run({ args, options }, io) {
    const outputs = parseAssignments((options.output ?? []) as string[], '--output');
    const client = connect(options, io);
    const id = await runIdOf(client, args[0]!);
    const body = { name: args[1]!, outputs };
    const { operationId } = await client.instances.signal(id, body, { idempotencyKey: crypto.randomUUID() });
    io.print(`accepted  ${args[0]}`);
    if (options.wait !== true) return EXIT.ok;
    return (await awaitAll(client, [{ name: args[0]!, operationId }], io)) ? EXIT.ok : EXIT.failure;
  },
};

export const runsCommands: readonly Command[] = [
  runsListCommand,
  bulkCommand({
    word: 'pause',
    action: 'pause',
    summary: 'Pause runs: what runs goes on to its end, nothing new starts',
  }),
  bulkCommand({ word: 'resume', action: 'resume', summary: 'Go on with paused or stopped runs where they were' }),
  bulkCommand({ word: 'stop', action: 'stop', summary: 'Stop runs: kills every active task' }),
  bulkCommand({
    word: 'recover',
    action: 'recover-failed',
    summary: 'Do failed and killed tasks again, and what follows',
  }),
  bulkCommand({ word: 'rerun', action: 'rerun', summary: 'Do everything of runs again' }),
  rerunFromCommand,
  bulkCommand({ word: 'retry', action: 'retry', summary: 'Try again with runs that the engine has set aside' }),
  signalCommand,
];
