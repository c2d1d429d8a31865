import type { AlertChannelId } from '@vaquita/core';
import { derivedId } from '@vaquita/core';
import { expect, test } from 'vitest';
import { channelRow, DELIVERED, hang, openAlertBench } from '../../testing/alert-bench.ts';
import { sendFailure } from '../send-result.ts';
import { ALERT_ENGINE_DEFAULTS } from './settings.ts';

const { holdMs, windowMs, timeoutMs, marginMs, maxAttempts, backoffMs, maxBackoffMs, upkeepMs, keepMs } =
  ALERT_ENGINE_DEFAULTS;

async function openLeading() {
  const bench = await openAlertBench();
  bench.putChannels('chat', 'mail');
  bench.putGroup('default', ['chat', 'mail']);
  const engine = bench.engine();
  engine.begin(bench.lead());
  await bench.clock.advance(0);
  return { bench, engine, clock: bench.clock };
}

test('an alert reaches every channel of its group once, and says so', async () => {
  const { bench, engine, clock } = await openLeading();
  const id = await bench.file();
  engine.nudge();
  await clock.advance(holdMs + 1_000);
  expect(bench.titles().sort()).toEqual(['chat: nightly-report #12 failed', 'mail: nightly-report #12 failed']);
  expect(await bench.alert(id)).toMatchObject({ status: 'sent', reason: null, count: 1 });
  expect(await bench.deliveries(id)).toMatchObject([
    { status: 'sent', attempt: 1, answer: 'ok', claimedBy: null },
    { status: 'sent', attempt: 1 },
  ]);
  await clock.advance(10 * windowMs);
  expect(bench.sent).toHaveLength(2);
  expect(engine.status()).toMatchObject({ epoch: 1, sending: 0, counts: { taken: 1, sent: 2 } });
});

test('without a nudge it is found by the poll, and a nudge before the hold is over changes nothing', async () => {
  const { bench, engine, clock } = await openLeading();
  await bench.file();
  await clock.advance(ALERT_ENGINE_DEFAULTS.pollMs + holdMs);
  expect(bench.sent).toHaveLength(2);
  await bench.file({ subject: 'other' });
  for (let ms = 0; ms < holdMs - 500; ms += 250) {
    engine.nudge();
    await clock.advance(250);
  }
  expect(bench.sent).toHaveLength(2);
});

test('alerts of the cluster go to the groups that take their kind, and each channel is told once', async () => {
  const { bench, engine, clock } = await openLeading();
  bench.putChannels('pager');
  bench.putGroup('ops', ['pager', 'chat'], ['worker_lost']);
  bench.putGroup('also', ['chat'], ['worker_lost', 'failover']);
  const lost = await bench.file({ kind: 'worker_lost', subject: 'worker_lost:w1' }, null);
  const closed = await bench.file({ kind: 'admission_closed', subject: 'admission' }, null);
  engine.nudge();
  await clock.advance(holdMs + 1_000);
  expect(bench.sent.map(({ channel }) => channel).sort()).toEqual(['chat', 'pager']);
  expect(await bench.alert(lost)).toMatchObject({ status: 'sent' });
  const { status, reason } = await bench.alert(closed);
  expect([status, reason]).toEqual(['failed', expect.stringContaining('Add the kind to a group')]);
});

test('an alert for nobody ends failed, says what to do, and goes out when it is sent again', async () => {
  const { bench, engine, clock } = await openLeading();
  bench.store.alertTargets.put({ channels: [channelRow('off', { enabled: false })] });
  bench.putGroup('silent', ['off']);
  const [silent, nowhere] = [await bench.file({}, 'silent'), await bench.file({}, 'nowhere')];
  engine.nudge();
  await clock.advance(holdMs + 1_000);
  expect((await bench.alert(silent)).reason).toMatch(/"silent" has no channel that is switched on/);
  expect((await bench.alert(nowhere)).reason).toMatch(/There is no alert group "nowhere"/);
  bench.putGroup('nowhere', ['chat']);
  await bench.store.alertQueue.resend(nowhere, clock.now());
  engine.nudge();
  await clock.advance(1_000);
  expect(await bench.alert(nowhere)).toMatchObject({ status: 'sent', reason: null });
});

