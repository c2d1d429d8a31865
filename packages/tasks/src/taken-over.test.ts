/** R5: an attempt whose process was begun by an agent before this one. */
import { createManualClock } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import type { ProcessEnd, TaskPorts } from './ports.ts';
import { runTask } from './run-task.ts';
import { failure, type ProcessTaskType, type StopOrder } from './task-type.ts';

const BEGUN_AT = 10_000;
const WELL: ProcessEnd = { exitCode: 0, signal: null, outputs: null, lost: null };

interface Scene {
  readonly now: number;
  readonly timeoutMs?: number;
  readonly stop?: StopOrder;
}

function takeOver({ now, timeoutMs, stop }: Scene) {
  const clock = createManualClock(now);
  const exited = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<ProcessEnd>();
  const seen = { log: '', kills: [] as number[], stops: [] as StopOrder[], processIds: [] as (number | null)[] };
  const type: ProcessTaskType = {
    name: 'test',
    usesProcess: true,
    prepare: async () => failure('it must not be begun again'),
    conclude: async ({ outputs }) => outputs.set('answer', '42'),
  };
  const run = runTask({
    type,
    order: {
      params: { input: 'vaquita-file:t1/report/a.csv' },
      config: { script: '$input' },
      environment: {},
      outputs: [{ name: 'answer', type: 'integer' }],
      files: ['input'],
      businessTime: 0,
      timezone: 'UTC',
      timeoutMs: timeoutMs ?? null,
    },
    clock,
    ports: {} as TaskPorts,
    workDir: '/job',
    transfer: {
      receive: () => Promise.reject(new Error('it has its files')),
      send: () => Promise.reject(new Error('it puts none out')),
    },
    baseEnv: () => ({}),
    takenOver: {
      begunAt: BEGUN_AT,
      stop: stop ?? null,
      process: Promise.resolve({
        pid: 77,
        startedAt: BEGUN_AT + 5,
        exited: exited.promise,
        ended: ended.promise,
        kill: (graceMs: number) => seen.kills.push(graceMs),
      }),
    },
    write: (_, text) => {
      seen.log += text;
    },
    onStarted: (processId) => seen.processIds.push(processId),
    onStopped: (order) => seen.stops.push(order),
  });
  const end = (how: ProcessEnd = WELL) => {
    exited.resolve();
    ended.resolve(how);
    return run.report;
  };
  return { clock, run, seen, exited, ended, end };
}

test('it goes on where its process is: nothing is begun or fetched again, and its second half is carried out', async () => {
  const { end, seen } = takeOver({ now: 20_000 });
  expect(await end()).toMatchObject({ state: 'success', outputs: { answer: '42' }, startedAt: BEGUN_AT + 5 });
  expect(seen).toMatchObject({ log: '', processIds: [77] });
});

test('it has the time that is left of its timeout', async () => {
  const { clock, seen, end } = takeOver({ now: BEGUN_AT + 20_000, timeoutMs: 30_000 });
  await clock.advance(9_999);
  expect(seen.kills).toEqual([]);
  await clock.advance(1);
  expect(seen.kills).toEqual([5_000]);
  expect(seen.stops).toMatchObject([{ state: 'timeout', graceMs: 5_000 }]);
  expect(await end({ ...WELL, exitCode: null, signal: 'SIGTERM' })).toMatchObject({ state: 'timeout' });
});

test('a clock that was set back gives no more time than there was', async () => {
  const { clock, seen } = takeOver({ now: BEGUN_AT - 3_600_000, timeoutMs: 30_000 });
  await clock.advance(30_000);
  expect(seen.kills).toEqual([5_000]);
});

test('one that ended in time while nobody looked has not run into its timeout, however late its output comes', async () => {
  const { clock, seen, exited, ended, run } = takeOver({ now: BEGUN_AT + 3_600_000, timeoutMs: 30_000 });
  exited.resolve();
  await clock.advance(3_600_000);
  ended.resolve(WELL);
  expect(await run.report).toMatchObject({ state: 'success' });
  expect(seen.kills).toEqual([]);
});

test('an order to stop that was given before is given again, and decides the state', async () => {
  const stop: StopOrder = { state: 'killed', text: 'a person said so', graceMs: 700 };
  const { clock, seen, end } = takeOver({ now: BEGUN_AT + 1, stop });
  await clock.advance(0);
  expect(seen).toMatchObject({ kills: [700], log: '' });
  expect(await end()).toMatchObject({ state: 'killed', error: 'a person said so' });
});

test('a later order only shortens the grace', async () => {
  const stop: StopOrder = { state: 'killed', text: 'a person said so', graceMs: 700 };
  const { clock, run, seen, end } = takeOver({ now: BEGUN_AT + 1, stop });
  await clock.advance(0);
  run.stop({ state: 'interrupted', text: 'the worker is stopping', graceMs: 0 });
  expect(seen.kills).toEqual([700, 0]);
  expect(seen.stops).toEqual([{ ...stop, graceMs: 0 }]);
  expect(await end()).toMatchObject({ state: 'killed' });
});

test('one of which nobody knows how it ended is lost', async () => {
  const { end } = takeOver({ now: 20_000 });
  expect(await end({ exitCode: null, signal: null, outputs: null, lost: 'its keeper is gone' })).toMatchObject({
    state: 'lost',
    error: 'its keeper is gone',
  });
});
