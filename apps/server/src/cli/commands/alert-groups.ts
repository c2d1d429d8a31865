/** `alert-groups …`: who is told together. */
import type { AlertGroupChange, AlertGroupView } from '@vaquita/client';
import { CLUSTER_ALERT_KINDS, type ClusterAlertKind, didYouMean } from '@vaquita/core';
import { type Command, type CommandIo, EXIT, type OptionSpec, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

const GROUP_OPTIONS = {
  kind: {
    type: 'string',
    multiple: true,
    value: 'kind',
    help: `Alerts about the cluster that it is told of: all, none, ${CLUSTER_ALERT_KINDS.join(', ')}; may be repeated`,
  },
  description: { type: 'string', value: 'text', help: 'Who is in it' },
} as const satisfies Record<string, OptionSpec>;
const CHANNEL = {
  channel: { type: 'string', multiple: true, value: 'channel', help: 'A channel of it; may be repeated' },
} as const satisfies Record<string, OptionSpec>;

const listCommand: Command = {
  name: 'alert-groups list',
  summary: 'List alert groups and their channels',
  args: [],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita alert-groups list'],
  async run({ options }, io) {
    const rows: string[][] = [];
    for await (const { name, channels, kinds, description } of connect(options, io).alertGroups.all()) {
      rows.push([name, channels.map((channel) => channel.name).join(',') || '-', kinds.join(',') || '-', description]);
    }
    for (const line of table(['NAME', 'CHANNELS', 'KINDS', 'DESCRIPTION'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'alert-groups show',
  summary: 'Show an alert group',
  args: ['group'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita alert-groups show default'],
  async run({ args, options }, io) {
    printGroup(await connect(options, io).alertGroups.get(args[0]!), io);
    return EXIT.ok;
  },
};

const createCommand: Command = {
  name: 'alert-groups create',
  summary: 'Create an alert group (administrators)',
  args: ['group'],
  options: { ...CHANNEL, ...GROUP_OPTIONS, ...CONNECTION_OPTIONS },
  examples: ['vaquita alert-groups create night-shift --channel ops-chat --kind worker_lost'],
  async run({ args, options }, io) {
    const body = { name: args[0]!, ...changeOf(options, createCommand) };
    printGroup(await connect(options, io).alertGroups.create(body, { idempotencyKey: crypto.randomUUID() }), io);
    return EXIT.ok;
  },
};

const editCommand: Command = {
  name: 'alert-groups edit',
  summary: 'Change of what an alert group is told, its channels as a whole, or its description (administrators)',
  args: ['group'],
  options: { ...CHANNEL, ...GROUP_OPTIONS, ...CONNECTION_OPTIONS },
  examples: ['vaquita alert-groups edit default --kind all'],
  async run({ args, options }, io) {
    const change = changeOf(options, editCommand);
    if (Object.keys(change).length === 0) throw new UsageError('Give --channel, --kind or --description.', editCommand);
    printGroup(await connect(options, io).alertGroups.update(args[0]!, change), io);
    return EXIT.ok;
  },
};

function memberCommand(word: 'add' | 'remove', summary: string): Command {
  return {
    name: `alert-groups ${word}`,
    summary,
    args: ['group', 'channel'],
    options: CONNECTION_OPTIONS,
    examples: [`vaquita alert-groups ${word} default ops-chat`],
    async run({ args, options }, io) {
      const { alertGroups } = connect(options, io);
      const [group, channel] = [args[0]!, args[1]!];
      const { channels } = await alertGroups.get(group);
      const others = channels.filter(({ id, name }) => id !== channel && name !== channel).map(({ id }) => id);
      const wanted = word === 'add' ? [...others, channel] : others;
      printGroup(await alertGroups.update(group, { channels: wanted }), io);
      return EXIT.ok;
    },
  };
}

const deleteCommand: Command = {
  name: 'alert-groups delete',
  summary: 'Delete an alert group; says which workflows name it still (administrators)',
  args: ['group'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita alert-groups delete night-shift'],
  async run({ args, options }, io) {
    const { name, namedBy } = await connect(options, io).alertGroups.delete(args[0]!);
    io.print(`deleted ${name}`);
    for (const { project, workflow } of namedBy)
      io.note(`${project}/${workflow} names it still: its alerts reach nobody`);
    return EXIT.ok;
  },
};

export const alertGroupCommands: readonly Command[] = [
  listCommand,
  showCommand,
  createCommand,
  editCommand,
  memberCommand('add', 'Add a channel to an alert group (administrators)'),
  memberCommand('remove', 'Take a channel out of an alert group (administrators)'),
  deleteCommand,
];

/** @throws UsageError */
function changeOf({ channel, kind, description }: OptionValues, command: Command): AlertGroupChange {
  return {
    ...(Array.isArray(channel) ? { channels: channel.map(String) } : {}),
    ...(Array.isArray(kind) ? { kinds: kindsOf(kind.map(String), command) } : {}),
    ...(description === undefined ? {} : { description: String(description) }),
  };
}

/** @throws UsageError */
function kindsOf(given: readonly string[], command: Command): ClusterAlertKind[] {
  if (given.includes('all')) return [...CLUSTER_ALERT_KINDS];
  return given.flatMap((text) => {
    if (text === 'none') return [];
    const known = CLUSTER_ALERT_KINDS.find((kind) => kind === text);
    if (known) return [known];
    const choice = `--kind must be all, none, or one of ${CLUSTER_ALERT_KINDS.join(', ')}, not "${text}".`;
    throw new UsageError(`${choice}${didYouMean(text, CLUSTER_ALERT_KINDS)}`, command);
  });
}

function printGroup({ name, description, kinds, channels }: AlertGroupView, io: CommandIo): void {
  io.print(`${name}${description === '' ? '' : `: ${description}`}`);
  const listed = channels.map((channel) => `${channel.name} (${channel.type}${channel.enabled ? '' : ', disabled'})`);
  io.print(`channels: ${listed.join(', ') || 'none: nobody is told'}`);
  io.print(`of the cluster: ${kinds.join(', ') || 'nothing'}`);
}
