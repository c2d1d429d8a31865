/**
 * Has one instance hear its events, for as long as this server leads and the instance stays as it is.
 *
 * L1 One event at a time, in order. The next is begun when it is durable that the one before has been heard or skipped.
 * L2 An event that fails is tried again, and no later one before it, until it is heard or a person skips it. How often
 *    it was tried and when it comes next is durable: a new leader goes on with that.
 * L3 What has been heard is told to the store until it knows, or the term is over: it is not delivered once more because
 *    a write failed.
 * L4 Stopped, it delivers and writes nothing more. What was under way then may come a second time, at the next leader.
 */
import {
  AppError,
  type EnabledListener,
  isToHear,
  type ListenerCode,
  type ListenerDelivery,
  type ListenerEvent,
  type RunningListener,
  selectionOf,
  type TimerHandle,
  toAppError,
} from '@vaquita/core';
import type { TermDeps } from './deps.ts';
import { retryPauseMs } from './settings.ts';

export interface Delivery {
  /** The row may have changed: the event was skipped, or is to be tried now. */
  update(row: EnabledListener): void;
  /** These are to be had from now on. */
  tell(events: readonly ListenerEvent[]): void;
  stop(): Promise<void>;
}

/** Events that are read at once. */
const READ_AHEAD = 50;
/** After the store could not be read or written. */
const STORE_PAUSE_MS = 1_000;

export function startDelivery(deps: TermDeps, first: EnabledListener): Delivery {
  const { store, events, clock, settings, epoch } = deps;
  const { id } = first;
  let row = first;
  let ahead: readonly ListenerEvent[] = [];
  /** Beyond the cursor nothing is for it up to here: it is not looked for again. */
  let nothingUpTo = 0;
  let running: RunningListener | undefined;
  let stopped = false;
  let woken = false;
  let sleeper: (() => void) | undefined;

  const isOver = () => stopped || deps.isOver();
  const done = run();

  async function run(): Promise<void> {
    while (!isOver()) {
      try {
        const event = await nextEvent();
        if (event === undefined) await sleep(null);
        else if (row.blockedSeq === event.seq && (row.nextAttemptAt ?? 0) > clock.now())
          await sleep(row.nextAttemptAt! - clock.now());
        else await hear(event);
      } catch (error) {
        if (deps.endWhenFenced(error) || isOver()) return;
        deps.log.warn('A listener waits, because the database does.', { listener: row.name, error: wordsOf(error) });
        await sleep(STORE_PAUSE_MS);
      }
    }
  }

  async function nextEvent(): Promise<ListenerEvent | undefined> {
    ahead = ahead.filter(({ seq }) => seq > row.cursor);
    if (ahead.length > 0) return ahead[0];
    const handedOver = deps.handedOverTo();
    const after = Math.max(row.cursor, nothingUpTo);
    ahead = await events.consumer.next({ ...selectionOf(row), after, limit: READ_AHEAD });
    if (ahead.length === 0) nothingUpTo = Math.max(nothingUpTo, handedOver);
    return ahead[0];
  }

  async function hear(event: ListenerEvent): Promise<void> {
    const result = await deliver(event);
    if (isOver()) return;
    const { seq } = event;
    const at = clock.now();
    if (result.ok) {
      await untilWritten(() => store.heard(epoch, id, { seq, at }));
      // A person may have moved it on meanwhile: never back.
      if (row.cursor < seq) row = { ...row, ...FREE, cursor: seq };
      return;
    }
    if (result.failure === 'stopped') return;
    const attempt = (row.blockedSeq === seq ? row.attempt : 0) + 1;
    const nextAttemptAt = at + retryPauseMs(attempt, settings, chance());
    const { reason } = result;
    await untilWritten(() => store.failed(epoch, id, { seq, attempt, reason, at, nextAttemptAt }));
    if (row.cursor < seq) row = { ...row, blockedSeq: seq, attempt, nextAttemptAt, reason };
  }

  /** Never rejects: what keeps an event from being delivered is a failure of this event. */
  async function deliver(event: ListenerEvent): Promise<ListenerDelivery> {
    try {
      running ??= deps.host.use({
        instance: { id, name: row.name },
        plugin: await codeOf(),
        settings: JSON.parse(await deps.sealer.open(id, row.settings)),
      });
      if (isOver()) return { ok: false, failure: 'stopped', reason: 'This server does not lead any more.' };
      return await running.deliver(event, settings.timeoutMs);
    } catch (error) {
      return { ok: false, failure: 'unusable', reason: wordsOf(error) };
    }
  }

  async function codeOf(): Promise<ListenerCode> {
    const { plugin: name, installed } = row;
    if (deps.builtIns.has(name)) return { kind: 'builtin', name };
    if (installed === null)
      throw new AppError('not_found', `The plugin "${name}" is not installed. Install it, or delete the instance.`);
    if (!installed.enabled)
      throw new AppError('forbidden', `The plugin "${name}" is not enabled. An administrator has to enable it.`);
    const code = await store.code(name);
    if (code === undefined)
      throw new AppError('not_found', `The code of the plugin "${name}" is gone. Install it again.`);
    return { kind: 'foreign', name, code };
  }

  /** L3 */
  async function untilWritten(write: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (deps.endWhenFenced(error) || isOver()) throw error;
        deps.log.warn('How a listener fared could not be written; it is written later.', {
          listener: row.name,
          error: wordsOf(error),
        });
        await sleep(STORE_PAUSE_MS, 'asleep');
      }
    }
  }

  /** Until then, or until it is woken; null: only that. `asleep`: only stopping ends it. */
  async function sleep(ms: number | null, how: 'lightly' | 'asleep' = 'lightly'): Promise<void> {
    if (how === 'lightly' && woken) {
      woken = false;
      return;
    }
    if (isOver()) return;
    let timer: TimerHandle | undefined;
    await new Promise<void>((resolve) => {
      const wakeUp = () => {
        if (how === 'lightly' || stopped) resolve();
      };
      sleeper = wakeUp;
      if (ms !== null) timer = clock.setTimeout(resolve, ms);
    });
    sleeper = undefined;
    woken = false;
    if (timer !== undefined) clock.clearTimeout(timer);
  }

  function wake(): void {
    woken = true;
    sleeper?.();
  }

  function chance(): number {
    return deps.random.next();
  }

  return {
    update(next) {
      // The row was read while something of it may have been on its way: what is known here to be later stays.
      const isBehind = next.cursor < row.cursor || (next.cursor === row.cursor && next.attempt < row.attempt);
      if (!isBehind) row = next;
      wake();
    },
    tell(events) {
      const first = events.find((event) => isToHear(row, event));
      if (first === undefined) return;
      // A log that had lost its newest events is told them again.
      nothingUpTo = Math.min(nothingUpTo, first.seq - 1);
      wake();
    },
    async stop() {
      stopped = true;
      sleeper?.();
      const stopping = running;
      await stopping?.stop();
      await done;
      // It may have been made while this was on its way.
      if (running !== stopping) await running?.stop();
    },
  };
}

const FREE = { blockedSeq: null, attempt: 0, nextAttemptAt: null, reason: null, blockedSince: null };

function wordsOf(error: unknown): string {
  return toAppError(error).message;
}
