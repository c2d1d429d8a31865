/** Attacks on the engine: two of them, a lead that is lost, a death between any two steps. */
import { AppError } from '@vaquita/core';
import { expect, test } from 'vitest';
import { DELIVERED, dyingQueue, hang, openAlertBench } from '../../testing/alert-bench.ts';
import { ALERT_ENGINE_DEFAULTS } from './settings.ts';

const { holdMs, timeoutMs, marginMs, upkeepMs, maxAttempts, graceMs } = ALERT_ENGINE_DEFAULTS;

async function openBench() {
  const bench = await openAlertBench();
  bench.putChannels('chat', 'mail');
  bench.putGroup('default', ['chat', 'mail']);
  return bench;
}

test('of two engines in one term each delivery is sent by one (E2)', async () => {
  const bench = await openBench();
  const epoch = bench.lead();
  const engines = ['server-1', 'server-2'].map((claimer) => bench.engine({ claimer }));
  for (const engine of engines) engine.begin(epoch);
  for (let n = 0; n < 20; n++) await bench.file({ subject: `s${n}` });
  for (const engine of engines) engine.nudge();
  await bench.clock.advance(holdMs + 5_000);
  expect(new Set(bench.sent.map(({ delivery }) => delivery.id)).size).toBe(40);
  expect(bench.sent).toHaveLength(40);
});

test('a server that stops breaks its sends off and gives them back, at no cost (E4)', async () => {
  const bench = await openBench();
  bench.answers(hang);
  const engine = bench.engine();
  engine.begin(bench.lead());
  const id = await bench.file();
  engine.nudge();
  await bench.clock.advance(holdMs + 1_000);
  expect(engine.status().sending).toBe(2);
  await engine.end();
  expect(bench.sent.every(({ delivery }) => delivery.signal.aborted)).toBe(true);
  expect(await bench.deliveries(id)).toMatchObject([
    { status: 'retry', attempt: 0, claimedBy: null },
    { status: 'retry', attempt: 0, claimedBy: null },
  ]);
  expect(bench.clock.pending).toBe(0);
  bench.answers(() => DELIVERED);
  bench.engine({ claimer: 'server-2' }).begin(bench.lead());
  await bench.clock.advance(0);
  expect(await bench.alert(id)).toMatchObject({ status: 'sent' });
});

test('a channel that heeds no signal does not keep the server from stopping', async () => {
  const bench = await openBench();
  bench.answers(() => new Promise(() => {}));
  const engine = bench.engine();
  engine.begin(bench.lead());
  await bench.file();
  engine.nudge();
  await bench.clock.advance(holdMs + 1_000);
  let isOver = false;
  void engine.end().then(() => {
    isOver = true;
  });
  await bench.clock.advance(2 * graceMs);
  expect(isOver).toBe(true);
});

test('once another server leads nothing is written, sends are broken off, and the next leader sends (E5, E6)', async () => {
  const bench = await openBench();
  const answers = [Promise.withResolvers<typeof DELIVERED>(), Promise.withResolvers<typeof DELIVERED>()];
  let calls = 0;
  bench.answers(() => answers[calls++]?.promise ?? DELIVERED);
  const engine = bench.engine();
  engine.begin(bench.lead());
  const id = await bench.file();
  engine.nudge();
  await bench.clock.advance(holdMs + 1_000);
  const next = bench.lead();
  answers[0]!.resolve(DELIVERED);
  await bench.clock.advance(0);
  expect((await bench.deliveries(id)).map(({ status }) => status)).toEqual(['sending', 'sending']);
  expect(bench.sent.map(({ delivery }) => delivery.signal.aborted)).toEqual([false, true]);
  const recovered: unknown[] = [];
  bench.engine({ claimer: 'server-2', recovered: async (...found) => void recovered.push(found) }).begin(next);
  await bench.clock.advance(0);
  expect(recovered).toMatchObject([[next, [{ claimedBy: 'server-1', attempt: 1 }, { claimedBy: 'server-1' }], 0]]);
  expect(await bench.alert(id)).toMatchObject({ status: 'sent' });
  expect(await bench.deliveries(id)).toMatchObject([{ attempt: 2 }, { attempt: 2 }]);
  answers[1]!.resolve(DELIVERED);
  await engine.end();
});

