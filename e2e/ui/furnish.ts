/** A server as people have it after some weeks: something of every kind, things that failed, things that wait, and names that are too long. */
import type { VaquitaClient } from '@vaquita/client';
import { eventually } from '../support/poll.ts';
import { define, start, waitForRun, waitForTask } from '../support/runs.ts';

/** Nothing answers on the discard port, and one try is enough to fail for good. */
export const FURNISHED_ENV = { VAQUITA_OUTBOUND_ALLOW: '127.0.0.1', VAQUITA_ALERT_ATTEMPTS: '1' };
const NOWHERE = 'http://127.0.0.1:9/';

export const PROJECT = 'ui';
/** Whatever people have written is in Chinese, so that English words on a Chinese page are the page's own. */
export const GREETS = '先问候，然后失败';
export const WRITERS = '写入仓库的任务';
/** As long as a name may be, in letters that are as wide as they are high, and with no place to break a line. */
export const LONG_NAME = '夜间订单数据汇总与核对流程'.repeat(16).slice(0, 200);

export interface Furnished {
  /** A run in which a task failed and another is blocked by it. */
  readonly failed: string;
  /** The same, of the workflow with the long name. */
  readonly long: string;
  /** A run that waits for an approval, a place in a task group, and a worker that is not there. */
  readonly waiting: string;
  readonly schedule: string;
  readonly trigger: string;
  /** One that looks for files. */
  readonly fileTrigger: string;
  readonly backfill: string;
  readonly alert: string;
  readonly auditEntry: string;
  /** Of the worker that runs all of it. */
  readonly worker: string;
  /** What became of an action on several runs, as a tab of the browser keeps it. */
  readonly batch: Readonly<Record<string, unknown>>;
}

const shell = (name: string, script: string, more: object = {}) => ({ name, type: 'shell', script, ...more });

const failing = (name: string) => ({
  name,
  description: GREETS,
  params: [{ name: 'who', type: 'string', value: 'world' }],
  alerts: { on: 'failure', group: 'night' },
  tasks: [
    shell('greet', 'echo "Hello, $who"; printf "\\033[33mcareful\\033[0m\\n"'),
    shell('break', 'echo "about to fail"; exit 3', { dependsOn: ['greet'] }),
    shell('after', 'echo never', { dependsOn: ['break'] }),
  ],
});

