/** What the server needs of the runtime it stands on. One implementation per runtime, handed in by its composition root. */

import type { AskOutside } from '@vaquita/api';
import type { Clock, Random } from '@vaquita/core';
import type { Wire } from '@vaquita/protocol';
import type { FileStore, LogStore, SqlDriver } from '@vaquita/store';
import type { AlertSender } from './alerts.ts';
import type { OpenedListeners } from './listeners/open-listeners.ts';
import type { ServerSettings } from './settings.ts';

export interface HostLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Below which it is found, such as `/vaquita`; empty: at the root. */
  readonly basePath: string;
  /** The API. The host answers the UI's files itself and asks this for everything else. */
  fetch(request: Request, env: unknown): Response | Promise<Response>;
  acceptWorker(wire: Wire): void;
}

export interface Listening {
  /** With the base path. */
  readonly url: string;
  readonly port: number;
  close(graceMs: number): Promise<void>;
}

/** The worker that lives in the server's process. */
export interface EmbeddedWorker {
  /** Takes no new task, gives running ones the grace to end, and tells the server what is left. */
  close(graceMs: number): Promise<void>;
}

export interface EmbeddedWorkerOptions {
  /** Such as `ws://127.0.0.1:8080/api/v1/worker/socket`. */
  readonly socketUrl: string;
  readonly token: string;
  readonly name: string;
  readonly slots: number;
  readonly workDir: string;
}

/** Small files in the data folder that only their owner may read. */
export interface PrivateFiles {
  read(name: string): Promise<string | undefined>;
  /** Mode 0600, written whole or not at all. */
  write(name: string, text: string): Promise<void>;
  /** The same, unless there is one. @returns whether there was none. */
  create(name: string, text: string): Promise<boolean>;
}

/** Logs and files of tasks. */
export interface ContentStores {
  /** `wake`: hint that logs may have grown by what another server has written. */
  readonly logs: LogStore & { wake(): void };
  readonly files: FileStore;
  /** Removes what is left over of files that were replaced, removed, or broke off. */
  clearAway(): Promise<number>;
  close(): Promise<void>;
}

export interface ServerHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: HostLog;
  readonly hostName: string;
  defer(run: () => void): void;
  /** To other servers. */
  readonly fetch: typeof fetch;
  openDatabase(settings: ServerSettings): Promise<SqlDriver>;
  openContent(settings: ServerSettings): Promise<ContentStores>;
  /** Sends alerts apart from the event loop. @throws AppError `bad_settings`. */
  openAlertSender(settings: ServerSettings): Promise<AlertSender>;
  /** To addresses that people have entered. @throws AppError `bad_settings`. */
  openAsk(settings: ServerSettings): Promise<AskOutside>;
  /** @throws AppError `bad_settings`. */
  openListeners(settings: ServerSettings): Promise<OpenedListeners>;
  privateFiles(settings: Pick<ServerSettings, 'dataDir'>): PrivateFiles;
  /** Texts of the example workflows, and the values for parameters that name places on this machine. */
  readExamples(settings: ServerSettings): Promise<{
    readonly texts: readonly string[];
    readonly places: Readonly<Record<string, string>>;
  }>;
  listen(options: ListenOptions): Promise<Listening>;
  startWorker(options: EmbeddedWorkerOptions): Promise<EmbeddedWorker>;
  peerAddress(env: unknown): string;
}
