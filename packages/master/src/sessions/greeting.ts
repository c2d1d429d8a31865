/**
 * How a hello is answered: who may come in, and what it is told of what it says it has (P7). Writes the worker's row and
 * sends nothing.
 */
import type { Clock, DispatchId, Epoch, IdSource } from '@vaquita/core';
import {
  type MasterAnswer,
  type MasterReject,
  type MasterWelcome,
  RECONNECT_CAP_MS,
  type RejectCode,
  type WorkerHello,
} from '@vaquita/protocol';
import type { WorkerDecision, WorkerFacts } from '@vaquita/store';
import type { LiveDispatches } from '../dispatch/live-dispatches.ts';
import type { WorkerPool } from '../dispatch/worker-pool.ts';
import type { MasterSettings } from '../settings.ts';
import { workerBack } from '../system/cluster-alerts.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import type { FaultCounts } from './faults.ts';
import type { Probes } from './probes.ts';
import type { Standings } from './standings.ts';
import type { TermWorkers } from './term-workers.ts';

/** What is known of a token that a worker comes with. */
export type TokenVerdict = 'valid' | 'unknown' | 'revoked' | 'expired';

export interface Greeting {
  answer(hello: WorkerHello, version: string): Promise<MasterAnswer>;
  /** For a while it is told to come back later: it has flooded this server, or said nothing that makes sense. */
  shun(hello: WorkerHello): void;
  /** From now on everybody is sent to the next leader. */
  close(): void;
}

export interface GreetingDeps {
  readonly workers: Pick<TermWorkers, 'upsert'>;
  readonly judgeToken: (token: string) => Promise<TokenVerdict>;
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly ids: IdSource;
  readonly epoch: Epoch;
  readonly serverId: string;
  readonly settings: Pick<MasterSettings, 'electionIntervalMs' | 'maxFrameBytes' | 'ackTimeoutMs'>;
  readonly live: LiveDispatches;
  readonly pool: WorkerPool;
  readonly probes: Probes;
  readonly standings: Standings;
  readonly counts: FaultCounts;
  /** Resolves when open runs can be taken over. They may not all be in memory yet. */
  readonly open: Promise<void>;
  /** Whether the rows say that the worker holds the dispatch, though memory does not know it. Brings its run into memory. */
  readonly isHeld: (dispatchId: DispatchId, worker: WorkerHello['workerId']) => Promise<boolean>;
  /** An event may have been written. */
  readonly told: () => void;
}

