/** Deliveries to webhooks as a server takes them, filed by the API; that their signature is right has been found before. */
import { fileDelivery, isWebhook } from '@vaquita/api/hooks';
import { AppError, type Clock, type CommandRow, type IdSource, type TriggerId } from '@vaquita/core';
import type { Store, TriggerStore } from '@vaquita/store';

export interface HookStore {
  readonly triggers: Pick<TriggerStore, 'find' | 'fire'>;
  readonly firings: Pick<Store['firings'], 'find'>;
  readonly workflows: Store['workflows'];
}

export interface SentDelivery {
  readonly trigger: TriggerId;
  /** What was signed; all copies of it have the same. */
  readonly key: string;
}

export interface HookDoorDeps {
  readonly store: HookStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly filed: (command: CommandRow) => void;
}

export function createHookDoor({ store, clock, ids, filed }: HookDoorDeps) {
  return {
    async deliver({ trigger, key }: SentDelivery): Promise<string> {
      const hook = await store.triggers.find(trigger);
      if (hook === undefined || !isWebhook(hook)) throw new AppError('not_found', 'There is no such webhook.');
      const delivery = { headers: new Headers(), body: new Uint8Array(), address: 'sim' };
      const signature = { timestamp: key, signatures: [] };
      const run = await fileDelivery({ store, clock, ids }, hook, { delivery, signature, key });
      if (run === null) throw new AppError('internal', 'It was taken for a ping.');
      filed(run.command);
      return run.instance.id;
    },
  };
}
