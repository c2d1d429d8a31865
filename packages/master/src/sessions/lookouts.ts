/**
 * Has workers look for files and objects on behalf of this server. A look is a question and changes nothing: what follows from
 * its answer is decided by whoever asked (P11).
 *
 * K1 A look is answered once: by the worker that was asked, or with null when that one is gone, is late, or the term is over.
 * K2 Only workers whose version knows looks are asked.
 * K3 What a worker says is believed only where it fits what it was asked: no more entries than that, in order, each after the
 *    page before. What does not fit is a problem for people to see, and not a list of files.
 */
import type { IdSource, WorkerId } from '@vaquita/core';
import { knowsMessage, LOOK_GRACE_MS, LOOK_TIMEOUT_MS, type LookedEntry, type WorkerLooked } from '@vaquita/protocol';
import type { ConnectedWorker, WorkerPool } from '../dispatch/worker-pool.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import type { Complain } from './complaints.ts';

export type { LookedEntry } from '@vaquita/protocol';

/** Has workers look for files and objects, for as long as this server leads. */
export interface Lookouts {
  /** Connected workers of the group that can look, by id; those that drain are among them. */
  of(group: string): readonly { readonly workerId: WorkerId; readonly name: string }[];
  /** @returns null when the worker has gone, did not answer in time, or the term is over. Never rejects. */
  look(workerId: WorkerId, wanted: LookRequest): Promise<LookAnswer | null>;
}

export interface LookRequest {
  /** A pattern of an absolute path of the worker's machine, or the http(s) address of one object. */
  readonly path: string;
  /** The last path of the page before; null for the first. */
  readonly after: string | null;
  /** 1 to `MAX_LOOKED_ENTRIES`; the page may be shorter than that without being the last. */
  readonly limit: number;
}

export interface LookAnswer {
  /** By path, in the order of UTF-16 code units. Right whether or not there is a problem beside them. */
  readonly entries: readonly LookedEntry[];
  /** False: look again after the last of them. There is at least one then. */
  readonly isEnd: boolean;
  /** What could not be looked at, in a sentence for people. */
  readonly problem: { readonly code: string; readonly text: string } | null;
}

/** Of one term. */
export interface TermLookouts extends Lookouts {
  heard(worker: ConnectedWorker, message: WorkerLooked, complain: Complain): void;
  left(worker: ConnectedWorker): void;
  close(): void;
}

export interface LookoutsDeps {
  readonly pool: Pick<WorkerPool, 'get' | 'inGroup'>;
  readonly timers: Pick<TimerQueue, 'after' | 'clear'>;
  readonly ids: IdSource;
}

interface Look {
  readonly worker: ConnectedWorker;
  readonly wanted: LookRequest;
  readonly decide: (answer: LookAnswer | null) => void;
}

export function createLookouts({ pool, timers, ids }: LookoutsDeps): TermLookouts {
  const out = new Map<string, Look>();
  let closed = false;
  const timerOf = (id: string) => `look:${id}`;

  /** K1 */
  function decide(id: string, answer: LookAnswer | null): void {
    const look = out.get(id);
    out.delete(id);
    timers.clear(timerOf(id));
    look?.decide(answer);
  }

  return {
    of: (group) =>
      pool
        .inGroup(group)
        .filter(canLook)
        .map(({ id, name }) => ({ workerId: id, name }))
        .sort((a, b) => (a.workerId < b.workerId ? -1 : 1)),
    async look(workerId, wanted) {
      const worker = pool.get(workerId);
      if (closed || worker === undefined || !canLook(worker)) return null;
      const lookId = ids.next<'look'>();
      const order = { type: 'look', lookId, timeoutMs: LOOK_TIMEOUT_MS, ...wanted } as const;
      if (worker.send(order) !== 'queued') return null;
      return new Promise((resolve) => {
        out.set(lookId, { worker, wanted, decide: resolve });
        timers.after(timerOf(lookId), LOOK_TIMEOUT_MS + LOOK_GRACE_MS, () => decide(lookId, null));
      });
    },
    heard(worker, message, complain) {
      const look = out.get(message.lookId);
      // Late, or said twice: it has been decided without it.
      if (look?.worker !== worker) return;
      const lie = lieIn(message, look.wanted);
      if (lie === null) return decide(message.lookId, answerOf(message));
      const text = `Its answer to a look for files ${lie}.`;
      complain({ code: 'bad_message', text });
      decide(message.lookId, { entries: [], isEnd: true, problem: { code: 'bad_answer', text } });
    },
    left(worker) {
      for (const [id, look] of out) if (look.worker === worker) decide(id, null);
    },
    close() {
      closed = true;
      for (const id of [...out.keys()]) decide(id, null);
    },
  };
}

/** K2 */
function canLook({ version }: ConnectedWorker): boolean {
  return knowsMessage(version, 'look');
}

/** K3: what is wrong with an answer, as the end of a sentence. */
function lieIn({ entries, isEnd }: WorkerLooked, { after, limit }: LookRequest): string | null {
  if (entries.length > limit) return `has ${entries.length} entries, and ${limit} were asked for`;
  let before = after;
  for (const { path } of entries) {
    if (before !== null && path <= before) return `is not in order: ${path} follows ${before}`;
    before = path;
  }
  return !isEnd && entries.length === 0 ? 'has no entries, and says that there are more' : null;
}

function answerOf({ entries, isEnd, problem, code }: WorkerLooked): LookAnswer {
  const isProblem = problem !== null || code !== null;
  return {
    entries,
    isEnd,
    problem: isProblem ? { code: code ?? 'other', text: problem ?? `The worker says: ${code}.` } : null,
  };
}
