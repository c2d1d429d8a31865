/**
 * What the registry must do, whatever it is kept in. A database passes by calling `describeRegistryContract` from a test file.
 */
import { afterAll, beforeEach, describe } from 'vitest';
import type { Database } from './backends.ts';
import { describeAgreement } from './contract/agreement.ts';
import { describeClients } from './contract/clients.ts';
import { describeCluster } from './contract/cluster.ts';
import { describeData } from './contract/data.ts';
import { describeEvents } from './contract/events.ts';
import { describeInspection } from './contract/inspection.ts';
import { describeLives } from './contract/lives.ts';
import { describeLocks } from './contract/locks.ts';
import type { Subject } from './contract/subject.ts';
import { describeSubscriptions } from './contract/subscriptions.ts';
import { describeVectors } from './contract/vectors.ts';
import { createWorld, type World } from './world.ts';

export function describeRegistryContract(
  name: string,
  open: () => Promise<Database>,
  { isInMemory = false }: { readonly isInMemory?: boolean } = {},
): void {
  describe(`registry contract: ${name}`, () => {
    let opened: Promise<Database> | undefined;
    let world: World;
    const subject: Subject = {
      get world() {
        return world;
      },
    };

    function database(): Promise<Database> {
      opened ??= open();
      return opened;
    }

    beforeEach(async () => {
      world = await createWorld(await database());
    });
    afterAll(async () => (await opened)?.close());

    describeClients(subject);
    describeLocks(subject);
    describeData(subject);
    describeEvents(subject);
    describeSubscriptions(subject);
    describeLives(subject);
    if (!isInMemory) describeInspection(subject);
    if (!isInMemory) describeCluster(subject);
    describeVectors(subject);
    describeAgreement(database);
  });
}
