import { createManualClock } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { createHintSender } from './hint-sender.ts';
import type { Hint } from './hints.ts';

function open() {
  const clock = createManualClock();
  const sent: { readonly at: number; readonly hints: readonly Hint[]; readonly end: PromiseWithResolvers<void> }[] = [];
  const start = clock.now();
  const sender = createHintSender({
    clock,
    send(hints) {
      const end = Promise.withResolvers<void>();
      sent.push({ at: clock.now() - start, hints, end });
      return end.promise;
    },
  });
  const told = () => sent.map(({ at, hints }) => `${at} ${hints.join(',')}`);
  return { clock, sender, sent, told };
}

test('what somebody waits for leaves at once, and what is told meanwhile goes together with the next (H1)', async () => {
  const { clock, sender, sent, told } = open();
  sender.tell('commands');
  expect(told()).toEqual(['0 commands']);
  for (let i = 0; i < 100; i++) sender.tell('commands');
  sender.tell('workers');
  sender.tell('events');
  expect(told()).toHaveLength(1);
  sent[0]!.end.resolve();
  await clock.advance(0);
  expect(told()).toEqual(['0 commands', '0 commands,workers,events']);
  sent[1]!.end.resolve();
  await sender.settled();
});

test('what only readers wait for is gathered for a moment (H1)', async () => {
  const { clock, sender, sent, told } = open();
  for (let i = 0; i < 30; i++) {
    sender.tell('events');
    await clock.advance(1);
  }
  expect(told()).toEqual([]);
  await clock.advance(20);
  expect(told()).toEqual(['50 events']);
  sender.tell('logs');
  await clock.advance(100);
  sent[0]!.end.resolve();
  await clock.advance(50);
  expect(told()).toEqual(['50 events', '200 logs']);
});

test('who cannot be reached is left in peace, but for the lease (H2)', async () => {
  const { clock, sender, sent, told } = open();
  sender.tell('commands');
  sent[0]!.end.reject(new Error('refused'));
  await clock.advance(0);
  sender.tell('commands');
  sender.tell('events');
  await clock.advance(500);
  expect(told()).toEqual(['0 commands']);
  sender.tell('lease');
  expect(told()).toEqual(['0 commands', '500 lease']);
  sent[1]!.end.resolve();
  await clock.advance(500);
  sender.tell('commands');
  expect(told()).toEqual(['0 commands', '500 lease', '1000 commands']);
});

test('nothing is sent after the end', async () => {
  const { clock, sender, told } = open();
  sender.tell('events');
  sender.close();
  sender.tell('lease');
  await clock.advance(1_000);
  expect(told()).toEqual([]);
  expect(clock.pending).toBe(0);
});
