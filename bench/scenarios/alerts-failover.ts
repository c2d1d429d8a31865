/**
 * Two servers on one libSQL server, and the one that leads is killed while alerts are on their way to a slow receiver: how
 * many arrived, how many of them twice, and what the janitor of the next leader says it has taken back.
 */
import { NO_SQLD, SQLD_BINARY } from '@vaquita/store/testing/sqld';
import { LOCAL_RECEIVERS, SHARED_KEY } from '../../e2e/support/alerts.ts';
import { killWhileAlerting } from '../../e2e/support/alerts-over-failover.ts';
import { startTestCluster } from '../../e2e/support/cluster.ts';
import { figure } from '../figures.ts';
import type { Scenario } from './scenario.ts';

/** Of the receiver, for each: the sends last long enough that many are under way at the kill, and more wait. */
const ANSWER_MS = 500;

export const alertsFailover: Scenario = {
  name: 'alerts-failover',
  async run({ failoverAlerts: alerts, leaseMs }, note) {
    if (SQLD_BINARY === undefined) {
      note(`alerts-failover: left out, ${NO_SQLD}`);
      return [];
    }
    const env = { VAQUITA_LOG_LEVEL: 'warn', VAQUITA_SESSION_TIMEOUT: `${leaseMs}ms` };
    await using cluster = await startTestCluster(2, { ...LOCAL_RECEIVERS, ...SHARED_KEY, ...env });
    const leader = await cluster.leader();
    const next = cluster.servers.find((server) => server !== leader)!;
    const outcome = await killWhileAlerting({ leader, next, alerts, answerMs: ANSWER_MS, project: 'bench' });
    const { deliveries, arrived, twice, takenBack, sentBeforeKill, untilNextMs } = outcome;
    note(`alerts-failover: ${sentBeforeKill} had begun to arrive at the kill, ${takenBack.length} were being sent`);
    const base = { name: 'alerts-failover', runs: 1, unit: 'alerts', floor: null };
    const lost = alerts - deliveries.filter((id) => arrived.has(id)).length;
    return [
      figure({ ...base, metric: 'alerts', value: alerts }),
      figure({ ...base, metric: 'lost', value: lost }),
      figure({ ...base, metric: 'sent twice', value: twice.length }),
      figure({ ...base, metric: 'taken back', value: takenBack.length }),
      figure({ ...base, metric: 'next alert', unit: 's', value: untilNextMs / 1_000, floor: leaseMs / 1_000 }),
    ];
  },
};
