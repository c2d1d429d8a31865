/**
 * What the registry must do, whatever it is kept in. A database passes by calling `describeRegistryContract` from a test file.
 */
import { afterAll, beforeEach, describe } from 'vitest';
import type { Database } from './backends.ts';
import { describeClients } from './contract/clients.ts';
import { describeData } from './contract/data.ts';
import { describeEvents } from './contract/events.ts';
import { describeLocks } from './contract/locks.ts';
import type { Subject } from './contract/subject.ts';
import { createWorld, type World } from './world.ts';

export function describeRegistryContract(name: string, open: () => Promise<Database>): void {
  describe(`registry contract: ${name}`, () => {
    let opened: Promise<Database> | undefined;
    let world: World;
    const subject: Subject = {
      get world() {
        return world;
      },
    };

    beforeEach(async () => {
      opened ??= open();
      world = await createWorld(await opened);
    });
    afterAll(async () => (await opened)?.close());

    describeClients(subject);
    describeLocks(subject);
    describeData(subject);
    describeEvents(subject);
  });
}
