/**
 * `npm run bench:profile -- <fanout|chain|start|dag> [--rows N] [--keep folder]`: runs the work of a benchmark with
 * V8's sampling profiler in the server and in the agent, and prints where the time of each thread went. The profiler
 * itself costs time: this shows shares, `npm run bench` shows speed.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { REPO } from '../e2e/support/server.ts';
import { asCostTable, type CpuProfile, sumUp, type Window } from './cpu-profile.ts';
import { cpuMs } from './process-figures.ts';
import { FULL } from './scenarios/scenario.ts';
import { addWorkflow, startSystem, timeRun, timeRuns } from './system.ts';
import { fan, noopsInARow, noopsInLayers, type TaskDocument } from './workloads.ts';

const WORKFLOW = 'profiled';
const SAMPLE_EVERY_US = 500;

interface Work {
  readonly tasks: readonly TaskDocument[];
  readonly slots: number;
  /** Runs at once in a round. */
  readonly copies: number;
  /** Rounds that are measured; as many again go before, for the compiler's sake. */
  readonly rounds: number;
}

const WORKS: Readonly<Record<string, Work>> = {
  fanout: { tasks: fan(FULL.fanoutTasks), slots: FULL.fanoutSlots, copies: 1, rounds: 3 },
  chain: { tasks: noopsInARow(FULL.chainTasks), slots: 4, copies: 1, rounds: 30 },
  start: { tasks: fan(1), slots: 4, copies: 1, rounds: 500 },
  dag: { tasks: noopsInLayers(FULL.dag), slots: 32, copies: FULL.dagCopies, rounds: 5 },
};

interface Profiled {
  readonly window: Window;
  readonly tasks: number;
  /** By process, with its processor time in the window by the kernel's account. */
  readonly processes: readonly { readonly name: string; readonly pid: number; readonly cpuMs: number | null }[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: 'string', default: '30' }, keep: { type: 'string' } },
});
const [name = ''] = positionals;
const work = Object.hasOwn(WORKS, name) ? WORKS[name] : undefined;
const rows = Number(values.rows);
if (work === undefined || positionals.length !== 1 || !Number.isInteger(rows)) {
  console.error(`Name one of ${Object.keys(WORKS).join(', ')}; --rows takes a number, --keep a folder.`);
  process.exit(2);
}

// Whole, because the processes that write there have working folders of their own.
const folder = values.keep === undefined ? await mkdtemp(join(tmpdir(), 'vaquita-profile-')) : resolve(values.keep);
try {
  await report(await profile(work));
} finally {
  if (values.keep === undefined) await rm(folder, { recursive: true, force: true });
}

async function profile({ tasks, slots, copies, rounds }: Work): Promise<Profiled> {
  const options = `--cpu-prof "--cpu-prof-dir=${folder}" --cpu-prof-interval=${SAMPLE_EVERY_US}`;
  // The profiles are written when the processes end, which is when this function is left.
  await using system = await startSystem(slots, { NODE_OPTIONS: options });
  const { client, serverPid, workerPid } = system;
  await addWorkflow(client, WORKFLOW, tasks);
  const round = () =>
    copies === 1
      ? timeRun(client, WORKFLOW, tasks.length === 1 ? 5 : 100)
      : timeRuns(
          client,
          Array.from({ length: copies }, () => WORKFLOW),
        );
  for (let i = 0; i < rounds; i++) await round();
  const pids = { server: serverPid, agent: workerPid };
  const before = Object.values(pids).map(cpuMs);
  const fromUs = monotonicUs();
  let ms = 0;
  for (let i = 0; i < rounds; i++) ms += await round();
  const window = { fromUs, toUs: monotonicUs() };
  const processes = Object.entries(pids).map(([process, pid], i) => {
    const [then, now] = [before[i] ?? null, cpuMs(pid)];
    return { name: process, pid, cpuMs: then === null || now === null ? null : now - then };
  });
  const done = rounds * copies * tasks.length;
  console.log(`${name}: ${done} tasks in ${(ms / 1000).toFixed(2)} s under the profiler`);
  return { window, tasks: done, processes };
}

async function report({ window, tasks, processes }: Profiled): Promise<void> {
  // CPU.<date>.<time>.<process>.<thread>.<number>.cpuprofile
  const files = (await readdir(folder)).filter((file) => file.endsWith('.cpuprofile')).sort();
  for (const { name: process, pid, cpuMs: ms } of processes) {
    const own = files.filter((file) => file.split('.')[3] === String(pid));
    const perTask = ms === null ? '' : `, ${ms} ms of processor time, ${((ms * 1000) / tasks).toFixed(1)} us a task`;
    console.log(`\n${process}: ${own.length} thread${own.length === 1 ? '' : 's'}${perTask}`);
    if (own.length === 0) throw new Error(`The ${process} left no profile in ${folder}.`);
    for (const file of own) {
      const costs = sumUp(JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile, window, `${REPO}/`);
      const { busyUs, wholeUs, functions } = costs;
      const busy = `${(busyUs / 1000).toFixed(0)} of ${(wholeUs / 1000).toFixed(0)} ms busy`;
      console.log(`\n${process}, thread ${file.split('.')[4]}: ${busy}, ${(busyUs / tasks).toFixed(1)} us a task`);
      for (const line of asCostTable(functions, { busyUs, tasks, rows })) console.log(line);
      console.log('  by file');
      for (const line of asCostTable(costs.files, { busyUs, tasks, rows })) console.log(line);
    }
  }
}

/** The clock of the profiler: both read the machine's monotonic one. */
function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
