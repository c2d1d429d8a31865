/** The life of one trigger that looks for files, for one term: look, wait, look again. See the invariants in file-duty.ts. */
import { type Clock, type Epoch, isObjectAddress, type TimerHandle, toAppError, WHOLE_GROUP } from '@vaquita/core';
import type { OtherRunsStore } from '@vaquita/store';
import type { Logger } from '../settings.ts';
import { type FileLookDeps, lookOf, type TriggerLook, type Watcher, type WatcherLook } from './file-look.ts';
import type { FileTrigger } from './found-occasion.ts';
import { type TriggerTarget, targetOf } from './start-target.ts';

export interface FileWatchDeps extends FileLookDeps {
  readonly others: Pick<OtherRunsStore, 'resolveWorkflow'>;
  readonly log: Logger;
  /** Resolves when a look may begin, with what is to be called at its end. */
  readonly turn: () => Promise<() => void>;
  /** The trigger is not as it was read. */
  readonly changed: () => void;
  /** Another server leads. */
  readonly fenced: () => void;
  /** A worker has been asked. */
  readonly looked: (end: WatcherLook['end']) => void;
}

export interface FileWatch {
  readonly trigger: FileTrigger;
  /** Things that have been found and not been acted on. */
  waiting(): number;
  close(): void;
  /** Nothing of it goes on any more. Never rejects. */
  readonly done: Promise<void>;
}

/** Workers of the group that are tried for one look at an object. */
const OBJECT_TRIES = 3;

