/** Which runs are due, over families and histories made by chance: never one that must stay (V1 to V4), and every other. */
import type { WorkflowInstanceId, WorkflowState } from '@vaquita/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  command,
  commit,
  event,
  project,
  run,
  version,
  workflow,
  workflowEvent,
} from '../testing/contract/fixtures.ts';
import { createMemoryStore } from '../testing/memory-store.ts';
import { type DueFamily, dueFamilies, type RetentionPolicy } from './due-runs.ts';

const NOW = 1_000;

interface Given {
  readonly workflow: number;
  readonly state: WorkflowState;
  readonly endedAt: number;
  readonly aside: boolean;
  readonly ordered: boolean;
  /** The index of an earlier run, or of none. */
  readonly parent: number | null;
}

const states = fc.constantFrom<WorkflowState>(
  'success',
  'success',
  'success',
  'failure',
  'stopped',
  'running',
  'paused',
  'ready_stop',
);
const givens = fc.array(
  fc.record({
    workflow: fc.nat(2),
    state: states,
    endedAt: fc.integer({ min: 1, max: NOW }),
    aside: fc.constantFrom(false, false, false, false, true),
    ordered: fc.constantFrom(false, false, false, false, true),
    parent: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(20) }),
  }),
  { maxLength: 25 },
);
const policies: fc.Arbitrary<RetentionPolicy> = fc.record({
  keepMs: fc.option(fc.integer({ min: 0, max: NOW })),
  keepRuns: fc.option(fc.integer({ min: 1, max: 8 })),
  keepAtLeast: fc.integer({ min: 1, max: 3 }),
});

const idOf = (index: number) => `r${String(index).padStart(3, '0')}` as WorkflowInstanceId;

async function storeOf(runs: readonly Given[]) {
  const store = createMemoryStore();
  store.leader.set(1);
  await store.projects.create(project('project-1', 'first'));
  for (let n = 0; n < 3; n++) await store.workflows.create(workflow(`w${n}`), version(`w${n}`), workflowEvent(`w${n}`));
  for (const [index, given] of runs.entries()) {
    const id = idOf(index);
    const parentId = given.parent !== null && given.parent < index ? idOf(given.parent) : null;
    const more = { workflowId: `w${given.workflow}` as never, parentInstanceId: parentId, createdAt: index };
    await store.instances.start(run(id, more), command(`c${index}`, id), event(id));
    const quarantine = given.aside ? { code: 'quarantined' as const, text: '', since: 1 } : null;
    const instance = run(id, { ...more, state: given.state, endedAt: given.endedAt, quarantine });
    const commandsDone = given.ordered ? [] : [{ id: `c${index}` as never, outcome: 'done' }];
    await store.master.commit(1, commit({ instance, assignNumber: true, commandsDone }));
  }
  return store;
}

async function dueOf(runs: readonly Given[], policy: RetentionPolicy, isWatched?: (id: string) => boolean) {
  const store = await storeOf(runs);
  const families: DueFamily[] = [];
  for await (const family of dueFamilies(store.master.retention, {
    policy,
    now: NOW,
    page: 3,
    ...(isWatched ? { isWatched } : {}),
  }))
    families.push(family);
  return { store, families };
}

const parentOf = (runs: readonly Given[], index: number) => {
  const parent = runs[index]!.parent;
  return parent !== null && parent < index ? parent : null;
};

function rootOf(runs: readonly Given[], index: number): number {
  const parent = parentOf(runs, index);
  return parent === null ? index : rootOf(runs, parent);
}

/** What the rules say, told one run at a time. */
function shouldGo(runs: readonly Given[], policy: RetentionPolicy, index: number): boolean {
  const root = rootOf(runs, index);
  const family = [...runs.keys()].filter((other) => rootOf(runs, other) === root);
  for (const member of family) {
    const { state, aside, ordered } = runs[member]!;
    if (!['success', 'failure', 'stopped'].includes(state) || aside || ordered) return false;
  }
  const { workflow: own, endedAt } = runs[root]!;
  const newer = runs.filter(({ workflow: other }, at) => other === own && at > root).length;
  if (newer < policy.keepAtLeast) return false;
  const isOld = policy.keepMs !== null && endedAt <= NOW - policy.keepMs && root <= NOW - policy.keepMs;
  return isOld || (policy.keepRuns !== null && newer >= Math.max(policy.keepRuns, policy.keepAtLeast));
}

test('chooses exactly what the rules let go, each family whole and once or twice, and it can be removed', async () => {
  await fc.assert(
    fc.asyncProperty(givens, policies, async (runs, policy) => {
      const { store, families } = await dueOf(runs, policy);
      const chosen = new Set(families.flatMap(({ members }) => members.map(({ id }) => id)));
      const expected = new Set([...runs.keys()].filter((index) => shouldGo(runs, policy, index)).map(idOf));
      expect(chosen).toEqual(expected);
      for (const { root, members } of families) {
        expect(members.at(-1)).toEqual(root);
        const ids = members.map(({ id }) => id);
        for (const { id, parentInstanceId } of members)
          if (id !== root.id) expect(ids.indexOf(id)).toBeLessThan(ids.indexOf(parentInstanceId!));
        if ((await store.instances.find(root.id)) !== undefined)
          for (const id of ids) await store.master.retention.remove(1, [id]);
      }
      for (const [index] of runs.entries())
        expect((await store.instances.find(idOf(index))) === undefined).toBe(expected.has(idOf(index)));
    }),
    { numRuns: 300 },
  );
});

const old: Given = { workflow: 0, state: 'success', endedAt: 1, aside: false, ordered: false, parent: null };

test('lets runs stay that a waiting task may ask for, also when they were started by another run', async () => {
  const runs = [old, { ...old, workflow: 1, parent: 0 }, old, { ...old, workflow: 2 }, { ...old, workflow: 2 }, old];
  const policy = { keepMs: 10, keepRuns: null, keepAtLeast: 1 };
  const roots = async (isWatched: (id: string) => boolean) =>
    (await dueOf(runs, policy, isWatched)).families.map(({ root }) => root.id);
  expect(await roots(() => false)).toEqual([idOf(0), idOf(2), idOf(3)]);
  expect(await roots((id) => id === 'w1')).toEqual([idOf(2), idOf(3)]);
  expect(await roots((id) => id === 'w0')).toEqual([idOf(3)]);
});
