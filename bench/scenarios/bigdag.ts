/** One run of a very large graph, each time on a system of its own: how long it takes, and how much memory the server. */

import { figure, median } from '../figures.ts';
import { runSkeletonGraph } from '../floor.ts';
import type { Layers } from '../layers.ts';
import { peakRssBytes } from '../process-figures.ts';
import type { SkeletonResult } from '../skeleton/main.ts';
import { addWorkflow, startSystem, timeRun } from '../system.ts';
import { noopsInLayers } from '../workloads.ts';
import type { Scenario } from './scenario.ts';

const SLOTS = 32;
const MIB = 1024 * 1024;
/** Small enough to leave no mark on the memory, large enough to have the code compiled. */
const WARM_UP: Layers = { layers: 10, width: 100, edges: 9_000 };

export const bigdag: Scenario = {
  name: 'bigdag',
  async run({ bigdag: layers, longRuns: runs }, note) {
    const seconds: number[] = [];
    const peaks: (number | null)[] = [];
    for (let run = 0; run < runs; run++) {
      await using system = await startSystem(SLOTS);
      const { client, serverPid } = system;
      await addWorkflow(client, 'warm-up', noopsInLayers(WARM_UP));
      await addWorkflow(client, 'big', noopsInLayers(layers));
      await timeRun(client, 'warm-up');
      seconds.push((await timeRun(client, 'big')) / 1000);
      peaks.push(peakRssBytes(serverPid));
      const { edges, layers: depth, width } = layers;
      note(`bigdag: ${depth * width} tasks and ${edges} edges in ${seconds.at(-1)!.toFixed(2)} s`);
    }
    const floors: SkeletonResult[] = [];
    for (let run = 0; run < runs; run++) floors.push(await runSkeletonGraph(layers, 1, SLOTS));
    const time = { name: 'bigdag', metric: 'time', unit: 's', runs };
    const figures = [
      figure({ ...time, value: median(seconds), floor: median(floors.map(({ totalMs }) => totalMs / 1000)) }),
    ];
    const known = peaks.filter((peak) => peak !== null);
    if (known.length > 0) {
      const memory = { name: 'bigdag', metric: 'peak memory of the server', unit: 'MiB', runs };
      const floor = median(floors.map(({ peakRssBytes: peak }) => peak)) / MIB;
      figures.push(figure({ ...memory, value: median(known) / MIB, floor }));
    }
    return figures;
  },
};
