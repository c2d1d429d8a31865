/** `forecast`: what schedules will run in the days ahead, and what it will take of workers. */
import type { ForecastView } from '@vaquita/client';
import { type Command, type CommandIo, EXIT } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { elapsed, table } from '../format.ts';
import { wholeNumber } from '../schedule-options.ts';

export const forecastCommand: Command = {
  name: 'forecast',
  summary: 'Show what schedules will run, and what it will take of workers',
  args: [],
  options: {
    days: { type: 'string', value: 'n', help: 'How far to look, at most 31 (default: 7)' },
    project: { type: 'string', value: 'project', help: 'Of its schedules only' },
    next: { type: 'string', value: 'n', help: 'How many of the next runs to list (default: 10)' },
    json: { type: 'boolean', help: 'As one JSON object, by the hour' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita forecast --days 2 --project etl'],
  async run({ options }, io) {
    const seen = await connect(options, io).schedules.forecast({
      days: wholeNumber(options.days, 'days', forecastCommand),
      next: wholeNumber(options.next, 'next', forecastCommand) ?? 10,
      project: options.project === undefined ? undefined : String(options.project),
    });
    if (options.json === true) io.print(JSON.stringify(seen));
    else printForecast(seen, io);
    return EXIT.ok;
  },
};

function printForecast(seen: ForecastView, io: CommandIo): void {
  const { total, projects, workerGroups, withoutHistory, next } = seen;
  io.print(`${seen.from} to ${seen.until}: ${total.runs} runs, ${elapsed(total.slotSeconds * 1_000)} of slots`);
  if (total.skipped > 0) io.print(`left out by calendars and pauses: ${total.skipped}`);
  print(
    ['PROJECT', 'RUNS', 'SLOTS'],
    projects.map(({ name, runs, slotSeconds }) => [name, runs, slotSeconds]),
  );
  print(
    ['WORKER GROUP', 'RUNS', 'SLOTS', 'BUSIEST HOUR'],
    workerGroups.map(({ name, runs, slotSeconds, slots, byHour }) => {
      const busiest = Math.max(0, ...byHour.slotSeconds) / 3_600;
      return [name, runs, slotSeconds, `${busiest.toFixed(1)} of ${slots} slots`];
    }),
  );
  print(
    ['NEXT', 'SCHEDULE', 'LIKELY TO TAKE'],
    next.map(({ at, projectName, workflowName, scheduleName, seconds }) => [
      at,
      `${projectName}/${workflowName}/${scheduleName}`,
      seconds === null ? 'not known' : elapsed(seconds * 1_000),
    ]),
  );
  for (const { projectName, workflowName, runs } of withoutHistory) {
    io.note(`${projectName}/${workflowName} has not succeeded yet: what its ${runs} runs will take is not known`);
  }
  if (seen.cutShort !== null) io.note(seen.cutShort);

  /** Numbers in a third column are seconds. */
  function print(header: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    if (rows.length === 0) return;
    const text = (cell: string | number, column: number) =>
      typeof cell === 'number' && column === 2 ? elapsed(cell * 1_000) : String(cell);
    io.print('');
    for (const line of table(
      header,
      rows.map((row) => row.map(text)),
    ))
      io.print(line);
  }
}
