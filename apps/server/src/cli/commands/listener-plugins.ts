/** `listener-plugins …`: code that hears events. Administrators only; installed code runs when one has enabled it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ListenerPluginView } from '@vaquita/client';
import { AppError } from '@vaquita/core';
import { type Command, type CommandIo, EXIT, type OptionSpec, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

const CODE_OPTIONS = {
  file: { type: 'string', value: 'file', help: 'One ES module' },
  package: { type: 'string', value: 'name', help: 'A package: name or name@version' },
  enable: { type: 'boolean', help: 'Also let it run' },
} as const satisfies Record<string, OptionSpec>;

const listCommand: Command = {
  name: 'listener-plugins list',
  summary: 'List listener plugins: those of the server, and installed ones (administrators)',
  args: [],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita listener-plugins list'],
  async run({ options }, io) {
    const { items } = await connect(options, io).listenerPlugins.list();
    for (const line of table(['NAME', 'VERSION', 'ORIGIN', 'STATUS', 'WHAT'], items.map(rowOf))) io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'listener-plugins show',
  summary: 'Show a listener plugin and what its instances are told (administrators)',
  args: ['plugin'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita listener-plugins show webhook'],
  async run({ args, options }, io) {
    const plugin = await connect(options, io).listenerPlugins.get(args[0]!);
    printPlugin(plugin, io);
    const { properties = {}, required = [] } = plugin.settingsSchema as {
      readonly properties?: Readonly<
        Record<string, { type?: string; title?: string; description?: string; writeOnly?: boolean }>
      >;
      readonly required?: readonly string[];
    };
    const rows = Object.entries(properties).map(([name, { type = '', title, description, writeOnly }]) => {
      const notes = [...(required.includes(name) ? ['required'] : []), ...(writeOnly === true ? ['secret'] : [])];
      return [name, type, notes.join(', '), title ?? description ?? ''];
    });
    for (const line of table(['SETTING', 'VALUE', '', 'WHAT'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const installCommand: Command = {
  name: 'listener-plugins install',
  summary: 'Install a listener plugin from a file or a package (administrators)',
  args: [],
  options: { ...CODE_OPTIONS, ...CONNECTION_OPTIONS },
  examples: [
    'vaquita listener-plugins install --file journal.mjs',
    'vaquita listener-plugins install --package vaquita-journal@1.2.0 --enable',
  ],
  async run({ options }, io) {
    const body = codeOf(options, installCommand, io);
    printPlugin(await connect(options, io).listenerPlugins.install(body, { idempotencyKey: crypto.randomUUID() }), io);
    return EXIT.ok;
  },
};

const updateCommand: Command = {
  name: 'listener-plugins update',
  summary: 'Replace the code of a listener plugin; it has to be enabled again (administrators)',
  args: ['plugin'],
  options: { ...CODE_OPTIONS, ...CONNECTION_OPTIONS },
  examples: ['vaquita listener-plugins update journal --file journal.mjs --enable'],
  async run({ args, options }, io) {
    const body = codeOf(options, updateCommand, io);
    printPlugin(await connect(options, io).listenerPlugins.update(args[0]!, body), io);
    return EXIT.ok;
  },
};

function switchCommand(word: 'enable' | 'disable', summary: string): Command {
  return {
    name: `listener-plugins ${word}`,
    summary,
    args: ['plugin'],
    options: CONNECTION_OPTIONS,
    examples: [`vaquita listener-plugins ${word} journal`],
    async run({ args, options }, io) {
      printPlugin(await connect(options, io).listenerPlugins[word](args[0]!), io);
      return EXIT.ok;
    },
  };
}

const uninstallCommand: Command = {
  name: 'listener-plugins uninstall',
  summary: 'Uninstall a listener plugin that no listener uses (administrators)',
  args: ['plugin'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita listener-plugins uninstall journal'],
  async run({ args, options }, io) {
    await connect(options, io).listenerPlugins.uninstall(args[0]!);
    io.print(`uninstalled ${args[0]}`);
    return EXIT.ok;
  },
};

export const listenerPluginCommands: readonly Command[] = [
  ...[listCommand, showCommand, installCommand, updateCommand],
  switchCommand('enable', 'Let the code of a listener plugin run (administrators)'),
  switchCommand('disable', 'Let the code of a listener plugin run no more; its listeners wait (administrators)'),
  uninstallCommand,
];

/** @throws UsageError, AppError `bad_request` for a file that cannot be read. */
function codeOf(options: OptionValues, command: Command, { cwd }: Pick<CommandIo, 'cwd'>) {
  const enable = options.enable === true;
  if ((options.file === undefined) === (options.package === undefined))
    throw new UsageError('Give either --file or --package.', command);
  if (options.package !== undefined) return { packageName: String(options.package), enable };
  const path = String(options.file);
  try {
    return { code: readFileSync(resolve(cwd, path), 'utf8'), enable };
  } catch (cause) {
    throw new AppError('bad_request', `The file ${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, {
      cause,
    });
  }
}

function rowOf({ name, version, origin, enabled, title }: ListenerPluginView): string[] {
  return [name, version ?? '-', origin.replace('_', '-'), enabled ? 'enabled' : 'not enabled', title];
}

function printPlugin(plugin: ListenerPluginView, io: CommandIo): void {
  const [name, version, origin, status, title] = rowOf(plugin);
  io.print(`${name} ${version}: ${title} (${origin}, ${status})`);
  if (!plugin.enabled) io.print(`let it run: vaquita listener-plugins enable ${name}`);
}
