/** Many no-op tasks of one run on one worker: how many tasks a second go through the whole system. */

import { figure, median } from '../figures.ts';
import { runSkeleton } from '../floor.ts';
import { addWorkflow, startSystem, timeRun } from '../system.ts';
import { fan } from '../workloads.ts';
import type { Scenario } from './scenario.ts';

const WORKFLOW = 'fanout';

export const fanout: Scenario = {
  name: 'fanout',
  async run({ fanoutTasks: tasks, fanoutSlots: slots, runs }, note) {
    const rates: number[] = [];
    {
      await using system = await startSystem(slots);
      const { client } = system;
      await addWorkflow(client, WORKFLOW, fan(tasks));
      // One run before the clock counts: the first pays for code that is not compiled yet.
      for (let run = 0; run <= runs; run++) {
        const seconds = (await timeRun(client, WORKFLOW)) / 1000;
        note(`fanout: ${tasks} tasks in ${seconds.toFixed(2)} s${run === 0 ? ' (warm-up)' : ''}`);
        if (run > 0) rates.push(tasks / seconds);
      }
    }
    const perSecond = async (mode: 'fanout' | 'rows' | 'round-trips') => {
      const floors: number[] = [];
      for (let run = 0; run < runs; run++)
        floors.push(tasks / ((await runSkeleton(mode, tasks, slots)).totalMs / 1000));
      return median(floors);
    };
    const base = { name: 'fanout', unit: 'tasks/s', runs };
    return [
      figure({ ...base, metric: 'throughput', value: median(rates), floor: await perSecond('fanout') }),
      figure({ ...base, metric: 'floor, rows alone', value: await perSecond('rows'), floor: null }),
      figure({ ...base, metric: 'floor, round trips alone', value: await perSecond('round-trips'), floor: null }),
    ];
  },
};
