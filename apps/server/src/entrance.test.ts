import { createManualClock } from '@vaquita/core/testing';
import { createWorkerSession } from '@vaquita/protocol';
import { createWirePair, sampleHello } from '@vaquita/protocol/testing';
import { expect, test } from 'vitest';
import { createEntrance } from './entrance.ts';

test('asks callers to come back until the server has started, and is out of the way from then on', async () => {
  const entrance = createEntrance(createManualClock(0));
  const request = new Request('http://localhost/api/v1/me');
  const early = await entrance.fetch(request, {});
  expect(early.status).toBe(503);
  expect(early.headers.get('retry-after')).toBe('1');
  expect(await early.json()).toMatchObject({ status: 503, code: 'unavailable' });
  const accepted: unknown[] = [];
  entrance.open({ fetch: () => new Response('open'), acceptWorker: (wire) => accepted.push(wire) });
  expect(await (await entrance.fetch(request, {})).text()).toBe('open');
  const wire = {} as never;
  entrance.acceptWorker(wire);
  expect(accepted).toEqual([wire]);
});

test('asks workers to come back soon, so that they do not take it for a server that is down', async () => {
  const clock = createManualClock(0);
  const pair = createWirePair(clock);
  createEntrance(clock).acceptWorker(pair.master);
  const answers: unknown[] = [];
  createWorkerSession(pair.worker, {
    clock,
    hello: sampleHello,
    onWelcome: () => answers.push('welcome'),
    onRefused: (answer) => answers.push(answer),
    onMessage: () => {},
    readHeartbeat: () => ({ cpu: 0, memory: 0, disk: null, load: 0, loopLagMs: 0, slotsUsed: 0, running: [] }),
    onClosed: () => {},
  });
  await clock.advance(0);
  expect(answers).toEqual([{ type: 'redirect', url: null, retryAfterMs: 1_000 }]);
});
