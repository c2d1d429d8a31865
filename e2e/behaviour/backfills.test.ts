/** Backfills of a real server, which is killed while they work, and the command line that plans and steers them. */
import { expect, it } from 'vitest';
import { killWhileBackfilling } from '../support/backfill-over-kills.ts';
import { vaquita } from '../support/cli.ts';
import { eventually } from '../support/poll.ts';
import { define, PROJECT } from '../support/runs.ts';
import { startTestServer } from '../support/server.ts';

it('runs every interval of every level exactly once, though the server is killed twice', async () => {
  await using server = await startTestServer({ embeddedWorker: true });
  const size = { project: 'backfilled', intervals: 20, parallelism: 4, withinMs: 240_000, holdLast: true };
  const { backfill, ran, wanted, doneAtKills } = await killWhileBackfilling(server, size);
  expect(doneAtKills.every((share) => share < 1)).toBe(true);
  expect([...ran].sort()).toEqual([...wanted].sort());
  expect(backfill).toMatchObject({ state: 'done', items: 60, counts: { success: 60 }, progress: 1 });
}, 600_000);

it('is planned, started, steered and looked at from the command line', async () => {
  await using server = await startTestServer({ embeddedWorker: true });
  const wait = [{ name: 'hold', type: 'wait', for: '1h' }];
  const orders = await define(server.client, { name: 'orders', tasks: wait });
  const run = async (...args: readonly string[]) => vaquita(['backfill', ...args], { server });
  const times = [`${PROJECT}/${orders}`, '--from', '2026-01-01', '--to', '2026-01-04', '--every', 'day'];

  const plan = await run('plan', ...times);
  expect(plan.stdout).toContain('3 runs for 3 times from 2026-01-01T00:00:00.000Z to 2026-01-03T00:00:00.000Z');
  expect((await run('list')).stdout).not.toContain(orders);
  const started = await run('start', ...times, '--description', 'January', '--parallelism', '2');
  expect(started).toMatchObject({ code: 0 });
  const id = started.stdout.trim();
  const running = async () => (await server.client.backfills.get(id)).counts.running;
  await eventually('two runs', async () => (await running()) === 2, { evidence: server.log });
  expect((await run('list', '--state', 'running')).stdout).toContain('January');
  expect((await run('pause', id)).stdout).toContain('paused');
  expect((await run('parallelism', id, '3')).stdout).toContain('at most 3 at once');
  expect((await run('resume', id)).stdout).toContain('running');
  await eventually('three runs', async () => (await running()) === 3, { evidence: server.log });
  expect((await run('cancel', id, '--stop-runs')).stdout).toContain('cancelled');
  await eventually('no runs', async () => (await running()) === 0, { evidence: server.log });
  expect((await run('show', id)).stdout).toContain('3 failure');
  expect((await run('items', id, '--state', 'failure')).stdout).toContain(`${orders}#1`);
  const history = (await run('history', id)).stdout;
  for (const did of ['create', 'pause', 'edit', 'resume', 'cancel']) expect(history).toContain(`admin  ${did}`);
  const refused = await run('start', `${PROJECT}/${orders}`, '--time', 'someday');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('"someday" is not a time');
}, 120_000);
