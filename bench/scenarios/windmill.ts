/** Small and larger functions in a row, as JavaScript tasks: how long all take, and how much of it is not their work. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnv, startChild } from '../../e2e/support/child.ts';
import { type Program, runBare } from '../bare-processes.ts';
import { bareProgram, calls, type FibonacciPlan, overheadShare, scriptOf } from '../fibonacci.ts';
import { figure, median } from '../figures.ts';
import { addWorkflow, startSystem, timeRun } from '../system.ts';
import { inARow } from '../workloads.ts';
import type { Scenario } from './scenario.ts';

const WORKFLOW = 'windmill';
/** As the agent starts a script. */
const NODE_ARGS = ['--disable-warning=ExperimentalWarning'];

export const windmill: Scenario = {
  name: 'windmill',
  async run({ windmill: plan, runs }, note) {
    const times: number[] = [];
    {
      await using system = await startSystem(4);
      const { client } = system;
      await addWorkflow(client, WORKFLOW, inARow(calls(plan).map((n) => ({ type: 'node', script: scriptOf(n) }))));
      for (let run = 0; run <= runs; run++) {
        const ms = await timeRun(client, WORKFLOW, 50);
        note(`windmill: ${calls(plan).length} tasks in ${(ms / 1000).toFixed(2)} s${run === 0 ? ' (warm-up)' : ''}`);
        if (run > 0) times.push(ms);
      }
    }
    const floor = await measureFloor(plan, runs);
    const wholeMs = median(times);
    const base = { name: 'windmill', unit: 's', runs };
    const processesShare = overheadShare(floor.processesMs, floor.functionsMs);
    return [
      figure({ ...base, metric: 'time', value: wholeMs / 1000, floor: floor.functionsMs / 1000 }),
      figure({ ...base, metric: 'floor, processes alone', value: floor.processesMs / 1000, floor: null }),
      figure({
        ...base,
        unit: 'share',
        metric: 'overhead',
        value: overheadShare(wholeMs, floor.functionsMs),
        floor: processesShare,
      }),
    ];
  },
};

interface Floor {
  /** All of them in one process. */
  readonly functionsMs: number;
  /** Each in a process of its own, one after the other from a bare loop. */
  readonly processesMs: number;
}

async function measureFloor(plan: FibonacciPlan, runs: number): Promise<Floor> {
  const folder = await mkdtemp(join(tmpdir(), 'vaquita-bench-'));
  async function programOf(name: string, module: string): Promise<Program> {
    const path = join(folder, name);
    await writeFile(path, module);
    return { command: process.execPath, args: [...NODE_ARGS, path] };
  }
  try {
    const all = await programOf('all.mjs', bareProgram(plan));
    const light = await programOf('light.mjs', scriptOf(plan.lightOf));
    const heavy = await programOf('heavy.mjs', scriptOf(plan.heavyOf));
    const each = calls(plan).map((n) => (n === plan.lightOf ? light : heavy));
    const functions: number[] = [];
    const processes: number[] = [];
    for (let run = 0; run < runs; run++) {
      functions.push(await msSaidBy(all));
      processes.push(await runBare(each, 1));
    }
    return { functionsMs: median(functions), processesMs: median(processes) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function msSaidBy(program: Program): Promise<number> {
  const child = startChild({ ...program, env: cleanEnv() });
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`the bare functions failed:\n${child.output()}`);
  return (JSON.parse(child.stdout()) as { readonly ms: number }).ms;
}
