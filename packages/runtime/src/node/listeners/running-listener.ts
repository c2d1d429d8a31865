/**
 * One configured use of a plugin: its cage is started with the first event, and anew when the last one has gone.
 *
 * L1 One call at a time; the next begins when the last has ended.
 * L2 Every delivery ends with an outcome. A plugin that has not settled by then is no more.
 * L3 `open` comes before the first event of every cage, and again after a call that was broken off.
 * L4 After `stop` nothing of it is left, and nothing is started.
 */
import type { ListenerDelivery, ListenerDeliveryFailure, ListenerEvent, RunningListener } from '@vaquita/core';
import type { PluginShape, PluginSource, PluginUse } from './inside/messages.ts';
import type { PluginLimits } from './limits.ts';
import { readPlugin } from './read-plugin.ts';
import type { CallEnd, Session } from './session.ts';
import { visible } from './visible.ts';

export interface ListenerLife {
  readonly use: PluginUse;
  readonly source: PluginSource;
  readonly limits: PluginLimits;
  openSession(): Session;
  /** A line of the instance's log that the host itself has to say. */
  note(text: string): void;
}

type Failure = ListenerDeliveryFailure['failure'];

export function runListener({ use, source, limits, openSession, note }: ListenerLife): RunningListener {
  const stopping = new AbortController();
  let session: Session | null = null;
  let tail: Promise<unknown> = Promise.resolve();

  function inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = tail.then(run);
    tail = turn.catch(() => undefined);
    return turn;
  }

  async function deliverNow(event: ListenerEvent, timeoutMs: number): Promise<ListenerDelivery> {
    if (stopping.signal.aborted) return STOPPED;
    const begun = session === null ? await begin() : session;
    if (!('call' in begun)) return begun;
    const end = await begun.call((id) => ({ type: 'event', id, event }), timeoutMs, stopping.signal);
    return end.type === 'done' ? { ok: true } : await settle(begun, end, `within ${timeoutMs} ms`);
  }

  async function begin(): Promise<Session | ListenerDeliveryFailure> {
    const begun = openSession();
    void begun.ended.then((reason) => {
      if (session !== begun) return;
      session = null;
      note(reason);
    });
    session = begun;
    const loaded = await begun.load(source, stopping.signal);
    if (loaded.type === 'ended') return forget(begun, 'ended', loaded.reason);
    if (loaded.type === 'timeout')
      return forget(begun, 'timeout', `the plugin was not loaded within ${limits.startMs} ms`);
    if (loaded.type === 'unusable')
      return await leave(begun, 'unusable', `the plugin cannot be used: ${loaded.problem}`);
    const plugin = readSource(source, loaded.shape);
    if (!plugin.ok) return await leave(begun, 'unusable', `the plugin cannot be used: ${plugin.problem}`);
    const end = await begun.call((id) => ({ type: 'open', id, ...use }), limits.startMs, stopping.signal);
    return end.type === 'done' ? begun : await settle(begun, end, `to open within ${limits.startMs} ms`, 'open: ');
  }

  /** An `onEvent` that throws leaves the plugin as it is; after everything else it begins anew. */
  async function settle(
    begun: Session,
    end: Exclude<CallEnd, { type: 'done' }>,
    within: string,
    place = '',
  ): Promise<ListenerDeliveryFailure> {
    if (stopping.signal.aborted) return STOPPED;
    if (end.type === 'ended') return forget(begun, 'ended', end.reason);
    if (end.type === 'timeout') return await leave(begun, 'timeout', `the plugin has not answered ${within}`);
    const reason = `${place}${end.reason}`;
    return place === '' ? failure('failed', reason) : await leave(begun, 'failed', reason);
  }

  function forget(begun: Session, kind: Failure, reason: string): ListenerDeliveryFailure {
    if (session === begun) {
      session = null;
      note(reason);
    }
    return stopping.signal.aborted ? STOPPED : failure(kind, reason);
  }

  async function leave(begun: Session, kind: Failure, reason: string): Promise<ListenerDeliveryFailure> {
    const failed = forget(begun, kind, reason);
    await begun.end(reason);
    return failed;
  }

  async function close(): Promise<void> {
    const last = session;
    session = null;
    if (last === null) return;
    await last.call((id) => ({ type: 'close', id }), limits.graceMs, new AbortController().signal);
    await last.end('the instance was stopped');
  }

  return {
    deliver: (event, timeoutMs) => inTurn(() => deliverNow(event, timeoutMs)),
    stop() {
      stopping.abort();
      return inTurn(close);
    },
  };
}

/** Our own have settings of a richer schema than foreign ones may have. */
function readSource(source: PluginSource, shape: PluginShape): { ok: true } | { ok: false; problem: string } {
  if ('code' in source) return readPlugin(shape, []);
  return shape.plugin === 'object' ? { ok: true } : { ok: false, problem: 'there is none of this name' };
}

const STOPPED: ListenerDeliveryFailure = {
  ok: false,
  failure: 'stopped',
  reason: 'the instance was stopped before the plugin had answered',
};

function failure(kind: Failure, reason: string): ListenerDeliveryFailure {
  return { ok: false, failure: kind, reason: visible(reason) };
}
