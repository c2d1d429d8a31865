/** Bodies of /registry. */
import * as z from 'zod';
import { Duration, pageOf, Timestamp } from './page.ts';

const Key = z.string().meta({ example: '/nodes/server/01k9…' });
const Value = z.string().meta({ description: 'Mostly JSON' });
const ClientId = z.string().nullable();

export const RegistryClientView = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['server', 'worker']),
    online: z
      .boolean()
      .meta({ description: 'False: silent for longer than its session timeout, and not given up yet' }),
    heartbeatInterval: Duration,
    sessionTimeout: Duration,
    config: z.record(z.string(), z.unknown()),
    lastHeartbeatAt: Timestamp.meta({ description: 'By the clock of the database' }),
    expiresAt: Timestamp.meta({ description: 'When it is given up, should nothing more be heard of it' }),
    createdAt: Timestamp,
  })
  .meta({ id: 'RegistryClient' });
export type RegistryClientView = z.infer<typeof RegistryClientView>;
export const RegistryClientPage = pageOf(RegistryClientView).meta({ id: 'RegistryClientPage' });
export type RegistryClientPage = z.infer<typeof RegistryClientPage>;

export const RegistryDatumView = z
  .object({
    key: Key,
    value: Value,
    kind: z.enum(['ephemeral', 'persistent']).meta({ description: 'Ephemeral data go with their client' }),
    clientId: ClientId,
    version: z.number().int().meta({ description: '1 when it was added, one more with each change' }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'RegistryDatum' });
export type RegistryDatumView = z.infer<typeof RegistryDatumView>;
export const RegistryDatumPage = pageOf(RegistryDatumView).meta({ id: 'RegistryDatumPage' });
export type RegistryDatumPage = z.infer<typeof RegistryDatumPage>;

export const RegistryLockView = z
  .object({
    key: Key,
    holder: z
      .object({ clientId: z.string(), name: z.string().nullable(), owner: z.string() })
      .nullable()
      .meta({ description: 'Null while nobody holds it. The owner is who it is within the client' }),
    epoch: z.number().int().meta({ description: 'The number of its present or last term; only grows' }),
    acquiredAt: Timestamp,
  })
  .meta({ id: 'RegistryLock' });
export type RegistryLockView = z.infer<typeof RegistryLockView>;
export const RegistryLockPage = pageOf(RegistryLockView).meta({ id: 'RegistryLockPage' });
export type RegistryLockPage = z.infer<typeof RegistryLockPage>;

export const RegistryEventView = z
  .object({
    id: z.number().int(),
    type: z.enum(['added', 'updated', 'removed']),
    key: Key,
    value: Value.meta({ description: 'What the key holds from then on; of a removal what it held last' }),
    clientId: ClientId.meta({ description: 'Who has changed it' }),
    at: Timestamp,
  })
  .meta({ id: 'RegistryEvent' });
export type RegistryEventView = z.infer<typeof RegistryEventView>;
export const RegistryEventPage = pageOf(RegistryEventView).meta({ id: 'RegistryEventPage' });
export type RegistryEventPage = z.infer<typeof RegistryEventPage>;

export const RegistryFinding = z
  .object({
    kind: z.enum(['data_without_client', 'lock_without_client', 'cursor_without_client', 'cursor_ahead', 'event_gap']),
    count: z.number().int(),
    examples: z.array(z.string()).meta({ description: 'The first of them' }),
    means: z.string(),
    repair: z.string().meta({ description: 'What a repair does about it' }),
  })
  .meta({ id: 'RegistryFinding' });
export type RegistryFinding = z.infer<typeof RegistryFinding>;

export const RegistryCheckView = z
  .object({
    ok: z.boolean().meta({ description: 'Nothing is wrong, or nothing is any more' }),
    findings: z.array(RegistryFinding),
    repaired: z.boolean(),
  })
  .meta({ id: 'RegistryCheck' });
export type RegistryCheckView = z.infer<typeof RegistryCheckView>;
