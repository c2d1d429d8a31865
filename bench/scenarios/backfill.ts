/**
 * A backfill of three levels whose leader is killed twice while it works: how many intervals are missing, how many were run
 * twice, and how long it took with the two restarts in it.
 */
import { killWhileBackfilling } from '../../e2e/support/backfill-over-kills.ts';
import { startTestServer } from '../../e2e/support/server.ts';
import { figure } from '../figures.ts';
import type { Scenario } from './scenario.ts';

const PARALLELISM = 8;
const WITHIN_MS = 1_800_000;

export const backfill: Scenario = {
  name: 'backfill',
  async run({ backfillIntervals: intervals }, note) {
    await using server = await startTestServer({ embeddedWorker: true, env: { VAQUITA_LOG_LEVEL: 'warn' } });
    const size = { project: 'bench', intervals, parallelism: PARALLELISM, withinMs: WITHIN_MS };
    const { backfill: end, ran, wanted, doneAtKills, tookMs } = await killWhileBackfilling(server, size);
    const shares = doneAtKills.map((share) => `${Math.round(share * 100)} %`).join(' and ');
    note(`backfill: killed at ${shares}; ${end.counts.success} of ${end.items} succeeded`);
    const there = new Set(ran);
    const base = { name: 'backfill', runs: 1, unit: 'runs', floor: null };
    return [
      figure({ ...base, metric: 'runs', value: ran.length }),
      figure({ ...base, metric: 'missing', value: wanted.filter((one) => !there.has(one)).length }),
      figure({ ...base, metric: 'doubled', value: ran.length - there.size }),
      figure({ ...base, metric: 'begin to end', unit: 's', value: tookMs / 1_000 }),
    ];
  },
};