/** @param client of a server with a worker, the examples, and the settings `FURNISHED_ENV`. */
export async function furnish(client: VaquitaClient): Promise<Furnished> {
  await client.alertChannels.create({ name: 'ops', type: 'webhook', settings: { url: NOWHERE } });
  await client.alertGroups.create({ name: 'night', description: '夜里要叫醒的人', channels: ['ops'] });
  await client.listeners.create({
    name: 'journal',
    plugin: 'log-file',
    eventTypes: ['workflow.added', 'workflow.failed'],
  });
  await client.taskGroups.create({ name: 'warehouse', description: WRITERS, size: 1, open: false });
  await client.workerGroups.create({ name: 'gpu', description: '还没有节点' });
  await client.users.create({ name: 'ann', role: 'operator' });
  await client.tokens.create({ name: 'nightly-export' });
  await client.workerTokens.create({ name: 'rack 7' });
  await client.secrets.create({ name: 'shop-token', value: 'kwyjibo-4711' });
  await client.environments.create({
    name: 'prod',
    description: '商店的运行环境',
    variables: [
      { name: 'REGION', value: 'eu' },
      { name: 'TOKEN', secret: 'shop-token' },
    ],
  });
  const entries = [{ title: 'Christmas', from: '2026-12-25', to: '2026-12-26', yearly: true }];
  await client.calendars.create({ name: 'holidays', description: '办公室的假日', entries });

  const add = (definition: Readonly<Record<string, unknown>>) => define(client, definition, PROJECT);
  const run = (workflow: string) => start(client, workflow, {}, PROJECT);
  for (const name of ['pages', LONG_NAME]) await add(failing(name));
  // A second version, so that there is something to compare.
  const second = {
    ...failing('pages'),
    tasks: [...failing('pages').tasks, shell('report', 'true', { dependsOn: ['after'] })],
  };
  await client.workflows.save(PROJECT, 'pages', second);
  await add({ name: 'steady', tasks: [{ name: 'mark', type: 'noop' }] });
  await add({
    name: 'waiting',
    tasks: [
      { name: 'ok', type: 'approval', message: '发布昨夜的数据吗？' },
      { name: 'write', type: 'noop', taskGroup: 'warehouse' },
      shell('train', 'true', { workerGroup: 'gpu' }),
    ],
  });
  await add({
    name: 'again',
    tasks: [{ name: 'pages', type: 'dependent', on: { workflow: 'pages', range: 'today' } }],
  });

  const plan = { cron: '30 2 * * 1-5', timezone: 'Europe/Berlin', calendars: { exclude: ['holidays'] } };
  const schedule = await client.schedules.create(PROJECT, 'steady', { name: 'nightly', plan, online: true });
  await client.schedules.create(PROJECT, LONG_NAME, {
    name: LONG_NAME.slice(0, 100),
    plan: { every: '6h' },
    online: true,
  });
  const hook = { name: 'orders', config: { kind: 'webhook', mapping: { who: '$.order.customer' } } } as const;
  const trigger = await client.triggers.create(PROJECT, 'pages', hook);
  await client.triggers.create(PROJECT, 'steady', {
    name: 'then',
    config: { kind: 'after_workflow', workflow: LONG_NAME },
  });
  const fileTrigger = await client.triggers.create(PROJECT, 'steady', {
    name: 'arrivals',
    config: { kind: 'file', path: '/nowhere/in/*.csv', every: '10s' },
  });
  const times = { kind: 'range', from: '2026-03-01', to: '2026-03-08', every: 'day' } as const;
  const backfill = await client.backfills.start({ project: PROJECT, workflow: 'steady', times });

  const ids: string[] = [];
  // The first of them once more, so that there is something to compare with.
  for (const workflow of ['pages', 'pages', LONG_NAME]) {
    const begun = await run(workflow);
    await waitForRun(client, begun, 'failure', 60_000);
    ids.push(begun.id);
  }
  const waiting = await run('waiting');
  await waitForTask(client, waiting, 'ok', ({ state }) => state !== 'submitted');
  const fan = await client.workflows.start('examples', 'parallel-fan');
  await waitForRun(client, fan, 'success', 60_000);
  const alert = await eventually('an alert that could not be delivered', async () => {
    const { items } = await client.alerts.list({ project: PROJECT, workflow: 'pages' });
    return items.find(({ status }) => status === 'failed');
  });
  const { items: audit } = await client.audit.list({ action: 'workflow.update' });
  const { items: workers } = await client.workers.list();
  const batch = await batchOf(client, [waiting.id, ids[0]!]);
  return {
    ...{ failed: ids[1]!, long: ids[2]!, waiting: waiting.id, schedule: schedule.id, trigger: trigger.id },
    ...{ fileTrigger: fileTrigger.id, backfill: backfill.id, alert: alert.id, auditEntry: audit[0]!.id },
    ...{ worker: workers[0]!.id, batch },
  };
}

/** As if these runs had been chosen and resumed together: what runs or has failed is refused. */
async function batchOf(client: VaquitaClient, ids: readonly string[]): Promise<Furnished['batch']> {
  const { items } = await client.instances.actOnMany({ action: 'resume', ids: [...ids] });
  const outcomes = items.map(({ id, workflowName, number, state, reason }) => ({
    ...{ id, workflowName, number, state, reason, outcome: 'refused', operationId: null },
  }));
  return { id: 'gallery', action: 'resume', at: Date.now(), items: outcomes };
}
