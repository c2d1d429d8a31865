/** Those who listen to changes in the registry: what each hears and has dealt with is told to the model. */
import type { Clock, Random } from '@vaquita/core';
import type { RegistryClient } from '@vaquita/registry';
import type { RegistryModel } from '../model/registry.ts';
import type { Listener } from '../model/registry-facts.ts';

export interface ListeningDeps {
  readonly process: string;
  readonly model: RegistryModel;
  readonly guard: (run: () => void) => void;
}

export interface UnsteadyDeps {
  readonly clock: Pick<Clock, 'setTimeout'>;
  readonly random: Random;
}

type Subscriber = Pick<RegistryClient, 'id' | 'subscribe'>;

const FAILING_SHARE = 0.05;
const SLOW_SHARE = 0.1;
const SLOW_MS = 2_000;

/** The client as it is, with a witness beside each listener. */
export function overheard(client: RegistryClient, { process, model, guard }: ListeningDeps): Subscriber {
  return {
    id: client.id,
    subscribe(path, listen, options = {}) {
      const listener: Listener = { process, client: client.id, path, name: options.name ?? '' };
      guard(() => model.listens(listener));
      const heard: typeof listen = async (news) => {
        guard(() => model.hears(listener, news));
        await listen(news);
        guard(() => model.handled(listener, news));
      };
      return client.subscribe(path, heard, options);
    },
  };
}

/**
 * Somebody who follows everything, and whom not everything succeeds: some news he fails on and gets again, over some he
 * takes his time.
 * @throws AppError when the registry cannot be written
 */
export async function followAll(client: Subscriber, { clock, random }: UnsteadyDeps): Promise<void> {
  await client.subscribe('/', async () => {
    if (random.next() < FAILING_SHARE) throw new Error('It fails, for the sake of the simulation.');
    if (random.next() < SLOW_SHARE)
      await new Promise<void>((resolve) => clock.setTimeout(resolve, random.next() * SLOW_MS));
  });
}