test('a channel that fails is tried again, later each time, and the one that was reached is left alone', async () => {
  const { bench, engine, clock } = await openLeading();
  bench.answers((_delivery, channel) => (channel === 'chat' ? DELIVERED : sendFailure('server_error', '503')));
  const id = await bench.file();
  engine.nudge();
  await clock.advance(holdMs + 1_000);
  expect(await bench.alert(id)).toMatchObject({ status: 'sending' });
  const waits: number[] = [];
  for (let attempt = 1; attempt < maxAttempts; attempt++) {
    const [, mail] = await bench.deliveries(id);
    expect(mail).toMatchObject({ status: 'retry', attempt, reason: '503' });
    waits.push(mail!.nextAttemptAt - clock.now());
    await clock.advance(mail!.nextAttemptAt - clock.now() + 1_000);
  }
  for (const [index, wait] of waits.entries()) {
    const most = Math.min(backoffMs * 2 ** index, maxBackoffMs);
    expect(wait).toBeLessThanOrEqual(most);
    expect(wait).toBeGreaterThan(most / 2 - 2_000);
  }
  const ids = bench.sent.filter(({ channel }) => channel === 'mail').map(({ delivery }) => delivery.id);
  expect([ids.length, new Set(ids).size]).toEqual([maxAttempts, 1]);
  expect(bench.sent).toHaveLength(maxAttempts + 1);
  const { status, reason } = await bench.alert(id);
  expect([status, reason]).toEqual(['partly_sent', `mail: 503 (given up after ${maxAttempts} tries)`]);
});

test('what nobody wants is dead at once, and begins anew when a person has it sent again', async () => {
  const { bench, engine, clock } = await openLeading();
  bench.answers(() => sendFailure('rejected', 'no such room'));
  const id = await bench.file();
  engine.nudge();
  await clock.advance(holdMs + 1_000);
  expect(await bench.alert(id)).toMatchObject({ status: 'failed', reason: 'chat: no such room; mail: no such room' });
  expect(bench.sent).toHaveLength(2);
  bench.answers(() => DELIVERED);
  await bench.store.alertQueue.resend(id, clock.now());
  engine.nudge();
  await clock.advance(ALERT_ENGINE_DEFAULTS.pollMs);
  expect(await bench.alert(id)).toMatchObject({ status: 'sent', reason: null });
  expect(bench.sent).toHaveLength(4);
});

test('a channel that asks for a pause gets it, with everything that waits for it', async () => {
  const { bench, engine, clock } = await openLeading();
  bench.answers((_delivery, channel) => (channel === 'mail' ? DELIVERED : sendFailure('rate_limited', '429', 120_000)));
  await bench.file({ subject: 'first' });
  engine.nudge();
  await clock.advance(holdMs + 1_000);
  await bench.file({ subject: 'second' });
  engine.nudge();
  await clock.advance(60_000);
  const to = (name: string) => bench.sent.filter(({ channel }) => channel === name).length;
  expect([to('chat'), to('mail')]).toEqual([1, 2]);
  bench.answers(() => DELIVERED);
  await clock.advance(62_000);
  expect([to('chat'), to('mail')]).toEqual([3, 2]);
});

test('a storm becomes a few messages, and their counts add up', async () => {
  const { bench, engine, clock } = await openLeading();
  const from = clock.now();
  for (let n = 0; n < 1_000; n++) {
    await bench.file({ title: `#${n} failed`, severity: n === 3 ? 'critical' : 'error' });
    engine.nudge();
    await clock.advance(600);
  }
  await clock.advance(2 * windowMs);
  const told = bench.sent.filter(({ channel }) => channel === 'chat').map(({ delivery }) => delivery.message);
  expect(told.length).toBeLessThanOrEqual(Math.ceil(600_000 / windowMs) + 2);
  expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
  expect(told[0]).toMatchObject({ severity: 'critical', firstAt: from });
  expect(told.at(-1)).toMatchObject({ title: '#999 failed', severity: 'error' });
  const { waiting, queued, sending, oldestAt } = await bench.store.alertQueue.figures();
  expect([waiting, queued, sending, oldestAt]).toEqual([0, 0, 0, null]);
  expect(engine.status().counts).toMatchObject({ taken: told.length, folded: 1_000 - told.length });
});

