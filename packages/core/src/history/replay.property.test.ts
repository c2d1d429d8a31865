import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Run } from '../machine/run.ts';
import { wander } from '../testing/random-run.ts';
import type { RunFixture } from '../testing/run-fixture.ts';
import { createReplay, type RunSnapshot } from './replay.ts';

/** What the rows say, in the words of a snapshot. When a state began is not in the rows. */
function ofRows({ rows, run }: RunFixture) {
  const { state, runCounter, reason, quarantine, params } = rows.instance;
  return {
    instance: { state, runCounter, reason, quarantine, params },
    tasks: [...rows.tasks.values()].map((row) => ({
      id: row.id,
      name: row.name,
      type: row.type,
      attempt: row.attempt,
      state: row.state,
      current: row.current,
      worker: row.workerName,
      reason: row.reason,
    })),
    passedOver: passedOver(run),
  };
}

function passedOver({ nodes }: Run) {
  return Object.fromEntries(
    nodes.flatMap(({ task, outcome, current }) =>
      current || (outcome !== 'skipped' && outcome !== 'passed')
        ? []
        : [[task.name, outcome === 'skipped' ? 'skipped' : 'disabled']],
    ),
  );
}

function ofSnapshot({ instance, tasks, passedOver }: RunSnapshot) {
  const { since: _, ...rest } = instance!;
  return {
    instance: rest,
    tasks: tasks.map(({ since: _since, ...task }) => task),
    passedOver: Object.fromEntries([...passedOver].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

test('H1: whatever happens to a run, the fold of its events equals its rows', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      const replay = createReplay();
      let told = 0;
      wander(seed, 120, (_, fixture) => {
        if (told === 0) {
          const { createdAt: at } = fixture.rows.instance;
          const data = { state: 'submitted', params: {} };
          const of = { projectId: null, workflowInstanceId: fixture.rows.instance.id, taskInstanceId: null };
          replay.apply({ type: 'workflow_instance.created', at, data, ...of });
        }
        // As the store gives them back: through JSON.
        for (; told < fixture.rows.events.length; told++)
          replay.apply(JSON.parse(JSON.stringify(fixture.rows.events[told])));
        expect(ofSnapshot(replay.snapshot())).toEqual(ofRows(fixture));
      });
    }),
    { numRuns: 150 },
  );
});
