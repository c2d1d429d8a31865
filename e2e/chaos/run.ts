/** `npm run chaos`: real processes under load, killed, frozen, cut off and starved of disk; and whether anything was lost. */
import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { NO_SQLD, SQLD_BINARY } from '@vaquita/store/testing/sqld';
import { isGood, runChaos } from './chaos.ts';
import { makePlan } from './plan/make-plan.ts';
import { reportOf } from './report.ts';

const HELP = `Usage: npm run chaos -- [options]

  --minutes N    load and faults for so long (default 2); then everything has to come to rest
  --seconds N    the same in seconds
  --servers N    so many servers on one libSQL server (default 1, on a file)
  --seed S       the same seed is the same load and the same faults (default 1)
  --keep         keep the logs of all processes, also when nothing is wrong
  --plan         print the plan and do nothing

The last line counts the tasks run, lost and repeated, and the recoveries; the exit status is 1 when anything was lost, or
repeated without a cause.
`;

const print = (text: string) => void writeSync(1, `${text}\n`);

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string' },
      seconds: { type: 'string' },
      servers: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
      plan: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(HELP);
    return 0;
  }
  const seed = whole(values.seed, '--seed');
  const forMs =
    values.seconds === undefined
      ? whole(values.minutes ?? '2', '--minutes') * 60_000
      : whole(values.seconds, '--seconds') * 1_000;
  const plan = makePlan({ seed, forMs, servers: whole(values.servers, '--servers') });
  if (values.plan) {
    print(JSON.stringify(plan, null, 2));
    return 0;
  }
  if (plan.servers > 1 && SQLD_BINARY === undefined) {
    print(`Left out: several servers need a libSQL server, and ${NO_SQLD}.`);
    return 0;
  }
  print(`seed ${seed}: ${plan.starts.length} starts and ${plan.faults.length} faults in ${forMs / 1_000} s`);
  const verdict = await runChaos(plan, { print, keep: values.keep });
  for (const line of reportOf(verdict)) print(line);
  return isGood(verdict) ? 0 : 1;
}

function whole(text: string, option: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Error(`${option} takes a whole number, not "${text}".`);
}
