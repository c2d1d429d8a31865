/**
 * The master's side of one worker socket. The owner decides about the hello and hears typed messages; order, version,
 * liveness, limits and heartbeat answers are the session's.
 */
import type { Clock } from '@vaquita/core';
import type { BadMessage } from './codec.ts';
import type { CloseReason } from './constants.ts';
import { createFloodGuard } from './flood-guard.ts';
import type { MasterAnswer, MasterOrder, WorkerHeartbeat, WorkerHello, WorkerReport } from './messages.ts';
import { openSession, type SendOutcome } from './session.ts';
import type { SessionEnd, SessionPhase } from './session-machine.ts';
import { negotiateVersion } from './versions.ts';
import type { Wire } from './wire.ts';

export interface MasterSessionOptions {
  readonly clock: Clock;
  /**
   * Check the token, reconcile `running` and `unsent`, answer. `version` is what both sides speak: put it into the
   * welcome. A rejection of this promise closes the session as an internal error; the worker comes back later.
   */
  onHello(hello: WorkerHello, version: string): Promise<MasterAnswer>;
  /** The welcome has been queued: from now on `send` is accepted. */
  onOpen?(hello: WorkerHello): void;
  onMessage(message: WorkerReport): void;
  onHeartbeat(heartbeat: WorkerHeartbeat): void;
  /** Nothing can be sent any more, because this side ends the session; `onClosed` follows. */
  onClosing?(): void;
  /** Called once, whatever ended the session, also when it never opened. */
  onClosed(end: SessionEnd): void;
  onBadMessage?(bad: BadMessage): void;
  onFault?(error: unknown): void;
}

export interface MasterSession {
  send(message: MasterOrder): SendOutcome;
  close(reason: CloseReason, text: string): void;
  readonly phase: SessionPhase;
  /** What both sides speak; null until it is agreed on. */
  readonly version: string | null;
  readonly bufferedBytes: number;
}

export function createMasterSession(wire: Wire, options: MasterSessionOptions): MasterSession {
  function fault(error: unknown): void {
    options.onFault?.(error);
  }

  async function decide(hello: WorkerHello): Promise<void> {
    try {
      // Asked after this turn: a wire may deliver the hello before this function has returned its session.
      await undefined;
      const answer = await options.onHello(hello, negotiateVersion(hello.versions) ?? '');
      session.decided(answer);
      if (answer.type === 'welcome' && session.phase === 'open') options.onOpen?.(hello);
    } catch (error) {
      fault(error);
      session.close('internal_error', 'the hello could not be answered');
    }
  }

  const flood = createFloodGuard(options.clock);
  const session = openSession({
    role: 'master',
    wire,
    clock: options.clock,
    hello: null,
    allows: flood.take,
    receivers: {
      deliver(message) {
        switch (message.type) {
          case 'heartbeat':
            options.onHeartbeat(message);
            return;
          case 'ack':
          case 'refuse':
          case 'started':
          case 'output':
          case 'result':
          case 'drainStatus':
          case 'looked':
          case 'goodbye':
            options.onMessage(message);
        }
      },
      decide: (hello) => void decide(hello),
      beat: () => {},
      bad: (bad) => options.onBadMessage?.(bad),
      closing: () => options.onClosing?.(),
      ended: (end) => options.onClosed(end),
      fault,
    },
  });
  return {
    send(message) {
      const outcome = session.send(message);
      if (message.type === 'dispatch' && outcome === 'queued') flood.earn();
      return outcome;
    },
    close: session.close,
    get phase() {
      return session.phase;
    },
    get version() {
      return session.version;
    },
    get bufferedBytes() {
      return session.bufferedBytes;
    },
  };
}
