/**
 * Prometheus Alertmanager, API v2: https://prometheus.io/docs/alerting/latest/alerts_api/ and
 * https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 */

import type { AlertMessage } from '@vaquita/core';
import * as z from 'zod';
import { defineChannel } from '../channel.ts';
import { destination, line, secret, webAddress } from '../form.ts';
import { postAndTrust } from '../post.ts';
import { allFacts, cut, headline, oneLine } from '../rendering/words.ts';
import { base64 } from '../signing.ts';

const MAX_TEXT = 10_000;
const MINUTE_MS = 60_000;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export const alertmanager = defineChannel({
  name: 'alertmanager',
  title: 'Prometheus Alertmanager',
  settings: z
    .strictObject({
      url: destination(webAddress(), {
        title: 'Address',
        description: 'Of the Alertmanager, without /api. For a cluster make a channel for each member.',
        examples: ['https://alertmanager.example:9093'],
      }),
      user: line({ title: 'User' }).optional(),
      password: secret({ title: 'Password', description: 'With a user: basic authentication.' }).optional(),
      token: secret({ title: 'Bearer token' }).optional(),
      labels: z
        .record(
          z.string().regex(LABEL_NAME, 'A label begins with a letter and has letters, digits and _'),
          z.string().max(200),
        )
        .default({})
        .meta({ title: 'Labels', description: 'Set on every alert.' }),
      openMinutes: z
        .int()
        .min(1)
        .max(43_200)
        .default(60)
        .meta({ title: 'Open for (minutes)', description: 'After that an alert that nobody has resolved is over.' }),
    })
    .refine(({ user, password }) => (user === undefined) === (password === undefined), {
      path: ['password'],
      message: 'A user and a password go together',
    })
    .refine(({ user, token }) => user === undefined || token === undefined, {
      path: ['token'],
      message: 'Use either a user with a password or a token',
    }),
  send(delivery, { url, user, password, token, labels, openMinutes }, ports) {
    const headers: Record<string, string> = {};
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    else if (user !== undefined)
      headers.authorization = `Basic ${base64(new TextEncoder().encode(`${user}:${password}`))}`;
    const body = [alert(delivery.message, labels, openMinutes * MINUTE_MS)];
    return postAndTrust({ url: `${url.replace(/\/+$/, '')}/api/v2/alerts`, headers, body }, delivery, ports);
  },
});

/** Alerts with the same labels are one, so nothing that changes from one to the next may be among them. */
function alert(message: AlertMessage, extra: Readonly<Record<string, string>>, openMs: number) {
  const facts = allFacts(message).map(({ name, value }) => `${oneLine(name)}: ${value}`);
  const endsAt = message.state === 'resolved' ? message.lastAt : message.lastAt + openMs;
  return {
    labels: withoutEmpty({
      ...message.labels,
      ...extra,
      alertname: alertName(message.kind),
      severity: message.severity,
      subject: message.subject,
      source: message.source,
    }),
    annotations: {
      summary: cut(headline(message), MAX_TEXT),
      description: cut([message.text, ...facts].filter((line) => line !== '').join('\n'), MAX_TEXT),
    },
    startsAt: new Date(message.firstAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    ...(message.links[0] ? { generatorURL: message.links[0].url } : {}),
  };
}

/** `workflow_failed` → `WorkflowFailed`, as alerts are named there. */
function alertName(kind: string): string {
  return kind.replace(/(^|_)([a-z])/g, (_whole, _before, letter: string) => letter.toUpperCase());
}

/** A label without a value is refused, and one whose name is none too. */
function withoutEmpty(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name, value]) => value !== '' && LABEL_NAME.test(name)));
}
