/** The server that leads is killed while alerts are on their way: each arrives, and twice only what was being sent. */

import { serve } from '@vaquita/runtime/testing';
import { NO_SQLD, SQLD_BINARY } from '@vaquita/store/testing/sqld';
import { describe, expect, it } from 'vitest';
import { addWebhook, LOCAL_RECEIVERS, SHARED_KEY } from '../support/alerts.ts';
import { killWhileAlerting } from '../support/alerts-over-failover.ts';
import { startTestCluster } from '../support/cluster.ts';
import { eventually } from '../support/poll.ts';

const ALERTS = 60;

describe.skipIf(SQLD_BINARY === undefined)(`alerts over a failover ${SQLD_BINARY ? '' : `(${NO_SQLD})`}`, () => {
  it('arrive at least once each, twice only those that were being sent, and the loss of the server is told', async () => {
    await using cluster = await startTestCluster(2, {
      ...LOCAL_RECEIVERS,
      ...SHARED_KEY,
      VAQUITA_SESSION_TIMEOUT: '3s',
    });
    const leader = await cluster.leader();
    const next = cluster.servers.find((server) => server !== leader)!;
    const hook = await serve((_request, response) => response.writeHead(200).end());
    await addWebhook(leader.client, 'cluster', hook.port);
    await leader.client.alertGroups.update('default', { kinds: ['server_lost', 'failover'], channels: ['cluster'] });

    const outcome = await killWhileAlerting({ leader, next, alerts: ALERTS, answerMs: 300, project: 'storm' });
    const { filed, arrived, twice, takenBack, statuses, deliveries } = outcome;
    process.stdout.write(`${filed} alerts, ${twice.length} twice, ${takenBack.length} taken back\n`);
    expect(filed).toBe(ALERTS);
    expect(statuses).toEqual(Array(ALERTS).fill('sent'));
    expect(arrived).toEqual(new Set(deliveries));
    expect(takenBack).toEqual(expect.arrayContaining([...twice]));
    expect(new Set(takenBack).size).toBe(takenBack.length);

    const told = () => hook.seen.map(({ body }) => JSON.parse(body) as { kind: string; severity: string });
    await eventually('the loss', () => told().some(({ kind }) => kind === 'server_lost'), { evidence: next.log });
    expect((await next.client.alerts.list({ kind: 'server_lost' })).items).toHaveLength(1);
  }, 180_000);
});
