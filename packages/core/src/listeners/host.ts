/** The port behind which listener plugins run: whoever delivers events sees neither threads nor processes. */
import type { ListenerEvent } from './event.ts';
import type { ListenerInstanceId } from './listener.ts';

export interface ListenerHost {
  /** Starts nothing by itself: the plugin is started with the first event, and anew after it had to be ended. */
  use(use: ListenerUse): RunningListener;
  /** What the instance has said on this server, oldest first. Bounded: the oldest lines go. */
  log(instance: ListenerInstanceId): readonly ListenerLogLine[];
  /** Looks at the code of a plugin in a process of its own, which is ended afterwards. Never rejects. */
  inspect(code: string): Promise<InspectedPlugin>;
}

export interface ListenerUse {
  readonly instance: { readonly id: ListenerInstanceId; readonly name: string };
  readonly plugin: ListenerCode;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** `builtin`: the name of one that comes with the server. `foreign`: the one ES module that somebody has installed. */
export type ListenerCode =
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'foreign'; readonly name: string; readonly code: string };

export interface RunningListener {
  /**
   * One at a time. Never rejects, and ends within `timeoutMs` and a short grace, to which the start of the plugin and its
   * `open` add their own limit. Whoever has not answered by then has been ended.
   */
  deliver(event: ListenerEvent, timeoutMs: number): Promise<ListenerDelivery>;
  /** Breaks off what is being delivered, has the plugin close, and ends it. Never rejects. */
  stop(): Promise<void>;
}

export type ListenerDelivery = { readonly ok: true } | ListenerDeliveryFailure;

export interface ListenerDeliveryFailure {
  readonly ok: false;
  /**
   * `failed`: the plugin has thrown. `timeout`: it did not answer. `ended`: it has crashed, left, or used too much
   * memory. `unusable`: it does not load. `stopped`: `stop` was called, which is no fault of the plugin.
   */
  readonly failure: 'failed' | 'timeout' | 'ended' | 'unusable' | 'stopped';
  /** For people. */
  readonly reason: string;
}

export type ListenerLogLevel = 'info' | 'warn' | 'error';

export interface ListenerLogLine {
  readonly at: number;
  readonly level: ListenerLogLevel;
  readonly text: string;
}

export type InspectedPlugin =
  | {
      readonly ok: true;
      readonly name: string;
      readonly title: string;
      readonly version: string;
      /** JSON Schema of an object. */
      readonly settings: Readonly<Record<string, unknown>>;
    }
  /** What is wrong and where, in words for whoever has written it. */
  | { readonly ok: false; readonly problem: string };

/** Where plugins that are packages come from. */
export interface ListenerPackages {
  /** `name` or `name@version`. Never rejects, and runs nothing of the package. */
  find(spec: string, signal: AbortSignal): Promise<FoundPackage>;
}

export type FoundPackage =
  | {
      readonly ok: true;
      readonly packageName: string;
      readonly version: string;
      /** `server`: it stands beside the server. */
      readonly from: 'server' | 'registry';
      /** Its one module; to be inspected as an uploaded file is. */
      readonly code: string;
    }
  | { readonly ok: false; readonly problem: string };
