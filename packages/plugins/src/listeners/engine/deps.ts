/** What the listener engine is given. */
import type { Clock, IdSource, ListenerEngineStore, ListenerHost, ListenerLog, Random, Sealer } from '@vaquita/core';
import type { ListenerSettings } from './settings.ts';

export interface Logger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface ListenerEngineDeps {
  readonly store: ListenerEngineStore;
  /** Where events are kept; null: beside everything else, in the store. */
  readonly openLog?: ((epoch: number) => ListenerLog) | null;
  readonly host: Pick<ListenerHost, 'use'>;
  readonly sealer: Pick<Sealer, 'open'>;
  /** Names of the plugins that come with the server. */
  readonly builtIns: ReadonlySet<string>;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  readonly log: Logger;
  readonly settings: ListenerSettings;
}

/** One term of the engine. */
export interface TermDeps extends ListenerEngineDeps {
  readonly epoch: number;
  readonly events: ListenerLog;
  readonly isOver: () => boolean;
  /** Up to where events of the record can be had. */
  readonly handedOverTo: () => number;
  /** True when the error says that the term is over; it is, then. */
  readonly endWhenFenced: (error: unknown) => boolean;
}
