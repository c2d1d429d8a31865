/** `audit list`: who changed what. */
import type { AuditView } from '@vaquita/client';
import { type Command, EXIT, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';
import { momentOf } from '../moments.ts';

const WORDS = ['actor', 'action', 'subject'] as const;

const command: Command = {
  name: 'audit list',
  summary: 'List who changed what, newest first',
  args: [],
  options: {
    actor: { type: 'string', value: 'name', help: 'Only what this one has done' },
    action: { type: 'string', value: 'action', help: 'Only this, such as workflow.update' },
    subject: { type: 'string', value: 'name', help: 'Only what was done with this one' },
    since: { type: 'string', value: 'time', help: 'A moment (ISO 8601), or how long ago, such as 2h' },
    until: { type: 'string', value: 'time', help: 'The same' },
    limit: { type: 'string', value: 'n', help: 'How many at most (default: 50)' },
    json: { type: 'boolean', help: 'One JSON document a line, with what was there before' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita audit list --since 24h --action workflow.delete', 'vaquita audit list --actor ann --json'],
  async run({ options }, io) {
    const wanted = options.limit === undefined ? 50 : Number(options.limit);
    if (!Number.isInteger(wanted) || wanted < 1) throw new UsageError('--limit is a whole number from 1 on.', command);
    const found: AuditView[] = [];
    for await (const one of connect(options, io).audit.all({ ...queryOf(options), limit: Math.min(wanted, 200) })) {
      found.push(one);
      if (found.length === wanted) break;
    }
    if (options.json) for (const one of found) io.print(JSON.stringify(one));
    else {
      const rows = found.map(({ at, actor, action, subject }) => [at, actor, action, subject]);
      for (const line of table(['TIME', 'WHO', 'ACTION', 'SUBJECT'], rows)) io.print(line);
    }
    return EXIT.ok;
  },
};

export const auditCommands: readonly Command[] = [command];

/** @throws UsageError */
function queryOf(options: OptionValues): Record<string, string> {
  const query: Record<string, string> = {};
  for (const name of WORDS) if (options[name] !== undefined) query[name] = String(options[name]);
  for (const name of ['since', 'until']) {
    if (options[name] !== undefined) query[name] = momentOf(name, String(options[name]), command);
  }
  return query;
}
