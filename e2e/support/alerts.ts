/** What the behaviour tests do with alerts: make channels and groups, and wait for what becomes of an alert. */
import { randomBytes } from 'node:crypto';
import type { AlertDetail, AlertQuery, AlertView, VaquitaClient } from '@vaquita/client';
import type { Seen } from '@vaquita/runtime/testing';
import { eventually } from './poll.ts';

/** The receivers of these tests are on this machine. */
export const LOCAL_RECEIVERS = { VAQUITA_OUTBOUND_ALLOW: '127.0.0.1' } as const;
/** The same for all servers of a test that share a database. */
export const SHARED_KEY = { VAQUITA_SECRET_KEY: randomBytes(32).toString('base64') } as const;

/** A webhook to a port of this machine; its name is also its path. */
export async function addWebhook(
  client: VaquitaClient,
  name: string,
  port: number,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const url = `http://127.0.0.1:${port}/${name}`;
  await client.alertChannels.create({ name, type: 'webhook', settings: { url, ...settings } });
}

/** A webhook, and a group of the same name that has it. */
export async function addHookGroup(
  client: VaquitaClient,
  name: string,
  port: number,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await addWebhook(client, name, port, settings);
  await client.alertGroups.create({ name, channels: [name] });
}

/** Waits until the alert is as wanted. */
export async function alertWhen(
  client: VaquitaClient,
  id: string,
  status: AlertView['status'],
  withinMs = 50_000,
): Promise<AlertDetail> {
  let last: AlertDetail | undefined;
  return eventually(
    `the alert to be ${status}`,
    async () => {
      last = await client.alerts.get(id);
      return last.status === status && last;
    },
    { withinMs, evidence: () => last },
  );
}

/** The only alert that fits, once it is as wanted. */
export async function onlyAlert(
  client: VaquitaClient,
  query: AlertQuery,
  status: AlertView['status'],
  withinMs?: number,
): Promise<AlertDetail> {
  const found = await eventually('an alert', async () => (await client.alerts.list(query)).items[0], {
    ...(withinMs === undefined ? {} : { withinMs }),
  });
  return alertWhen(client, found.id, status, withinMs);
}

/** The key by which a receiver knows a second try. */
export const keyOf = ({ headers }: Seen) => String(headers['idempotency-key']);
