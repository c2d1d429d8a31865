/**
 * Where workers come in: one session for each connection, from its hello to its end.
 *
 * W1 A worker id has at most one open session; a newer one takes the place of the older.
 * W2 The pool holds a worker from its welcome to the end of its session, no longer.
 * W3 Whatever a worker says wrong ends at most its own session.
 */
import type { Clock, WorkerId } from '@vaquita/core';
import {
  type CloseReason,
  createMasterSession,
  type MasterSession,
  OLDEST_VERSION,
  type SessionEnd,
  type Wire,
  type WorkerGoodbye,
  type WorkerHello,
} from '@vaquita/protocol';
import type { Holds } from '../dispatch/holds.ts';
import type { ConnectedWorker, WorkerPool } from '../dispatch/worker-pool.ts';
import type { Logger } from '../settings.ts';
import { createComplaints } from './complaints.ts';
import type { Deafness } from './deafness.ts';
import type { FaultCounts } from './faults.ts';
import type { Greeting } from './greeting.ts';
import { figuresOf, type Heartbeats, isOverloaded } from './heartbeats.ts';
import type { TermLookouts } from './lookouts.ts';
import type { Membership, MemberWorker } from './membership.ts';
import type { Presence } from './presence.ts';
import type { Probes } from './probes.ts';
import type { HearReport } from './reports.ts';
import type { Standings } from './standings.ts';
import { createWorkerClock } from './worker-clock.ts';

export interface WorkerDoorDeps {
  readonly greeting: Greeting;
  readonly clock: Clock;
  readonly standings: Standings;
  /** Whether it drains has changed. */
  readonly restate: (id: WorkerId, why: string) => void;
  readonly pool: WorkerPool;
  readonly holds: Holds;
  readonly heartbeats: Heartbeats;
  readonly membership: Membership;
  readonly hear: HearReport;
  readonly probes: Probes;
  readonly deafness: Deafness;
  readonly lookouts: Pick<TermLookouts, 'heard' | 'left'>;
  readonly counts: FaultCounts;
  readonly log: Logger;
  /** There may be free slots. */
  readonly wake: () => void;
  /** A worker has joined: sends what it is still owed. */
  readonly joined: (worker: ConnectedWorker, hello: WorkerHello) => void;
  /** Its session ended; `gone` when it will not be back, so that its tasks need not wait for it. */
  readonly left: (worker: ConnectedWorker, gone: boolean, text: string, expected: boolean) => void;
  readonly greets: Presence['greets'];
  readonly brokenOff: Presence['brokenOff'];
}

export interface WorkerDoor {
  accept(wire: Wire): void;
  /** Ends every session; the workers look for the next leader. */
  close(): void;
}

/** Ends that a worker brought on itself: it is not let in again at once. */
const SHUNNED: ReadonlySet<CloseReason> = new Set(['flooded', 'bad_messages', 'frame_too_large']);

/** Ends after which it will not be back. */
const GONE: ReadonlySet<CloseReason> = new Set(['session_timeout', 'evicted']);

