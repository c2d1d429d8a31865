/**
 * Random graphs, random outcomes, late and doubled news, lost workers, stops, and crashes between any two events.
 * What must hold is checked against the rows by a model that knows nothing of the machine.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DispatchId } from '../identity/ids.ts';
import type { TaskSpec } from '../testing/run-fixture.ts';
import { createRunFixture, type RunFixture } from '../testing/run-fixture.ts';
import { createSeededRandom } from '../testing/seeded-random.ts';
import { isTaskTerminal, isWorkflowTerminal, type TaskState } from './states.ts';

const graph = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc.tuple(
    ...Array.from({ length: size }, (_, i) =>
      fc.record({
        dependsOn: fc.subarray(Array.from({ length: i }, (_, j) => `t${j}`)),
        enabled: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
        retries: fc.integer({ min: 0, max: 2 }),
        delayMs: fc.constantFrom(0, 0, 500),
      }),
    ),
  ),
);

type Spec = { dependsOn: string[]; enabled: boolean; retries: number; delayMs: number };

function tasksOf(specs: readonly Spec[]): TaskSpec[] {
  return specs.map(({ retries, ...spec }, i) => ({
    name: `t${i}`,
    ...spec,
    retry: { times: retries, intervalMs: i % 2 === 0 ? 0 : 100, backoff: 'fixed', maxIntervalMs: 0 },
  }));
}

test('whatever happens in whatever order, a run comes to rest and its rows tell the truth', () => {
  fc.assert(
    fc.property(
      graph,
      fc.constantFrom('continue', 'end'),
      fc.integer(),
      fc.boolean(),
      (specs, failureStrategy, seed, mayStop) => {
        const tasks = tasksOf(specs as Spec[]);
        const fixture = createRunFixture(tasks, { failureStrategy: failureStrategy as 'continue' | 'end' });
        const random = createSeededRandom(seed);
        const past: { name: string; dispatchId: DispatchId; taskInstanceId: string }[] = [];
        const ended = new Map<string, TaskState>();
        fixture.start();
        for (let step = 0; step < 400 && !isWorkflowTerminal(fixture.state); step++) {
          act(fixture, random.next, past, mayStop);
          if (random.next() < 0.1) fixture.restart();
          checkRows(fixture, ended);
        }
        // Nothing goes wrong any more: what is left must finish.
        for (let step = 0; step < 400 && !isWorkflowTerminal(fixture.state); step++) {
          for (const row of active(fixture)) {
            if (row.state === 'delayed') fixture.send({ type: 'TaskDue', taskInstanceId: row.id });
            else if (row.state === 'submitted') fixture.place(row.name);
            else fixture.ended(row.name, row.killRequestedAt === null ? 'success' : 'killed');
          }
          checkRows(fixture, ended);
        }
        expect(isWorkflowTerminal(fixture.state)).toBe(true);
        checkOutcome(fixture, tasks);
      },
    ),
    { numRuns: 400 },
  );
});

function active(fixture: RunFixture) {
  return [...fixture.rows.tasks.values()].filter((row) => row.current && !isTaskTerminal(row.state));
}

function act(
  fixture: RunFixture,
  next: () => number,
  past: { name: string; dispatchId: DispatchId; taskInstanceId: string }[],
  mayStop: boolean,
) {
  const rows = active(fixture);
  const row = rows[Math.floor(next() * rows.length)];
  const chance = next();
  if (mayStop && chance < 0.02) fixture.stop();
  else if (chance < 0.12 && past.length > 0) sayAgain(fixture, next, past);
  else if (!row) return;
  else if (row.state === 'delayed') {
    fixture.advance(500);
    fixture.send({ type: 'TaskDue', taskInstanceId: row.id });
  } else if (row.state === 'submitted') {
    past.push({ name: row.name, dispatchId: fixture.place(row.name), taskInstanceId: row.id });
  } else if (chance < 0.2) {
    fixture.send({ type: 'WorkerLost', ...fixture.of(row.name), text: 'lost' });
  } else if (chance < 0.25) {
    fixture.send({ type: 'DispatchReturned', ...fixture.of(row.name), cause: 'refused', text: 'full' });
  } else if (chance < 0.5) {
    fixture.started(row.name);
  } else {
    const states = ['success', 'success', 'success', 'failure', 'timeout', 'lost'] as const;
    fixture.ended(row.name, row.killRequestedAt === null ? states[Math.floor(next() * states.length)]! : 'killed');
  }
}

/** News of a dispatch of the past, true or not: only the live one may change anything. */
function sayAgain(
  fixture: RunFixture,
  next: () => number,
  past: readonly { name: string; dispatchId: DispatchId; taskInstanceId: string }[],
) {
  const old = past[Math.floor(next() * past.length)]!;
  const subject = { taskInstanceId: old.taskInstanceId as never, dispatchId: old.dispatchId };
  const before = fixture.rows.tasks.get(subject.taskInstanceId);
  const live = before?.current && before.dispatchId === old.dispatchId && !isTaskTerminal(before.state);
  if (live) return;
  const verdict = fixture.send({
    type: 'TaskEnded',
    ...subject,
    report: fixture.report(next() < 0.5 ? 'success' : 'failure'),
  });
  expect(verdict.effects.every((effect) => effect.type === 'AckResult')).toBe(true);
  const after = fixture.rows.tasks.get(subject.taskInstanceId);
  expect(after?.state).toBe(before?.state);
}

/** Rules that hold after every single event. */
function checkRows(fixture: RunFixture, ended: Map<string, TaskState>) {
  const current = new Map<string, number>();
  for (const row of fixture.rows.tasks.values()) {
    if (row.current) current.set(row.name, (current.get(row.name) ?? 0) + 1);
    else expect(isTaskTerminal(row.state), `superseded ${row.name} is ${row.state}`).toBe(true);
    const before = ended.get(row.id);
    if (before) expect(row.state, 'a terminal task instance has changed').toBe(before);
    if (isTaskTerminal(row.state)) ended.set(row.id, row.state);
    else expect(row.reason !== null || row.state === 'running', `${row.state} without a reason`).toBe(true);
    const held = row.state === 'dispatched' || row.state === 'running';
    if (held) expect(row.dispatchId).not.toBeNull();
  }
  for (const [name, count] of current) expect(count, `current instances of ${name}`).toBe(1);
  if (!isWorkflowTerminal(fixture.state))
    expect(active(fixture).length, 'a live run without an active task').toBeGreaterThan(0);
  expect(fixture.rebuilt().nodes.map((node) => [node.outcome, node.waitingFor])).toEqual(
    fixture.run.nodes.map((node) => [node.outcome, node.waitingFor]),
  );
}

/** What the graph allows, worked out from the rows alone. */
function checkOutcome(fixture: RunFixture, tasks: readonly TaskSpec[]) {
  expect(active(fixture)).toEqual([]);
  expect(fixture.rows.outbox.size).toBe(0);
  const states = fixture.statesOf();
  const passed = new Map<string, boolean>();
  for (const { name, enabled, dependsOn } of tasks) {
    const before = (dependsOn ?? []).every((other) => passed.get(other));
    if (states[name] !== undefined)
      expect(before, `${name} ran although something before it had not passed`).toBe(true);
    passed.set(name, before && (enabled === false || states[name] === 'success'));
  }
  const all = [...passed.values()].every(Boolean);
  expect(fixture.state === 'success').toBe(all);
  if (!all) expect(['failure', 'stopped']).toContain(fixture.state);
}
