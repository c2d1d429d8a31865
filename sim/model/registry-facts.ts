/** What the model is told of the registry: each change of its tables in the moment in which it is made, and what listeners hear. */
import type {
  Actor,
  ClientId,
  NewDatum,
  Pulse,
  Registration,
  RegistryEvent,
  RegistryNews,
  Retention,
  SubscriptionKey,
} from '@vaquita/registry';

export type RegistryChange =
  | { readonly verb: 'register'; readonly registration: Registration; readonly predecessor: ClientId | null }
  | { readonly verb: 'resume'; readonly registration: Registration; readonly resumed: boolean }
  | { readonly verb: 'beat'; readonly pulse: Pulse; readonly over: readonly ClientId[] }
  | { readonly verb: 'leave'; readonly actor: Actor }
  | { readonly verb: 'bury'; readonly ids: readonly ClientId[] }
  | { readonly verb: 'restamp' }
  /** Of a claim that was granted. */
  | { readonly verb: 'take'; readonly actor: Actor; readonly key: string; readonly epoch: number }
  | { readonly verb: 'release'; readonly actor: Actor; readonly key: string; readonly released: boolean }
  | { readonly verb: 'put'; readonly actor: Actor; readonly datum: NewDatum }
  | { readonly verb: 'remove'; readonly actor: Actor; readonly key: string; readonly removed: boolean }
  | {
      readonly verb: 'subscribe';
      readonly actor: Actor;
      readonly subscription: SubscriptionKey;
      /** The event after which it goes on. */
      readonly from: number;
    }
  /** So many of the oldest events are not there any more. */
  | { readonly verb: 'purge'; readonly retention: Retention; readonly purged: number }
  | { readonly verb: 'unsubscribe'; readonly actor: Actor; readonly subscription: SubscriptionKey };

export interface RegistryFact {
  /** By the clock of the database. */
  readonly now: number;
  readonly change: RegistryChange;
  /** What it has added to the record. */
  readonly events: readonly RegistryEvent[];
}

/** Who listens: a client, in the care of a process. */
export interface Listener extends SubscriptionKey {
  readonly process: string;
  readonly client: ClientId;
}

export type { ClientId, Registration, RegistryEvent, RegistryNews };
