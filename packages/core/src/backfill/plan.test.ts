/** Closure, plan and progress of backfills together: what belongs to one, in which order it starts, what waits for what. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileWorkflow } from '../definition/compile.ts';
import type { ProjectId, WorkflowId, WorkflowInstanceId } from '../identity/ids.ts';
import { type ClosureWorkflow, closureOf, type PlannedMember } from './closure.ts';
import { type PlanInput, planBackfill } from './plan.ts';
import { createBackfillProgress } from './progress.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-01-01T00:00:00Z');
const days = (count: number) => Array.from({ length: count }, (_, n) => START + n * DAY);
const id = (name: string) => name as WorkflowId;

interface Asked {
  readonly workflow: string;
  readonly range?: string;
  readonly project?: string;
}

function workflow(name: string, asks: readonly Asked[] = [], more: Partial<ClosureWorkflow> = {}): ClosureWorkflow {
  const tasks = asks.map((ask, n) => ({ name: `d${n}`, type: 'dependent', on: { range: 'today', ...ask } }));
  const definition = compileWorkflow({ name, tasks: [...tasks, { name: 'do', type: 'noop' }] } as never);
  return {
    ...{ projectId: 'p' as ProjectId, projectName: 'etl', workflowId: id(name), workflowName: name },
    ...{ version: 1, online: true, definition },
    ...more,
  };
}

const fits = () => null;

function membersOf(root: ClosureWorkflow, ...others: readonly ClosureWorkflow[]): readonly PlannedMember[] {
  const closure = closureOf(root, others, fits);
  if ('ring' in closure) throw new Error(`a ring: ${closure.ring}`);
  return closure.members;
}

test('the closure holds what depends on it, and on that, by levels', () => {
  const members = membersOf(
    workflow('orders'),
    workflow('report', [{ workflow: 'sums' }, { workflow: 'orders' }, { workflow: 'stock' }]),
    workflow('sums', [{ workflow: 'orders', project: 'etl' }]),
    workflow('alone', [{ workflow: 'stock' }]),
    workflow('namesake', [{ workflow: 'orders' }], { projectId: 'q' as ProjectId, projectName: 'other' }),
  );
  expect(members.map(({ workflowName, level, after }) => [workflowName, level, after])).toEqual([
    ['orders', 0, []],
    ['sums', 1, ['orders']],
    ['report', 2, ['sums', 'orders']],
  ]);
  expect(members[2]!.asksOthers).toEqual(['stock']);
});

test('what cannot be started is left out with its reason, and so is what depends on that alone', () => {
  const others = [workflow('sums', [{ workflow: 'orders' }]), workflow('report', [{ workflow: 'sums' }])];
  const closure = closureOf(workflow('orders'), others, ({ workflowName }) => (workflowName === 'sums' ? 'no' : null));
  expect(closure).toMatchObject({
    members: [{ workflowName: 'orders' }],
    leftOut: [{ workflowName: 'sums', reason: 'no' }],
  });
});

test('a task that is switched off asks nothing, and workflows in a ring are named', () => {
  const off = workflow('sums', [{ workflow: 'orders' }]);
  const tasks = off.definition.tasks.map((task) => ({ ...task, enabled: false }));
  expect(membersOf(workflow('orders'), { ...off, definition: { ...off.definition, tasks } })).toHaveLength(1);
  const ring = closureOf(workflow('a', [{ workflow: 'b' }]), [workflow('b', [{ workflow: 'a' }])], fits);
  expect(ring).toEqual({ ring: ['a', 'b'] });
});

const plan = (members: readonly PlannedMember[], more: Partial<PlanInput> = {}) =>
  planBackfill({ members, times: days(3), timezone: 'UTC', order: 'oldest_first', succeeded: new Map(), ...more });

test('goes from time to time, each through all levels, oldest or newest first', () => {
  const members = membersOf(workflow('orders'), workflow('sums', [{ workflow: 'orders' }]));
  const shown = (items: ReturnType<typeof plan>) =>
    items.map(({ workflowId, businessTime }) => `${workflowId} ${(businessTime - START) / DAY}`);
  expect(shown(plan(members))).toEqual(['orders 0', 'sums 0', 'orders 1', 'sums 1', 'orders 2', 'sums 2']);
  expect(shown(plan(members, { order: 'newest_first', times: [START, START + DAY, START] }))).toEqual([
    'orders 1',
    'sums 1',
    'orders 0',
    'sums 0',
  ]);
});

test('P2: an item waits for the times that its dependent tasks look at, by the clock of the zone', () => {
  const members = membersOf(
    workflow('orders'),
    workflow('yesterday', [{ workflow: 'orders', range: 'last1Days' }]),
    workflow('week', [{ workflow: 'orders', range: 'last7Days' }]),
  );
  const items = plan(members, { times: days(9) });
  const waitsOf = (name: string, day: number) =>
    items.find((item) => item.workflowId === name && item.businessTime === START + day * DAY)!.waits;
  expect(waitsOf('yesterday', 0)).toEqual([]);
  expect(waitsOf('yesterday', 1)).toEqual([{ workflowId: 'orders', from: START, to: START + DAY - 1 }]);
  expect(waitsOf('week', 8)).toEqual([{ workflowId: 'orders', from: START + DAY, to: START + 8 * DAY - 1 }]);
  const far = plan(members, { timezone: 'Asia/Tokyo', times: [START, START + DAY - 1] });
  expect(far[1]!.waits).toEqual([]);
  expect(far.find(({ workflowId, businessTime }) => workflowId === 'yesterday' && businessTime > START)!.waits).toEqual(
    [{ workflowId: 'orders', from: START - 9 * 3_600_000, to: START + 15 * 3_600_000 - 1 }],
  );
});

test('P1: what depends on itself waits for earlier times only, and so runs oldest first whatever was asked', () => {
  const members = membersOf(workflow('chain', [{ workflow: 'chain', range: 'last1Days' }]));
  const items = plan(members, { order: 'newest_first' });
  const progress = createBackfillProgress(items, String);
  const begun: number[] = [];
  for (let n = 0; n < 3; n++) {
    const { start } = progress.next(5);
    expect(start).toHaveLength(1);
    begun.push(items[start[0]!]!.businessTime);
    progress.set(start[0]!, 'running');
    expect(progress.next(5).start).toEqual([]);
    progress.set(start[0]!, 'success');
  }
  expect(begun).toEqual(days(3));
  const hours = [START, START + 3_600_000];
  const today = plan(membersOf(workflow('self', [{ workflow: 'self', range: 'today' }])), { times: hours });
  expect(today.map(({ waits }) => waits)).toEqual([[], [{ workflowId: 'self', from: START, to: hours[1]! - 1 }]]);
});

test('P3: what has succeeded is skipped, unless something before it is run again', () => {
  const run = 'r' as WorkflowInstanceId;
  const members = membersOf(workflow('orders'), workflow('sums', [{ workflow: 'orders' }]));
  const succeeded = new Map([
    [id('orders'), new Map([[START, run]])],
    [id('sums'), new Map([START, START + DAY].map((at) => [at, run] as const))],
  ]);
  const items = plan(members, { times: days(2), succeeded });
  expect(items.map(({ state, waits }) => [state, waits.length])).toEqual([
    ['skipped', 0],
    ['skipped', 0],
    ['waiting', 0],
    ['waiting', 1],
  ]);
  expect(items[0]).toMatchObject({ succeededIn: run, reason: 'It has succeeded already.' });
});

test('what waits for a failure is blocked, with what depends on it, and is free again when that is mended', () => {
  const members = membersOf(
    workflow('orders'),
    workflow('sums', [{ workflow: 'orders' }]),
    workflow('report', [{ workflow: 'sums' }]),
  );
  const progress = createBackfillProgress(plan(members, { times: days(1) }), String);
  expect(progress.next(9)).toEqual({ start: [0], block: [] });
  progress.set(0, 'running');
  expect(progress.next(9)).toEqual({ start: [], block: [] });
  progress.set(0, 'failure');
  const { block } = progress.next(9);
  expect(block).toEqual([
    { position: 1, reason: 'orders of 2026-01-01T00:00:00.000Z has failed, and this waits for it.' },
  ]);
  progress.set(1, 'blocked');
  expect(progress.next(9).block).toMatchObject([{ position: 2 }]);
  progress.set(2, 'blocked');
  expect([progress.waiting, progress.running, progress.unblocked()]).toEqual([0, 0, []]);
  progress.set(0, 'success');
  expect(progress.unblocked()).toEqual([1]);
  progress.set(1, 'waiting');
  expect(progress.next(9)).toEqual({ start: [1], block: [] });
});

test('whatever the graph, order and room: all run once, never before what they wait for, never more than there is room for', () => {
  const ranges = fc.constantFrom('today', 'last1Days', 'last3Days', 'thisWeek', 'lastWeek');
  const asks = fc.array(fc.tuple(fc.nat(4), ranges), { maxLength: 3 });
  fc.assert(
    fc.property(
      fc.array(asks, { minLength: 5, maxLength: 5 }),
      fc.uniqueArray(fc.nat(30), { minLength: 1, maxLength: 12 }),
      fc.constantFrom('oldest_first' as const, 'newest_first' as const),
      fc.integer({ min: 1, max: 6 }),
      fc.infiniteStream(fc.nat()),
      (graph, dayNumbers, order, room, chance) => {
        // Only the one before and itself, so that there is no ring.
        const workflows = graph.map((list, n) =>
          workflow(
            `w${n}`,
            [
              ...(n > 0 ? [{ workflow: `w${n - 1}` }] : []),
              ...list.filter(([target]) => target <= n).map(([target, range]) => ({ workflow: `w${target}`, range })),
            ].filter((ask) => ask.workflow !== `w${n}` || ('range' in ask && ask.range !== 'today')),
          ),
        );
        const members = membersOf(workflows[0]!, ...workflows.slice(1));
        const times = dayNumbers.map((n) => START + n * DAY);
        const items = plan(members, { times, order });
        expect(items).toHaveLength(members.length * times.length);
        const progress = createBackfillProgress(items, String);
        const running: number[] = [];
        const done = new Set<number>();
        while (progress.waiting > 0 || running.length > 0) {
          const { start, block } = progress.next(room - running.length);
          expect(block).toEqual([]);
          for (const position of start) {
            const item = items[position]!;
            for (const other of items) {
              const awaited = item.waits.some(
                (wait) =>
                  wait.workflowId === other.workflowId &&
                  wait.from <= other.businessTime &&
                  other.businessTime <= wait.to,
              );
              if (awaited) expect(done.has(other.position)).toBe(true);
            }
            progress.set(position, 'running');
            running.push(position);
          }
          expect(running.length).toBeGreaterThan(0);
          expect(running.length).toBeLessThanOrEqual(room);
          const [ended] = running.splice(chance.next().value! % running.length, 1);
          expect(done.has(ended!)).toBe(false);
          done.add(ended!);
          progress.set(ended!, 'success');
        }
        expect(done.size).toBe(items.length);
      },
    ),
    { numRuns: 200 },
  );
});
