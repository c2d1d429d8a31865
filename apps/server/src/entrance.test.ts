import { expect, test } from 'vitest';
import { createEntrance } from './entrance.ts';

test('asks to come back until the server has started, and is out of the way from then on', async () => {
  const entrance = createEntrance();
  const request = new Request('http://localhost/api/v1/me');
  const early = await entrance.fetch(request, {});
  expect(early.status).toBe(503);
  expect(early.headers.get('retry-after')).toBe('1');
  expect(await early.json()).toMatchObject({ status: 503, code: 'unavailable' });
  const closed: number[] = [];
  entrance.acceptWorker({ close: (code: number) => closed.push(code) } as never);
  expect(closed).toEqual([1013]);
  entrance.open({ fetch: () => new Response('open'), acceptWorker: () => closed.push(0) });
  expect(await (await entrance.fetch(request, {})).text()).toBe('open');
  entrance.acceptWorker({} as never);
  expect(closed).toEqual([1013, 0]);
});
