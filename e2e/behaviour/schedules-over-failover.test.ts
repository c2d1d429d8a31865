/** Schedules of two real servers on one libSQL server: whoever leads is killed, and each fire time has one record and one run. */
import type { FireView, VaquitaClient } from '@vaquita/client';
import { NO_SQLD, SQLD_BINARY } from '@vaquita/store/testing/sqld';
import { describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/poll.ts';
import { define, PROJECT, waitForRun } from '../support/runs.ts';
import type { TestServer } from '../support/server.ts';

const SECOND = 1_000;
/** However slow the machine is, what comes up while nobody leads is late and no misfire. */
const PATIENT = { misfire: { policy: 'all', grace: '1h' } } as const;

/** All records, the oldest first. */
async function firesOf(client: VaquitaClient, id: string): Promise<readonly FireView[]> {
  const fires: FireView[] = [];
  for await (const fire of client.schedules.allFires(id)) fires.unshift(fire);
  return fires;
}

/** The leader is killed; the others go on without it for a while. @returns the one that was killed */
async function withoutLeader(cluster: TestCluster, goOn: (others: readonly TestServer[]) => Promise<void>) {
  const leader = await cluster.leader();
  await leader.kill9();
  await goOn(cluster.servers.filter((server) => server !== leader));
  await leader.restart();
  return leader;
}

describe.skipIf(SQLD_BINARY === undefined)(`schedules over failovers ${SQLD_BINARY ? '' : `(${NO_SQLD})`}`, () => {
  it('go on when the leader is killed, and each fire time has one record and one run', async () => {
    await using cluster = await startTestCluster(2, { VAQUITA_SESSION_TIMEOUT: '4s' });
    const [first] = cluster.servers as [TestServer, TestServer];
    const workflow = await define(first.client, { name: 'beat', tasks: [{ name: 'tick', type: 'wait', for: '1s' }] });
    const make = async (name: string, plan: Parameters<VaquitaClient['schedules']['create']>[2]['plan']) =>
      (await first.client.schedules.create(PROJECT, workflow, { name, plan, online: true })).id;
    const ids = [
      await make('each-second', { cron: '* * * * * *', timezone: 'Europe/Berlin', ...PATIENT }),
      await make('one-after-the-other', { every: '2s', overlap: { policy: 'queue' }, ...PATIENT }),
    ];

    const evidence = () => cluster.servers.map((server) => server.log());
    const patiently = { withinMs: 60_000, everyMs: 300, evidence };
    const hasMore = ({ client }: TestServer, by: number) =>
      Promise.all(
        ids.map(async (id) => {
          const before = (await firesOf(client, id)).length;
          const isDone = async () => (await firesOf(client, id)).length >= before + by;
          await eventually(`${by} more fire times`, isDone, patiently);
        }),
      );
    await hasMore(first, 2);
    const killed = new Set<TestServer>();
    for (let turn = 0; turn < 3; turn++) {
      killed.add(
        await withoutLeader(cluster, async (others) => {
          await cluster.leader(others);
          await hasMore(others[0]!, 3);
        }),
      );
    }
    expect(killed.size).toBeGreaterThan(1);
    const { client } = await cluster.leader();
    for (const id of ids) {
      const waits = async () => (await firesOf(client, id)).every(({ outcome }) => outcome !== 'queued');
      await client.schedules.pause(id, { for: '1h' });
      await eventually('nothing to wait', waits, patiently);
      await client.schedules.offline(id);
    }

    const distance = [1, 2];
    const started: string[] = [];
    for (const [index, id] of ids.entries()) {
      const records = await firesOf(client, id);
      const at = records.map(({ fireAt }) => Date.parse(fireAt));
      expect(at).toEqual(at.map((_, nth) => at[0]! + nth * distance[index]! * SECOND));
      const ran = records.filter(({ outcome }) => outcome === 'run');
      const left = records.filter(({ outcome }) => outcome !== 'run');
      expect(left.filter(({ reason }) => reason?.code !== 'paused')).toEqual([]);
      const runs = await Promise.all(ran.map(({ workflowInstanceId }) => client.instances.get(workflowInstanceId!)));
      expect(runs.map(({ businessTime }) => businessTime)).toEqual(ran.map(({ fireAt }) => fireAt));
      expect(runs.every(({ origin }) => origin?.kind === 'schedule' && origin.id === id)).toBe(true);
      for (const run of runs) await waitForRun(client, run, 'success');
      started.push(...runs.map((run) => run.id));
    }
    const all: string[] = [];
    for await (const run of client.instances.all({ project: PROJECT, workflow })) all.push(run.id);
    expect(all.sort()).toEqual(started.sort());
  }, 420_000);
});
