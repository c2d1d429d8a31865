/** `janitor …` and `reconciler`: what the leader does by itself. For administrators. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JanitorView, PassView } from '@vaquita/client';
import { type Command, type CommandIo, EXIT } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

const MIB = 1024 * 1024;
const LOOK_MS = 250;

const showCommand: Command = {
  name: 'janitor show',
  summary: 'Show what is kept, how large the database is, and what was removed last (administrators)',
  args: [],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita janitor show'],
  async run({ options }, io) {
    const view = await connect(options, io).janitor.get();
    printPolicy(view, io);
    const { bytes, freeBytes, canShrink } = view.database;
    const free = `${mib(freeBytes)} of it free, ${canShrink ? 'given back to the disk' : 'used again, not given back'}`;
    io.print(`database: ${mib(bytes)}, ${free}`);
    if (!view.leads) io.note('This server does not lead: the leader tells of passes.');
    if (view.pass) printPass('under way', view.pass, io);
    if (view.lastPass) printPass('last pass', view.lastPass, io);
    return EXIT.ok;
  },
};

const runCommand: Command = {
  name: 'janitor run',
  summary: 'Remove now what has served its time, or show what would go (administrators)',
  args: [],
  options: { 'dry-run': { type: 'boolean', help: 'Remove nothing, show what would go' }, ...CONNECTION_OPTIONS },
  examples: ['vaquita janitor run --dry-run', 'vaquita janitor run'],
  async run({ options }, io) {
    const { janitor } = connect(options, io);
    if (options['dry-run'] === true) {
      const { runs, byAge, byCount, taskInstances, logBytes, workflows, more } = await janitor.preview();
      printPolicy(await janitor.get(), io);
      io.print(
        `would go: ${more ? 'at least ' : ''}${runs} runs (${byAge} for their age, ${byCount} for their number),`,
      );
      io.print(`  ${taskInstances} task instances, ${mib(logBytes)} of logs`);
      for (const { name, runs: count } of workflows) io.print(`  ${count} of ${name}`);
      return EXIT.ok;
    }
    const { passes } = await janitor.run();
    for (;;) {
      const view = await janitor.get();
      if (!view.leads) {
        io.note('error: The server has stopped leading; the next leader goes on.');
        return EXIT.failure;
      }
      if (view.passes >= passes && view.lastPass) {
        printPass('removed', view.lastPass, io);
        return view.lastPass.error === null ? EXIT.ok : EXIT.failure;
      }
      await sleep(LOOK_MS, undefined, { signal: io.signal });
    }
  },
};

const reconcilerCommand: Command = {
  name: 'reconciler',
  summary: 'Show how memory is held against the database, and what did not agree (administrators)',
  args: [],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita reconciler'],
  async run({ options }, io) {
    const { leads, rounds, runsChecked, roundEndedAt, suspects, checks, recent } = await connect(
      options,
      io,
    ).reconciler();
    if (!leads) {
      io.note('This server does not lead: the leader checks.');
      return EXIT.ok;
    }
    io.print(
      `${rounds} rounds, the last one over at ${roundEndedAt ?? '-'} with ${runsChecked} runs; ${suspects} suspects`,
    );
    for (const { finds, mended, givenUp } of checks)
      if (mended + givenUp > 0) io.print(`${mended} mended, ${givenUp} given up: ${finds}`);
    for (const line of recent.length === 0 ? [] : table(['TIME', 'OUTCOME', 'WHAT'], recent.map(toRow))) io.print(line);
    if (checks.every(({ mended, givenUp }) => mended + givenUp === 0)) io.print('nothing has ever been wrong');
    return checks.some(({ givenUp }) => givenUp > 0) ? EXIT.failure : EXIT.ok;
  },
};

function toRow({
  at,
  outcome,
  text,
}: {
  readonly at: string;
  readonly outcome: string;
  readonly text: string;
}): string[] {
  return [at, outcome, text];
}

function printPolicy({ keepRuns, keepRunsPerWorkflow, keepRunsAtLeast }: JanitorView, io: CommandIo): void {
  const age = keepRuns === null ? 'for good' : `for ${keepRuns}`;
  const count = keepRunsPerWorkflow === null ? 'however many' : `at most ${keepRunsPerWorkflow} of a workflow`;
  io.print(`runs are kept ${age}, ${count}, and always the newest ${keepRunsAtLeast}`);
}

function printPass(what: string, pass: PassView, io: CommandIo): void {
  const { runs, taskInstances, logs, logBytes, freedBytes, left, endedAt, error } = pass;
  io.print(
    `${what}${endedAt === null ? '' : ` (${endedAt})`}: ${runs} runs, ${taskInstances} task instances, ${logs} logs (${mib(logBytes)})`,
  );
  if (left > 0) io.print(`  ${left} runs were needed after all`);
  if (freedBytes > 0) io.print(`  ${mib(freedBytes)} were given back to the disk`);
  if (error !== null) io.note(`  it ended early: ${error}`);
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

export const upkeepCommands: readonly Command[] = [showCommand, runCommand, reconcilerCommand];
