/**
 * The worker's side of one socket: says hello, beats, and hands on what the master says. One session per connection;
 * reconnecting is the agent's.
 */
import type { Clock } from '@vaquita/core';
import type { BadMessage } from './codec.ts';
import type { CloseReason } from './constants.ts';
import type {
  MasterOrder,
  MasterRedirect,
  MasterReject,
  MasterWelcome,
  WorkerHeartbeat,
  WorkerHello,
  WorkerReport,
} from './messages.ts';
import { openSession, type SendOutcome } from './session.ts';
import type { SessionEnd, SessionPhase } from './session-machine.ts';
import type { Wire } from './wire.ts';

/** What the agent tells in a heartbeat; the rest the session knows itself. */
export type HeartbeatFigures = Omit<WorkerHeartbeat, 'type' | 'seq' | 'at' | 'roundTripMs'>;

export interface WorkerSessionOptions {
  readonly clock: Clock;
  /** Sent with the time of `clock`. */
  readonly hello: WorkerHello;
  onWelcome(welcome: MasterWelcome): void;
  /** The greeting failed in words; `onClosed` follows. */
  onRefused(answer: MasterReject | MasterRedirect): void;
  onMessage(message: MasterOrder): void;
  /** The figures of the next heartbeat. */
  readHeartbeat(): HeartbeatFigures;
  onClosed(end: SessionEnd): void;
  onBadMessage?(bad: BadMessage): void;
  onFault?(error: unknown): void;
}

export interface WorkerSession {
  send(message: WorkerReport): SendOutcome;
  close(reason: CloseReason, text: string): void;
  readonly phase: SessionPhase;
  /** What both sides speak; null until it is agreed on. */
  readonly version: string | null;
  readonly bufferedBytes: number;
}

export function createWorkerSession(wire: Wire, options: WorkerSessionOptions): WorkerSession {
  const { clock } = options;
  let seq = 0;
  let sentAt = 0;
  let roundTripMs: number | null = null;

  const session = openSession({
    role: 'worker',
    wire,
    clock,
    hello: { ...options.hello, at: clock.now() },
    receivers: {
      deliver(message) {
        switch (message.type) {
          case 'welcome':
            options.onWelcome(message);
            return;
          case 'redirect':
          case 'reject':
            options.onRefused(message);
            return;
          case 'heartbeatAck':
            // A clock that was set meanwhile says nothing.
            if (message.seq === seq && clock.now() >= sentAt) roundTripMs = clock.now() - sentAt;
            return;
          case 'dispatch':
          case 'kill':
          case 'takeOver':
          case 'echo':
          case 'drain':
          case 'resume':
          case 'configure':
          case 'fault':
          case 'look':
          case 'resultAck':
          case 'outputAck':
            options.onMessage(message);
        }
      },
      decide: () => {},
      beat() {
        seq += 1;
        sentAt = clock.now();
        session.send({ ...options.readHeartbeat(), type: 'heartbeat', seq, roundTripMs, at: sentAt });
        roundTripMs = null;
      },
      bad: (bad) => options.onBadMessage?.(bad),
      ended: (end) => options.onClosed(end),
      fault: (error) => options.onFault?.(error),
    },
  });
  return session;
}
