/** Schedules of a real server: each fire time has exactly one record, whenever it is killed; and their runs alert as they say. */
import type { FireView, VaquitaClient } from '@vaquita/client';
import { serve } from '@vaquita/runtime/testing';
import { expect, it } from 'vitest';
import { addHookGroup, LOCAL_RECEIVERS } from '../support/alerts.ts';
import { eventually } from '../support/poll.ts';
import { define, PROJECT, waitForRun } from '../support/runs.ts';
import { startTestServer } from '../support/server.ts';

const SECOND = 1_000;

/** All records, the oldest first. */
async function firesOf(client: VaquitaClient, id: string): Promise<readonly FireView[]> {
  const fires: FireView[] = [];
  for await (const fire of client.schedules.allFires(id)) fires.unshift(fire);
  return fires;
}

it('every second has exactly one record and at most one run, though the server is killed again and again', async () => {
  await using server = await startTestServer();
  const { client } = server;
  // The server does wait tasks itself: no worker is needed.
  const workflow = await define(client, { name: 'beat', tasks: [{ name: 'tick', type: 'wait', for: '1s' }] });
  const { id } = await client.schedules.create(PROJECT, workflow, {
    name: 'each-second',
    plan: { cron: '* * * * * *', timezone: 'Europe/Berlin' },
    online: true,
  });
  const evidence = server.log;
  const fires = (least: number) =>
    eventually(`${least} fire times`, async () => (await firesOf(client, id)).length >= least, { evidence });

  for (const least of [3, 6, 9]) {
    await fires(least);
    await server.kill9();
    await server.restart();
  }
  await fires(12);
  await client.schedules.offline(id);

  const records = await firesOf(client, id);
  const at = records.map(({ fireAt }) => Date.parse(fireAt));
  expect(at).toEqual(at.map((_, index) => at[0]! + index * SECOND));
  expect(records.every(({ fires: count, outcome }) => count === 1 && outcome === 'run')).toBe(true);
  const runs = await Promise.all(records.map((fire) => client.instances.get(fire.workflowInstanceId!)));
  expect(runs.map(({ businessTime }) => Date.parse(businessTime))).toEqual(at);
  expect(runs.every(({ origin }) => origin?.kind === 'schedule' && origin.id === id)).toBe(true);
  for (const run of runs) await waitForRun(client, run, 'success');
  const list = await client.instances.list({ project: PROJECT, workflow, limit: 500 });
  expect(list.items).toHaveLength(records.length);
}, 180_000);

it('a run of a schedule alerts whom the schedule names, not whom the definition does', async () => {
  await using server = await startTestServer({ env: LOCAL_RECEIVERS });
  const { client } = server;
  const hook = await serve((_request, response) => response.writeHead(200).end());
  for (const name of ['night-watch', 'others']) await addHookGroup(client, name, hook.port);
  const workflow = await define(client, {
    name: 'invoices',
    alerts: { on: 'none', group: 'others' },
    tasks: [{ name: 'send', type: 'wait', for: '1h', timeout: { after: '1s', strategy: 'fail' } }],
  });
  const { id } = await client.schedules.create(PROJECT, workflow, {
    name: 'often',
    plan: { every: '2s', overlap: { policy: 'skip' } },
    start: { alertOn: 'failure', alertGroup: 'night-watch' },
    online: true,
  });
  await eventually('the alert', () => hook.seen.length > 0, { withinMs: 60_000, evidence: server.log });
  await client.schedules.offline(id);
  const told = JSON.parse(hook.seen[0]!.body) as { kind: string; links: { url: string }[] };
  const runs = (await firesOf(client, id)).flatMap(({ workflowInstanceId }) => workflowInstanceId ?? []);
  expect(hook.seen[0]!.path).toBe('/night-watch');
  expect(told.kind).toBe('workflow_failed');
  expect(runs.map((run) => `${server.url}/go/r/${run}`)).toContain(told.links[0]!.url);
  expect(hook.seen.some(({ path }) => path === '/others')).toBe(false);
}, 120_000);
