import { expect, expectTypeOf, test } from 'vitest';
import type * as z from 'zod/mini';
import type { MasterMessage, WorkerMessage } from './messages.ts';
import { masterSchemas, workerSchemas } from './schemas.ts';
import { sampleMasterMessages, sampleWorkerMessages } from './testing/index.ts';

type Frozen<T> = T extends string | number | boolean | null
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : { readonly [Key in keyof T]: Frozen<T[Key]> };

type SchemaUnion<Schemas extends Record<string, z.ZodMiniType>> = {
  [Type in keyof Schemas]: Frozen<z.infer<Schemas[Type]>>;
}[keyof Schemas];

test('each schema accepts exactly the type of its message', () => {
  expectTypeOf<SchemaUnion<typeof workerSchemas>>().toEqualTypeOf<Frozen<WorkerMessage>>();
  expectTypeOf<SchemaUnion<typeof masterSchemas>>().toEqualTypeOf<Frozen<MasterMessage>>();
});

test.each(Object.entries({ ...sampleWorkerMessages, ...sampleMasterMessages }))(
  'a good %s passes unchanged',
  (type, message) => {
    const schema = { ...workerSchemas, ...masterSchemas }[type as keyof typeof workerSchemas];
    expect(schema.parse(message)).toEqual(message);
  },
);

test('a session timeout that is not longer than the heartbeat is refused', () => {
  const hello = { ...sampleWorkerMessages.hello, heartbeatIntervalMs: 30_000 };
  expect(workerSchemas.hello.safeParse(hello).success).toBe(false);
});

test.each(['../../etc/passwd', 'a/b', '', '.', 'x'.repeat(65)])(
  'an id that could name another file is refused: %j',
  (id) => {
    expect(workerSchemas.ack.safeParse({ type: 'ack', dispatchId: id }).success).toBe(false);
  },
);
