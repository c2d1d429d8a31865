/** `task-groups …`: how many tasks of a kind may run at once, and who holds or waits for a slot. */
import type { TaskGroupChange, TaskGroupMember, TaskGroupView } from '@vaquita/client';
import { type Command, type CommandIo, EXIT, type OptionSpec, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

const SIZE = { type: 'string', value: 'n', help: 'How many of its tasks may run at once' } as const;
const DESCRIPTION = { type: 'string', value: 'text', help: 'What it protects' } as const satisfies OptionSpec;

const listCommand: Command = {
  name: 'task-groups list',
  summary: 'List task groups',
  args: [],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita task-groups list'],
  async run({ options }, io) {
    const rows: string[][] = [];
    for await (const group of connect(options, io).taskGroups.all()) {
      rows.push([group.name, `${group.held}/${group.size}`, group.open ? 'open' : 'closed', group.description]);
    }
    for (const line of table(['NAME', 'USED', 'STATUS', 'DESCRIPTION'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'task-groups show',
  summary: 'Show a task group, who holds its slots and who waits, in order',
  args: ['group'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita task-groups show warehouse-writes'],
  async run({ args, options }, io) {
    const { taskGroups } = connect(options, io);
    printGroup(await taskGroups.get(args[0]!), io);
    const rows: string[][] = [];
    for await (const member of taskGroups.allMembers(args[0]!)) rows.push(memberRow(member));
    if (rows.length > 0)
      for (const line of table(['SLOT', 'RUN', 'TASK', 'STATE', 'PRIORITY', 'ID'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const createCommand: Command = {
  name: 'task-groups create',
  summary: 'Create a task group (administrators)',
  args: ['group'],
  options: {
    size: { ...SIZE, required: true },
    description: DESCRIPTION,
    closed: { type: 'boolean', help: 'Let nothing start until it is opened' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita task-groups create warehouse-writes --size 2'],
  async run({ args, options }, io) {
    const size = sizeOf(options, createCommand)!;
    const description = options.description === undefined ? {} : { description: String(options.description) };
    const body = { name: args[0]!, size, open: options.closed !== true, ...description };
    const idempotencyKey = crypto.randomUUID();
    printGroup(await connect(options, io).taskGroups.create(body, { idempotencyKey }), io);
    return EXIT.ok;
  },
};

const setCommand: Command = {
  name: 'task-groups set',
  summary: 'Change the size or description of a task group (administrators)',
  args: ['group'],
  options: { size: SIZE, description: DESCRIPTION, ...CONNECTION_OPTIONS },
  examples: ['vaquita task-groups set warehouse-writes --size 4'],
  async run({ args, options }, io) {
    const size = sizeOf(options, setCommand);
    const change: TaskGroupChange = {
      ...(size === undefined ? {} : { size }),
      ...(options.description === undefined ? {} : { description: String(options.description) }),
    };
    if (Object.keys(change).length === 0) throw new UsageError('Give --size or --description.', setCommand);
    printGroup(await connect(options, io).taskGroups.update(args[0]!, change), io);
    return EXIT.ok;
  },
};

const deleteCommand: Command = {
  name: 'task-groups delete',
  summary: 'Delete a task group that no task uses now (administrators)',
  args: ['group'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita task-groups delete warehouse-writes'],
  async run({ args, options }, io) {
    await connect(options, io).taskGroups.delete(args[0]!);
    io.print(`deleted ${args[0]}`);
    return EXIT.ok;
  },
};

function gateCommand(word: 'open' | 'close', summary: string): Command {
  return {
    name: `task-groups ${word}`,
    summary,
    args: ['group'],
    options: CONNECTION_OPTIONS,
    examples: [`vaquita task-groups ${word} warehouse-writes`],
    async run({ args, options }, io) {
      printGroup(await connect(options, io).taskGroups.update(args[0]!, { open: word === 'open' }), io);
      return EXIT.ok;
    },
  };
}

export const taskGroupCommands: readonly Command[] = [
  listCommand,
  showCommand,
  createCommand,
  setCommand,
  gateCommand('open', 'Let a task group give out slots (administrators)'),
  gateCommand('close', 'Let a task group give out no slots; who holds one keeps it (administrators)'),
  deleteCommand,
];

/** @throws UsageError */
function sizeOf({ size }: OptionValues, command: Command): number | undefined {
  if (size === undefined) return undefined;
  if (/^[1-9]\d*$/.test(String(size))) return Number(size);
  throw new UsageError(`--size "${String(size)}" is not a whole number from 1 on.`, command);
}

function printGroup({ name, held, size, open, description }: TaskGroupView, io: CommandIo): void {
  const status = open ? 'open' : 'closed';
  io.print(`${name}: ${held} of ${size} slots used, ${status}${description === '' ? '' : `, ${description}`}`);
}

function memberRow(member: TaskGroupMember): string[] {
  const { slot, forced, workflowName, number, workflowInstanceId, taskName, state, priority, taskInstanceId } = member;
  const run = number === null ? workflowInstanceId : `${workflowName}#${number}`;
  let place = 'waits';
  // Counted from one, as in the UI.
  if (slot !== null) place = String(slot + 1);
  else if (forced) place = 'forced';
  return [place, run, taskName, state, String(priority), taskInstanceId];
}
