import {
  AppError,
  createIdSource,
  type Effect,
  type Intent,
  type LifecycleEvent,
  MACHINE_DEFAULTS,
  type RunChangeSet,
  rebuildRun,
} from '@vaquita/core';
import { createManualClock, createRunFixture, createSeededRandom, type TaskSpec } from '@vaquita/core/testing';
import { describe, expect, test } from 'vitest';
import { type BusEnvironment, createRunBus, type NewBusRun } from './run-bus.ts';

interface PendingCommit {
  readonly unit: RunChangeSet;
  succeed(number?: number): Promise<void>;
  fail(error: unknown): Promise<void>;
}

/** A bus whose commits are finished by hand. */
function openBus(tasks: readonly TaskSpec[], newRun?: NewBusRun) {
  const clock = createManualClock(1_000);
  const random = createSeededRandom(3);
  const ids = createIdSource(clock, random);
  const fixture = createRunFixture(tasks);
  const run = rebuildRun(fixture.run.definition, {
    projectName: 'project',
    projectParams: {},
    instance: fixture.rows.instance,
    tasks: [],
    outbox: [],
  });
  const commits: PendingCommit[] = [];
  const effects: Effect[] = [];
  const intents: Intent[] = [];
  const news: string[] = [];
  const failing = { effects: false };
  const env: BusEnvironment = {
    context: () => ({ now: clock.now(), ids, random, settings: MACHINE_DEFAULTS }),
    ready: () => news.push('ready'),
    perform(bus, intent) {
      intents.push(intent);
      if (intent.type === 'RequestTurn')
        bus.post({ type: 'TurnGranted', slot: null, runCounter: bus.run.instance.runCounter });
    },
    run(_bus, effect) {
      if (failing.effects) throw new Error('the effect failed');
      effects.push(effect);
    },
    commit: (_bus, unit) =>
      new Promise((resolve, reject) => {
        commits.push({
          unit,
          async succeed(number) {
            resolve({ number: number ?? null });
            await Promise.resolve();
          },
          async fail(error) {
            reject(error);
            await Promise.resolve();
            await Promise.resolve();
          },
        });
      }),
    committed: (_bus, unit) => news.push(`committed ${unit.commandsDone.length}`),
    broken: (_bus, error) => news.push(`broken ${(error as AppError).code}`),
    quarantined: (_bus, doing, error) => news.push(`quarantined ${doing}: ${(error as Error).message}`),
    unfiled: (_bus, error) => news.push(`unfiled: ${(error as Error).message}`),
    settled: () => news.push('settled'),
  };
  const bus = createRunBus(run, env, newRun);
  function place(name: string) {
    const { current } = run.nodes.find((node) => node.task.name === name)!;
    const dispatchId = ids.next<'dispatch'>();
    bus.post({
      type: 'TaskPlaced',
      taskInstanceId: current!.id,
      dispatchId,
      workerId: 'w' as never,
      workerName: 'w',
      epoch: 1,
    });
    return { taskInstanceId: current!.id, dispatchId };
  }
  return {
    bus,
    commits,
    effects,
    intents,
    news,
    failing,
    place,
    ids,
    step() {
      bus.turn(100);
      bus.flush();
    },
  };
}

const success = {
  state: 'success',
  exitCode: 0,
  signal: null,
  outputs: {},
  startedAt: 1,
  endedAt: 2,
  logBytes: 0,
  error: null,
} as const;

function start(ids: ReturnType<typeof openBus>['ids']): LifecycleEvent {
  return { type: 'StartWorkflow', commandId: ids.next<'command'>() };
}

test('an effect waits for the commit of its transition; what happens meanwhile goes with the next commit, each row once', async () => {
  const { bus, commits, effects, place, ids, step } = openBus([{ name: 'a' }]);
  bus.post(start(ids));
  step();
  const sent = place('a');
  step();
  bus.post({ type: 'TaskStarted', ...sent, at: 5, processId: 1 });
  step();
  expect(commits).toHaveLength(1);
  expect(commits[0]!.unit).toMatchObject({ assignNumber: true, newTasks: [{ state: 'submitted' }] });
  expect(effects).toEqual([]);
  await commits[0]!.succeed(7);
  expect(effects).toEqual([]);
  expect(commits).toHaveLength(2);
  expect(commits[1]!.unit.newTasks).toEqual([]);
  expect(commits[1]!.unit.changedTasks).toHaveLength(1);
  expect(commits[1]!.unit.changedTasks[0]).toMatchObject({ state: 'running', dispatchId: sent.dispatchId });
  await commits[1]!.succeed();
  expect(effects).toEqual([expect.objectContaining({ type: 'SendDispatch', dispatchId: sent.dispatchId })]);
});

