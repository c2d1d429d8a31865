/**
 * A verb for many runs: named one by one, or all that match. What a filter matches is acted on only with --yes, so that
 * nobody stops more than they meant to.
 */
import type { BulkAction, BulkAnswer, BulkItem, BulkRequest, VaquitaClient } from '@vaquita/client';
import { type Command, type CommandInput, type CommandIo, EXIT, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { runIdOf } from '../find-run.ts';
import { awaitAll, WAIT_OPTION } from '../operations.ts';
import { FILTER_OPTIONS, filterOf } from '../run-filter.ts';

export interface BulkVerb {
  readonly word: string;
  readonly action: BulkAction;
  readonly summary: string;
}

export function bulkCommand({ word, action, summary }: BulkVerb): Command {
  const command: Command = {
    name: `runs ${word}`,
    summary,
    args: [],
    more: 'run',
    options: {
      ...FILTER_OPTIONS,
      'dry-run': { type: 'boolean', help: 'Say what would happen and do nothing' },
      yes: { type: 'boolean', help: 'Act on all that match; without it nothing is done' },
      ...WAIT_OPTION,
      ...CONNECTION_OPTIONS,
    },
    examples: [
      `vaquita runs ${word} "etl/daily#12" "etl/daily#13"`,
      `vaquita runs ${word} --workflow etl/daily --dry-run`,
    ],
    run: (input, io) => act({ action, command, input, io }),
  };
  return command;
}

interface Act {
  readonly action: BulkAction;
  readonly command: Command;
  readonly input: CommandInput;
  readonly io: CommandIo;
}

async function act({ action, command, input, io }: Act): Promise<number> {
  const { args, options } = input;
  const filter = filterOf(options, command);
  if (args.length > 0 === (filter !== undefined)) {
    const message =
      filter === undefined
        ? 'Name runs as <project>/<workflow>#<number> or by their ids, or say which with --workflow, --project, --state or --origin.'
        : 'Name runs, or say which with --workflow, --project, --state or --origin: not both.';
    throw new UsageError(message, command);
  }
  const client = connect(options, io);
  const dryRun = options['dry-run'] === true;
  if (filter === undefined) {
    const ids: string[] = [];
    for (const name of args) ids.push(await runIdOf(client, name));
    return report(client, eachPage(client, { action, ids, dryRun }), { options, io });
  }
  if (!dryRun && options.yes !== true) {
    const preview = await client.instances.actOnMany({ action, filter, dryRun: true });
    throw new UsageError(`${preview.detail} Nothing was done: add --yes to do it, or --dry-run to see each.`, command);
  }
  return report(client, eachPage(client, { action, filter, dryRun }), { options, io });
}

async function* eachPage(client: VaquitaClient, body: BulkRequest): AsyncGenerator<BulkAnswer, void, undefined> {
  let cursor: string | undefined;
  do {
    const page = { ...body, ...(cursor === undefined ? {} : { cursor }) };
    const answer = await client.instances.actOnMany(page, { idempotencyKey: crypto.randomUUID() });
    yield answer;
    cursor = answer.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

async function report(
  client: VaquitaClient,
  pages: AsyncGenerator<BulkAnswer, void, undefined>,
  { options, io }: { readonly options: OptionValues; readonly io: CommandIo },
): Promise<number> {
  let isGood = true;
  let count = 0;
  const asked: { name: string; operationId: string }[] = [];
  for await (const { items, dryRun } of pages) {
    for (const item of items) {
      count += 1;
      isGood &&= item.status === 'accepted';
      if (item.operationId !== null) asked.push({ name: nameOf(item), operationId: item.operationId });
      io.print(lineOf(item, dryRun));
    }
    if (io.signal.aborted) return EXIT.interrupted;
  }
  if (count === 0) io.note('No run matches.');
  if (options.wait === true) isGood = (await awaitAll(client, asked, io)) && isGood;
  return isGood ? EXIT.ok : EXIT.failure;
}

function nameOf({ workflowName, number, id }: BulkItem): string {
  return workflowName === null || number === null ? id : `${workflowName}#${number} (${id})`;
}

function lineOf(item: BulkItem, dryRun: boolean): string {
  const words = { accepted: dryRun ? 'possible' : 'accepted', refused: 'refused', not_found: 'not found' };
  return `${words[item.status].padEnd(9)} ${nameOf(item)}  ${item.reason ?? ''}`.trimEnd();
}
