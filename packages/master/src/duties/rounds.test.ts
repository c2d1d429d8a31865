import { AppError } from '@vaquita/core';
import { createManualClock } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { createRounds, type RoundsDeps, type RoundsTerm } from './rounds.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

function open(
  round: (term: RoundsTerm, count: number) => Promise<number> | number,
  more: Pick<RoundsDeps, 'distanceMs'> = {},
) {
  const clock = createManualClock(1_000_000);
  const at: number[] = [];
  const rounds = createRounds({
    ...{ clock, log: quiet, what: 'Schedules', pollMs: 5_000, ...more },
    async round(term) {
      at.push(clock.now() - 1_000_000);
      return round(term, at.length);
    },
  });
  return { clock, rounds, at };
}
const NEVER = Number.POSITIVE_INFINITY;

test('rounds come when one is due, when nudged, and at each poll (R1)', async () => {
  const { clock, rounds, at } = open(() => NEVER);
  rounds.nudge();
  await clock.advance(10_000);
  expect(at).toEqual([]);
  rounds.begin(3);
  expect(rounds.epoch).toBe(3);
  await clock.advance(2_000);
  expect(at).toEqual([10_000]);
  rounds.nudge();
  await clock.advance(0);
  expect(at).toEqual([10_000, 12_000]);
  await clock.advance(10_000);
  expect(at).toEqual([10_000, 12_000, 17_000, 22_000]);
  await rounds.end();
  rounds.nudge();
  await clock.advance(60_000);
  expect(at).toHaveLength(4);
  expect(clock.pending).toBe(0);
});

test('a time that is due is met to the millisecond', async () => {
  const { clock, rounds, at } = open((_, count) => (count === 1 ? 1_001_234 : NEVER));
  rounds.begin(1);
  await clock.advance(1_300);
  expect(at).toEqual([0, 1_234]);
  await rounds.end();
});

test('a nudge during a round has another one follow (R1)', async () => {
  const first = Promise.withResolvers<number>();
  const { clock, rounds, at } = open((_, count) => (count === 1 ? first.promise : NEVER));
  rounds.begin(1);
  await clock.advance(10);
  rounds.nudge();
  rounds.nudge();
  await clock.advance(10);
  expect(at).toEqual([0]);
  first.resolve(NEVER);
  await clock.advance(0);
  expect(at).toEqual([0, 20]);
  await rounds.end();
});

test('what fails is tried again with growing pauses up to the poll (R2)', async () => {
  const { clock, rounds, at } = open((_, count) => {
    if (count < 8) throw new AppError('unavailable', 'No answer.');
    return NEVER;
  });
  rounds.begin(1);
  await clock.advance(30_000);
  expect(at.slice(0, 8)).toEqual([0, 250, 750, 1_750, 3_750, 7_750, 12_750, 17_750]);
  await rounds.end();
});

test('a clock that is set back does not put the next round off (R3)', async () => {
  const { clock, rounds, at } = open(() => 1_003_000);
  rounds.begin(1);
  await clock.advance(10);
  clock.set(0);
  await clock.advance(3_000);
  expect(at).toHaveLength(2);
  await clock.advance(5_000);
  expect(at).toHaveLength(3);
  await rounds.end();
});

test('who does not lead any more stops by itself (R4), and a new term begins anew', async () => {
  const epochs: number[] = [];
  const { clock, rounds } = open(({ epoch }) => {
    epochs.push(epoch);
    if (epoch === 1) throw new AppError('fenced', 'Another one.');
    return NEVER;
  });
  rounds.begin(1);
  await clock.advance(60_000);
  expect(epochs).toEqual([1]);
  rounds.begin(2);
  await clock.advance(0);
  expect(epochs).toEqual([1, 2]);
  await rounds.end();
});

test('the end of a term waits for its round, but not for one that hangs', async () => {
  const hanging = Promise.withResolvers<number>();
  const { clock, rounds } = open(() => hanging.promise);
  rounds.begin(1);
  await clock.advance(0);
  let isOver = false;
  const ending = rounds.end().then(() => {
    isOver = true;
  });
  await clock.advance(1_999);
  expect(isOver).toBe(false);
  await clock.advance(1);
  await ending;
  expect(isOver).toBe(true);
});

test('no nudge cuts the pause after a failure short (R2), and one that came in it is seen to', async () => {
  const { clock, rounds, at } = open((_, count) => {
    if (count === 1) throw new AppError('unavailable', 'No answer.');
    return NEVER;
  });
  rounds.begin(1);
  await clock.advance(100);
  rounds.nudge();
  await clock.advance(200);
  expect(at).toEqual([0, 250]);
  await rounds.end();
});

test('rounds keep their distance however often somebody nudges (R5), also when the clock is set back (R3)', async () => {
  const { clock, rounds, at } = open(() => NEVER, { distanceMs: () => 1_000 });
  rounds.begin(1);
  for (let n = 0; n < 50; n++) {
    await clock.advance(50);
    rounds.nudge();
  }
  await clock.advance(5_000);
  expect(at).toEqual([0, 1_000, 2_000, 3_000]);
  rounds.nudge();
  clock.set(0);
  await clock.advance(1_000);
  expect(at).toHaveLength(5);
  rounds.nudge();
  await clock.advance(0);
  await rounds.end();
  await clock.advance(10_000);
  expect(at).toHaveLength(5);
  expect(clock.pending).toBe(0);
});
