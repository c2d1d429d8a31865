/** Messages of NATS: stored by a stream, or for whoever listens. */
import * as z from 'zod';
import { secret } from '../../alerts/form.ts';
import { brokerHearing } from '../broker-hearing.ts';
import { defineBuiltIn } from '../built-in-listener.ts';
import {
  eventSource,
  passwordField,
  peers,
  peersOf,
  timeoutSeconds,
  tlsFields,
  tlsOrderOf,
  userField,
} from '../common-settings.ts';
import type { NatsLogin, NatsOrder } from '../ports.ts';

const SUBJECT = /^[^\s.*>{}]+(\.[^\s.*>{}]+)*$/;

const settings = z
  .strictObject({
    servers: peers('Servers', 'nats.example.com:4222'),
    ...tlsFields,
    user: userField(),
    password: passwordField(),
    token: secret({ title: 'Token' }).optional(),
    nkeySeed: secret({ title: 'Seed of an NKey', description: 'Begins with SU.' }).optional(),
    credentials: z
      .string()
      .max(20_000)
      .regex(/BEGIN NATS USER JWT/, 'This must be the text of a file of credentials (.creds)')
      .optional()
      .meta({ title: 'Credentials', description: 'The text of a .creds file.', format: 'multiline', writeOnly: true }),
    subject: z
      .string()
      .max(500)
      .refine((text) => SUBJECT.test(text.replaceAll('{type}', 'type')), 'This must be a subject without * and >')
      .default('vaquita.events')
      .meta({ title: 'Subject', description: '{type} in it becomes the type of the event, such as workflow.failed.' }),
    mode: z.enum(['jetstream', 'core']).default('jetstream').meta({
      title: 'Delivery',
      description:
        'jetstream: a stream has stored the event before it counts as heard. core: the server has it, and whoever does not listen now misses it.',
    }),
    source: eventSource(),
    timeoutSeconds: timeoutSeconds(),
  })
  .check(({ value, issues }) => {
    const given = (['user', 'token', 'nkeySeed', 'credentials'] as const).filter((key) => value[key] !== undefined);
    const wrong = (path: string, message: string) =>
      issues.push({ code: 'custom', path: [path], message, input: value });
    if (given.length > 1) wrong(given[1]!, `Only one of user, token, seed and credentials says who this is`);
    if ((value.user === undefined) !== (value.password === undefined))
      wrong('password', 'User and password go together');
  });

export const nats = defineBuiltIn({
  name: 'nats',
  title: 'NATS',
  settings,
  async open(given, { ports, instance, signal }) {
    const order: NatsOrder = {
      servers: peersOf(given.servers),
      tls: tlsOrderOf(given),
      login: loginOf(given),
      clientName: `vaquita ${instance.name}`,
      subject: given.subject,
      mode: given.mode,
      timeoutMs: given.timeoutSeconds * 1_000,
    };
    return brokerHearing(await ports.nats.open(order, signal), { source: given.source });
  },
});

function loginOf({ user, password, token, nkeySeed, credentials }: z.output<typeof settings>): NatsLogin {
  if (user !== undefined && password !== undefined) return { kind: 'password', user, password };
  if (token !== undefined) return { kind: 'token', token };
  if (nkeySeed !== undefined) return { kind: 'nkey', seed: nkeySeed };
  if (credentials !== undefined) return { kind: 'credentials', text: credentials };
  return { kind: 'none' };
}
