/**
 * Many schedules, of which one fires each second, and then many that fire at one instant: how long after its fire time a run
 * is durable and has begun. The floor is a bare timer for the same moment, in a process that does nothing else.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceView, VaquitaClient } from '@vaquita/client';
import { eventually } from '../../e2e/support/poll.ts';
import { type Figure, figure, percentile } from '../figures.ts';
import { addWorkflow, PROJECT, startSystem } from '../system.ts';
import type { Scenario } from './scenario.ts';

const SECOND_MS = 1_000;
/** Requests at once while schedules are made. */
const AT_ONCE = 16;
/** So long after the last has been made, so that nothing of that goes on any more. */
const REST_MS = 3_000;
const PAGE = 500;

interface Spread {
  readonly workflow: string;
  readonly schedules: number;
  /** Of the n-th: its first fire time, in epoch milliseconds. */
  readonly firstAt: (n: number) => number;
  readonly everyMs: number;
}

export const cron: Scenario = {
  name: 'cron',
  async run({ cronSchedules, cronSeconds, cronInstant, cronInstants }, note) {
    await using system = await startSystem(32);
    const { client } = system;
    for (const name of ['spread', 'instant']) await addWorkflow(client, name, [{ name: 'task', type: 'noop' }]);

    // Each fires once in so many seconds, and each of these seconds has one.
    const made = performance.now();
    const base = nextSecond(Date.now());
    const everyMs = cronSchedules * SECOND_MS;
    await addSchedules(client, {
      workflow: 'spread',
      schedules: cronSchedules,
      firstAt: (n) => base + n * SECOND_MS,
      everyMs,
    });
    note(`cron: ${cronSchedules} schedules in ${((performance.now() - made) / 1_000).toFixed(1)} s`);
    await sleep(REST_MS);
    const from = nextSecond(Date.now());
    const seconds = Array.from({ length: cronSeconds }, (_, n) => from + n * SECOND_MS);
    const spread = await measure(client, { workflow: 'spread', fires: seconds.length, times: seconds });

    const lateness: number[] = [];
    const timers: number[] = [];
    // Far enough ahead that all of them have been made by then.
    const ahead = nextSecond(10 * SECOND_MS + 20 * cronInstant);
    const first = nextSecond(Date.now()) + ahead;
    const instants = Array.from({ length: cronInstants }, (_, n) => first + n * ahead);
    await addSchedules(client, { workflow: 'instant', schedules: cronInstant, firstAt: () => first, everyMs: ahead });
    if (Date.now() > first - REST_MS) throw new Error('The schedules could not be made in time.');
    for (const instant of instants) {
      const found = await measure(client, { workflow: 'instant', fires: cronInstant, times: [instant] });
      note(`cron: ${cronInstant} at one instant, the last of them ${Math.max(...found.lateness).toFixed(0)} ms late`);
      lateness.push(...found.lateness);
      timers.push(...found.timers);
    }
    return [...figuresOf('one a second', spread), ...figuresOf('at one instant', { lateness, timers })];
  },
};

const nextSecond = (at: number) => Math.ceil(at / SECOND_MS) * SECOND_MS;

async function addSchedules(client: VaquitaClient, { workflow, schedules, firstAt, everyMs }: Spread): Promise<void> {
  let next = 0;
  async function addSome(): Promise<void> {
    for (let n = next++; n < schedules; n = next++) {
      const plan = { every: `${everyMs / SECOND_MS}s`, anchorAt: new Date(firstAt(n)).toISOString(), timezone: 'UTC' };
      await client.schedules.create(PROJECT, workflow, { name: `${workflow}-${n}`, plan, online: true });
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, addSome));
}

interface Measured {
  /** Of the runs, and of timers for the same moments; milliseconds. */
  readonly lateness: readonly number[];
  readonly timers: readonly number[];
}

/** Waits until all of these fire times have their runs, and these have begun. */
async function measure(
  client: VaquitaClient,
  { workflow, fires, times }: { readonly workflow: string; readonly fires: number; readonly times: readonly number[] },
): Promise<Measured> {
  const perTime = fires / times.length;
  const bare = times.flatMap((at) => Array.from({ length: perTime }, () => timerAt(at)));
  const timers = await Promise.all(bare);
  const wanted = new Set(times);
  const begun = async () => {
    const runs = (await runsOf(client, workflow, times[0]!)).filter(
      ({ businessTime, startedAt }) => wanted.has(Date.parse(businessTime)) && startedAt !== null,
    );
    return runs.length >= fires ? runs : undefined;
  };
  const runs = await eventually(`${fires} runs of schedules`, begun, { withinMs: 120_000, everyMs: 500 });
  // A run begins in a unit after the one that filed it: by then that is durable.
  const lateness = runs.map(({ startedAt, businessTime }) => Date.parse(startedAt!) - Date.parse(businessTime));
  return { lateness, timers };
}

/** @returns how late the timer was, in milliseconds. */
async function timerAt(at: number): Promise<number> {
  await sleep(at - Date.now());
  return Math.max(0, performance.timeOrigin + performance.now() - at);
}

/** The newest, back to this fire time. */
async function runsOf(client: VaquitaClient, workflow: string, since: number): Promise<readonly InstanceView[]> {
  const found: InstanceView[] = [];
  for (let cursor: string | undefined; ; ) {
    const query = { project: PROJECT, workflow, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const page = await client.instances.list(query);
    found.push(...page.items);
    const isOlder = page.items.some(({ businessTime }) => Date.parse(businessTime) < since);
    if (page.nextCursor === null || isOlder) return found;
    cursor = page.nextCursor;
  }
}

function figuresOf(metric: string, { lateness, timers }: Measured): readonly Figure[] {
  const base = { name: 'cron', unit: 'ms', runs: lateness.length };
  return [50, 99].map((p) =>
    figure({
      ...{ ...base, metric: `${metric}, p${p}` },
      ...{ value: percentile(lateness, p), floor: percentile(timers, p) },
    }),
  );
}
