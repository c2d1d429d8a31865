import {
  AppError,
  type DependencyQuestion,
  type TaskInstanceId,
  type WorkflowInstanceId,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import { createManualClock } from '@vaquita/core/testing';
import type { DependencyRun, OtherRunsStore, WorkflowTarget } from '@vaquita/store';
import { expect, test } from 'vitest';
import { commitOf } from '../recovery/commit-of.ts';
import { createListeningBus, type ListeningBus } from '../testing/listening-bus.ts';
import { createLogicHost } from './logic-host.ts';

const document = { name: 'orders', tasks: [{ name: 'load', type: 'noop' }] };
const orders = {
  projectId: 'p',
  projectName: 'shop',
  workflowId: 'w-orders',
  workflowName: 'orders',
  version: 3,
  online: true,
  document,
} as unknown as WorkflowTarget;
const succeeded = { id: 'r1', number: 1, version: 3, state: 'success', businessTime: 5, endedAt: 9 } as DependencyRun;
const busy = () => new AppError('database_busy', 'busy');
const id = (name: string) => name as TaskInstanceId;
const runId = (name: string) => name as WorkflowInstanceId;

const today: DependencyQuestion = {
  key: 'k',
  project: null,
  workflow: 'orders',
  task: null,
  intervals: [{ from: 0, to: 10 }],
  passOutputs: false,
};

/** A store whose answers and failures a test sets, and which counts what it is asked. */
function fakeOthers() {
  const asked: string[] = [];
  const answers = {
    target: orders as WorkflowTarget | { missing: 'project' | 'workflow' },
    newest: succeeded as DependencyRun | undefined,
    rows: new Map<string, WorkflowInstanceRow>(),
    hasOther: true,
    /** Called before each answer. */
    before: null as ((name: string) => void | Promise<void>) | null,
  };
  async function ask(name: string): Promise<void> {
    asked.push(name);
    await answers.before?.(name);
  }
  const others: OtherRunsStore = {
    async resolveWorkflow() {
      await ask('resolve');
      return answers.target;
    },
    async instances(ids) {
      await ask('instances');
      return ids.flatMap((wanted) => answers.rows.get(wanted) ?? []);
    },
    async newestIn(_workflow, intervals) {
      const { newest } = answers;
      await ask('newest');
      return intervals.map(() => newest);
    },
    async hasOther() {
      await ask('hasOther');
      return answers.hasOther;
    },
    async currentTasks() {
      await ask('tasks');
      return [];
    },
  };
  return { others, answers, asked };
}

function openHost() {
  const clock = createManualClock(0);
  const { others, answers, asked } = fakeOthers();
  const inMemory = new Map<string, ListeningBus>();
  const loads: string[] = [];
  const host = createLogicHost({
    others,
    clock,
    log: { info() {}, warn() {}, error() {} },
    readsAtOnce: 4,
    retryMs: 100,
    runs: {
      get: (run) => inMemory.get(run)?.bus,
      async withBus(run, use) {
        loads.push(run);
        const found = inMemory.get(run) ?? stored.get(run)!;
        use(found.bus, false);
        return { kind: 'used' };
      },
    },
  });
  /** Runs that are not in memory, and can be loaded. */
  const stored = new Map<string, ListeningBus>();
  function run(
    name: string,
    tasks: Parameters<typeof createListeningBus>[1] = {},
    more: Partial<WorkflowInstanceRow> = {},
  ) {
    const fake = createListeningBus({ id: runId(name), ...more }, tasks);
    inMemory.set(name, fake);
    return fake;
  }
  function ends(of: Partial<WorkflowInstanceRow>): void {
    const fake = createListeningBus({ id: runId('elsewhere'), ...of });
    host.committed(fake.bus, commitOf({ instance: { ...fake.bus.run.instance, state: 'success', ...of } }));
  }
  function asks(fake: ListeningBus, task = 't', questions = [today]): void {
    host.perform(fake.bus, { type: 'ReadDependencies', taskInstanceId: id(task), questions });
  }
  return { host, clock, answers, asked, run, stored, loads, ends, asks, settle: () => clock.advance(0) };
}

const resolveOrders = {
  type: 'ResolveWorkflow',
  taskInstanceId: id('t'),
  project: null,
  workflow: 'orders',
  version: null,
} as const;

test('tells which workflow is meant', async () => {
  const { host, run, settle } = openHost();
  const { bus, told } = run('parent');
  host.perform(bus, resolveOrders);
  await settle();
  const target = {
    projectId: 'p',
    workflowId: 'w-orders',
    workflowName: 'orders',
    version: 3,
    execution: 'parallel',
  };
  expect(told).toEqual([{ type: 'WorkflowResolved', taskInstanceId: 't', target }]);
});

test.each([
  [{ target: { missing: 'workflow' } as const }, resolveOrders, 'This project has no workflow "orders".'],
  [{ target: { missing: 'project' } as const }, { ...resolveOrders, project: 'x' }, 'There is no project "x".'],
  [{ target: { ...orders, version: null, document: null } }, { ...resolveOrders, version: 9 }, 'no version 9'],
  [{ target: { ...orders, online: false } }, resolveOrders, 'is offline'],
  [{ target: { ...orders, document: { name: 'orders', tasks: 'gone' } as never } }, resolveOrders, 'cannot be read'],
])('says why there is no workflow to run: %#', async (found, intent, text) => {
  const { host, answers, run, settle } = openHost();
  Object.assign(answers, found);
  const { bus, told } = run('parent');
  host.perform(bus, intent);
  await settle();
  expect(told).toEqual([expect.objectContaining({ target: { problem: expect.stringContaining(text) } })]);
});

test('a version that is named need not be online', async () => {
  const { host, answers, run, settle } = openHost();
  answers.target = { ...orders, online: false };
  const { bus, told } = run('parent');
  host.perform(bus, { ...resolveOrders, version: 3 });
  await settle();
  expect(told).toEqual([expect.objectContaining({ target: expect.objectContaining({ version: 3 }) })]);
});

test('a read that fails for a passing reason is tried until it works; a task that has stopped waiting is told nothing', async () => {
  const { host, answers, run, clock } = openHost();
  answers.before = () => {
    throw busy();
  };
  const [one, two] = [run('one'), run('two')];
  host.perform(one.bus, resolveOrders);
  host.perform(two.bus, { ...resolveOrders, project: 'other' });
  await clock.advance(1_000);
  expect([one.told, two.told]).toEqual([[], []]);
  host.perform(two.bus, { type: 'ForgetLogic', taskInstanceId: id('t') });
  answers.before = null;
  await clock.advance(60_000);
  expect(one.told).toHaveLength(1);
  expect(two.told).toEqual([]);
  expect(host.status()).toEqual({ asking: 0, watching: 0, reads: 0 });
});

test('ten thousand tasks that wait for the same thing cost a few reads, and all are answered and told', async () => {
  const { run, asks, asked, ends, settle } = openHost();
  const fakes = Array.from({ length: 10_000 }, (_, index) => run(`run${index}`));
  for (const fake of fakes) asks(fake, `t-${fake.bus.id}`);
  await settle();
  expect(asked).toEqual(['resolve', 'newest']);
  expect(fakes.every(({ told }) => told.length === 1)).toBe(true);
  ends({ workflowId: orders.workflowId });
  expect(fakes.every(({ told }) => told.at(-1)?.type === 'LogicDue')).toBe(true);
});

test('a dependent task is told when a run of the workflow ends, until it stops waiting; dry runs do not count', async () => {
  const { host, answers, run, asks, ends, settle } = openHost();
  answers.newest = undefined;
  const fake = run('run');
  asks(fake);
  await settle();
  expect(fake.told.splice(0)).toEqual([
    expect.objectContaining({ type: 'DependenciesRead', answers: [expect.objectContaining({ state: 'waiting' })] }),
  ]);
  ends({ workflowId: orders.workflowId, dryRun: true });
  ends({ workflowId: 'w-else' as never });
  ends({ workflowId: orders.workflowId, state: 'running' });
  expect(fake.told).toEqual([]);
  ends({ workflowId: orders.workflowId });
  expect(fake.told.splice(0)).toEqual([{ type: 'LogicDue', taskInstanceId: 't' }]);
  asks(fake);
  await settle();
  host.perform(fake.bus, { type: 'ForgetLogic', taskInstanceId: id('t') });
  fake.told.length = 0;
  ends({ workflowId: orders.workflowId });
  expect(fake.told).toEqual([]);
});

test('G2: an end between the read and its answer is not missed', async () => {
  const { answers, run, asks, ends, settle } = openHost();
  const fake = run('run');
  const { promise, resolve } = Promise.withResolvers<void>();
  answers.newest = undefined;
  answers.before = (name) => (name === 'newest' ? promise : undefined);
  asks(fake);
  await settle();
  answers.newest = succeeded;
  ends({ workflowId: orders.workflowId });
  expect(fake.told.splice(0)).toEqual([{ type: 'LogicDue', taskInstanceId: 't' }]);
  asks(fake);
  resolve();
  await settle();
  const states = fake.told.map((event) => event.type === 'DependenciesRead' && event.answers[0]!.state);
  expect(states).toEqual(['waiting', 'success']);
});

test('a workflow that waits for itself asks whether there was ever another run of it', async () => {
  const { answers, asked, run, asks, settle } = openHost();
  answers.newest = undefined;
  answers.hasOther = false;
  const fake = run('run', {}, { workflowId: orders.workflowId });
  asks(fake);
  await settle();
  expect(asked).toContain('hasOther');
  expect(fake.told).toEqual([expect.objectContaining({ answers: [expect.objectContaining({ state: 'success' })] })]);
});

test('what cannot be read is waited for', async () => {
  const { answers, run, asks, settle } = openHost();
  answers.before = () => {
    throw new AppError('internal', 'damaged');
  };
  const fake = run('run');
  asks(fake);
  await settle();
  const answer = { key: 'k', state: 'waiting', text: expect.stringContaining('damaged') };
  expect(fake.told).toEqual([expect.objectContaining({ answers: [expect.objectContaining(answer)] })]);
});

const child = (more: Partial<WorkflowInstanceRow> = {}) =>
  ({
    id: 'child',
    number: 4,
    runCounter: 1,
    state: 'success',
    outputs: { rows: '7' },
    reason: null,
    parentInstanceId: 'parent',
    parentTask: 'sub',
    ...more,
  }) as WorkflowInstanceRow;
const report = { child: 'child', number: 4, runCounter: 1, state: 'success', outputs: { rows: '7' }, reason: null };

test('tells how children stand, all of a round in one read, and that one is gone', async () => {
  const { host, answers, asked, run, settle } = openHost();
  answers.rows.set('child', child());
  const [one, two] = [run('one'), run('two')];
  host.perform(one.bus, { type: 'ReadChildren', taskInstanceId: id('t'), children: [runId('gone'), runId('child')] });
  host.perform(two.bus, { type: 'ReadChildren', taskInstanceId: id('u'), children: [runId('child')] });
  await settle();
  expect(asked).toEqual(['instances']);
  expect(one.told).toEqual([
    { type: 'ChildrenRead', taskInstanceId: 't', children: [expect.objectContaining({ state: 'missing' }), report] },
  ]);
  expect(two.told).toHaveLength(1);
});

test('what a child commits while it is being read takes the place of what was read', async () => {
  const { host, answers, run, settle, ends } = openHost();
  const { promise, resolve } = Promise.withResolvers<void>();
  answers.rows.set('child', child({ state: 'running' }));
  answers.before = () => promise;
  const { bus, told } = run('other');
  host.perform(bus, { type: 'ReadChildren', taskInstanceId: id('t'), children: [runId('child')] });
  await settle();
  ends(child());
  resolve();
  await settle();
  expect(told).toEqual([expect.objectContaining({ children: [report] })]);
});

test('the end of a child reaches the current task instance of its parent', async () => {
  const { run, ends, settle, loads } = openHost();
  const { told } = run('parent', { sub: {} });
  ends(child());
  ends(child({ state: 'running' }));
  await settle();
  expect(told).toEqual([{ type: 'ChildrenRead', taskInstanceId: 'parent-sub', children: [report] }]);
  expect(loads).toEqual([]);
});

test('a parent that is out of memory is loaded for it, though the database is busy for a while', async () => {
  const { answers, stored, ends, clock, loads } = openHost();
  const parent = createListeningBus({ id: runId('parent') }, { sub: {} });
  stored.set('parent', parent);
  answers.rows.set('parent', { ...child(), id: runId('parent'), state: 'running' });
  answers.before = () => {
    throw busy();
  };
  ends(child({ state: 'paused' }));
  ends(child());
  ends(child({ id: runId('second') }));
  await clock.advance(5_000);
  expect(loads).toEqual([]);
  answers.before = null;
  await clock.advance(60_000);
  expect(loads).toEqual(['parent']);
  expect(parent.told).toEqual([
    {
      type: 'ChildrenRead',
      taskInstanceId: 'parent-sub',
      children: [report, { ...report, child: 'second' }],
    },
  ]);
});

test('a child that goes on before its parent could be told is not told as ended', async () => {
  const { answers, stored, ends, settle } = openHost();
  const parent = createListeningBus({ id: runId('parent') }, { sub: {} });
  stored.set('parent', parent);
  answers.rows.set('parent', { ...child(), id: runId('parent'), state: 'running' });
  ends(child({ state: 'failure' }));
  ends(child({ state: 'submitted', runCounter: 2 }));
  await settle();
  expect(parent.told).toEqual([]);
});

test('nobody is told when the parent has ended, has gone, or its task is over', async () => {
  const { answers, run, ends, settle, loads } = openHost();
  answers.rows.set('ended', { ...child(), id: runId('ended'), state: 'failure' });
  ends(child({ parentInstanceId: runId('ended') }));
  ends(child({ parentInstanceId: runId('gone') }));
  const { told } = run('parent', { sub: { state: 'killed' }, other: null });
  ends(child());
  ends(child({ parentTask: 'other' }));
  ends(child({ parentTask: 'unknown' }));
  await settle();
  expect(loads).toEqual([]);
  expect(told).toEqual([]);
});

test('says and reads nothing once it is closed', async () => {
  const { host, run, ends, asks, clock, loads } = openHost();
  const fake = run('run');
  asks(fake);
  host.close();
  asks(fake, 'u');
  ends(child({ parentInstanceId: runId('somebody') }));
  await clock.advance(60_000);
  expect(fake.told).toEqual([]);
  expect(loads).toEqual([]);
});