test('the number the store gave is kept by the commits that follow', async () => {
  const { bus, commits, place, ids, step } = openBus([{ name: 'a' }]);
  bus.post(start(ids));
  step();
  await commits[0]!.succeed(42);
  const sent = place('a');
  bus.post({ type: 'TaskEnded', ...sent, report: success });
  step();
  expect(commits[1]!.unit.instance).toMatchObject({ number: 42, state: 'success' });
});

test('a result told again while its commit is on its way is acknowledged only after that commit', async () => {
  const { bus, commits, effects, place, ids, step } = openBus([{ name: 'a' }, { name: 'b', dependsOn: ['a'] }]);
  bus.post(start(ids));
  step();
  const sent = place('a');
  step();
  await commits[0]!.succeed(1);
  await commits[1]!.succeed();
  effects.length = 0;
  bus.post({ type: 'TaskEnded', ...sent, report: success });
  step();
  bus.post({ type: 'TaskEnded', ...sent, report: success });
  step();
  expect(effects).toEqual([]);
  await commits[2]!.succeed();
  expect(effects).toEqual([
    { type: 'AckResult', dispatchId: sent.dispatchId },
    { type: 'AckResult', dispatchId: sent.dispatchId },
  ]);
});

test('a refused commit breaks the bus and performs nothing', async () => {
  const { bus, commits, effects, news, place, ids, step } = openBus([{ name: 'a' }]);
  bus.post(start(ids));
  step();
  place('a');
  await commits[0]!.fail(new AppError('fenced', 'no longer the leader'));
  expect(news).toContain('broken fenced');
  expect(effects).toEqual([]);
});

test('a closed bus performs nothing, also when its commit comes through', async () => {
  const { bus, commits, effects, place, ids, step } = openBus([{ name: 'a' }]);
  bus.post(start(ids));
  step();
  await commits[0]!.succeed(1);
  place('a');
  step();
  bus.close();
  await commits[1]!.succeed();
  expect(effects).toEqual([]);
});

test('an event that cannot be handled sets the run aside and drops nothing', () => {
  const { bus, commits, news, ids } = openBus([{ name: 'a' }]);
  bus.post(start(ids));
  (bus.run as { nodes: unknown }).nodes = null;
  bus.post({ type: 'WorkflowTimedOut', runCounter: 1 });
  // The turn that the start asks for is granted while it is handled, and waits behind what came before (B1).
  expect(bus.turn(10)).toBe(2);
  expect(news.at(-1)).toContain('quarantined TurnGranted');
  bus.flush();
  expect(commits).toEqual([]);
  expect(bus.pending().map((event) => event.type)).toEqual(['StartWorkflow', 'WorkflowTimedOut', 'TurnGranted']);
});

test('B6: a run that breaks an invariant is set aside, and nothing of that unit is written', () => {
  const { bus, commits, news, ids, step } = openBus([{ name: 'a' }]);
  bus.post(start(ids));
  bus.turn(10);
  bus.run.activeCount = 0;
  step();
  expect(news.at(-1)).toContain('quarantined a commit: M5');
  expect(commits).toEqual([]);
  expect(bus.state).toBe('aside');
});

test('a run that cannot be taken up from its rows is set aside', () => {
  const { bus, news } = openBus([{ name: 'a' }]);
  (bus.run as { instance: unknown }).instance = { ...bus.run.instance, state: 'running' };
  (bus.run as { nodes: unknown }).nodes = null;
  bus.resume();
  expect(bus.state).toBe('aside');
  expect(news.at(-1)).toContain('quarantined its rows');
});

test('whoever takes the run from here waits for its commit and for what else is being written', async () => {
  const { bus, commits, ids, step } = openBus([{ name: 'a' }]);
  const written = Promise.withResolvers<void>();
  let atRest = false;
  bus.post(start(ids));
  step();
  bus.hold(written.promise);
  void bus.atRest().then(() => {
    atRest = true;
  });
  await commits[0]!.succeed(1);
  await new Promise(setImmediate);
  expect(atRest).toBe(false);
  written.resolve();
  await new Promise(setImmediate);
  expect(atRest).toBe(true);
});

test('a run that has ended settles when its last commit is durable, not before', async () => {
  const { bus, commits, news, place, ids, step } = openBus([{ name: 'a' }]);
  bus.post(start(ids));
  step();
  await commits[0]!.succeed(1);
  const sent = place('a');
  bus.post({ type: 'TaskEnded', ...sent, report: success });
  step();
  expect(news).not.toContain('settled');
  await commits[1]!.succeed();
  expect(news.at(-1)).toBe('settled');
});

