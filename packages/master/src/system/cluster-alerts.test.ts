/** What people are told of the cluster: once for each loss, and not for what somebody meant to happen. */
import { afterEach, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';
import type { LostServer } from './cluster-alerts.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const alerts = async () => (await bench.store.alerts.list({}, { limit: 200, cursor: null })).items.toReversed();
const told = async () =>
  (await alerts()).map(({ kind, groupName, message }) => [
    kind,
    message.state,
    message.subject.split(':')[1],
    groupName,
  ]);

test('a worker that is lost is told of once, with what it had, and its return to those who were told', async () => {
  bench = await openMasterBench();
  const first = bench.joinWorker('first');
  await bench.start(await bench.createWorkflow('one', [{ name: 'a' }]));
  await bench.clock.advance(1_000);
  expect(await told()).toEqual([]);
  await first.vanish();
  await bench.clock.advance(60_000);
  expect(await told()).toEqual([['worker_lost', 'open', 'first', null]]);
  const [{ message }] = (await alerts()) as [Awaited<ReturnType<typeof alerts>>[number]];
  expect(message.title).toBe('Worker "first" is lost');
  expect(message.text).toContain('Its task is done elsewhere.');
  expect(message.facts).toContainEqual({ name: 'Tasks that it had', value: '1' });
  bench.joinWorker('first');
  await bench.clock.advance(1_000);
  expect(await told()).toEqual([
    ['worker_lost', 'open', 'first', null],
    ['worker_lost', 'resolved', 'first', null],
  ]);
});

test('a worker that says goodbye is not told of, and neither is one that comes back in time', async () => {
  bench = await openMasterBench();
  const leaver = bench.joinWorker('leaver');
  const away = bench.joinWorker('away');
  await bench.settle();
  await leaver.send({ type: 'goodbye', reason: 'it was told to stop' });
  leaver.pair.cut();
  await away.vanish();
  await bench.clock.advance(5_000);
  bench.joinWorker('away');
  await bench.clock.advance(120_000);
  expect((await bench.store.workers.list()).map(({ name, state }) => [name, state])).toContainEqual([
    'leaver',
    'offline',
  ]);
  expect(await told()).toEqual([]);
});

const lost = (more: Partial<LostServer> = {}): LostServer => ({
  ...{ id: 'server-9', name: 'nine:3000', host: 'http://nine:3000', at: 1_700_000_000_500, led: false },
  ...more,
});

const serverEvents = async () =>
  (await bench.store.events.after(0, { limit: 500 })).filter(({ type }) => type === 'server.lost');

test('a server that is lost is recorded and told of once, however often it is heard and whoever leads', async () => {
  bench = await openMasterBench();
  for (let times = 0; times < 3; times++) {
    bench.master.serverLost('server-9', lost());
    await bench.clock.advance(1_000);
  }
  await bench.crashAndRestart();
  bench.master.serverLost('server-9', lost());
  await bench.clock.advance(1_000);
  expect(await told()).toEqual([['server_lost', 'open', 'nine', null]]);
  expect(await serverEvents()).toMatchObject([
    { data: { id: 'server-9', name: 'nine:3000', host: 'http://nine:3000' }, at: 1_700_000_000_500 },
  ]);
});

test('a server that has said that it would leave is no loss', async () => {
  bench = await openMasterBench();
  bench.master.serverLost('server-9', null);
  bench.master.serverLost('server-9');
  await bench.clock.advance(1_000);
  expect(await told()).toEqual([]);
  expect(await serverEvents()).toEqual([]);
});

test('a loss that is heard of while nobody leads here is told in the next term (V1)', async () => {
  bench = await openMasterBench();
  bench.loseLease('the database was away');
  bench.master.serverLost('server-9', lost());
  await bench.settle();
  expect(await told()).toEqual([]);
  await bench.clock.advance(5_000);
  expect(bench.master.status()).toBeDefined();
  expect(await told()).toEqual([['server_lost', 'open', 'nine', null]]);
});

test('a failover of no run is none', async () => {
  bench = await openMasterBench();
  bench.master.serverLost('server-9', lost({ led: true }));
  await bench.clock.advance(1_000);
  expect(await told()).toEqual([['server_lost', 'open', 'nine', null]]);
});

test('who takes runs over from a leader that is lost says so once', async () => {
  bench = await openMasterBench();
  const workflow = await bench.createWorkflow('one', [{ name: 'a' }]);
  for (let n = 0; n < 3; n++) await bench.start(workflow);
  await bench.crashAndRestart();
  for (let times = 0; times < 2; times++) {
    bench.master.serverLost('server-9', lost({ led: true }));
    await bench.clock.advance(1_000);
  }
  expect((await told()).map(([kind]) => kind).sort()).toEqual(['failover', 'server_lost']);
  const failover = (await alerts()).find(({ kind }) => kind === 'failover')!;
  expect(failover.message.text).toContain('3 open runs were taken over');
});

test('runs that wait for room for long are told of once each time, and that none waits any more', async () => {
  bench = await openMasterBench({ maxLiveRuns: 1, admissionAlertMs: 60_000 });
  const workflow = await bench.createWorkflow('one', [{ name: 'a', type: 'approval' }]);
  const first = await bench.start(workflow);
  const second = await bench.start(workflow);
  await bench.clock.advance(50_000);
  expect(await told()).toEqual([]);
  await bench.clock.advance(120_000);
  expect(await told()).toEqual([['admission_closed', 'open', 'admission', null]]);
  expect((await alerts())[0]!.message.text).toContain('One run waits');
  await bench.command('stop', first);
  await bench.clock.advance(10_000);
  expect((await bench.instance(second)).state).toBe('running');
  expect((await told()).map(([, state]) => state)).toEqual(['open', 'resolved']);
});

test('that runs wait for room is taken back by the next leader, when none waits any more, and only then', async () => {
  bench = await openMasterBench({ maxLiveRuns: 1, admissionAlertMs: 60_000 });
  const workflow = await bench.createWorkflow('one', [{ name: 'a', type: 'approval' }]);
  const first = await bench.start(workflow);
  await bench.start(workflow);
  await bench.clock.advance(70_000);
  expect((await told()).map(([, state]) => state)).toEqual(['open']);
  await bench.crashAndRestart();
  await bench.clock.advance(30_000);
  expect((await told()).map(([, state]) => state)).toEqual(['open']);
  await bench.command('stop', first);
  await bench.clock.advance(10_000);
  expect((await told()).map(([, state]) => state)).toEqual(['open', 'resolved']);
  await bench.crashAndRestart();
  await bench.clock.advance(30_000);
  expect(await told()).toHaveLength(2);
});
