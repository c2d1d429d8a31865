/** Draws the workflows of a chaos run: a few of each shape that people build. */
import type { Chance } from '../../../sim/scenario/chance.ts';
import { type GroupPlan, NEVER_WELL, type ShellWork, type TaskPlan, type TaskWork, type WorkflowPlan } from './plan.ts';

/** Started by tasks of others. */
export const LEAF = 'leaf';
/** Fails until it is recovered. */
export const MENDABLE = 'mendable';

export const GROUPS: readonly GroupPlan[] = [
  { name: 'narrow', size: 1 },
  { name: 'wide', size: 3 },
];

const task = (name: string, work: TaskWork, dependsOn: readonly string[] = [], retries = 0): TaskPlan => ({
  name,
  dependsOn,
  work,
  retries,
});

const workflow = (name: string, tasks: readonly TaskPlan[], more: Partial<WorkflowPlan> = {}): WorkflowPlan => ({
  name,
  tasks,
  failureStrategy: 'continue',
  execution: 'parallel',
  counts: false,
  ...more,
});

export function drawWorkflows(chance: Chance): readonly WorkflowPlan[] {
  const shell = (more: Partial<ShellWork> = {}): ShellWork => ({
    type: 'shell',
    workMs: chance.skewed(20, 1_500),
    fails: 0,
    group: null,
    ...more,
  });
  const names = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
  const chain = (count: number) =>
    names('step', count).map((name, at) => task(name, shell(), at === 0 ? [] : [`step-${at - 1}`]));

  function fan(width: number, more: Partial<ShellWork> = {}): readonly TaskPlan[] {
    const branches = names('branch', width);
    return [
      task('first', shell()),
      ...branches.map((name) => task(name, shell(more), ['first'])),
      task('last', shell(), branches),
    ];
  }

  /** Some of the tasks fail, most of those not for ever. */
  function graph(size: number): readonly TaskPlan[] {
    return names('node', size).map((name, at) => {
      const before = names('node', at);
      const dependsOn = at === 0 ? [] : [...new Set([chance.oneOf(before), ...chance.some(before.slice(-4), 0.25)])];
      const retries = chance.happens(0.4) ? chance.between(1, 3) : 0;
      const fails = chance.happens(0.08)
        ? NEVER_WELL
        : chance.happens(0.6)
          ? Math.min(retries, chance.between(0, 2))
          : 0;
      return task(name, shell({ fails }), dependsOn, retries);
    });
  }

  const items = names('item', chance.between(2, 4));
  return [
    workflow(LEAF, [task('leaf', shell()), task('after-leaf', shell(), ['leaf'])]),
    workflow('chain', chain(chance.between(4, 8)), { counts: true }),
    workflow('fan', fan(chance.between(4, 9))),
    workflow('graph', graph(chance.between(6, 12))),
    workflow('graph-to-its-end', graph(chance.between(6, 12)), { failureStrategy: 'end' }),
    workflow('by-value', [
      task('which', { type: 'switch', over: 5, then: ['many'], otherwise: ['few'] }),
      task('many', shell(), ['which']),
      task('few', shell(), ['which']),
      task('both', shell(), ['many', 'few']),
    ]),
    workflow('with-fallback', [
      task('primary', shell({ fails: NEVER_WELL }), [], 1),
      task('which', { type: 'conditions', watch: 'primary', then: ['load'], else: ['mend'] }, ['primary']),
      task('load', shell(), ['which']),
      task('mend', shell(), ['which']),
    ]),
    workflow('nested', [
      task('before', shell()),
      task('inner', { type: 'sub_workflow', workflow: LEAF }, ['before']),
      task('after', shell(), ['inner']),
    ]),
    workflow('for-each', [
      task('each', { type: 'dynamic', workflow: LEAF, items, parallelism: 2 }),
      task('total', shell(), ['each']),
    ]),
    workflow('through-the-narrow', fan(3, { group: 'narrow', workMs: chance.between(50, 300) })),
    workflow('through-the-wide', fan(6, { group: 'wide', workMs: chance.between(100, 600) })),
    workflow('one-at-a-time', chain(2), { execution: 'serial_wait' }),
    workflow('patient', [
      task('rest', { type: 'wait', forMs: chance.between(500, 3_000) }),
      task('long', shell({ workMs: chance.between(4_000, 9_000) })),
      task('end', shell(), ['rest', 'long']),
    ]),
    workflow(MENDABLE, [task('broken', shell({ fails: 2, workMs: 50 }), [], 1), task('then', shell(), ['broken'])]),
  ];
}
