/**
 * Two servers on one libSQL server, and the one that leads is killed under load: how long until the other has sent the
 * next task, and what was lost or done again. What was done is read from a file that the tasks write themselves.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskInstanceView } from '@vaquita/client';
import { NO_SQLD, SQLD_BINARY, type Sqld, startSqld } from '@vaquita/store/testing/sqld';
import { eventually } from '../../e2e/support/poll.ts';
import { startTestServer, type TestServer } from '../../e2e/support/server.ts';
import { makeWorkerToken, startTestWorker } from '../../e2e/support/worker.ts';
import { type Figure, figure, median } from '../figures.ts';
import { fullLayers } from '../layers.ts';
import { addWorkflow, PROJECT, tasksOf, waitForSuccess } from '../system.ts';
import { inLayers } from '../workloads.ts';
import type { Scenario } from './scenario.ts';

const WORKFLOW = 'failover';
const SLOTS = 8;
/** A task lasts long enough that the load outlives the leader, and short enough that there is always one to send. */
const TASK_SECONDS = 0.1;
const TAKEN_OVER_WITHIN_MS = 120_000;

interface Round {
  readonly untilNextMs: number;
  readonly lost: number;
  readonly repeated: number;
}

export const failover: Scenario = {
  name: 'failover',
  async run({ failoverRuns: copies, leaseMs, longRuns: rounds }, note) {
    if (SQLD_BINARY === undefined) {
      note(`failover: left out, ${NO_SQLD}`);
      return [];
    }
    const folder = await mkdtemp(join(tmpdir(), 'vaquita-bench-'));
    try {
      await using database = await startSqld();
      await using first = await startTestServer({ env: serverEnv(database, leaseMs) });
      const { adminToken, adminPassword } = first;
      const secrets = { VAQUITA_ADMIN_TOKEN: adminToken, VAQUITA_ADMIN_PASSWORD: adminPassword };
      await using second = await startTestServer({ env: { ...serverEnv(database, leaseMs), ...secrets } });
      const servers = [first, second];
      const token = await makeWorkerToken(first);
      const url = servers.map((server) => server.url).join(',');
      await using _worker = await startTestWorker({ url, token, name: 'bench', slots: SLOTS, client: first.client });
      await first.client.projects.create({ name: PROJECT });
      const witness = join(folder, 'witness');
      const script = `echo "$VAQUITA_TASK_INSTANCE_ID" >> '${witness}'\nsleep ${TASK_SECONDS}\n`;
      await addWorkflow(first.client, WORKFLOW, inLayers(fullLayers(10, 4), { type: 'shell', script }));

      const all: Round[] = [];
      for (let nth = 0; nth < rounds; nth++) {
        const round = await killLeader(servers, copies, witness);
        note(`failover: next task after ${round.untilNextMs} ms, lost ${round.lost}, repeated ${round.repeated}`);
        all.push(round);
      }
      return asFigures(all, leaseMs);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

function serverEnv({ url }: Sqld, leaseMs: number): Readonly<Record<string, string>> {
  return {
    VAQUITA_LOG_LEVEL: 'warn',
    VAQUITA_DATABASE_URL: url,
    VAQUITA_SESSION_TIMEOUT: `${leaseMs}ms`,
  };
}

function asFigures(rounds: readonly Round[], leaseMs: number): readonly Figure[] {
  const base = { name: 'failover', runs: rounds.length };
  const times = rounds.map(({ untilNextMs }) => untilNextMs / 1_000);
  const sum = (read: (round: Round) => number) => rounds.reduce((total, round) => total + read(round), 0);
  return [
    figure({ ...base, metric: 'next dispatch', unit: 's', value: median(times), floor: leaseMs / 1_000 }),
    figure({ ...base, metric: 'worst', unit: 's', value: Math.max(...times), floor: leaseMs / 1_000 }),
    figure({ ...base, metric: 'lost', unit: 'tasks', value: sum(({ lost }) => lost), floor: null }),
    figure({ ...base, metric: 'repeated', unit: 'tasks', value: sum(({ repeated }) => repeated), floor: null }),
  ];
}

/** Kills the leader when a quarter of the load is done, waits for the end of all of it, and starts it again. */
async function killLeader(servers: readonly TestServer[], copies: number, witness: string): Promise<Round> {
  const leader = await findLeader(servers);
  const other = servers.find((server) => server !== leader)!;
  const before = (await readWitness(witness)).length;
  const starts = Array.from({ length: copies }, () => leader.client.workflows.start(PROJECT, WORKFLOW, {}));
  const ids = (await Promise.all(starts)).map(({ id }) => id);
  const quarter = before + copies * 10;
  await eventually('a quarter of the load to be done', async () => (await readWitness(witness)).length >= quarter, {
    withinMs: TAKEN_OVER_WITHIN_MS,
    everyMs: 20,
  });
  await leader.kill9();
  // Nothing of the killed leader can carry a later time.
  const killedAt = Date.now();

  const tasks: TaskInstanceView[] = [];
  for (const id of ids) {
    await waitForSuccess(other.client, id, 200);
    tasks.push(...(await tasksOf(other.client, id)));
  }
  const later = tasks.map(({ dispatchedAt }) => Date.parse(dispatchedAt ?? '')).filter((at) => at > killedAt);
  if (later.length === 0) throw new Error('the load had ended before the leader was killed: give it more runs');
  const done = (await readWitness(witness)).slice(before);
  await leader.restart();
  return {
    untilNextMs: Math.min(...later) - killedAt,
    lost: copies * 40 - new Set(done).size,
    repeated: done.length - new Set(done).size,
  };
}

async function findLeader(servers: readonly TestServer[]): Promise<TestServer> {
  return eventually(
    'a server to lead',
    async () => {
      for (const server of servers) if ((await server.client.cluster()).server.role === 'leader') return server;
      return undefined;
    },
    { withinMs: TAKEN_OVER_WITHIN_MS },
  );
}

/** The task instances that have begun, once for each time. */
async function readWitness(file: string): Promise<readonly string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
}
