/** `alerts …`: what was said to whom, and having it sent again. */
import type { AlertDetail, AlertQuery } from '@vaquita/client';
import { parseDuration } from '@vaquita/core';
import { type Command, type CommandIo, EXIT, type OptionSpec, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

const WORDS = {
  status: { type: 'string', value: 'status', help: 'waiting, sending, sent, partly_sent, failed or folded' },
  kind: { type: 'string', value: 'kind', help: 'Such as workflow_failed' },
  severity: { type: 'string', value: 'severity', help: 'info, warning, error or critical' },
  project: { type: 'string', value: 'project', help: 'Id or name' },
  workflow: { type: 'string', value: 'workflow', help: 'Id or name, with --project' },
  run: { type: 'string', value: 'id', help: 'Those of one run, folded ones too' },
  group: { type: 'string', value: 'group', help: 'Name of an alert group' },
} as const satisfies Record<string, OptionSpec>;
const TIMES = {
  since: { type: 'string', value: 'time', help: 'A moment (ISO 8601), or how long ago, such as 2h' },
  until: { type: 'string', value: 'time', help: 'The same' },
} as const satisfies Record<string, OptionSpec>;

const listCommand: Command = {
  name: 'alerts list',
  summary: 'List alerts, newest first',
  args: [],
  options: {
    ...WORDS,
    ...TIMES,
    limit: { type: 'string', value: 'n', help: 'How many at most (default: 50)' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita alerts list --status failed --since 24h'],
  async run({ options }, io) {
    const wanted = options.limit === undefined ? 50 : Number(options.limit);
    if (!Number.isInteger(wanted) || wanted < 1)
      throw new UsageError('--limit is a whole number from 1 on.', listCommand);
    const rows: string[][] = [];
    for await (const alert of connect(options, io).alerts.all({ ...queryOf(options), limit: Math.min(wanted, 200) })) {
      const { id, status, severity, group, count, title, createdAt } = alert;
      rows.push([createdAt, status, severity, group ?? '(cluster)', `${count}`, id, title]);
      if (rows.length === wanted) break;
    }
    for (const line of table(['TIME', 'STATUS', 'SEVERITY', 'GROUP', 'COUNT', 'ID', 'TITLE'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'alerts show',
  summary: 'Show an alert, and how it stands with each channel',
  args: ['id'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita alerts show 01k0a1b2c3d4e5f6g7h8j9k0mn'],
  async run({ args, options }, io) {
    printAlert(await connect(options, io).alerts.get(args[0]!), io);
    return EXIT.ok;
  },
};

const resendCommand: Command = {
  name: 'alerts resend',
  summary: 'Send an alert again to the channels that were not reached',
  args: ['id'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita alerts resend 01k0a1b2c3d4e5f6g7h8j9k0mn'],
  async run({ args, options }, io) {
    const { alerts } = connect(options, io);
    printAlert(await alerts.resend(args[0]!, { idempotencyKey: crypto.randomUUID() }), io);
    return EXIT.ok;
  },
};

export const alertCommands: readonly Command[] = [listCommand, showCommand, resendCommand];

/** Words that are none are the server's to refuse: it knows which there are. @throws UsageError */
function queryOf(options: OptionValues): AlertQuery {
  const query: Record<string, string> = {};
  for (const name of Object.keys(WORDS)) if (options[name] !== undefined) query[name] = String(options[name]);
  for (const name of Object.keys(TIMES))
    if (options[name] !== undefined) query[name] = momentOf(name, String(options[name]));
  return query as AlertQuery;
}

function momentOf(name: string, text: string): string {
  const ago = parseDuration(text);
  const at = ago === undefined ? Date.parse(text) : Date.now() - ago;
  if (Number.isFinite(at)) return new Date(at).toISOString();
  throw new UsageError(
    `--${name} is a moment such as 2026-03-01T08:30Z, or how long ago, such as 2h; not "${text}".`,
    listCommand,
  );
}

function printAlert(alert: AlertDetail, io: CommandIo): void {
  const { title, kind, severity, state, status, group, count, createdAt, text, facts, reason, foldedInto } = alert;
  io.print(title);
  io.print(`${kind}, ${severity}, ${state}; ${createdAt}; group: ${group ?? '(of the cluster)'}; folded: ${count - 1}`);
  if (text !== '') io.print(text);
  for (const { name, value } of facts) io.print(`  ${name}: ${value}`);
  io.print(`status: ${status}${reason === null ? '' : ` (${reason})`}`);
  if (foldedInto !== null) io.print(`spoken for by: ${foldedInto}`);
  const rows = alert.deliveries.map((one) => {
    const when = one.sentAt ?? (one.nextAttemptAt === null ? '' : `next try ${one.nextAttemptAt}`);
    return [one.channelName, one.status, String(one.attempt), when, one.reason ?? one.answer ?? ''];
  });
  if (rows.length > 0) for (const line of table(['CHANNEL', 'STATUS', 'TRIES', 'WHEN', 'ANSWER'], rows)) io.print(line);
}
