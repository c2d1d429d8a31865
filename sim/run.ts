/** `npm run sim`: simulates seeds on two threads and tells of the first that breaks a rule, made small. */
import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { describeFailure, describeMet } from './report.ts';
import type { SeedJob, SeedVerdict } from './seeds.ts';

const HELP = `Usage: npm run sim -- [options]

  --seeds N      simulate N scenarios (default 200; 1 with --seed)
  --seed S       begin with this seed; alone: replay it and print what happens
  --steps K      give up a scenario after K steps
  --break NAME   put a known defect in, to see it found ("list" names them)
  --jobs N       threads (default 2)

The last line is "N passed, M failed"; the exit status is 1 when M is not 0.
`;

const print = (text: string) => void writeSync(1, `${text}\n`);

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      steps: { type: 'string' },
      break: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(HELP);
    return 0;
  }
  if (values.break === 'list') {
    const { BREAKAGES } = await import('./breaks/breakages.ts');
    for (const make of BREAKAGES) print(`${make().name.padEnd(22)} ${make().what}`);
    return 0;
  }
  const first = whole(values.seed ?? '1', '--seed');
  const count = whole(values.seeds ?? (values.seed === undefined ? '200' : '1'), '--seeds');
  const steps = values.steps === undefined ? {} : { maxSteps: whole(values.steps, '--steps') };
  const job = { first, count, breakage: values.break ?? null, ...steps };
  return simulateSeeds(job, Math.min(whole(values.jobs, '--jobs'), count));
}

function whole(text: string, option: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Error(`${option} takes a whole number, not "${text}".`);
}

async function simulateSeeds(job: Omit<SeedJob, 'step'>, threads: number): Promise<number> {
  let passed = 0;
  const worlds = new Map<string, number>();
  const failed: SeedVerdict[] = [];
  const crews: Worker[] = [];
  const ends = Array.from({ length: threads }, (_, index) => {
    const thread = new Worker(new URL('./seeds.ts', import.meta.url), {
      workerData: { ...job, first: job.first + index, step: threads } satisfies SeedJob,
    });
    crews.push(thread);
    return new Promise<void>((resolve, reject) => {
      thread.on('message', (verdict: SeedVerdict) => {
        for (const what of verdict.met) worlds.set(what, (worlds.get(what) ?? 0) + 1);
        if (verdict.violation) failed.push(verdict);
        else passed += 1;
        // A known defect only has to be found.
        if (verdict.violation && job.breakage !== null) for (const crew of crews) void crew.terminate();
      });
      thread.on('error', reject);
      thread.on('exit', () => resolve());
    });
  });
  await Promise.all(ends);
  failed.sort((a, b) => a.seed - b.seed);
  for (const { seed, violation } of failed) print(`seed ${seed}: (${violation?.rule}) ${violation?.text}`);
  if (failed[0]) for (const line of await describeFailure(failed[0].seed, job)) print(line);
  else if (job.count === 1) for (const line of await describeFailure(job.first, job)) print(line);
  for (const line of describeMet(worlds, passed + failed.length)) print(line);
  print(`${passed} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}
