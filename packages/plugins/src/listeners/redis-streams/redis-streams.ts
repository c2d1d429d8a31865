/** Entries of a Redis stream. */
import * as z from 'zod';
import { line } from '../../alerts/form.ts';
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

export const redisStreams = defineBuiltIn({
  name: 'redis-streams',
  title: 'Redis Streams',
  settings: z
    .strictObject({
      server: peers('Server', 'redis.example.com:6379').refine(
        (text) => !text.includes(','),
        'This must be one server',
      ),
      ...tlsFields,
      user: userField(),
      password: passwordField(),
      database: z.int().min(0).max(65_535).default(0).meta({ title: 'Database' }),
      stream: line({ title: 'Stream', description: 'The key.', examples: ['vaquita:events'] }),
      maxLength: z.int().min(1).optional().meta({
        title: 'Entries kept',
        description: 'About so many stay, the oldest go, read or not. Left out: all stay.',
      }),
      entryIds: z.enum(['event', 'server']).default('event').meta({
        title: 'Entry ids',
        description:
          'event: made of the place of the event, so that nothing is there twice; the stream must be for this listener alone. server: as the server makes them.',
      }),
      source: eventSource(),
      timeoutSeconds: timeoutSeconds(),
    })
    .check(({ value, issues }) => {
      if (value.user === undefined || value.password !== undefined) return;
      issues.push({ code: 'custom', path: ['password'], message: 'A user needs a password', input: value });
    }),
  async open(settings, { ports, signal }) {
    const { user, password, database, stream, maxLength = null, entryIds } = settings;
    const [peer] = peersOf(settings.server);
    const order = {
      ...peer!,
      tls: tlsOrderOf(settings),
      login: password === undefined ? null : { user: user ?? null, password },
      database,
      stream,
      maxLength,
      entryIds,
      timeoutMs: settings.timeoutSeconds * 1_000,
    };
    return brokerHearing(await ports.redis.open(order, signal), { source: settings.source });
  },
});