test('what a subject came to is told in its order, also when an earlier one has to wait (F3)', async () => {
  const { bench, engine, clock } = await openLeading();
  bench.putGroup('default', ['chat']);
  await bench.file({ title: 'down 1' });
  engine.nudge();
  await clock.advance(holdMs + 1_000);
  let isDown = true;
  bench.answers(() => (isDown ? sendFailure('network', 'nobody answers') : DELIVERED));
  await bench.file({ title: 'down 2' });
  await bench.file({ title: 'up 2', state: 'resolved' });
  await bench.file({ title: 'down 3' });
  engine.nudge();
  await clock.advance(2 * windowMs);
  isDown = false;
  const before = bench.sent.length;
  await clock.advance(maxBackoffMs);
  expect(bench.titles().slice(before)).toEqual(['chat: down 2', 'chat: up 2', 'chat: down 3']);
});

test('a resolution goes out after its opening though the clock of whoever filed that was ahead (F3)', async () => {
  const { bench, engine, clock } = await openLeading();
  bench.putGroup('default', ['chat']);
  await bench.file({ title: 'down' }, 'default', derivedId(clock.now() + 3_600_000, 'down'));
  await bench.file({ title: 'up', state: 'resolved' });
  engine.nudge();
  await clock.advance(holdMs + 1_000);
  expect(bench.titles()).toEqual(['chat: down', 'chat: up']);
});

test('settings that this server cannot open are tried again, with the reason, and delay nothing else', async () => {
  const { bench, engine, clock } = await openLeading();
  bench.store.alertTargets.put({ channels: [channelRow('chat', { settings: '{' })] });
  const id = await bench.file();
  engine.nudge();
  await clock.advance(holdMs + 1_000);
  expect(await bench.deliveries(id)).toMatchObject([
    { status: 'retry', reason: expect.stringContaining('The settings of the channel cannot be opened') },
    { status: 'sent' },
  ]);
});

test('a channel that was switched off or removed ends what waits for it', async () => {
  const { bench, engine, clock } = await openLeading();
  bench.answers(() => sendFailure('network', 'nobody answers'));
  const id = await bench.file();
  engine.nudge();
  await clock.advance(holdMs + 1_000);
  bench.store.alertTargets.put({ channels: [channelRow('chat', { enabled: false })] });
  bench.store.alertTargets.drop('mail' as AlertChannelId);
  await clock.advance(upkeepMs + backoffMs);
  expect(await bench.alert(id)).toMatchObject({
    status: 'failed',
    reason: expect.stringMatching(/chat: The channel is switched off.*; mail: The channel was removed/),
  });
});

test('fifty channels that hang delay the others by no more than their place, and every send ends (E3)', async () => {
  const { bench, engine, clock } = await openLeading();
  const names = Array.from({ length: 50 }, (_, n) => `hung ${n}`);
  bench.putChannels(...names);
  bench.store.alertTargets.put({ channels: [channelRow('chat', { lastDeliveredAt: 1 })] });
  bench.putGroup('hung', names);
  bench.putGroup('default', ['chat']);
  bench.answers((delivery, channel) => (channel === 'chat' ? DELIVERED : hang(delivery, channel)));
  for (let n = 0; n < 3; n++) await bench.file({ subject: `hung ${n}` }, 'hung');
  engine.nudge();
  await clock.advance(holdMs + 1_000);
  expect(engine.status().sending).toBe(ALERT_ENGINE_DEFAULTS.sendsToUnproven);
  const id = await bench.file({ subject: 'works' });
  engine.nudge();
  await clock.advance(holdMs + 1_000);
  expect(await bench.alert(id)).toMatchObject({ status: 'sent' });
  await clock.advance(timeoutMs + marginMs);
  expect(engine.status().counts.retried).toBeGreaterThanOrEqual(ALERT_ENGINE_DEFAULTS.sendsToUnproven);
  expect(Math.max(...(await perChannel()))).toBeLessThanOrEqual(ALERT_ENGINE_DEFAULTS.sendsPerChannel);

  async function perChannel(): Promise<readonly number[]> {
    const counts = new Map<string, number>();
    for (const { channel } of bench.sent.slice(0, 8)) counts.set(channel, (counts.get(channel) ?? 0) + 1);
    return [...counts.values()];
  }
});

test('what is over is removed when it has served its time', async () => {
  const { bench, engine, clock } = await openLeading();
  const id = await bench.file();
  engine.nudge();
  await clock.advance(holdMs + 1_000);
  await engine.end();
  await clock.advance(keepMs! + 1);
  engine.begin(bench.lead());
  await clock.advance(0);
  expect(await bench.store.alertQueue.find(id)).toBeUndefined();
  expect(engine.status().counts.purged).toBe(1);
});
