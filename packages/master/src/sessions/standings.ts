/**
 * Carries out what people have decided about workers, and sends those away whose tokens are good no more.
 *
 * A1 What has been decided is a row; it holds at every joining and in every term, whoever was told of it.
 * A2 A decision that is in force is carried out once for each session.
 * A3 A worker that is evicted has no session, and nothing counts on what it was running.
 */
import type { WorkerId } from '@vaquita/core';
import type { MasterConfigure } from '@vaquita/protocol';
import type { WorkerDecision, WorkerStanding, WorkerStore } from '@vaquita/store';
import { neverRan } from '../dispatch/deliveries.ts';
import type { Holds } from '../dispatch/holds.ts';
import type { LiveDispatches } from '../dispatch/live-dispatches.ts';
import type { ConnectedWorker, WorkerPool } from '../dispatch/worker-pool.ts';
import { type KeepTryingDeps, keepTrying } from '../gate/keep-trying.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import type { TokenVerdict } from './greeting.ts';

export interface Standings {
  /** The decision that keeps a worker out, if there is one. Notes what else is decided about it. */
  keptOut(id: WorkerId, name: string): Promise<WorkerDecision | undefined>;
  /** What is in force for the worker, as far as it has been read. */
  of(id: WorkerId): WorkerStanding | undefined;
  joined(worker: ConnectedWorker, token: string): void;
  left(worker: ConnectedWorker): void;
  /** Also a hint: something about a worker or a worker token has been decided. */
  read(): void;
}

export interface StandingsDeps extends KeepTryingDeps {
  readonly workers: Pick<WorkerStore, 'standings' | 'standingsOf'>;
  readonly judgeToken: (token: string) => Promise<TokenVerdict>;
  readonly timers: TimerQueue;
  readonly pollMs: number;
  readonly live: LiveDispatches;
  readonly pool: WorkerPool;
  readonly holds: Holds;
  readonly killGraceMs: number;
  /** It takes tasks again, or no more. */
  readonly restate: (id: WorkerId, why: string) => void;
  /** There may be free slots. */
  readonly wake: () => void;
  /** It is not connected and will not be: its tasks need not wait for it. */
  readonly lost: (id: WorkerId, text: string) => void;
}

interface Session {
  readonly token: string;
  /** Of the standing that was carried out last (A2). */
  availability: WorkerStanding['availability'];
  overrides: string;
}

