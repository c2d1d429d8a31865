/** `registry …`: what the registry holds, and whether it fits together. For administrators. */
import type { RegistryCheckView, VaquitaClient } from '@vaquita/client';
import { type Command, type CommandIo, EXIT, type OptionValues } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

const PATH_OPTION = { path: { type: 'string', value: 'path', help: 'Only this key and what is below it' } } as const;
/** Events that are shown unless more are asked for. */
const SHOWN_EVENTS = 50;

interface Listing<Item> {
  readonly what: string;
  readonly summary: string;
  readonly header: readonly string[];
  items(client: VaquitaClient['registry'], path: string | undefined): AsyncIterable<Item>;
  row(item: Item): string[];
  readonly hasPath?: true;
  readonly atMost?: number;
}

function listCommand<Item>({ what, summary, header, items, row, hasPath, atMost = Infinity }: Listing<Item>): Command {
  return {
    name: `registry ${what}`,
    summary: `${summary} (administrators)`,
    args: [],
    options: { ...(hasPath ? PATH_OPTION : {}), ...CONNECTION_OPTIONS },
    examples: [`vaquita registry ${what}${hasPath ? ' --path /nodes' : ''}`],
    async run({ options }, io) {
      const rows: string[][] = [];
      for await (const item of items(connect(options, io).registry, pathOf(options))) {
        if (rows.length === atMost) break;
        rows.push(row(item));
      }
      for (const line of table(header, rows)) io.print(line);
      return EXIT.ok;
    },
  };
}

function pathOf({ path }: OptionValues): string | undefined {
  return path === undefined ? undefined : String(path);
}

const checkCommand: Command = {
  name: 'registry check',
  summary: 'Check whether the registry fits together, and repair it if asked to (administrators)',
  args: [],
  options: { repair: { type: 'boolean', help: 'Put right what is wrong' }, ...CONNECTION_OPTIONS },
  examples: ['vaquita registry check', 'vaquita registry check --repair'],
  async run({ options }, io) {
    const { registry } = connect(options, io);
    const report = options.repair === true ? await registry.repair() : await registry.check();
    printReport(report, io);
    return report.ok ? EXIT.ok : EXIT.failure;
  },
};

function printReport({ ok, findings, repaired }: RegistryCheckView, io: CommandIo): void {
  for (const { count, means, examples, repair } of findings) {
    const more = count > examples.length ? ', …' : '';
    io.print(`${count} × ${means}`);
    io.print(`  ${examples.join(', ')}${more}`);
    io.print(`  repair: ${repair}`);
  }
  if (repaired) io.print('repaired');
  else if (ok) io.print('the registry is in order');
  else io.note('Nothing was changed. To put it right: vaquita registry check --repair');
}

export const registryCommands: readonly Command[] = [
  listCommand({
    what: 'clients',
    summary: 'List servers and workers that the registry knows',
    header: ['ID', 'KIND', 'NAME', 'STATUS', 'HEARTBEAT', 'TIMEOUT', 'LAST HEARD'],
    items: (registry) => registry.allClients(),
    row: ({ id, kind, name, online, heartbeatInterval, sessionTimeout, lastHeartbeatAt }) => [
      id,
      kind,
      name,
      online ? 'online' : 'silent',
      heartbeatInterval,
      sessionTimeout,
      lastHeartbeatAt,
    ],
  }),
  listCommand({
    what: 'data',
    summary: 'List what servers and workers have put into the registry',
    header: ['KEY', 'KIND', 'VERSION', 'CLIENT', 'VALUE'],
    items: (registry, path) => registry.allData(path),
    row: ({ key, kind, version, clientId, value }) => [key, kind, String(version), clientId ?? '-', value],
    hasPath: true,
  }),
  listCommand({
    what: 'locks',
    summary: 'List locks and who holds them',
    header: ['KEY', 'EPOCH', 'HOLDER', 'SINCE'],
    items: (registry) => registry.allLocks(),
    row: ({ key, epoch, holder, acquiredAt }) => [
      key,
      String(epoch),
      holder === null ? '-' : (holder.name ?? holder.clientId),
      holder === null ? '-' : acquiredAt,
    ],
  }),
  listCommand({
    what: 'events',
    summary: `List the newest ${SHOWN_EVENTS} changes of the registry`,
    header: ['ID', 'TIME', 'TYPE', 'KEY', 'VALUE'],
    items: (registry, path) => registry.allEvents(path),
    row: ({ id, at, type, key, value }) => [String(id), at, type, key, value],
    hasPath: true,
    atMost: SHOWN_EVENTS,
  }),
  checkCommand,
];
