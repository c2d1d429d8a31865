import { createReplay } from '@vaquita/core';
import { type RunFixture, wander } from '@vaquita/core/testing';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toGraphView } from './graph-view.ts';
import { toNodesAt } from './history-graph.ts';
import { whyTaskNamed } from './why.ts';

const answer = ({ rows, now, ...fixture }: RunFixture, name: string) =>
  whyTaskNamed(
    {
      now,
      leaderName: 'server-1',
      instance: rows.instance,
      run: fixture.rebuilt(),
      tasks: [...rows.tasks.values()],
      workers: [],
      groups: new Map(),
      rivals: [],
      runs: new Map(),
    },
    name,
  );

test('at the end of the record the graph is that of the rows, and “why” speaks of the same states', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      const replay = createReplay();
      let told = 0;
      wander(seed, 80, (_, fixture) => {
        const { instance, tasks, events } = fixture.rows;
        for (; told < events.length; told++) replay.apply(events[told]!);
        const { definition } = fixture.run;
        const now = toGraphView(definition, instance, [...tasks.values()]).nodes;
        const states = now.map(({ name, state, attempt, worker }) => ({ name, state, attempt, worker }));
        const replayed = toNodesAt(definition, instance, replay.snapshot());
        expect(replayed.map(({ name, state, attempt, worker }) => ({ name, state, attempt, worker }))).toEqual(states);
        for (const { name, state } of states) expect(answer(fixture, name).state, name).toBe(state);
      });
    }),
    { numRuns: 60 },
  );
});