export function createWorkerDoor(deps: WorkerDoorDeps): WorkerDoor {
  const { clock, counts, log, pool } = deps;
  const sessions = new Set<MasterSession>();

  function accept(wire: Wire): void {
    let worker: ConnectedWorker | undefined;
    let said: WorkerHello | undefined;
    let farewell: WorkerGoodbye | undefined;
    /** Its row says that it is online, or may do so. */
    let isOnRecord = false;
    const workerClock = createWorkerClock(clock);
    const complain = createComplaints({
      counts,
      log,
      send: (message) => session.send(message),
      worker: () => worker?.name,
    });

    function readClock(at: number | undefined): void {
      const before = workerClock.isFarOff;
      workerClock.read(at);
      if (workerClock.isFarOff === before) return;
      const ahead = Math.round((workerClock.skewMs ?? 0) / 1_000);
      if (before) log.info('The clock of a worker is right again.', { worker: worker?.name });
      else
        complain({
          code: 'clock_skew',
          text: `Its clock is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} this server’s. Times it tells are corrected; set it right.`,
        });
    }

    const session = createMasterSession(wire, {
      clock,
      async onHello(hello, version) {
        said = hello;
        const endGreeting = deps.greets(hello.workerId);
        try {
          const answer = await deps.greeting.answer(hello, version);
          isOnRecord = answer.type === 'welcome';
          return answer;
        } catch (error) {
          isOnRecord = true;
          throw error;
        } finally {
          endGreeting();
          if (isOnRecord && !sessions.has(session)) deps.brokenOff(hello);
        }
      },
      onOpen(hello) {
        const before = pool.get(hello.workerId);
        worker = connected(hello, session);
        if (before) leavePool(before);
        pool.join(worker);
        deps.heartbeats.heard(worker.id);
        deps.membership.joined(memberOf(hello));
        before?.close('replaced', 'a newer connection of this worker took its place');
        readClock(hello.at);
        hearDrain(worker.id, hello.draining ?? false);
        deps.standings.joined(worker, hello.token);
        deps.joined(worker, hello);
        deps.deafness.joined(worker);
      },
      onMessage(message) {
        if (!worker) return;
        if (message.type === 'goodbye') {
          farewell = message;
          deps.heartbeats.heard(worker.id);
        } else if (message.type === 'drainStatus') {
          if (hearDrain(worker.id, message.draining)) deps.restate(worker.id, 'It says so itself.');
        } else if (message.type === 'looked') deps.lookouts.heard(worker, message, complain);
        else if ('dispatchId' in message) deps.hear({ worker, clock: workerClock, complain }, message);
      },
      onHeartbeat(heartbeat) {
        if (!worker) return;
        readClock(heartbeat.at);
        deps.heartbeats.beat(worker.id, figuresOf(heartbeat, workerClock));
        const { cpu, memory } = heartbeat;
        if (pool.beat(worker.id, { cpu, memory, overloaded: isOverloaded(heartbeat) })) deps.wake();
        deps.membership.heard(worker.id);
      },
      onClosing() {
        if (worker && pool.get(worker.id) === worker) deps.holds.add(worker.id, 'closing');
      },
      onClosed(end) {
        sessions.delete(session);
        counts.ended(end.reason);
        if (said && SHUNNED.has(end.reason)) deps.greeting.shun(said);
        if (worker) leave(worker, end, farewell);
        else if (said && isOnRecord) deps.brokenOff(said);
      },
      onBadMessage: ({ type, reason }) =>
        complain({
          code: 'bad_message',
          text: `It sent ${type === null ? 'something' : `a "${type}"`} that cannot be read: ${reason}.`,
        }),
      onFault: (error) =>
        log.error('Handling a message of a worker failed.', { worker: worker?.name, error: String(error) }),
    });
    sessions.add(session);
  }

  /** It takes nothing, whoever told it so. @returns whether that is news. */
  function hearDrain(id: WorkerId, drains: boolean): boolean {
    const before = deps.holds.has(id, 'own');
    if (drains) deps.holds.add(id, 'own');
    else deps.holds.remove(id, 'own');
    return before !== drains;
  }

  /** W2 */
  function leavePool(worker: ConnectedWorker): void {
    if (pool.get(worker.id) === worker) deps.holds.left(worker.id);
    deps.standings.left(worker);
    pool.leave(worker);
  }

  function leave(worker: ConnectedWorker, end: SessionEnd, farewell: WorkerGoodbye | undefined): void {
    leavePool(worker);
    deps.probes.left(worker);
    deps.lookouts.left(worker);
    // What it leaves running on its machine is its own as long as that of any worker that is away.
    const hasLeft = farewell !== undefined && (farewell.running ?? []).length === 0;
    const gone = hasLeft || GONE.has(end.reason) || isHopeless(end, worker.id);
    // Not while a newer session of it is open (W1).
    if (!pool.get(worker.id)) deps.membership.left(worker.id, gone);
    const expected = hasLeft || end.reason === 'evicted';
    deps.left(worker, gone, `Worker "${worker.name}": ${farewell?.reason ?? endWords(end)}.`, expected);
  }

  function isHopeless(end: SessionEnd, id: WorkerId): boolean {
    return end.reason === 'deaf' && deps.deafness.isHopeless(id);
  }

  return {
    accept,
    close() {
      deps.greeting.close();
      for (const session of sessions) session.close('going_away', 'this server no longer leads');
    },
  };
}

function endWords({ reason, text }: SessionEnd): string {
  switch (reason) {
    case 'session_timeout':
      return 'no heartbeat in its session timeout';
    case 'deaf':
      return 'it answered heartbeats and did not return an echo';
    case 'flooded':
    case 'bad_messages':
    case 'frame_too_large':
    case 'rejected':
    case 'evicted':
      return `its session was ended (${reason}: ${text})`;
    default:
      return 'its connection was lost';
  }
}

function memberOf(hello: WorkerHello): MemberWorker {
  const { workerId: id, name, groups, slots, heartbeatIntervalMs, sessionTimeoutMs } = hello;
  return { id, name, groups, slots, heartbeatIntervalMs, sessionTimeoutMs };
}

function connected(hello: WorkerHello, session: MasterSession): ConnectedWorker {
  return {
    id: hello.workerId,
    name: hello.name,
    groups: hello.groups,
    labels: hello.labels,
    weight: hello.weight,
    slots: hello.slots,
    instance: hello.instance,
    taskTypes: new Set(hello.taskTypes),
    sessionTimeoutMs: hello.sessionTimeoutMs,
    version: session.version ?? OLDEST_VERSION,
    send: (message) => session.send(message),
    close: (reason, text) => session.close(reason, text),
  };
}
