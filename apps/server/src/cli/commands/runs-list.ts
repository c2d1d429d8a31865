/** `runs list`: runs, newest first, for a person or for a program. */
import type { InstanceView } from '@vaquita/client';
import { type Command, EXIT } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { between, table } from '../format.ts';
import { limitOf, MAX_PAGE } from '../list-limit.ts';
import { FILTER_OPTIONS, filterOf } from '../run-filter.ts';

const DEFAULT_LIMIT = 50;

export const runsListCommand: Command = {
  name: 'runs list',
  summary: 'List runs, newest first',
  args: [],
  options: {
    ...FILTER_OPTIONS,
    limit: { type: 'string', value: 'n', help: `How many at most (default: ${DEFAULT_LIMIT})` },
    json: { type: 'boolean', help: 'One JSON object per line instead of a table' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita runs list --workflow etl/daily --state failure', 'vaquita runs list --project etl --json'],
  async run({ options }, io) {
    const limit = limitOf(options, DEFAULT_LIMIT, runsListCommand);
    const { states, ...place } = filterOf(options, runsListCommand) ?? {};
    const query = { ...place, state: states, limit: Math.min(limit, MAX_PAGE) };
    const rows: string[][] = [];
    let count = 0;
    for await (const run of connect(options, io).instances.all(query)) {
      count += 1;
      if (options.json === true) io.print(JSON.stringify(run));
      else rows.push(rowOf(run));
      if (io.signal.aborted) return EXIT.interrupted;
      if (count >= limit) break;
    }
    if (rows.length > 0) {
      for (const line of table(['RUN', 'STATE', 'CREATED', 'TOOK', 'ID'], rows)) io.print(line);
    } else if (count === 0) io.note('No run matches.');
    return EXIT.ok;
  },
};

function rowOf(run: InstanceView): string[] {
  const { projectName, workflowName, number, state, quarantine, createdAt, startedAt, endedAt, id } = run;
  // A run without a number has not been taken by the leader yet.
  const name = `${projectName}/${workflowName}${number === null ? '' : `#${number}`}`;
  const shown = quarantine === null ? state : `${state} (set aside)`;
  return [name, shown, createdAt, between(startedAt, endedAt) ?? '-', id];
}