export function createStandings(deps: StandingsDeps): Standings {
  const { pool, holds, live, timers } = deps;
  let known: ReadonlyMap<WorkerId, WorkerStanding> = new Map();
  const sessions = new Map<ConnectedWorker, Session>();
  let reading = false;
  let again = false;

  async function readAll(): Promise<void> {
    const rows = await keepTrying(deps, 'What is decided about workers', () => deps.workers.standings());
    if (!rows) return;
    known = new Map(rows.map(({ id, standing }) => [id, standing]));
    for (const worker of sessions.keys()) carryOut(worker);
    for (const { id, name, standing } of rows) {
      if (standing.availability !== 'evicted' || pool.get(id) || live.ofWorker(id).length === 0) continue;
      deps.lost(id, sentAway(name, standing));
    }
    await checkTokens();
  }

  async function checkTokens(): Promise<void> {
    for (const token of new Set(Array.from(sessions.values(), (session) => session.token))) {
      const verdict = await keepTrying(deps, 'A worker token', () => deps.judgeToken(token));
      if (verdict === undefined || verdict === 'valid') continue;
      for (const [worker, session] of sessions) {
        if (session.token === token) worker.close('rejected', `its token ${TOKEN_IS[verdict]}`);
      }
    }
  }

  /** One read at a time; a hint that comes during one asks for another. */
  async function read(): Promise<void> {
    again = true;
    if (reading) return;
    reading = true;
    while (again && !deps.isOver()) {
      again = false;
      await readAll();
    }
    reading = false;
    if (!deps.isOver() && sessions.size > 0) poll();
  }

  function poll(): void {
    timers.after('what is decided about workers', deps.pollMs, () => void read());
  }

  function carryOut(worker: ConnectedWorker): void {
    const session = sessions.get(worker);
    if (!session || pool.get(worker.id) !== worker) return;
    const standing = known.get(worker.id);
    if (standing?.availability === 'evicted') {
      evict(worker, standing);
      return;
    }
    const availability = standing?.availability ?? 'available';
    if (availability !== session.availability) {
      session.availability = availability;
      if (availability === 'draining') drain(worker, standing!);
      else resume(worker, standing);
    }
    const overrides = JSON.stringify(standing?.overrides ?? {});
    if (overrides === session.overrides) return;
    session.overrides = overrides;
    configure(worker, standing?.overrides ?? {});
  }

  function drain(worker: ConnectedWorker, standing: WorkerStanding): void {
    holds.add(worker.id, 'asked');
    worker.send({ type: 'drain', reason: words(standing) });
    deps.restate(worker.id, `Asked to drain ${words(standing)}.`);
  }

  function resume(worker: ConnectedWorker, standing: WorkerStanding | undefined): void {
    holds.remove(worker.id, 'asked');
    worker.send({ type: 'resume' });
    deps.restate(worker.id, standing ? `Asked to go on ${words(standing)}.` : 'It takes tasks again.');
  }

  /** A worker that cannot be told keeps to its own number of slots, so it is given no more than that. */
  function configure(worker: ConnectedWorker, overrides: WorkerStanding['overrides']): void {
    const slots = overrides.slots ?? worker.slots;
    const labels = overrides.labels ?? worker.labels;
    const weight = overrides.weight ?? worker.weight;
    const order: MasterConfigure = { type: 'configure', slots, labels, logLevel: overrides.logLevel ?? null };
    const cannotHear = worker.send(order) === 'not_spoken';
    pool.configure(worker.id, { slots: cannotHear ? Math.min(slots, worker.slots) : slots, labels, weight });
    deps.wake();
  }

  /** A3 */
  function evict(worker: ConnectedWorker, standing: WorkerStanding): void {
    const text = sentAway(worker.name, standing);
    holds.add(worker.id, 'closing');
    worker.send({ type: 'drain', reason: text });
    for (const { id, taskInstanceId, bus } of live.ofWorker(worker.id)) {
      worker.send({ type: 'kill', dispatchId: id, reason: text, graceMs: deps.killGraceMs });
      const report = { ...neverRan(text, deps.clock.now()), state: 'interrupted' } as const;
      bus.post({ type: 'TaskEnded', taskInstanceId, dispatchId: id, report });
    }
    sessions.delete(worker);
    worker.close('evicted', text);
  }

  return {
    async keptOut(id, name) {
      const before = known;
      const decisions = await deps.workers.standingsOf(id, name);
      const own = decisions.find((decision) => decision.id === id);
      // What has been read of all meanwhile may be newer.
      if (own && known === before) known = new Map(known).set(id, own.standing);
      return decisions.find(({ standing }) => standing.availability === 'evicted');
    },
    of: (id) => known.get(id),
    joined(worker, token) {
      sessions.set(worker, { token, availability: 'available', overrides: '{}' });
      carryOut(worker);
      if (sessions.size === 1) poll();
    },
    left: (worker) => void sessions.delete(worker),
    read: () => void read(),
  };
}

/** By whom, and why. */
function words({ by, why }: WorkerStanding): string {
  return `by ${by}${why === '' ? '' : `: ${why}`}`;
}

function sentAway(name: string, standing: WorkerStanding): string {
  return `Worker "${name}" was sent away ${words(standing)}.`;
}

const TOKEN_IS = {
  unknown: 'is not known any more',
  revoked: 'has been revoked',
  expired: 'has expired',
} as const satisfies Record<Exclude<TokenVerdict, 'valid'>, string>;
