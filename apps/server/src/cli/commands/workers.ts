/** `workers …`: how the workers are, and what people decide about them. */
import type { VaquitaClient, WorkerChange, WorkerView } from '@vaquita/client';
import { type Command, type CommandIo, EXIT, type OptionSpec, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { between, table } from '../format.ts';

const REASON = { type: 'string', value: 'text', help: 'Why, for whoever looks at it later' } as const;
const OWN = '"own" for what it was started with';
const SETTINGS = {
  slots: { type: 'string', value: 'n', help: `How many tasks it may run at once; ${OWN}` },
  label: { type: 'string', value: 'name=value', multiple: true, help: `A label; give all of them, or ${OWN}` },
  weight: { type: 'string', value: 'n', help: `For groups that balance by weight; ${OWN}` },
  'log-level': { type: 'string', value: 'level', help: `debug, info, warn or error; ${OWN}` },
} as const satisfies Record<string, OptionSpec>;

const listCommand: Command = {
  name: 'workers list',
  summary: 'List workers, how full they are and when they were last heard',
  args: [],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita workers list'],
  async run({ options }, io) {
    const rows: string[][] = [];
    for await (const worker of connect(options, io).workers.all()) {
      const { name, slots, slotsUsed, groups, stats, warnings } = worker;
      const used = slotsUsed === null ? '-' : `${slotsUsed}/${slots}`;
      const [first] = warnings;
      const more = warnings.length > 1 ? ` (and ${warnings.length - 1} more)` : '';
      const note = first === undefined ? '' : `! ${first.text}${more}`;
      rows.push([
        name,
        standing(worker),
        used,
        percent(stats.cpu),
        percent(stats.memory),
        heard(worker),
        groups.join(','),
        note,
      ]);
    }
    for (const line of table(['NAME', 'STATE', 'USED', 'CPU', 'MEMORY', 'HEARD', 'GROUPS', ''], rows)) io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'workers show',
  summary: 'Show a worker, the figures of its newest heartbeat and what has been decided about it',
  args: ['worker'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita workers show rack-4'],
  async run({ args, options }, io) {
    printWorker(await connect(options, io).workers.get(args[0]!), io);
    return EXIT.ok;
  },
};

type WorkerVerb = 'drain' | 'resume' | 'evict';

/** How often, and how many times, the state of a worker is looked at after something was asked of it. */
const LOOK_EVERY_MS = 200;
const LOOKS = 10;

function verbCommand(verb: WorkerVerb, summary: string): Command {
  return {
    name: `workers ${verb}`,
    summary: `${summary} (administrators)`,
    args: ['worker'],
    options: { reason: REASON, ...CONNECTION_OPTIONS },
    examples: [`vaquita workers ${verb} rack-4${verb === 'resume' ? '' : ' --reason "new disks"'}`],
    async run({ args, options }, io) {
      const request = options.reason === undefined ? {} : { reason: String(options.reason) };
      const { workers } = connect(options, io);
      const asked = await workers[verb](args[0]!, request, { idempotencyKey: crypto.randomUUID() });
      const worker = await awaitLeader(workers, verb, asked, io);
      printWorker(worker, io);
      if (!isCarriedOut(verb, worker))
        io.note(`The leader has not carried it out yet: “vaquita workers show ${worker.name}” tells when it has.`);
      return EXIT.ok;
    },
  };
}

/** The decision is made at once; the state of the worker follows when the leader has told it. */
async function awaitLeader(
  workers: VaquitaClient['workers'],
  verb: WorkerVerb,
  asked: WorkerView,
  { signal }: CommandIo,
): Promise<WorkerView> {
  let worker = asked;
  for (let look = 0; look < LOOKS && !signal.aborted && !isCarriedOut(verb, worker); look++) {
    await new Promise<void>((resolve) => {
      setTimeout(resolve, LOOK_EVERY_MS);
    });
    worker = await workers.get(asked.id, { signal });
  }
  return worker;
}

function isCarriedOut(verb: WorkerVerb, { state }: WorkerView): boolean {
  switch (verb) {
    case 'drain':
      return state !== 'online';
    case 'resume':
      return state !== 'draining';
    case 'evict':
      return state === 'offline';
  }
}

const setCommand: Command = {
  name: 'workers set',
  summary: 'Give a worker other slots, labels, weight or log level than it was started with (administrators)',
  args: ['worker'],
  options: { ...SETTINGS, ...CONNECTION_OPTIONS },
  examples: ['vaquita workers set rack-4 --slots 8', 'vaquita workers set rack-4 --label zone=north --weight own'],
  async run({ args, options }, io) {
    const change = changeOf(options);
    if (Object.keys(change).length === 0)
      throw new UsageError('Give --slots, --label, --weight or --log-level.', setCommand);
    printWorker(await connect(options, io).workers.update(args[0]!, change), io);
    return EXIT.ok;
  },
};

export const workerCommands: readonly Command[] = [
  listCommand,
  showCommand,
  verbCommand('drain', 'Let a worker finish what it runs and take nothing new'),
  verbCommand('resume', 'Let a worker take tasks again, or come back after it was evicted'),
  verbCommand('evict', 'Send a worker away: its tasks are made anew elsewhere, and it may not come back'),
  setCommand,
];

/** @throws UsageError */
function changeOf(options: OptionValues): WorkerChange {
  const { slots, label, weight, 'log-level': logLevel } = options;
  return {
    ...(slots === undefined ? {} : { slots: numberOf('slots', slots) }),
    ...(label === undefined ? {} : { labels: labelsOf(label as readonly string[]) }),
    ...(weight === undefined ? {} : { weight: numberOf('weight', weight) }),
    // The server says which there are.
    ...(logLevel === undefined ? {} : { logLevel: logLevel === 'own' ? null : (logLevel as WorkerChange['logLevel']) }),
  };
}

/** @throws UsageError */
function numberOf(name: string, given: OptionValues[string]): number | null {
  if (given === 'own') return null;
  const number = Number(given);
  if (Number.isFinite(number) && number > 0) return number;
  throw new UsageError(`--${name} "${String(given)}" is neither a number above 0 nor "own".`, setCommand);
}

/** @throws UsageError */
function labelsOf(given: readonly string[]): Record<string, string> | null {
  if (given.length === 1 && given[0] === 'own') return null;
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw new UsageError(`--label "${text}" is not of the form name=value.`, setCommand);
    }),
  );
}

