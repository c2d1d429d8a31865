/** Records of a Kafka topic. */
import type { ListenerEvent } from '@vaquita/core';
import * as z from 'zod';
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

const KEYS = {
  all: () => 'vaquita',
  project: ({ project }: ListenerEvent) => project?.id ?? 'vaquita',
  subject: ({ subject }: ListenerEvent) => subject,
} as const;

export const kafka = defineBuiltIn({
  name: 'kafka',
  title: 'Kafka',
  settings: z
    .strictObject({
      brokers: peers('Brokers', 'kafka.example.com:9093'),
      ...tlsFields,
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).default('plain').meta({
        title: 'Sign-in',
        description: 'How user and password are said (SASL).',
      }),
      user: userField(),
      password: passwordField(),
      topic: z
        .string()
        .max(249)
        .regex(
          /^(?!\.{1,2}$)[\w.-]+$/,
          'This must be the name of a topic: letters, digits, dots, dashes and underscores',
        )
        .meta({ title: 'Topic', examples: ['vaquita-events'] }),
      keyBy: z.enum(['all', 'project', 'subject']).default('all').meta({
        title: 'Key',
        description:
          'Records of one key stay in their order. all: one key for all events; project: one for each project; subject: one for each workflow, run or task.',
      }),
      source: eventSource(),
      timeoutSeconds: timeoutSeconds(),
    })
    .check(({ value, issues }) => {
      const wrong = (message: string) => issues.push({ code: 'custom', path: ['password'], message, input: value });
      if ((value.user === undefined) !== (value.password === undefined)) wrong('User and password go together');
      else if (value.password !== undefined && value.mechanism === 'plain' && !value.tls)
        wrong('plain says the password as it is: switch TLS on');
    }),
  async open(settings, { ports, instance, signal }) {
    const { user, password, mechanism, topic, keyBy } = settings;
    const order = {
      brokers: peersOf(settings.brokers),
      tls: tlsOrderOf(settings),
      login: user === undefined || password === undefined ? null : { mechanism, user, password },
      clientId: `vaquita-${instance.id}`,
      topic,
      timeoutMs: settings.timeoutSeconds * 1_000,
    };
    return brokerHearing(await ports.kafka.open(order, signal), { source: settings.source, keyOf: KEYS[keyBy] });
  },
});
