/**
 * The way from a server to its database: every call takes time, can fail, and is a point at which the server may die,
 * before the call leaves, before it is done, and between its being done and the answer. What has left is done even if
 * the caller is dead by then. Behind it stands the store in memory, with the conflicts and guards of the real one.
 *
 * D1 Writes of one process are done in the order in which they were made; reads may overtake.
 * D2 A call that fails has either been done wholly or not at all. One that ends with `outcome_unknown` may be done later,
 *    but not after a later write of the same process.
 */
import { AppError, type Random, toAppError } from '@vaquita/core';
import type { RunCommit } from '@vaquita/store';
import type { Meter } from './meter.ts';
import type { SimProcess } from './process.ts';
import type { Timeline } from './timeline.ts';

export interface Database {
  /** The port as this process sees it: the same verbs, far away. */
  seenFrom<Port extends object>(process: SimProcess, port: Port): Port;
  readonly trouble: Trouble;
}

export interface Trouble {
  busyUntil: number;
  busyShare: number;
  /** Commits left until one is refused as a conflict, or for good; 0: none is. */
  conflictIn: number;
  refusedIn: number;
  /** Until when answers to writes get lost, and how many of them. */
  lostUntil: number;
  lostShare: number;
  slowUntil: number;
  slowBy: number;
  /** By process name: until when it does not reach the database. */
  readonly unreachableUntil: Map<string, number>;
}

export interface DatabaseOptions {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly delayMs: number;
  /** It is reached over the network. */
  readonly far: boolean;
  readonly say: (line: string) => void;
  readonly note: Meter['note'];
  /** Nobody is told whether this is written. */
  readonly lost: (unit: RunCommit) => void;
}

interface Call {
  readonly args: readonly unknown[];
  readonly work: () => unknown;
}

function touchesTasks({ newTasks, changedTasks, commandsDone }: RunCommit): boolean {
  return newTasks.length + changedTasks.length + commandsDone.length > 0;
}

/** Verbs that only read. */
const READS =
  /^(load|open|pending|find|live|slot|task|instances|newest|has|current|resolve|list|get|holder|look|after|head|children|waiting|groups|channels|next|figures|enabled|code|position|page|latest|weight|due|unblocked|surroundings|active|running|recovered|items|online|ends|firingOf|version)/;
const NO_ANSWER_MS = 1_000;
/** Over the network a call takes 1 to so many ms, one in 200 some seconds. */
const FAR_MS = 50;
const SECONDS_SHARE = 0.005;
const SECONDS_MS = 4_000;
const MAX_LATE_MS = 10_000;

const UNREACHABLE = new AppError('unavailable', 'The database cannot be reached.');

