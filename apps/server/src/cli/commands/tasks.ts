/** `tasks …`: asks something of attempts of tasks. */
import { type ActionAnswer, ApiError, type VaquitaClient } from '@vaquita/client';
import { type Command, EXIT, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { findTask, runIdOf } from '../find-run.ts';
import { parseRunName } from '../names.ts';
import { awaitAll, WAIT_OPTION } from '../operations.ts';

interface Verb {
  readonly word: string;
  readonly summary: string;
  readonly ask: (client: VaquitaClient, id: string, body: { comment?: string }) => Promise<ActionAnswer>;
}

const VERBS: readonly Verb[] = [
  { word: 'kill', summary: 'Kill tasks', ask: ({ taskInstances }, id, body) => taskInstances.kill(id, body) },
  {
    word: 'force-success',
    summary: 'Let failed or killed tasks count as successes',
    ask: ({ taskInstances }, id, body) => taskInstances.forceSuccess(id, body),
  },
  {
    word: 'force-start',
    summary: 'Let tasks go on without a slot of their task group',
    ask: ({ taskInstances }, id, body) => taskInstances.forceStart(id, body),
  },
  { word: 'approve', summary: 'Approve', ask: ({ taskInstances }, id, body) => taskInstances.approve(id, body) },
  {
    word: 'reject',
    summary: 'Reject: the approval task fails',
    ask: ({ taskInstances }, id, body) => taskInstances.reject(id, body),
  },
];

export const tasksCommands: readonly Command[] = VERBS.map(taskCommand);

function taskCommand({ word, summary, ask }: Verb): Command {
  const command: Command = {
    name: `tasks ${word}`,
    summary,
    args: ['task-instance-id | project/workflow#number'],
    more: 'task-instance-id',
    options: {
      task: { type: 'string', multiple: true, value: 'name', help: 'Of a run, the task; may be repeated' },
      comment: { type: 'string', value: 'text', help: 'Why; kept with the decision and in the audit log' },
      ...WAIT_OPTION,
      ...CONNECTION_OPTIONS,
    },
    examples: [`vaquita tasks ${word} "etl/daily#12" --task load`, `vaquita tasks ${word} 06f3…`],
    async run({ args, options }, io) {
      const names = (options.task ?? []) as readonly string[];
      if (args.some((text) => parseRunName(text)) && names.length === 0) {
        throw new UsageError('Say which task of the run with --task.', command);
      }
      const client = connect(options, io);
      const body = typeof options.comment === 'string' ? { comment: options.comment } : {};
      const asked: { name: string; operationId: string }[] = [];
      let isGood = true;
      for (const { id, name } of await targetsOf(client, args, names)) {
        try {
          asked.push({ name, operationId: (await ask(client, id, body)).operationId });
          io.print(`accepted  ${name}`);
        } catch (thrown) {
          if (!(thrown instanceof ApiError) || (thrown.status !== 409 && thrown.status !== 404)) throw thrown;
          isGood = false;
          io.print(`refused   ${name}  ${thrown.detail}`);
        }
      }
      if (options.wait === true) isGood = (await awaitAll(client, asked, io)) && isGood;
      return isGood ? EXIT.ok : EXIT.failure;
    },
  };
  return command;
}

/** All are found before anything is asked of the first. */
async function targetsOf(client: VaquitaClient, args: readonly string[], names: readonly string[]) {
  const targets: { readonly id: string; readonly name: string }[] = [];
  for (const text of args) {
    if (names.length === 0) {
      targets.push({ id: text, name: text });
      continue;
    }
    const runId = await runIdOf(client, text);
    for (const name of names) targets.push({ id: (await findTask(client, runId, name)).id, name: `${text} ${name}` });
  }
  return targets;
}