export function openFileWatch(deps: FileWatchDeps, trigger: FileTrigger, epoch: Epoch): FileWatch {
  const { clock, log, settings, lookouts, queue } = deps;
  const { everyMs, settledMs, workerGroup, path } = trigger.config;
  const isObject = isObjectAddress(path);
  const alarm = createAlarm(clock);
  const refusals = new Map<string, string>();
  /** By watcher. */
  const waitingOf = new Map<string, Watcher['waiting']>();
  let looks = 0;
  let settledLook = 0;
  let lastAsked = '';
  let closed = false;

  /** Each in his turn, when there are more than can be asked at once. */
  function inTurn<T extends { readonly workerId: string }>(workers: readonly T[], count: number): readonly T[] {
    const next = workers.findIndex(({ workerId }) => workerId > lastAsked);
    const turned = next <= 0 ? workers : [...workers.slice(next), ...workers.slice(0, next)];
    const asked = turned.slice(0, count);
    lastAsked = asked.at(-1)?.workerId ?? '';
    return asked;
  }

  async function lookAs(
    look: TriggerLook,
    watcher: string,
    worker: Pick<Watcher, 'workerId' | 'name'>,
    rows: ReadonlyMap<string, Watcher['row']>,
  ): Promise<WatcherLook['end']> {
    const waiting = waitingOf.get(watcher) ?? new Map<string, number>();
    const row = rows.get(watcher) ?? (await queue.join(epoch, trigger, { watcher, lookedAt: clock.now() }));
    if (row === null) return 'changed';
    const result = await lookOf(deps, look, { ...worker, row, waiting });
    waitingOf.set(watcher, result.waiting);
    deps.looked(result.end);
    return result.end;
  }

  /** The workers of a group see the same object, so one answer is enough; each gets his turn. */
  async function lookAtObject(look: TriggerLook, rows: ReadonlyMap<string, Watcher['row']>) {
    let end: WatcherLook['end'] = 'silent';
    for (let tries = 0; tries < OBJECT_TRIES && end === 'silent' && !closed; tries++) {
      const [worker] = inTurn(lookouts.of(workerGroup), 1);
      if (worker === undefined) break;
      end = await lookAs(look, WHOLE_GROUP, worker, rows);
    }
    return [end];
  }

  async function lookAtFiles(look: TriggerLook, rows: ReadonlyMap<string, Watcher['row']>) {
    const group = lookouts.of(workerGroup);
    for (const watcher of waitingOf.keys()) {
      if (!group.some(({ workerId }) => workerId === watcher)) waitingOf.delete(watcher);
    }
    const asked = inTurn(group, settings.workers);
    const looking = await Promise.allSettled(asked.map((worker) => lookAs(look, worker.workerId, worker, rows)));
    // None may go on when the next look begins.
    return looking.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
  }

  /** @returns after how long the next look is wanted at the latest; the interval comes before it anyway. */
  async function lookOnce(): Promise<number> {
    looks += 1;
    let target: Promise<TriggerTarget> | undefined;
    const look: TriggerLook = {
      ...{ trigger, epoch, look: looks, settledLook: settledMs === 0 ? looks : settledLook, refusals },
      target: () => (target ??= targetOf(deps.others, trigger)),
      isOver: () => closed,
      ...{ left: settings.fires, hasRest: false },
    };
    const rows = new Map(
      (await queue.watchers([trigger.id]))
        .filter(({ since }) => since === trigger.cursor)
        .map((row) => [row.watcher, row] as const),
    );
    const ends = await (isObject ? lookAtObject(look, rows) : lookAtFiles(look, rows));
    if (closed) return 0;
    if (ends.includes('changed')) deps.changed();
    const waiting = new Set([...waitingOf.values()].flatMap((things) => [...things]).map(([key]) => key));
    for (const key of refusals.keys()) if (!waiting.has(key)) refusals.delete(key);
    const isNew = settledMs > 0 && [...waitingOf.values()].some((things) => [...things.values()].includes(look.look));
    if (isNew) settleLater(look.look);
    if (look.hasRest) {
      log.info('A trigger has found more files than it starts runs for at once; the rest follow.', {
        trigger: trigger.id,
      });
    }
    return look.hasRest || (isNew && settledMs < settings.soonestMs) || ends.includes('changed')
      ? settings.soonestMs
      : Number.POSITIVE_INFINITY;
  }

  /** W5. What settles sooner than looks may follow each other is acted on with the look that is put forward for it. */
  function settleLater(look: number): void {
    alarm.after(settledMs, () => {
      settledLook = Math.max(settledLook, look);
      if (settledMs >= settings.soonestMs) alarm.ring();
    });
  }

  async function run(): Promise<void> {
    while (!closed) {
      const release = await deps.turn();
      let next = settings.soonestMs;
      alarm.begin(everyMs);
      try {
        if (!closed) next = await lookOnce();
      } catch (error) {
        const { code, message } = toAppError(error);
        if (code === 'fenced') deps.fenced();
        else if (!closed)
          log.error('Files could not be looked for; trying again.', { trigger: trigger.id, error: message });
      } finally {
        release();
      }
      if (next !== Number.POSITIVE_INFINITY) alarm.ringAfter(next);
      await alarm.rung();
    }
  }

  return {
    trigger,
    waiting: () => [...waitingOf.values()].reduce((sum, things) => sum + things.size, 0),
    close() {
      closed = true;
      alarm.stop();
    },
    done: run(),
  };
}

/** Timers of one watch: elapsed time alone, whatever the clock says. */
function createAlarm(clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>) {
  const timers = new Set<TimerHandle>();
  /** Those of them that ring. */
  let rings: TimerHandle[] = [];
  let isRinging = false;
  let isStopped = false;
  let wake: (() => void) | undefined;

  function after(ms: number, run: () => void): TimerHandle {
    if (isStopped) return undefined;
    const timer = clock.setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
    return timer;
  }
  function clear(timer: TimerHandle): void {
    clock.clearTimeout(timer);
    timers.delete(timer);
  }
  function ring(): void {
    isRinging = true;
    wake?.();
  }
  const ringAfter = (ms: number) => void rings.push(after(ms, ring));

  return {
    after,
    ring,
    ringAfter,
    /** A look begins: what would have rung for it need not, and it rings for the next one after so long. */
    begin(ms: number): void {
      for (const timer of rings) clear(timer);
      rings = [];
      isRinging = false;
      ringAfter(ms);
    },
    /** Resolves when it rings, or has rung since the look began; at once when it is stopped. */
    async rung(): Promise<void> {
      if (!isRinging && !isStopped) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      wake = undefined;
    },
    stop(): void {
      isStopped = true;
      for (const timer of [...timers]) clear(timer);
      ring();
    },
  };
}
