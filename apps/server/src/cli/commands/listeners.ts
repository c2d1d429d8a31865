/** `listeners …`: who hears which events, how far each is, and what to do with an event that blocks one. Administrators only. */
import type { ListenerInstanceView, VaquitaClient } from '@vaquita/client';
import { didYouMean, LISTENER_EVENT_TYPES, type ListenerEventType } from '@vaquita/core';
import { givenSettings, SETTINGS_OPTIONS } from '../channel-settings.ts';
import { type Command, type CommandIo, EXIT, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

const STATUSES = ['waiting', 'failed', 'delivered', 'skipped'] as const;
const EVENT = {
  type: 'string',
  multiple: true,
  value: 'type',
  help: 'What it hears of, such as workflow.failed; may be repeated',
} as const;
const PROJECT = { type: 'string', value: 'project', help: 'Only events of this project' } as const;

const listCommand: Command = {
  name: 'listeners list',
  summary: 'List listeners, with how far they are (administrators)',
  args: [],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita listeners list'],
  async run({ options }, io) {
    const rows: string[][] = [];
    for await (const listener of connect(options, io).listeners.all()) {
      const { name, plugin, delivery } = listener;
      const { waiting, delivered, skipped, blocked } = delivery;
      const counts = [waiting, delivered, skipped].map(String);
      rows.push([name, plugin, stateOf(listener), ...counts, blocked?.reason ?? '']);
    }
    for (const line of table(['NAME', 'PLUGIN', 'STATUS', 'WAITING', 'DELIVERED', 'SKIPPED', 'REASON'], rows))
      io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'listeners show',
  summary: 'Show a listener, its settings without secrets, and how far it is (administrators)',
  args: ['listener'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita listeners show journal'],
  async run({ args, options }, io) {
    printListener(await connect(options, io).listeners.get(args[0]!), io);
    return EXIT.ok;
  },
};

const createCommand: Command = {
  name: 'listeners create',
  summary: 'Have a plugin hear events, from now on (administrators)',
  args: ['listener'],
  options: {
    plugin: { type: 'string', value: 'plugin', required: true, help: 'One of "vaquita listener-plugins list"' },
    event: EVENT,
    project: PROJECT,
    ...SETTINGS_OPTIONS,
    disabled: { type: 'boolean', help: 'Let it hear nothing until it is enabled' },
    ...CONNECTION_OPTIONS,
  },
  examples: [
    'vaquita listeners create journal --plugin log-file --event workflow.failed --event task.failed',
    'vaquita listeners create hook --plugin webhook --event workflow.ended --set url=https://hooks.example.com/runs',
  ],
  async run({ args, options }, io) {
    const eventTypes = eventsOf(options, createCommand);
    if (eventTypes === undefined) throw new UsageError('Give --event: what it is to hear of.', createCommand);
    const { over } = givenSettings(options, createCommand, io);
    const client = connect(options, io);
    const plugin = String(options.plugin);
    const body = {
      ...{ name: args[0]!, plugin, eventTypes, enabled: options.disabled !== true },
      project: options.project === undefined ? null : String(options.project),
      settings: over?.({}, await formOf(client, plugin)) ?? {},
    };
    printListener(await client.listeners.create(body, { idempotencyKey: crypto.randomUUID() }), io);
    return EXIT.ok;
  },
};

const editCommand: Command = {
  name: 'listeners edit',
  summary: 'Change what a listener hears of, its name or settings; secrets not said stay (administrators)',
  args: ['listener'],
  options: {
    name: { type: 'string', value: 'name', help: 'Another name' },
    event: EVENT,
    project: PROJECT,
    'all-projects': { type: 'boolean', help: 'Events of every project' },
    ...SETTINGS_OPTIONS,
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita listeners edit journal --event workflow.failed --all-projects'],
  async run({ args, options }, io) {
    const { over } = givenSettings(options, editCommand, io);
    const eventTypes = eventsOf(options, editCommand);
    const client = connect(options, io);
    const change = {
      ...(options.name === undefined ? {} : { name: String(options.name) }),
      ...(eventTypes === undefined ? {} : { eventTypes }),
      ...(options.project === undefined ? {} : { project: String(options.project) }),
      ...(options['all-projects'] === true ? { project: null } : {}),
    };
    if (over === null && Object.keys(change).length === 0)
      throw new UsageError(
        'Give --name, --event, --project, --all-projects, --set, --set-file, --unset or --settings.',
        editCommand,
      );
    const { plugin, settings } = await client.listeners.get(args[0]!);
    const changed = over === null ? {} : { settings: over(settings, await formOf(client, plugin)) };
    printListener(await client.listeners.update(args[0]!, { ...change, ...changed }), io);
    return EXIT.ok;
  },
};

function switchCommand(word: 'enable' | 'disable', summary: string): Command {
  return {
    name: `listeners ${word}`,
    summary,
    args: ['listener'],
    options: CONNECTION_OPTIONS,
    examples: [`vaquita listeners ${word} journal`],
    async run({ args, options }, io) {
      const changed = await connect(options, io).listeners.update(args[0]!, { enabled: word === 'enable' });
      printListener(changed, io);
      if (changed.passedOver > 0)
        io.print(`passed over: ${changed.passedOver}, which happened while it was disabled or waited before`);
      return EXIT.ok;
    },
  };
}

const skipCommand: Command = {
  name: 'listeners skip',
  summary: 'Have a listener go on after the event that blocks it (administrators)',
  args: ['listener', 'event'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita listeners skip journal 4711'],
  async run({ args, options }, io) {
    const seq = Number(args[1]);
    if (!Number.isSafeInteger(seq) || seq < 1)
      throw new UsageError('The event is named by its number, as "vaquita listeners show" says.', skipCommand);
    printListener(await connect(options, io).listeners.skip(args[0]!, seq), io);
    return EXIT.ok;
  },
};

const retryCommand: Command = {
  name: 'listeners retry',
  summary: 'Have the event that blocks a listener tried now (administrators)',
  args: ['listener'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita listeners retry journal'],
  async run({ args, options }, io) {
    printListener(await connect(options, io).listeners.retry(args[0]!), io);
    return EXIT.ok;
  },
};

const eventsCommand: Command = {
  name: 'listeners events',
  summary: 'List events of a listener: what blocks it and what waits, or those of one status (administrators)',
  args: ['listener'],
  options: {
    status: { type: 'string', value: 'status', help: `Only these; one of ${STATUSES.join(', ')}` },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita listeners events journal', 'vaquita listeners events journal --status skipped'],
  async run({ args, options }, io) {
    const { listeners } = connect(options, io);
    const rows: string[][] = [];
    for (const status of statusesOf(options)) {
      const { items } = await listeners.events(args[0]!, { status, limit: 100 });
      for (const { seq, type, time, subject, failure } of items) {
        const why = failure === null ? '' : `${failure.attempts} tries: ${failure.reason}`;
        rows.push([String(seq), status, type, time, subject, why]);
      }
    }
    for (const line of table(['EVENT', 'STATUS', 'TYPE', 'TIME', 'SUBJECT', 'FAILURE'], rows)) io.print(line);
    return EXIT.ok;
  },
};

/** Unless told, what is before it: the event that blocks it comes first, as it does for the listener. @throws UsageError */
function statusesOf({ status: given }: OptionValues): readonly (typeof STATUSES)[number][] {
  if (given === undefined) return ['failed', 'waiting'];
  const status = STATUSES.find((one) => one === given);
  if (status !== undefined) return [status];
  const hint = didYouMean(String(given), STATUSES);
  throw new UsageError(`--status must be one of ${STATUSES.join(', ')}.${hint}`, eventsCommand);
}

const logCommand: Command = {
  name: 'listeners log',
  summary: 'Show what the plugin of a listener has said on the server that leads (administrators)',
  args: ['listener'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita listeners log journal'],
  async run({ args, options }, io) {
    for (const { at, level, text } of (await connect(options, io).listeners.log(args[0]!)).items)
      io.print(`${at} ${level} ${text}`);
    return EXIT.ok;
  },
};

const deleteCommand: Command = {
  name: 'listeners delete',
  summary: 'Delete a listener (administrators)',
  args: ['listener'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita listeners delete journal'],
  async run({ args, options }, io) {
    await connect(options, io).listeners.delete(args[0]!);
    io.print(`deleted ${args[0]}`);
    return EXIT.ok;
  },
};

export const listenerCommands: readonly Command[] = [
  ...[listCommand, showCommand, createCommand, editCommand],
  switchCommand('enable', 'Let a listener hear events again, from now on (administrators)'),
  switchCommand('disable', 'Let a listener hear nothing; nothing is kept for it (administrators)'),
  ...[eventsCommand, skipCommand, retryCommand, logCommand, deleteCommand],
];

async function formOf(client: VaquitaClient, plugin: string): Promise<Record<string, unknown>> {
  return (await client.listenerPlugins.get(plugin)).settingsSchema;
}

/** @throws UsageError */
function eventsOf({ event }: OptionValues, command: Command): ListenerEventType[] | undefined {
  if (!Array.isArray(event)) return undefined;
  return event.map((one) => {
    const known = LISTENER_EVENT_TYPES.find((type) => type === one);
    if (known) return known;
    const choice = `There is no event type "${one}"; there are ${LISTENER_EVENT_TYPES.join(', ')}.`;
    throw new UsageError(`${choice}${didYouMean(String(one), LISTENER_EVENT_TYPES)}`, command);
  });
}

function stateOf({ enabled, delivery }: ListenerInstanceView): string {
  if (!enabled) return 'disabled';
  return delivery.blocked === null ? 'enabled' : 'blocked';
}

function printListener(listener: ListenerInstanceView, io: CommandIo): void {
  const { name, plugin, eventTypes, project, settings, hasSecret, problem, delivery } = listener;
  io.print(`${name}: ${plugin}, ${stateOf(listener)}`);
  io.print(
    `hears of: ${eventTypes.join(', ')}${project === null ? '' : ` of the project ${project.name ?? project.id}`}`,
  );
  for (const [key, value] of Object.entries(settings)) io.print(`  ${key}: ${JSON.stringify(value)}`);
  for (const key of hasSecret) io.print(`  ${key}: (secret)`);
  if (problem !== null) io.print(`problem: ${problem}`);
  const { waiting, delivered, skipped, blocked } = delivery;
  io.print(`waiting: ${waiting}, delivered: ${delivered}, skipped: ${skipped}`);
  if (blocked === null) return;
  io.print(`blocked by event ${blocked.seq} since ${blocked.since}, ${blocked.attempts} tries: ${blocked.reason}`);
  io.print(`go on after it: vaquita listeners skip ${name} ${blocked.seq}`);
}
