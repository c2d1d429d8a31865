/** `run`: starts a workflow and, when asked, stays until it has ended. */
import type { InstanceView, StartRequest, TaskInstanceView, VaquitaClient } from '@vaquita/client';
import { type Command, type CommandIo, EXIT, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { followRun } from '../follow-run.ts';
import { parseAssignments, parseWorkflowName } from '../names.ts';
import { createRunProgress, runName } from '../progress.ts';

/** Of the log of a failed task, shown at the end. */
const TAIL_BYTES = 4096;
const TAIL_LINES = 20;
const MAX_TAILS = 5;

export const runCommand: Command = {
  name: 'run',
  summary: 'Start a workflow',
  args: ['project/workflow'],
  options: {
    param: { type: 'string', multiple: true, value: 'name=value', help: 'A start parameter; may be repeated' },
    follow: { type: 'boolean', help: 'Show progress until the run has ended; the exit code tells how' },
    task: { type: 'string', multiple: true, value: 'name', help: 'A start task; may be repeated' },
    scope: { type: 'string', value: 'all|upstream|downstream|only', help: 'What to do, seen from the start tasks' },
    priority: { type: 'string', value: 'highest|high|medium|low|lowest', help: 'Default: medium' },
    'worker-group': { type: 'string', value: 'name', help: 'For tasks that name no group themselves' },
    environment: { type: 'string', value: 'name', help: 'For tasks that name none themselves' },
    'failure-strategy': { type: 'string', value: 'continue|end', help: 'What a failed task means for the others' },
    timeout: { type: 'string', value: 'duration', help: 'Overrides that of the definition' },
    version: { type: 'string', value: 'n', help: 'A version other than the newest' },
    'alert-on': { type: 'string', value: 'none|success|failure|all', help: 'After which ends an alert group is told' },
    'alert-group': { type: 'string', value: 'name', help: 'The alert group that is told' },
    'dry-run': { type: 'boolean', help: 'Walk the graph without executing anything' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita run examples/retry-and-failure --param lastYear=2046 --follow'],
  async run({ args, options }, io) {
    const { project, workflow } = parseWorkflowName(args[0]!);
    const body = startRequest(options);
    const client = connect(options, io);
    const idempotencyKey = crypto.randomUUID();
    const { id, state } = await client.workflows.start(project, workflow, body, { idempotencyKey, signal: io.signal });
    if (options.follow !== true) {
      io.print(id);
      io.note(`${project}/${workflow} is ${state}; watch it in the UI, or start with --follow to see how it goes`);
      return EXIT.ok;
    }
    return followToEnd(client, id, io);
  },
};

function startRequest(options: OptionValues): StartRequest {
  const version = options.version;
  if (version !== undefined && !/^[1-9]\d*$/.test(String(version))) {
    throw new UsageError(`--version "${String(version)}" is not a version number.`, runCommand);
  }
  // The server checks the words; it names the ones it knows.
  const body: Record<string, unknown> = {
    params: parseAssignments((options.param ?? []) as string[]),
    startTasks: options.task,
    scope: options.scope,
    priority: options.priority,
    workerGroup: options['worker-group'],
    environment: options.environment,
    failureStrategy: options['failure-strategy'],
    timeout: options.timeout,
    version: version === undefined ? undefined : Number(version),
    alertOn: options['alert-on'],
    alertGroup: options['alert-group'],
    dryRun: options['dry-run'],
  };
  return body as StartRequest;
}

async function followToEnd(client: VaquitaClient, id: string, io: CommandIo): Promise<number> {
  const progress = createRunProgress();
  let last: { readonly instance: InstanceView; readonly tasks: readonly TaskInstanceView[] } | undefined;
  for await (const snapshot of followRun(client, id, io.signal)) {
    for (const line of progress.lines(snapshot)) io.print(line);
    last = snapshot;
  }
  if (io.signal.aborted || last === undefined) {
    io.note(`stopped following; the run ${id} goes on`);
    return EXIT.interrupted;
  }
  if (last.instance.state === 'success') return EXIT.ok;
  if (last.instance.reason) io.print(`${runName(last.instance)}: ${last.instance.reason.text}`);
  await printTails(client, last.tasks, io);
  return EXIT.failure;
}

async function printTails(client: VaquitaClient, tasks: readonly TaskInstanceView[], io: CommandIo): Promise<void> {
  const failed = tasks.filter((task) => task.current && (task.state === 'failure' || task.state === 'killed'));
  for (const task of failed.slice(0, MAX_TAILS)) {
    const { text, size } = await client.taskInstances.log(task.id, { offset: -TAIL_BYTES, limit: TAIL_BYTES });
    if (size === 0) continue;
    io.print(`--- end of the log of ${task.name} (vaquita logs ${task.id} for all of it)`);
    for (const line of text.trimEnd().split('\n').slice(-TAIL_LINES)) io.print(line);
  }
}
