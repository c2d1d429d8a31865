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

export interface WorkerSessionOptions {
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  readonly hello: WorkerHello;
  onWelcome(welcome: MasterWelcome): void;
  /** The greeting failed in words; `onClosed` follows. */
  onRefused(answer: MasterReject | MasterRedirect): void;
  onMessage(message: MasterOrder): void;
  /** The figures of the next heartbeat. */
  readHeartbeat(): Omit<WorkerHeartbeat, 'type' | 'seq'>;
  onClosed(end: SessionEnd): void;
  onBadMessage?(bad: BadMessage): void;
  onFault?(error: unknown): void;
}

export interface WorkerSession {
  send(message: WorkerReport): SendOutcome;
  close(reason: CloseReason, text: string): void;
  readonly phase: SessionPhase;
  readonly bufferedBytes: number;
}

export function createWorkerSession(wire: Wire, options: WorkerSessionOptions): WorkerSession {
  let seq = 0;

  const session = openSession({
    role: 'worker',
    wire,
    clock: options.clock,
    hello: options.hello,
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
          case 'dispatch':
          case 'kill':
          case 'resultAck':
          case 'outputAck':
            options.onMessage(message);
        }
      },
      decide: () => {},
      beat() {
        seq += 1;
        session.send({ ...options.readHeartbeat(), type: 'heartbeat', seq });
      },
      bad: (bad) => options.onBadMessage?.(bad),
      ended: (end) => options.onClosed(end),
      fault: (error) => options.onFault?.(error),
    },
  });
  return session;
}
