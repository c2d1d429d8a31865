/** Many processes that do nothing, as tasks: how many a second one worker starts and ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findShell } from '@vaquita/runtime/node/worker';
import { runBare } from '../bare-processes.ts';
import { figure, median } from '../figures.ts';
import { addWorkflow, startSystem, timeRun } from '../system.ts';
import { fan } from '../workloads.ts';
import type { Scenario } from './scenario.ts';

const WORKFLOW = 'shell';
const SCRIPT = '/bin/true\n';

export const shell: Scenario = {
  name: 'shell',
  async run({ shellTasks: tasks, shellSlots: slots, runs }, note) {
    const rates: number[] = [];
    {
      await using system = await startSystem(slots);
      const { client } = system;
      await addWorkflow(client, WORKFLOW, fan(tasks, { type: 'shell', script: SCRIPT }));
      for (let run = 0; run <= runs; run++) {
        const seconds = (await timeRun(client, WORKFLOW)) / 1000;
        note(`shell: ${tasks} tasks in ${seconds.toFixed(2)} s${run === 0 ? ' (warm-up)' : ''}`);
        if (run > 0) rates.push(tasks / seconds);
      }
    }
    const base = { name: 'shell', metric: 'throughput', unit: 'tasks/s', runs };
    return [figure({ ...base, value: median(rates), floor: median(await bareRates(tasks, slots, runs)) })];
  },
};

/** The same script by the same shell, in no folder of its own and with nobody who reads what it prints. */
async function bareRates(tasks: number, slots: number, runs: number): Promise<readonly number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vaquita-bench-'));
  try {
    const script = join(folder, 'script.sh');
    await writeFile(script, SCRIPT);
    const program = { command: await findShell(), args: [script] };
    const programs = Array.from({ length: tasks }, () => program);
    const rates: number[] = [];
    for (let run = 0; run <= runs; run++) {
      const ms = await runBare(programs, slots);
      if (run > 0) rates.push(tasks / (ms / 1000));
    }
    return rates;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
