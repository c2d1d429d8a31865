/**
 * Runs that wander through every kind of task and event. What must hold after each step is worked out from the rows and
 * the graph; the invariants of production are checked by the fixture at every commit.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { wander } from '../testing/random-run.ts';
import { createRunFixture } from '../testing/run-fixture.ts';
import type { Intent } from './effects.ts';
import { breaksRun } from './outcomes.ts';
import type { TaskInstanceRow } from './rows.ts';
import { isTaskTerminal, isWorkflowTerminal, type TaskState } from './states.ts';
import { resumeRun } from './transition.ts';

test('M7: memory and a rebuild from the rows agree on every node after every step', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      wander(seed, 150, (_, fixture) => {
        const told = (run: typeof fixture.run) =>
          run.nodes.map((node) => [node.task.name, node.outcome, node.waitingFor, node.chosenBy, node.attempts]);
        const rebuilt = fixture.rebuilt();
        expect(told(rebuilt)).toEqual(told(fixture.run));
        expect(rebuilt.ending).toBe(fixture.run.ending);
        expect(rebuilt.activeCount).toBe(fixture.run.activeCount);
      });
    }),
    { numRuns: 150 },
  );
});

test('M1, M2, M11: an ended task instance changes only by somebody’s word, and one that waits says why', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      const ended = new Map<string, TaskState>();
      wander(seed, 150, (_, fixture) => {
        const current = new Set<string>();
        for (const row of fixture.rows.tasks.values()) {
          if (row.current) {
            expect(current.has(row.name), `two current instances of ${row.name}`).toBe(false);
            current.add(row.name);
          }
          const before = ended.get(row.id);
          if (before !== undefined && row.state !== before) expect(row.state).toBe('forced_success');
          if (isTaskTerminal(row.state) && row.state !== 'paused') ended.set(row.id, row.state);
          else if (row.current)
            expect(row.reason !== null || row.dispatchId !== null, `${row.name} ${row.state}`).toBe(true);
        }
        const { state, reason } = fixture.rows.instance;
        if (!isWorkflowTerminal(state) && state !== 'running' && fixture.rows.events.length > 0)
          expect(reason).not.toBeNull();
      });
    }),
    { numRuns: 150 },
  );
});

test('M5: a server that takes a live run over has something to do or to wait for, for each of its active tasks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      wander(seed, 120, (_, fixture) => {
        const { state, queuedAt } = fixture.rows.instance;
        if (isWorkflowTerminal(state)) return;
        const context = {
          now: fixture.now,
          ids: { next: () => 'x' as never },
          random: fixedRandom,
          settings: SETTINGS,
        };
        const { intents } = resumeRun(fixture.rebuilt(), context);
        if (queuedAt !== null) expect(intents).toContainEqual({ type: 'RequestTurn' });
        const active = [...fixture.rows.tasks.values()].filter((row) => row.current && !isTaskTerminal(row.state));
        for (const row of active)
          expect(isSeenTo(row, intents), `${row.name} (${row.type}) is ${row.state}`).toBe(true);
      });
    }),
    { numRuns: 100 },
  );
});

test('a task starts only when the graph lets it, and a run succeeds only when nothing in it is broken', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      wander(seed, 150, (_, fixture) => {
        const { run } = fixture;
        for (const node of run.nodes) {
          if (!node.current || node.outcome === 'paused') continue;
          for (const index of run.graph.predecessors[node.index]!) {
            const before = run.nodes[index]!;
            const caught = node.task.type === 'conditions' && ['failed', 'killed'].includes(before.outcome);
            const passed = before.outcome === 'passed' || before.outcome === 'skipped' || caught;
            // A task that had run may have one before it made anew only if it was undone itself.
            expect(passed, `${node.task.name} ${node.outcome} after ${before.task.name} ${before.outcome}`).toBe(true);
          }
        }
        if (fixture.state === 'success') expect(run.nodes.filter((node) => breaksRun(run, node))).toEqual([]);
      });
    }),
    { numRuns: 150 },
  );
});

const SETTINGS = createRunFixture([{ name: 'a' }]).settings;
const fixedRandom = { next: () => 0.5, bytes: (n: number) => new Uint8Array(n) };

function isSeenTo(row: TaskInstanceRow, intents: readonly Intent[]): boolean {
  if (row.dispatchId !== null) return true;
  if (row.logic?.kind === 'approval') return true;
  if (row.logic?.kind === 'wait' && row.logic.signal !== null) return true;
  return intents.some((intent) =>
    'taskInstanceId' in intent
      ? intent.taskInstanceId === row.id
      : intent.type === 'SetTimer' && intent.key.endsWith(row.id),
  );
}
