import { expect, it } from 'vitest';
import { makePlan } from './make-plan.ts';
import type { FaultPlan } from './plan.ts';

const options = { seed: 7, forMs: 120_000, servers: 2 };
const targetOf = (fault: FaultPlan) =>
  'server' in fault ? `server ${fault.server}` : 'agent' in fault ? fault.agent : fault.what.split('-')[0]!;

it('the same seed is the same load and the same faults', () => {
  expect(makePlan(options)).toEqual(makePlan(options));
  const [plan, other] = [makePlan(options), makePlan({ ...options, seed: 8 })];
  expect(other.starts).not.toEqual(plan.starts);
  expect(other.faults).not.toEqual(plan.faults);
  expect(other.workflows).not.toEqual(plan.workflows);
});

it('all that goes wrong is over in time, and no target is in trouble twice at once', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const { faults, forMs } = makePlan({ ...options, seed });
    const freeAt = new Map<string, number>();
    for (const fault of faults) {
      expect(fault.atMs).toBeGreaterThan(freeAt.get(targetOf(fault)) ?? 0);
      freeAt.set(targetOf(fault), fault.atMs + fault.forMs);
    }
    expect(Math.max(...freeAt.values())).toBeLessThanOrEqual(forMs);
  }
});

it.each([
  [1, ['agent-freeze', 'agent-kill', 'cut', 'disk-full', 'server-freeze', 'server-kill']],
  [3, ['agent-freeze', 'agent-kill', 'cut', 'database-freeze', 'database-kill', 'server-freeze', 'server-kill']],
])('of %i servers everything goes wrong that can', (servers, kinds) => {
  const { faults } = makePlan({ ...options, servers });
  expect([...new Set(faults.map(({ what }) => what))].toSorted()).toEqual(kinds);
  expect(new Set(faults.flatMap((fault) => ('server' in fault ? fault.server : []))).size).toBe(servers);
});

it('every workflow is started, and tasks depend on tasks that are there', () => {
  const { workflows, starts } = makePlan(options);
  const started = new Set(starts.map(({ workflow }) => workflow));
  for (const { name, tasks } of workflows) {
    expect(started.has(name) || name === 'leaf').toBe(true);
    const names = new Set(tasks.map((task) => task.name));
    expect(names.size).toBe(tasks.length);
    for (const { dependsOn } of tasks) for (const before of dependsOn) expect(names.has(before)).toBe(true);
  }
});