function standing({ state, decision }: WorkerView): string {
  return decision?.availability === 'evicted' ? 'evicted' : state;
}

function heard({ lastHeartbeatAt }: WorkerView): string {
  if (lastHeartbeatAt === null) return 'never';
  return `${between(lastHeartbeatAt, new Date().toISOString())} ago`;
}

function percent(fraction: number | undefined): string {
  return fraction === undefined ? '-' : `${Math.round(fraction * 100)} %`;
}

function printWorker(worker: WorkerView, io: CommandIo): void {
  const { name, slots, slotsUsed, labels, weight, groups, stats, decision, warnings, own } = worker;
  const used = slotsUsed === null ? '' : `${slotsUsed} of `;
  io.print(
    `${name}: ${standing(worker)}, ${used}${slots} slots${slots === own.slots ? '' : ` (started with ${own.slots})`}`,
  );
  if (decision !== null && decision.availability !== 'available') {
    io.print(
      `  ${decision.availability} since ${decision.at}, by ${decision.by}${decision.reason === '' ? '' : `: ${decision.reason}`}`,
    );
  }
  for (const { text } of warnings) io.print(`  ! ${text}`);
  io.print(
    `  heard ${heard(worker)}; cpu ${percent(stats.cpu)}, memory ${percent(stats.memory)}, disk ${percent(stats.disk)}, load ${stats.load ?? '-'}`,
  );
  io.print(
    `  event loop late by ${milliseconds(stats.loopLagMs)}, heartbeat answered in ${milliseconds(stats.roundTripMs)}, results that wait ${stats.unsent ?? '-'}`,
  );
  io.print(`  groups ${groups.join(', ')}; weight ${weight}; labels ${labelsText(labels)}`);
  io.print(
    `  agent ${worker.agentVersion} on ${worker.runtime}, ${worker.host}; task types ${worker.taskTypes.join(', ')}`,
  );
}

function milliseconds(ms: number | undefined): string {
  return ms === undefined ? '-' : `${Math.round(ms)} ms`;
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const texts = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return texts.length === 0 ? '-' : texts.join(', ');
}
