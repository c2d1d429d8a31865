import { createManualClock } from '@vaquita/core/testing';
import { expect, it } from 'vitest';
import { eventStreamResponse } from './event-stream.ts';

/** A stream that always has something to tell, for a caller whose right to listen the test can take away. */
function openBusyStream() {
  const clock = createManualClock(0);
  const seen = { allowed: true, checks: 0, produced: 0 };
  const response = eventStreamResponse({
    clock,
    signal: new AbortController().signal,
    produce: async () => {
      seen.produced += 1;
      return { messages: [{ event: 'tick', data: seen.produced }], next: 'again' };
    },
    subscribe: () => () => {},
    pollMs: 1_000,
    heartbeatMs: 15_000,
    stillAllowed: async () => {
      seen.checks += 1;
      return seen.allowed;
    },
    onError(thrown) {
      throw thrown;
    },
  });
  return { clock, seen, reader: response.body!.getReader() };
}

it('disconnects who lost the right to listen although there is always something to tell', async () => {
  const { clock, seen, reader } = openBusyStream();
  for (let second = 0; second < 14; second++) {
    expect((await reader.read()).done).toBe(false);
    await clock.advance(1_000);
  }
  expect(seen.checks).toBe(0);

  seen.allowed = false;
  await clock.advance(1_000);
  const before = seen.produced;
  // What was made before the check is still in the buffer.
  let over = false;
  for (let reads = 0; reads < 3 && !over; reads++) over = (await reader.read()).done;
  expect(over).toBe(true);
  expect(seen).toMatchObject({ checks: 1, produced: before });
});

it('asks once in an interval, not once for every message', async () => {
  const { clock, seen, reader } = openBusyStream();
  for (let second = 0; second < 60; second++) {
    await reader.read();
    await clock.advance(1_000);
  }
  expect(seen.checks).toBeGreaterThanOrEqual(3);
  expect(seen.checks).toBeLessThanOrEqual(4);
  await reader.cancel();
});