export function createGreeting(deps: GreetingDeps): Greeting {
  const { clock, counts, live, pool, settings, timers } = deps;
  const shunned = new Set<WorkerHello['workerId']>();
  let closed = false;

  async function answer(hello: WorkerHello, version: string): Promise<MasterAnswer> {
    const refusal = await judge(hello);
    if (refusal) return refusal;
    const drains = hello.draining === true || deps.standings.of(hello.workerId)?.availability === 'draining';
    const state = drains ? 'draining' : 'online';
    const now = clock.now();
    await deps.workers.upsert(
      workerRow(hello, state, now),
      'It has joined.',
      workerBack({ ids: deps.ids, now }, hello),
    );
    deps.told();
    return welcome(hello, version);
  }

  async function judge(hello: WorkerHello): Promise<MasterAnswer | undefined> {
    if (shunned.has(hello.workerId)) return later(RECONNECT_CAP_MS);
    const verdict = await deps.judgeToken(hello.token);
    if (verdict !== 'valid') return reject(...TOKEN_WORDS[verdict]);
    await deps.open;
    if (closed) return later(settings.electionIntervalMs);
    const out = await deps.standings.keptOut(hello.workerId, hello.name);
    if (out) return reject('evicted', evictedWords(out));
    const namesake = pool.byName(hello.name);
    if (namesake && namesake.id !== hello.workerId) {
      const text = `Another worker named "${hello.name}" is connected. Choose another --name.`;
      return reject('name_in_use', text);
    }
    if (await hasTwin(hello)) {
      counts.fault('copied_identity');
      const text = `A worker with the same identity is connected and alive: this one runs on a copy of its work folder. Remove the file "worker-id" from it, and give it a --name of its own.`;
      return reject('name_in_use', text);
    }
    return undefined;
  }

  /**
   * A worker that was restarted may be back before its old connection is known to be dead; a second process on a copy of
   * its folder looks the same. Only an echo over the old connection tells them apart.
   */
  async function hasTwin({ workerId, instance }: WorkerHello): Promise<boolean> {
    const present = pool.get(workerId);
    if (!present || present.instance === undefined || instance === undefined) return false;
    if (present.instance === instance) return false;
    return (await deps.probes.ask(present)) === 'answered';
  }

  function reject(code: RejectCode, text: string): MasterReject {
    counts.rejected(code);
    return { type: 'reject', code, text };
  }

  async function welcome(hello: WorkerHello, version: string): Promise<MasterWelcome> {
    const { keep, abandon } = await reconcile(hello);
    return {
      type: 'welcome',
      sessionId: deps.ids.next<'session'>(),
      epoch: deps.epoch,
      serverId: deps.serverId,
      version,
      maxFrameBytes: settings.maxFrameBytes,
      ackTimeoutMs: settings.ackTimeoutMs,
      keep,
      abandon,
      at: clock.now(),
    };
  }

  /** What the worker reports running is kept if the rows say that it holds it, and to be killed if not. */
  async function reconcile(hello: WorkerHello): Promise<Pick<MasterWelcome, 'keep' | 'abandon'>> {
    const reported = hello.running.map(({ dispatchId }) => dispatchId);
    const held = new Set<DispatchId>();
    for (const { dispatchId: id } of [...hello.running, ...hello.unsent]) {
      if (!live.get(id) && (await deps.isHeld(id, hello.workerId))) held.add(id);
    }
    // From here to the welcome nothing may wait: what is live now must still be live when the worker hears of it.
    const isKept = (id: DispatchId) => live.get(id)?.workerId === hello.workerId || held.has(id);
    return { keep: reported.filter(isKept), abandon: reported.filter((id) => !isKept(id)) };
  }

  return {
    answer,
    shun({ workerId }) {
      shunned.add(workerId);
      timers.after(`shunned:${workerId}`, RECONNECT_CAP_MS, () => shunned.delete(workerId));
    },
    close() {
      closed = true;
    },
  };
}

function later(retryAfterMs: number): MasterAnswer {
  return { type: 'redirect', url: null, retryAfterMs };
}

function evictedWords({ name, standing: { by, why, at } }: WorkerDecision): string {
  const said = `${by} on ${new Date(at).toISOString()}${why === '' ? '' : `: ${why}`}`;
  return `Worker "${name}" was sent away by ${said}. It may come back after: vaquita workers resume ${name}`;
}

const MAKE_ONE = 'Create one with: vaquita worker-token create --name <name>';
const TOKEN_WORDS: Readonly<Record<Exclude<TokenVerdict, 'valid'>, readonly [RejectCode, string]>> = {
  unknown: ['bad_token', `The token is not known here. ${MAKE_ONE}`],
  revoked: ['revoked', `The token has been revoked. ${MAKE_ONE}`],
  expired: ['revoked', `The token has expired. ${MAKE_ONE}`],
};

function workerRow(hello: WorkerHello, state: WorkerFacts['state'], now: number): WorkerFacts {
  const { workerId, name, groups, labels, slots, weight, agentVersion, runtime, host, taskTypes, sessionTimeoutMs } =
    hello;
  return {
    id: workerId,
    name,
    groups,
    labels,
    slots,
    weight,
    state,
    agentVersion,
    runtime,
    host,
    taskTypes,
    sessionTimeoutMs,
    connectedAt: now,
    lastHeartbeatAt: now,
    stats: {},
    updatedAt: now,
  };
}