export function createDatabase({ timeline, random, delayMs, far, say, note, lost }: DatabaseOptions): Database {
  const trouble: Trouble = {
    busyUntil: 0,
    busyShare: 0,
    conflictIn: 0,
    refusedIn: 0,
    lostUntil: 0,
    lostShare: 0,
    slowUntil: 0,
    slowBy: 0,
    unreachableUntil: new Map(),
  };
  /** When the last write of each process arrives. */
  const lastWrite = new Map<SimProcess, number>();
  /** How many writes of each process have arrived. */
  const arrived = new Map<SimProcess, number>();

  function delay(): number {
    const usual = far ? FAR_MS ** random.next() + (random.next() < SECONDS_SHARE ? random.next() * SECONDS_MS : 0) : 0;
    if (timeline.elapsed >= trouble.slowUntil) return usual + random.next() * delayMs;
    note('slow');
    return usual + random.next() * (delayMs + trouble.slowBy);
  }

  function failure(verb: string, args: readonly unknown[]): AppError | undefined {
    // Conflicts come of keys and commands; a change of the run's own row alone has none.
    const refusable = verb === 'commit' && touchesTasks(args[1] as RunCommit);
    if (refusable && trouble.conflictIn > 0) {
      trouble.conflictIn -= 1;
      if (trouble.conflictIn === 0) {
        note('conflict');
        return new AppError('conflict', 'A conflict, for the sake of the simulation.');
      }
    }
    if (refusable && trouble.refusedIn > 0) {
      trouble.refusedIn -= 1;
      if (trouble.refusedIn === 0) {
        note('refused');
        return new AppError('internal', 'The unit is refused, for the sake of the simulation.');
      }
    }
    if (timeline.elapsed >= trouble.busyUntil || random.next() >= trouble.busyShare) return undefined;
    note('busy');
    return new AppError('database_busy', 'The database is busy.');
  }

  function isLost(): boolean {
    return timeline.elapsed < trouble.lostUntil && random.next() < trouble.lostShare;
  }

  /** D2: at once, later, or never. */
  function doneOrNot(isLast: () => boolean, work: () => unknown): void {
    const fate = random.next();
    const run = () =>
      void Promise.resolve()
        .then(work)
        .catch(() => {});
    if (fate < 0.4) run();
    else if (fate < 0.7) timeline.after(random.next() * MAX_LATE_MS, () => isLast() && run());
  }

  function isCutOff({ name }: SimProcess): boolean {
    return (trouble.unreachableUntil.get(name) ?? 0) > timeline.elapsed;
  }

  /** What was asked of the database before it was out of reach. */
  function unanswered(verb: string): AppError {
    return READS.test(verb) ? UNREACHABLE : new AppError('outcome_unknown', 'The answer was lost.');
  }

  function call(process: SimProcess, verb: string, { args, work }: Call): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!process.pass('call')) return;
      const answer = (run: () => void) => timeline.after(delay(), () => process.act('answer', run));
      if (isCutOff(process)) {
        note('unreachable');
        timeline.after(NO_ANSWER_MS, () => process.act('answer', () => reject(UNREACHABLE)));
        return;
      }
      let arrival = timeline.elapsed + delay();
      if (!READS.test(verb)) {
        arrival = Math.max(arrival, lastWrite.get(process) ?? 0);
        lastWrite.set(process, arrival);
      }
      timeline.after(arrival - timeline.elapsed, () => {
        const refused = failure(verb, args);
        if (refused) {
          say(`${process.name} ${verb}: ${refused.code}`);
          answer(() => reject(refused));
          return;
        }
        if (!READS.test(verb)) {
          const turn = (arrived.get(process) ?? 0) + 1;
          arrived.set(process, turn);
          if (isLost()) {
            say(`${process.name} ${verb}: the answer is lost`);
            note('lost');
            if (verb === 'commit') lost(args[1] as RunCommit);
            answer(() => reject(new AppError('outcome_unknown', 'The answer was lost.')));
            doneOrNot(() => arrived.get(process) === turn, work);
            return;
          }
        }
        void Promise.resolve()
          .then(work)
          .then(
            (value) => {
              if (!process.pass('applied')) return;
              if (!isCutOff(process)) return answer(() => resolve(value));
              note('unreachable');
              say(`${process.name} ${verb}: the answer does not reach it`);
              if (verb === 'commit') lost(args[1] as RunCommit);
              timeline.after(NO_ANSWER_MS, () => process.act('answer', () => reject(unanswered(verb))));
            },
            (error) => {
              say(`${process.name} ${verb} is refused: ${error.message}`);
              if (toAppError(error).code === 'fenced' && verb !== 'put') note('fenced');
              answer(() => reject(error));
            },
          );
      });
    });
  }

  function seenFrom<Port extends object>(process: SimProcess, port: Port): Port {
    return new Proxy(port, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value === 'object' && value !== null) return seenFrom(process, value);
        if (typeof value !== 'function') return value;
        // Taken when it is called: what the caller changes afterwards is not what was sent.
        return (...args: unknown[]) => call(process, String(key), { args, work: () => value.apply(target, args) });
      },
    });
  }

  return { seenFrom, trouble };
}
