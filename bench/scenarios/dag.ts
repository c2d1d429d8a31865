/** Many runs of a graph in layers at once: how many such runs a second go through the whole system. */

import { figure, median } from '../figures.ts';
import { runSkeletonGraph } from '../floor.ts';
import { addWorkflow, startSystem, timeRuns } from '../system.ts';
import { noopsInLayers } from '../workloads.ts';
import type { Scenario } from './scenario.ts';

const WORKFLOW = 'dag';
const SLOTS = 32;

export const dag: Scenario = {
  name: 'dag',
  async run({ dag: layers, dagCopies: copies, runs }, note) {
    const rates: number[] = [];
    {
      await using system = await startSystem(SLOTS);
      const { client } = system;
      await addWorkflow(client, WORKFLOW, noopsInLayers(layers));
      const atOnce = Array.from({ length: copies }, () => WORKFLOW);
      for (let run = 0; run <= runs; run++) {
        const seconds = (await timeRuns(client, atOnce)) / 1000;
        note(`dag: ${copies} runs in ${seconds.toFixed(2)} s${run === 0 ? ' (warm-up)' : ''}`);
        if (run > 0) rates.push(copies / seconds);
      }
    }
    const floors: number[] = [];
    for (let run = 0; run < runs; run++) {
      floors.push(copies / ((await runSkeletonGraph(layers, copies, SLOTS)).totalMs / 1000));
    }
    const metric = { name: 'dag', metric: 'throughput', unit: 'runs/s', runs };
    return [figure({ ...metric, value: median(rates), floor: median(floors) })];
  },
};
