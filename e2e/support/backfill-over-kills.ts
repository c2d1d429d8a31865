/** A backfill of three levels whose leader is killed twice while it works: what ran, how often, and how long it took. */
import type { BackfillView, InstanceView, VaquitaClient } from '@vaquita/client';
import { eventually } from './poll.ts';
import type { TestServer } from './server.ts';

const LEVELS = ['orders', 'sums', 'report'] as const;
const FIRST = Date.parse('2025-01-01T00:00:00Z');
const DAY_MS = 86_400_000;

export interface KilledBackfill {
  readonly backfill: BackfillView;
  /** `workflow business time` of every run of it. */
  readonly ran: readonly string[];
  /** What should have run, each once. */
  readonly wanted: readonly string[];
  /** Share of the items that had ended at each kill. */
  readonly doneAtKills: readonly number[];
  readonly tookMs: number;
}

/** @param server with a worker; it is killed when a quarter is done, and again when half is. */
export async function killWhileBackfilling(
  server: TestServer,
  {
    project,
    intervals,
    parallelism,
    withinMs,
    holdLast = false,
  }: {
    readonly project: string;
    readonly intervals: number;
    readonly parallelism: number;
    readonly withinMs: number;
    /** The last level is offline until the second kill, so that it cannot be over before, however fast it goes. */
    readonly holdLast?: boolean;
  },
): Promise<KilledBackfill> {
  const { client } = server;
  await client.projects.create({ name: project });
  for (const [level, name] of LEVELS.entries()) {
    const upstream = LEVELS[level - 1];
    const waits = { name: 'wait', type: 'dependent', on: { workflow: upstream, range: 'today' } };
    const work = { name: 'work', type: 'noop', ...(upstream === undefined ? {} : { dependsOn: ['wait'] }) };
    await client.workflows.create(project, { name, tasks: upstream === undefined ? [work] : [waits, work] });
    await client.workflows.online(project, name);
  }
  const began = performance.now();
  const { id } = await client.backfills.start({
    ...{ project, workflow: LEVELS[0], dependents: true, parallelism },
    times: { kind: 'range', from: iso(0), to: iso(intervals), every: 'day', timezone: 'UTC' },
  });
  if (holdLast) await client.workflows.offline(project, LEVELS[2]);
  const doneAtKills: number[] = [];
  const wait = { withinMs, everyMs: 100, evidence: server.log };
  for (const share of [0.25, 0.5]) {
    await eventually(`${share} of the backfill`, async () => (await client.backfills.get(id)).progress >= share, wait);
    doneAtKills.push((await client.backfills.get(id)).progress);
    await server.kill9();
    await server.restart();
  }
  if (holdLast) await client.workflows.online(project, LEVELS[2]);
  await eventually('the end of the backfill', async () => (await client.backfills.get(id)).state === 'done', wait);
  const tookMs = performance.now() - began;
  const runs = await runsOf(client, project);
  return {
    backfill: await client.backfills.get(id),
    ran: runs
      .filter(({ origin }) => origin?.id === id)
      .map(({ workflowName, businessTime }) => `${workflowName} ${businessTime}`),
    wanted: LEVELS.flatMap((name) => Array.from({ length: intervals }, (_, day) => `${name} ${iso(day)}`)),
    doneAtKills,
    tookMs,
  };
}

const iso = (day: number): string => new Date(FIRST + day * DAY_MS).toISOString();

async function runsOf(client: VaquitaClient, project: string): Promise<readonly InstanceView[]> {
  const runs: InstanceView[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.instances.list({ project, limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    runs.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return runs;
}
