/**
 * Alerts of many workflows are on their way to a slow receiver when the server that leads is killed. What arrived is counted
 * by the receiver, and what was under way is what the janitor of the next leader put on record.
 */
import type { AlertView } from '@vaquita/client';
import { addHookGroup } from './alerts.ts';
import { eventually } from './poll.ts';
import type { TestServer } from './server.ts';
import { startSlowReceiver } from './slow-receiver.ts';

export interface FailoverPlan {
  readonly leader: TestServer;
  readonly next: TestServer;
  readonly alerts: number;
  /** How long the receiver takes for each. */
  readonly answerMs: number;
  readonly project: string;
}

export interface FailoverOutcome {
  /** Of the deliveries, one for each alert. */
  readonly filed: number;
  readonly sentBeforeKill: number;
  /** Keys that have arrived, and those that have arrived more than once. */
  readonly arrived: ReadonlySet<string>;
  readonly twice: readonly string[];
  /** As the audit log says it. */
  readonly takenBack: readonly string[];
  /** From the kill to the first alert that the next leader has sent. */
  readonly untilNextMs: number;
  /** The end of each alert. */
  readonly statuses: readonly AlertView['status'][];
  readonly deliveries: readonly string[];
}

/** So many channels of one receiver: as many sends are under way at once as there may be to channels that are not proven. */
const CHANNELS = 4;
const AT_ONCE = 10;
const WITHIN_MS = 240_000;

export async function killWhileAlerting(plan: FailoverPlan): Promise<FailoverOutcome> {
  const { leader, next, alerts: count, answerMs, project } = plan;
  await using receiver = await startSlowReceiver(answerMs);
  const groups = Array.from({ length: CHANNELS }, (_, n) => `${project}-${n}`);
  for (const group of groups) await addHookGroup(leader.client, group, receiver.port);
  await leader.client.projects.create({ name: project });
  const names = Array.from({ length: count }, (_, n) => `told-${n}`);
  await forEach(names, async (name, n) => {
    // The server does wait tasks itself, so no worker is in the way.
    const alerts = { on: 'success', group: groups[n % CHANNELS] };
    await leader.client.workflows.create(project, { name, alerts, tasks: [{ name: 'a', type: 'wait', for: '1s' }] });
    await leader.client.workflows.online(project, name);
  });
  await forEach(names, (name) => leader.client.workflows.start(project, name, {}));
  const listed = async (server: TestServer) => {
    const found: AlertView[] = [];
    for await (const alert of server.client.alerts.all({ project, kind: 'workflow_succeeded' })) found.push(alert);
    return found;
  };
  const options = { withinMs: WITHIN_MS, everyMs: 200 };
  await eventually('all alerts to be filed', async () => (await listed(leader)).length === count, options);
  await eventually('a tenth to have arrived', () => receiver.seen.size >= count / 10, { ...options, everyMs: 10 });
  const sentBeforeKill = receiver.seen.size;
  await leader.kill9();
  const killedAt = Date.now();

  const ended = await eventually(
    'every alert to have come to its end',
    async () => {
      const found = await listed(next);
      return found.every(({ status }) => status !== 'waiting' && status !== 'sending') && found;
    },
    { ...options, evidence: next.log },
  );
  const deliveries: string[] = [];
  await forEach(ended, async ({ id }) => {
    deliveries.push(...(await next.client.alerts.get(id)).deliveries.map((one) => one.id));
  });
  const takenBack: string[] = [];
  for await (const { action, data } of next.client.audit.all()) {
    if (action !== 'alerts.taken_back') continue;
    takenBack.push(...(data as { claims: { id: string }[] }).claims.map(({ id }) => id));
  }
  const later = receiver.arrivals.filter((at) => at > killedAt);
  return {
    filed: ended.length,
    sentBeforeKill,
    arrived: new Set(receiver.seen.keys()),
    twice: [...receiver.seen].filter(([, times]) => times > 1).map(([key]) => key),
    takenBack,
    untilNextMs: later.length === 0 ? 0 : Math.min(...later) - killedAt,
    statuses: ended.map(({ status }) => status),
    deliveries,
  };
}

async function forEach<Item>(items: readonly Item[], work: (item: Item, nth: number) => Promise<unknown>) {
  const left = items.map((item, nth) => [item, nth] as const).values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [item, nth] of left) await work(item, nth);
    }),
  );
}
