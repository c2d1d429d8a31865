/** `alert-channels …`: ways to tell people. Administrators only, since their settings hold secrets. */
import type { AlertChannelView, AlertDetail, VaquitaClient } from '@vaquita/client';
import { didYouMean } from '@vaquita/core';
import { givenSettings, isSecret, SETTINGS_OPTIONS } from '../channel-settings.ts';
import { type Command, type CommandIo, EXIT, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

const LOOK_EVERY_MS = 200;

const typesCommand: Command = {
  name: 'alert-channels types',
  summary: 'List the types of alert channels, or the settings of one',
  args: [],
  options: { type: { type: 'string', value: 'type', help: 'Show the settings of this type' }, ...CONNECTION_OPTIONS },
  examples: ['vaquita alert-channels types --type slack'],
  async run({ options }, io) {
    const client = connect(options, io);
    if (options.type === undefined) {
      const rows = (await client.alertChannels.types()).items.map(({ name, title }) => [name, title]);
      for (const line of table(['TYPE', 'WHAT'], rows)) io.print(line);
    } else {
      const { properties, required } = await formOf(client, String(options.type), typesCommand);
      const rows = Object.entries(properties).map(([name, schema]) => {
        const {
          type = 'text',
          title = '',
          enum: choice,
        } = schema as { type?: string; title?: string; enum?: unknown[] };
        const notes = [...(required.includes(name) ? ['required'] : []), ...(isSecret(schema) ? ['secret'] : [])];
        return [name, choice ? choice.join(' | ') : type, notes.join(', '), title];
      });
      for (const line of table(['SETTING', 'VALUE', '', 'WHAT'], rows)) io.print(line);
    }
    return EXIT.ok;
  },
};

const listCommand: Command = {
  name: 'alert-channels list',
  summary: 'List alert channels, with what came of the last alerts (administrators)',
  args: [],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita alert-channels list'],
  async run({ options }, io) {
    const rows: string[][] = [];
    for await (const channel of connect(options, io).alertChannels.all()) {
      const { name, type, enabled, groups, lastDeliveredAt, lastError, problem } = channel;
      const state = enabled ? 'enabled' : 'disabled';
      rows.push([name, type, state, groups.join(',') || '-', lastDeliveredAt ?? 'never', problem ?? lastError ?? '']);
    }
    for (const line of table(['NAME', 'TYPE', 'STATUS', 'GROUPS', 'LAST DELIVERED', 'ERROR'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'alert-channels show',
  summary: 'Show an alert channel and its settings, without secrets (administrators)',
  args: ['channel'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita alert-channels show ops-chat'],
  async run({ args, options }, io) {
    printChannel(await connect(options, io).alertChannels.get(args[0]!), io);
    return EXIT.ok;
  },
};

const createCommand: Command = {
  name: 'alert-channels create',
  summary: 'Create an alert channel (administrators)',
  args: ['channel'],
  options: {
    type: { type: 'string', value: 'type', required: true, help: 'One of "vaquita alert-channels types"' },
    ...SETTINGS_OPTIONS,
    disabled: { type: 'boolean', help: 'Tell nobody through it until it is enabled' },
    ...CONNECTION_OPTIONS,
  },
  examples: [
    'vaquita alert-channels create ops-chat --type slack --set-file url=slack-url.txt',
    'vaquita alert-channels create ops-mail --type email --settings mail.json --set-file password=mail-password.txt',
  ],
  async run({ args, options }, io) {
    const { over } = givenSettings(options, createCommand, io);
    const client = connect(options, io);
    const type = String(options.type);
    const form = await formOf(client, type, createCommand);
    const body = { name: args[0]!, type, settings: over?.({}, form) ?? {}, enabled: options.disabled !== true };
    printChannel(await client.alertChannels.create(body, { idempotencyKey: crypto.randomUUID() }), io);
    return EXIT.ok;
  },
};

const editCommand: Command = {
  name: 'alert-channels edit',
  summary: 'Change the name or the settings of an alert channel; secrets not said stay (administrators)',
  args: ['channel'],
  options: {
    name: { type: 'string', value: 'name', help: 'Another name' },
    ...SETTINGS_OPTIONS,
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita alert-channels edit ops-mail --set to=night@example.com --set to=ops@example.com'],
  async run({ args, options }, io) {
    const { over } = givenSettings(options, editCommand, io);
    if (over === null && options.name === undefined) {
      throw new UsageError('Give --name, --set, --set-file, --unset or --settings.', editCommand);
    }
    const client = connect(options, io);
    const { type, settings } = await client.alertChannels.get(args[0]!);
    const change = {
      ...(options.name === undefined ? {} : { name: String(options.name) }),
      ...(over === null ? {} : { settings: over(settings, await formOf(client, type, editCommand)) }),
    };
    printChannel(await client.alertChannels.update(args[0]!, change), io);
    return EXIT.ok;
  },
};

function switchCommand(word: 'enable' | 'disable', summary: string): Command {
  return {
    name: `alert-channels ${word}`,
    summary,
    args: ['channel'],
    options: CONNECTION_OPTIONS,
    examples: [`vaquita alert-channels ${word} ops-chat`],
    async run({ args, options }, io) {
      printChannel(await connect(options, io).alertChannels.update(args[0]!, { enabled: word === 'enable' }), io);
      return EXIT.ok;
    },
  };
}

const testCommand: Command = {
  name: 'alert-channels test',
  summary: 'Send a test through an alert channel (administrators)',
  args: ['channel'],
  options: {
    wait: { type: 'boolean', help: 'Stay until it was tried, and print what came of it; the exit code tells, too' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita alert-channels test ops-chat --wait'],
  async run({ args, options }, io) {
    const client = connect(options, io);
    const { id } = await client.alertChannels.test(args[0]!, { idempotencyKey: crypto.randomUUID() });
    io.print(`alert ${id}`);
    if (options.wait !== true) return EXIT.ok;
    const { deliveries } = await awaitTry(client, id, io);
    const [delivery] = deliveries;
    io.print(`${delivery?.status ?? 'nothing'}: ${delivery?.reason ?? delivery?.answer ?? ''}`);
    return delivery?.status === 'sent' ? EXIT.ok : EXIT.failure;
  },
};

const deleteCommand: Command = {
  name: 'alert-channels delete',
  summary: 'Delete an alert channel that no alert group uses (administrators)',
  args: ['channel'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita alert-channels delete ops-chat'],
  async run({ args, options }, io) {
    await connect(options, io).alertChannels.delete(args[0]!);
    io.print(`deleted ${args[0]}`);
    return EXIT.ok;
  },
};

export const alertChannelCommands: readonly Command[] = [
  typesCommand,
  listCommand,
  showCommand,
  createCommand,
  editCommand,
  testCommand,
  switchCommand('enable', 'Tell people through an alert channel again (administrators)'),
  switchCommand('disable', 'Tell nobody through an alert channel for now (administrators)'),
  deleteCommand,
];

/** Until the one delivery has been tried once, or the person does not want to wait any longer. */
async function awaitTry(client: VaquitaClient, id: string, io: CommandIo): Promise<AlertDetail> {
  while (true) {
    const alert = await client.alerts.get(id, { signal: io.signal });
    const isTried = alert.deliveries.every(({ status }) => status !== 'waiting' && status !== 'sending');
    if (isTried || io.signal.aborted) return alert;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, LOOK_EVERY_MS);
    });
  }
}

interface Form {
  readonly properties: Readonly<Record<string, { readonly type?: string }>>;
  readonly required: readonly string[];
}

/** @throws UsageError */
async function formOf(client: VaquitaClient, type: string, command: Command): Promise<Form> {
  const { items } = await client.alertChannels.types();
  const found = items.find(({ name }) => name === type);
  if (found) return { properties: {}, required: [], ...(found.schema as Partial<Form>) };
  const names = items.map(({ name }) => name);
  throw new UsageError(
    `There is no channel type "${type}"; there are ${names.join(', ')}.${didYouMean(type, names)}`,
    command,
  );
}

function printChannel(channel: AlertChannelView, io: CommandIo): void {
  const { name, type, enabled, settings, hasSecret, groups, lastDeliveredAt, lastError, pausedUntil, problem } =
    channel;
  io.print(`${name}: ${type}, ${enabled ? 'enabled' : 'disabled'}, groups: ${groups.join(', ') || 'none'}`);
  for (const [key, value] of Object.entries(settings)) {
    io.print(`  ${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
  for (const key of hasSecret) io.print(`  ${key}: (set)`);
  io.print(`last delivered: ${lastDeliveredAt ?? 'never'}`);
  if (lastError !== null) io.print(`last error: ${lastError}`);
  if (pausedUntil !== null) io.print(`paused until: ${pausedUntil}`);
  if (problem !== null) io.print(`problem: ${problem}`);
}
