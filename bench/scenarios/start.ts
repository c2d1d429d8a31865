/** One start at a time: how long from the call of the API until the worker has started the task. */

import { figure, mean, percentile } from '../figures.ts';
import { runSkeleton } from '../floor.ts';
import { addWorkflow, PROJECT, startSystem, tasksOf, waitForSuccess } from '../system.ts';
import type { Scenario } from './scenario.ts';

const WORKFLOW = 'start';
const WARM_UP = 20;

export const start: Scenario = {
  name: 'start',
  async run({ starts }, note) {
    const times: number[] = [];
    {
      await using system = await startSystem(4);
      const { client } = system;
      await addWorkflow(client, WORKFLOW, [{ name: 'task', type: 'noop' }]);
      for (let i = 0; i < WARM_UP + starts; i++) {
        // Both ends are read from the clock of this machine; the rows hold whole milliseconds.
        const from = performance.timeOrigin + performance.now();
        const { id } = await client.workflows.start(PROJECT, WORKFLOW, {});
        await waitForSuccess(client, id, 5);
        const [task] = await tasksOf(client, id);
        if (i >= WARM_UP) times.push(Date.parse(task!.startedAt!) - from);
      }
      note(`start: ${starts} starts, ${mean(times).toFixed(2)} ms on average`);
    }
    const { timesMs } = await runSkeleton('start', WARM_UP + starts);
    const floor = timesMs.slice(WARM_UP);
    const base = { name: 'start', unit: 'ms', runs: starts };
    return [
      figure({ ...base, metric: 'mean', value: mean(times), floor: mean(floor) }),
      figure({ ...base, metric: 'p50', value: percentile(times, 50), floor: percentile(floor, 50) }),
      figure({ ...base, metric: 'p99', value: percentile(times, 99), floor: percentile(floor, 99) }),
    ];
  },
};
