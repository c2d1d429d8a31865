/** `worker-groups …`: which workers stand together, how one is chosen among them, and what waits for them. */

import type { WorkerGroupChange, WorkerGroupView } from '@vaquita/client';
import { BALANCING_POLICIES, type BalancingPolicy, didYouMean } from '@vaquita/core';
import { type Command, type CommandIo, EXIT, type OptionSpec, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

const POLICY = {
  type: 'string',
  value: 'policy',
  help: `How a worker is chosen: ${BALANCING_POLICIES.join(', ')}`,
} as const satisfies OptionSpec;
const DESCRIPTION = { type: 'string', value: 'text', help: 'What its workers are for' } as const satisfies OptionSpec;

const listCommand: Command = {
  name: 'worker-groups list',
  summary: 'List worker groups, declared or only named, with their slots and queues',
  args: [],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita worker-groups list'],
  async run({ options }, io) {
    const rows: string[][] = [];
    for await (const group of connect(options, io).workerGroups.all()) rows.push(rowOf(group));
    for (const line of table(['NAME', 'POLICY', 'WORKERS', 'USED', 'FREE', 'QUEUED', 'DESCRIPTION'], rows)) {
      io.print(line);
    }
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'worker-groups show',
  summary: 'Show a worker group and its workers',
  args: ['group'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita worker-groups show gpu'],
  async run({ args, options }, io) {
    const client = connect(options, io);
    const group = await client.workerGroups.get(args[0]!);
    printGroup(group, io);
    const rows: string[][] = [];
    for await (const worker of client.workers.all({ group: group.name })) {
      const labels = Object.entries(worker.labels).map(([name, value]) => `${name}=${value}`);
      const how = worker.assignedGroups.includes(group.name) ? 'assigned' : 'by itself';
      const used = `${worker.slotsUsed ?? '-'}/${worker.slots}`;
      rows.push([worker.name, worker.state, used, String(worker.weight), how, labels.join(' ')]);
    }
    if (rows.length > 0)
      for (const line of table(['WORKER', 'STATE', 'USED', 'WEIGHT', 'IN GROUP', 'LABELS'], rows)) io.print(line);
    const absent = group.assigned.filter((name) => rows.every(([worker]) => worker !== name));
    if (absent.length > 0) io.print(`assigned, and never joined: ${absent.join(', ')}`);
    return EXIT.ok;
  },
};

const createCommand: Command = {
  name: 'worker-groups create',
  summary: 'Declare a worker group (administrators)',
  args: ['group'],
  options: {
    policy: POLICY,
    description: DESCRIPTION,
    worker: { type: 'string', multiple: true, value: 'name', help: 'A worker to put into it; may be repeated' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita worker-groups create gpu --policy least_loaded --worker rack-7'],
  async run({ args, options }, io) {
    const { worker } = options;
    const body = {
      name: args[0]!,
      ...changeOf(options, createCommand),
      ...(Array.isArray(worker) ? { assigned: worker.map(String) } : {}),
    };
    const idempotencyKey = crypto.randomUUID();
    printGroup(await connect(options, io).workerGroups.create(body, { idempotencyKey }), io);
    return EXIT.ok;
  },
};

const setCommand: Command = {
  name: 'worker-groups set',
  summary: 'Change the policy or the description of a worker group (administrators)',
  args: ['group'],
  options: { policy: POLICY, description: DESCRIPTION, ...CONNECTION_OPTIONS },
  examples: ['vaquita worker-groups set gpu --policy fixed_weighted'],
  async run({ args, options }, io) {
    const change = changeOf(options, setCommand);
    if (Object.keys(change).length === 0) throw new UsageError('Give --policy or --description.', setCommand);
    printGroup(await connect(options, io).workerGroups.update(args[0]!, change), io);
    return EXIT.ok;
  },
};

function memberCommand(word: 'assign' | 'unassign', summary: string): Command {
  return {
    name: `worker-groups ${word}`,
    summary,
    args: ['group', 'worker'],
    options: CONNECTION_OPTIONS,
    examples: [`vaquita worker-groups ${word} gpu rack-7`],
    async run({ args, options }, io) {
      printGroup(await connect(options, io).workerGroups[word](args[0]!, args[1]!), io);
      return EXIT.ok;
    },
  };
}

const deleteCommand: Command = {
  name: 'worker-groups delete',
  summary: 'Delete a worker group that no workflow, run or task names (administrators)',
  args: ['group'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita worker-groups delete gpu'],
  async run({ args, options }, io) {
    await connect(options, io).workerGroups.delete(args[0]!);
    io.print(`deleted ${args[0]}`);
    return EXIT.ok;
  },
};

export const workerGroupCommands: readonly Command[] = [
  listCommand,
  showCommand,
  createCommand,
  setCommand,
  memberCommand('assign', 'Put a worker into a worker group, by its name (administrators)'),
  memberCommand('unassign', 'Take a worker out of a worker group (administrators)'),
  deleteCommand,
];

/** @throws UsageError */
function changeOf({ policy, description }: OptionValues, command: Command): WorkerGroupChange {
  return {
    ...(policy === undefined ? {} : { policy: policyOf(String(policy), command) }),
    ...(description === undefined ? {} : { description: String(description) }),
  };
}

/** @throws UsageError */
function policyOf(text: string, command: Command): BalancingPolicy {
  const known = BALANCING_POLICIES.find((policy) => policy === text);
  if (known) return known;
  const choice = `--policy must be one of ${BALANCING_POLICIES.join(', ')}, not "${text}".`;
  throw new UsageError(`${choice}${didYouMean(text, BALANCING_POLICIES)}`, command);
}

function rowOf({ name, policy, workers, queued, declared, description }: WorkerGroupView): string[] {
  const { online, draining, offline, slots, slotsUsed } = workers;
  const there = `${online}/${online + draining + offline}`;
  const what = declared ? description : '(not declared)';
  return [name, policy, there, `${slotsUsed}/${slots}`, String(Math.max(0, slots - slotsUsed)), String(queued), what];
}

function printGroup({ name, policy, workers, queued, declared, description }: WorkerGroupView, io: CommandIo): void {
  const { online, slots, slotsUsed } = workers;
  const what = description === '' ? '' : `, ${description}`;
  io.print(
    `${name}: ${policy}${declared ? '' : ' (not declared)'}, online workers: ${online}, slots used: ${slotsUsed} of ${slots}, tasks waiting: ${queued}${what}`,
  );
}