test('an effect that throws sets the run aside; nothing escapes', async () => {
  const { bus, commits, failing, news, place, ids, step } = openBus([{ name: 'a' }]);
  bus.post(start(ids));
  step();
  await commits[0]!.succeed(1);
  place('a');
  step();
  failing.effects = true;
  await commits[1]!.succeed();
  expect(news.at(-1)).toContain('quarantined an effect: the effect failed');
  expect(bus.state).toBe('aside');
});

test('what is not durable can be told again: events of a refused commit, those after it, those waiting', async () => {
  const { bus, commits, place, ids, step } = openBus([{ name: 'a' }]);
  bus.post(start(ids));
  step();
  await commits[0]!.succeed(1);
  const sent = place('a');
  step();
  bus.post({ type: 'TaskStarted', ...sent, at: 5, processId: 1 });
  step();
  expect(bus.pending().map((event) => event.type)).toEqual(['TaskPlaced', 'TaskStarted']);
  await commits[1]!.fail(new AppError('conflict', 'no'));
  bus.post({ type: 'TaskEnded', ...sent, report: success });
  expect(bus.pending().map((event) => event.type)).toEqual(['TaskPlaced', 'TaskStarted', 'TaskEnded']);
  expect(bus.waiting).toBe(0);
});

test('holds a dispatch, and an order to end it, from the commit on', async () => {
  const { bus, commits, place, ids, step } = openBus([{ name: 'a' }]);
  bus.post(start(ids));
  step();
  await commits[0]!.succeed(1);
  const { taskInstanceId, dispatchId } = place('a');
  step();
  expect(bus.holds(taskInstanceId, dispatchId)).toBe(false);
  await commits[1]!.succeed();
  expect(bus.holds(taskInstanceId, dispatchId)).toBe(true);
  bus.post({ type: 'StopWorkflow', by: 'ada', commandId: ids.next<'command'>() });
  step();
  expect(bus.orderFor(dispatchId)).toBeUndefined();
  await commits[2]!.succeed();
  expect(bus.orderFor(dispatchId)).toMatchObject({ kind: 'kill' });
  bus.post({ type: 'TaskEnded', taskInstanceId, dispatchId, report: { ...success, state: 'killed' } });
  step();
  await commits[3]!.succeed();
  expect(bus.holds(taskInstanceId, dispatchId)).toBe(false);
});

describe('a run that is not in the rows yet', () => {
  function openNew() {
    const told: string[] = [];
    const filing = { instance: 'filed' } as never;
    const opened = openBus([{ name: 'a' }], {
      filing,
      filed: () => told.push('filed'),
      failed: (error) => told.push((error as Error).message),
    });
    return { ...opened, filing, told };
  }

  test('is filed by its first unit, and by no other (B7)', async () => {
    const { bus, commits, told, filing, place, ids, step } = openNew();
    bus.post(start(ids));
    step();
    expect(commits[0]!.unit).toMatchObject({ filing });
    expect(told).toEqual([]);
    await commits[0]!.succeed(1);
    expect(told).toEqual(['filed']);
    place('a');
    step();
    expect(commits[1]!.unit).not.toHaveProperty('filing');
  });

  test('is gone when its unit is refused, and nobody is to set it aside (B7)', async () => {
    const { bus, commits, told, news, ids, step } = openNew();
    bus.post(start(ids));
    step();
    await commits[0]!.fail(new AppError('database_busy', 'not now'));
    expect(told).toEqual(['not now']);
    expect(news.filter((line) => !line.startsWith('ready'))).toEqual(['unfiled: not now']);
  });

  test('is gone when its unit cannot be made, or the term ends before (B7)', async () => {
    const broken = openNew();
    broken.bus.fail('something', new Error('no'));
    expect(broken.told).toEqual(['no']);
    const ended = openNew();
    ended.bus.post(start(ended.ids));
    ended.bus.close();
    expect(ended.told).toEqual(['This server has stopped leading.']);
  });

  test('is told of by what its unit comes to when the term ends meanwhile', async () => {
    for (const succeed of [true, false]) {
      const { bus, commits, told, news, ids, step } = openNew();
      bus.post(start(ids));
      step();
      bus.close();
      expect(told).toEqual([]);
      if (succeed) await commits[0]!.succeed(1);
      else await commits[0]!.fail(new Error('refused'));
      expect(told).toEqual([succeed ? 'filed' : 'refused']);
      expect(news.filter((line) => !line.startsWith('ready'))).toEqual([]);
    }
  });
});
