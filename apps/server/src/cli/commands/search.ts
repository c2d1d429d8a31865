/** `search`: from a name or an id to what bears it. */
import type { SearchHit } from '@vaquita/client';
import { type Command, EXIT } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

export const searchCommand: Command = {
  name: 'search',
  summary: 'Find what bears a name that begins so, or a run by its id or as name#12',
  args: ['text'],
  options: {
    json: { type: 'boolean', help: 'One JSON document a line' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita search daily', 'vaquita search "daily-report#12"'],
  async run({ args, options }, io) {
    const { items } = await connect(options, io).search({ q: args[0]! });
    if (options.json) for (const item of items) io.print(JSON.stringify(item));
    else if (items.length === 0) io.note('Nothing was found.');
    else {
      const rows = items.map((item) => [item.kind, placeOf(item), item.state ?? '', item.id]);
      for (const line of table(['KIND', 'NAME', 'STATE', 'ID'], rows)) io.print(line);
    }
    return EXIT.ok;
  },
};

function placeOf({ kind, projectName, workflowName, name, number }: SearchHit): string {
  const run = number === null ? workflowName : `${workflowName}#${number}`;
  const parts = kind === 'run' ? [projectName, run] : [projectName, run, name];
  return parts.filter((part) => part !== null).join('/');
}