test('however a result is lost on its way to the database, it is written once the database answers (E2)', async () => {
  const bench = await openBench();
  const { alertQueue } = bench.store;
  const failures = ['unavailable', 'outcome_unknown', 'database_busy'] as const;
  let tries = 0;
  const queue: typeof alertQueue = {
    ...alertQueue,
    async finish(...args) {
      const failure = failures[tries++];
      if (failure === 'outcome_unknown') await alertQueue.finish(...args);
      if (failure !== undefined) throw new AppError(failure, 'no answer');
      await alertQueue.finish(...args);
    },
  };
  const engine = bench.engine({ queue });
  engine.begin(bench.lead());
  const id = await bench.file();
  engine.nudge();
  await bench.clock.advance(holdMs + 10_000);
  expect(await bench.alert(id)).toMatchObject({ status: 'sent' });
  expect(bench.sent).toHaveLength(2);
});

test('a claim that was written and not answered is taken back after a while (E5)', async () => {
  const bench = await openBench();
  const { alertQueue } = bench.store;
  let isFirst = true;
  const queue: typeof alertQueue = {
    ...alertQueue,
    async claim(...args) {
      const claimed = await alertQueue.claim(...args);
      if (!isFirst || claimed.length === 0) return claimed;
      isFirst = false;
      throw new AppError('outcome_unknown', 'no answer');
    },
  };
  const engine = bench.engine({ queue });
  engine.begin(bench.lead());
  const id = await bench.file();
  engine.nudge();
  await bench.clock.advance(holdMs + 1_000);
  expect(bench.sent).toHaveLength(0);
  await bench.clock.advance(timeoutMs + marginMs + upkeepMs);
  expect(await bench.alert(id)).toMatchObject({ status: 'sent' });
  expect(engine.status().counts.recovered).toBe(2);
});

test('an alert that takes the server with it each time is not sent for ever', async () => {
  const bench = await openBench();
  bench.putGroup('default', ['chat']);
  const epoch = bench.lead();
  const id = await bench.file();
  bench.answers(() => new Promise(() => {}));
  let last = bench.engine();
  last.begin(epoch);
  await bench.clock.advance(holdMs + 1_000);
  for (let n = 0; n < maxAttempts + 1; n++) {
    last = bench.engine();
    last.begin(bench.lead());
    await bench.clock.advance(0);
  }
  expect(await bench.alert(id)).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining(`Begun ${maxAttempts} times`),
  });
  expect(bench.sent).toHaveLength(maxAttempts);
});

/** More than such a life has. */
const VERBS = 40;

test.each([true, false])(
  'the server dies at any verb (after it: %s), and the next one tells everybody (E1)',
  async (after) => {
    for (let dieAt = 1; dieAt <= VERBS; dieAt++) {
      const bench = await openBench();
      bench.putChannels('pager');
      bench.putGroup('ops', ['pager', 'chat']);
      const epoch = bench.lead();
      const filed = [await bench.file(), await bench.file({ title: 'again' }), await bench.file({}, 'ops')];
      const { queue } = dyingQueue(bench.store.alertQueue, dieAt, after);
      const first = bench.engine({ queue });
      first.begin(epoch);
      await bench.clock.advance(holdMs + 3_000);
      const before = bench.sent.length;
      bench.engine({ claimer: 'server-2' }).begin(bench.lead());
      await bench.clock.advance(holdMs + 3_000);
      const told = new Set(bench.sent.map(({ channel, delivery }) => `${channel} ${delivery.id}`));
      expect(told.size).toBe(4);
      expect(bench.sent.length).toBeLessThanOrEqual(before + 4);
      const statuses = await Promise.all(filed.map(async (id) => (await bench.alert(id)).status));
      expect(statuses).toEqual(['sent', 'folded', 'sent']);
      const counts = new Map(bench.sent.map(({ delivery }) => [delivery.id, delivery.message.count]));
      expect([...counts.values()].sort()).toEqual([1, 1, 2, 2]);
    }
  },
);
