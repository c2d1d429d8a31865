/** No-op tasks in a row: how long it takes from the start of one to the start of the next. */

import { figure, mean, percentile } from '../figures.ts';
import { runSkeleton } from '../floor.ts';
import { addWorkflow, PROJECT, startSystem, tasksOf, waitForSuccess } from '../system.ts';
import { noopsInARow } from '../workloads.ts';
import type { Scenario } from './scenario.ts';

const WORKFLOW = 'chain';

export const chain: Scenario = {
  name: 'chain',
  async run({ chainTasks: tasks, runs }, note) {
    const hops: number[] = [];
    {
      await using system = await startSystem(4);
      const { client } = system;
      await addWorkflow(client, WORKFLOW, noopsInARow(tasks));
      for (let run = 0; run <= runs; run++) {
        const { id } = await client.workflows.start(PROJECT, WORKFLOW, {});
        await waitForSuccess(client, id, 50);
        if (run === 0) continue;
        const starts = (await tasksOf(client, id)).map((task) => Date.parse(task.startedAt!)).sort((a, b) => a - b);
        const ofRun = starts.slice(1).map((at, i) => at - starts[i]!);
        hops.push(...ofRun);
        note(`chain: ${tasks} tasks, ${mean(ofRun).toFixed(2)} ms a hop`);
      }
    }
    const floor: number[] = [];
    for (let run = 0; run <= runs; run++) {
      const { timesMs } = await runSkeleton('chain', tasks);
      if (run > 0) floor.push(...timesMs);
    }
    const base = { name: 'chain', unit: 'ms/hop', runs: hops.length };
    return [
      figure({ ...base, metric: 'mean', value: mean(hops), floor: mean(floor) }),
      figure({ ...base, metric: 'p50', value: percentile(hops, 50), floor: percentile(floor, 50) }),
      figure({ ...base, metric: 'p99', value: percentile(hops, 99), floor: percentile(floor, 99) }),
    ];
  },
};
