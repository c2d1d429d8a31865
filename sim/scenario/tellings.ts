/** Who is told of what in a world, and what becomes of it, as plain data. Times are ms since the world began. */
import type { AlertChoice, AlertKind, ListenerEventType } from '@vaquita/core';

/** What a workflow says of alerts. */
export interface AlertSpec {
  readonly on: AlertChoice;
  readonly group: string;
  readonly queueWaitMs: number | null;
  readonly deadlineMs: number | null;
}

export interface ChannelSpec {
  readonly name: string;
  readonly enabled: boolean;
  /** Its settings can be read. */
  readonly readable: boolean;
  /** What becomes of each send, in the order in which they begin; any that follow succeed. */
  readonly sends: readonly SendSpec[];
  /** Until the answer, of those that follow. */
  readonly usualMs: number;
}

/**
 * `ok`: delivered and answered. `fail`, `refuse`, `pause`: answered so, and not delivered; the last asks to be left alone
 * for a while. `cut`: delivered, and then the line broke. `hang`: no answer, but it heeds a signal. `deaf`: nor that.
 * `late`: delivered at a time when nobody waits for it any more. `dies`, `sleeps`: it is delivered, and before it is answered
 * the server that sends it dies, or is paused for longer than its session.
 */
export interface SendSpec {
  readonly how: 'ok' | 'fail' | 'refuse' | 'pause' | 'cut' | 'hang' | 'deaf' | 'late' | 'dies' | 'sleeps';
  /** Until the answer, or the delivery. */
  readonly ms: number;
}

export interface AlertGroupSpec {
  readonly name: string;
  readonly channels: readonly string[];
  /** Of alerts of the cluster, those that it takes. */
  readonly kinds: readonly AlertKind[];
}

export interface ListenerSpec {
  readonly name: string;
  readonly types: readonly ListenerEventType[];
  readonly project: 'any' | 'own' | 'other';
  /** What becomes of each delivery, in the order in which they begin; any that follow succeed. */
  readonly deliveries: readonly HearSpec[];
  readonly usualMs: number;
}

/** `throw`: it fails. `hang`: it does not answer. `crash`: its process is gone, `crash_after`: when it had taken the event. `dies`, `sleeps`: as of a send. */
export interface HearSpec {
  readonly how: 'ok' | 'throw' | 'hang' | 'crash' | 'crash_after' | 'dies' | 'sleeps';
  readonly ms: number;
}

/** What people do about those who are told. */
export type TellingOperation =
  | { readonly do: 'switch_channel'; readonly channel: string; readonly enabled: boolean }
  | { readonly do: 'remove_channel'; readonly channel: string }
  | { readonly do: 'group_channel'; readonly channel: string; readonly group: string; readonly member: boolean }
  /** Whatever has failed by then is sent again. */
  | { readonly do: 'resend' }
  | {
      readonly do: 'listener';
      readonly listener: string;
      readonly what: 'create' | 'enable' | 'disable' | 'delete' | 'touch';
    }
  /** Whichever event blocks it then. */
  | { readonly do: 'skip' | 'try_now'; readonly listener: string };

/** How the engines are set in every world: hurried, so that there is something to see. */
export const SEND_LIMIT_MS = 5_000;
export const SEND_MARGIN_MS = 2_000;
export const MAX_SENDS = 4;
export const HEAR_LIMIT_MS = 5_000;
