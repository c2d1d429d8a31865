/** What people decide about workers, with real servers and agents: it holds at once, after a restart, and until they decide otherwise. */
import { expect, it } from 'vitest';
import { vaquita } from '../support/cli.ts';
import { isAlive } from '../support/is-alive.ts';
import { eventually } from '../support/poll.ts';
import { connectRawWorker } from '../support/raw-worker.ts';
import { define, start, taskOf, tasksOf, waitForRun, waitForTask } from '../support/runs.ts';
import { append, waitAt } from '../support/scratch.ts';
import { useStage } from '../support/stage.ts';
import { makeWorkerToken } from '../support/worker.ts';

const stage = useStage({ workers: { north: {}, south: { group: 'south' } } });

const stateOf = async (worker: string) => (await stage.client.workers.get(worker)).state;
const becomes = (worker: string, state: string) =>
  eventually(`${worker} to be ${state}`, async () => (await stateOf(worker)) === state, { withinMs: 60_000 });

async function startIn(group: string, script = 'echo fine') {
  const name = `run-${crypto.randomUUID().slice(0, 8)}`;
  await define(stage.client, { name, tasks: [{ name: 'a', type: 'shell', script, workerGroup: group }] });
  return start(stage.client, name);
}

it('a drained worker ends what it runs and gets nothing more, also after a restart of the server, until it is resumed', async () => {
  const { client, server, scratch } = stage;
  const held = await startIn('default', waitAt(scratch, 'drain'));
  await waitForTask(client, held, 'a', ({ state }) => state === 'running');
  const { code, stdout } = await vaquita(['workers', 'drain', 'north', '--reason', 'new disks'], { server });
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('by admin: new disks') });
  await becomes('north', 'draining');
  const waiting = await startIn('default');
  scratch.open('drain');
  await waitForRun(client, held, 'success');
  expect(await taskOf(client, waiting, 'a')).toMatchObject({ state: 'submitted', worker: null });

  await server.restart();
  await eventually('north to be back', async () => {
    const { connectedAt, decision } = await client.workers.get('north');
    expect(decision).toMatchObject({ availability: 'draining', by: 'admin', reason: 'new disks' });
    return Date.parse(connectedAt!) > Date.parse(decision!.at);
  });
  expect(await taskOf(client, waiting, 'a')).toMatchObject({ state: 'submitted', worker: null });
  await vaquita(['workers', 'resume', 'north'], { server });
  await waitForRun(client, waiting, 'success');
  await becomes('north', 'online');
});

it('an evicted worker has its task ended and made anew elsewhere, stays away, and comes back when it may', async () => {
  const { client, server, scratch } = stage;
  const script = `${append(scratch, 'pids', '$$')}; ${waitAt(scratch, 'evict')}`;
  const run = await startIn('south', script);
  await waitForTask(client, run, 'a', ({ state }) => state === 'running');
  const [pid] = await eventually('its process', () => {
    const pids = scratch.lines('pids').map(Number);
    return pids.length > 0 ? pids : undefined;
  });
  await vaquita(['workers', 'evict', 'south', '--reason', 'broken disk'], { server });
  await becomes('south', 'offline');
  await eventually('its process to be ended', () => !isAlive(pid!));
  const [lost] = await tasksOf(client, run);
  expect(lost).toMatchObject({
    state: 'need_fault_tolerance',
    reason: { text: expect.stringContaining('broken disk') },
  });
  await eventually('it to be refused', () => stage.worker('south').log().includes('was sent away by admin'));

  await stage.join('south-2', { group: 'south' });
  scratch.open('evict');
  await waitForRun(client, run, 'success');
  expect(await taskOf(client, run, 'a')).toMatchObject({ worker: 'south-2', failovers: 0 });

  await vaquita(['workers', 'resume', 'south'], { server });
  await becomes('south', 'online');
});

it('a worker by hand is told each decision, and what it says of itself is believed', async () => {
  const { client, server } = stage;
  const token = await makeWorkerToken(server);
  await using worker = await connectRawWorker({ url: server.url, token, name: 'hand', hello: { groups: ['hand'] } });
  await worker.hears('welcome');
  await client.workers.update('hand', { slots: 9, labels: { gpu: 'true' }, logLevel: 'debug' });
  expect(await worker.hears('configure')).toMatchObject({ slots: 9, labels: { gpu: 'true' }, logLevel: 'debug' });
  await client.workers.drain('hand', { reason: 'new disks' });
  expect(await worker.hears('drain')).toMatchObject({ reason: 'by admin: new disks' });
  await client.workers.resume('hand');
  await worker.hears('resume');
  await becomes('hand', 'online');
  const status = { slots: 9, labels: {}, logLevel: null, running: [], unsent: 0 };
  worker.send({ type: 'drainStatus', draining: true, ...status });
  await becomes('hand', 'draining');
  const refused = await client.workers.resume('hand').catch((error: unknown) => error);
  expect(refused).toMatchObject({ status: 409, detail: expect.stringContaining('it does so itself') });
  worker.send({ type: 'drainStatus', draining: false, ...status });
  await becomes('hand', 'online');
  const { stats } = await eventually('its figures', async () => {
    const { stats } = await client.workers.get('hand');
    return 'cpu' in stats ? { stats } : undefined;
  });
  expect(stats).toMatchObject({ cpu: 0.5, memory: 0.25, load: 1 });
  await client.workers.evict('hand');
  expect(await worker.isClosed()).toMatchObject({ code: 4008, reason: expect.stringContaining('sent away by admin') });
});
