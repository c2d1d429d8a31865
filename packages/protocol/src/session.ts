/**
 * Binds the session machine to a wire and a clock: decodes frames, runs the machine's outputs, packs what is sent in
 * one tick into one frame. Roles add their meaning in `master-session.ts` and `worker-session.ts`.
 *
 * D1 Inputs are handled one at a time; one that arrives while another is handled waits its turn.
 * D2 A heartbeat or its answer overtakes what waits in the same tick: load must not look like death.
 * D3 A receiver that throws ends its own session (the peer reconnects and reconciles), never the process.
 */
import type { Clock, TimerHandle } from '@vaquita/core';
import {
  type BadMessage,
  decodeMasterFrame,
  decodeWorkerFrame,
  type EncodedMessage,
  encodeMessage,
  packFrames,
  utf8Length,
} from './codec.ts';
import { CLOSE_CODES, type CloseReason, closeReasonOf, MAX_FRAME_BYTES } from './constants.ts';
import type { MasterAnswer, MasterMessage, WorkerHello, WorkerMessage } from './messages.ts';
import {
  initialSession,
  type SessionEnd,
  type SessionInput,
  type SessionOutput,
  type SessionPhase,
  type SessionRole,
  type SessionTimer,
  stepSession,
} from './session-machine.ts';
import { knowsMessage } from './versions.ts';
import type { Wire } from './wire.ts';

export type AnyMessage = WorkerMessage | MasterMessage;

export interface SessionReceivers {
  deliver(message: AnyMessage): void;
  decide(hello: WorkerHello): void;
  beat(): void;
  /** For the log: what the peer said that was not understood. */
  bad(message: BadMessage): void;
  /** The session is being ended by this side: nothing more is sent or delivered. `ended` follows. */
  closing?(): void;
  ended(end: SessionEnd): void;
  /** A receiver threw; for the log, with its stack. */
  fault(error: unknown): void;
}

export interface SessionOptions {
  readonly role: SessionRole;
  readonly wire: Wire;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  /** Worker: sent as the first message. Master: null. */
  readonly hello: WorkerHello | null;
  readonly receivers: SessionReceivers;
  /** Told how many messages a frame held. False: that is a flood, and the frame is not handled. */
  readonly allows?: (messages: number) => boolean;
}

/**
 * `too_large`: no frame can carry this message. `not_open`: before the greeting is done, or after the end. `not_spoken`:
 * the peer's version does not know such a message (P10), nothing was sent.
 */
export type SendOutcome = 'queued' | 'too_large' | 'not_open' | 'not_spoken';

export interface Session {
  send(message: AnyMessage): SendOutcome;
  decided(answer: MasterAnswer): void;
  close(reason: CloseReason, text: string): void;
  readonly phase: SessionPhase;
  /** What both sides speak; null until it is agreed on. */
  readonly version: string | null;
  /** Bytes the wire has not sent yet: wait with output while this is high. */
  readonly bufferedBytes: number;
}

export function openSession(options: SessionOptions): Session {
  const { role, wire, clock, receivers } = options;
  const decode = role === 'master' ? decodeWorkerFrame : decodeMasterFrame;
  const timers = new Map<SessionTimer, TimerHandle>();
  const inputs: SessionInput[] = [];
  let state = initialSession(role);
  let stepping = false;
  let queue: EncodedMessage[] = [];
  let flushPlanned = false;

  function feed(input: SessionInput): void {
    inputs.push(input);
    if (stepping) return;
    stepping = true;
    try {
      for (let next = inputs.shift(); next !== undefined; next = inputs.shift()) {
        const step = stepSession(state, next);
        state = step.state;
        for (const output of step.outputs) run(output);
      }
    } finally {
      stepping = false;
    }
  }

  function run(output: SessionOutput): void {
    switch (output.type) {
      case 'send':
        guarded(() => enqueue(output.message.type, encodeMessage(output.message)));
        return;
      case 'deliver':
        guarded(() => receivers.deliver(output.message));
        return;
      case 'decide':
        guarded(() => receivers.decide(output.hello));
        return;
      case 'beat':
        guarded(() => receivers.beat());
        return;
      case 'arm':
        disarm(output.timer);
        timers.set(
          output.timer,
          clock.setTimeout(() => {
            timers.delete(output.timer);
            feed({ type: 'timer', timer: output.timer });
          }, output.delayMs),
        );
        return;
      case 'disarm':
        disarm(output.timer);
        return;
      case 'closeWire':
        flush();
        wire.close(CLOSE_CODES[output.end.reason], closeText(output.end.text));
        guarded(() => receivers.closing?.());
        return;
      case 'terminateWire':
        wire.terminate();
        return;
      case 'ended':
        queue = [];
        guarded(() => receivers.ended(output.end));
    }
  }

  function guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      receivers.fault(error);
      const text = error instanceof Error ? error.message : String(error);
      inputs.push({ type: 'close', reason: 'internal_error', text: `a receiver failed: ${text}` });
    }
  }

  function disarm(timer: SessionTimer): void {
    const handle = timers.get(timer);
    if (handle === undefined) return;
    clock.clearTimeout(handle);
    timers.delete(timer);
  }

  function enqueue(type: AnyMessage['type'], encoded: EncodedMessage): void {
    if (encoded.bytes > MAX_FRAME_BYTES) throw new Error(`a ${type} of ${encoded.bytes} bytes is over the limit`);
    if (type === 'heartbeat' || type === 'heartbeatAck') queue.unshift(encoded);
    else queue.push(encoded);
    if (flushPlanned) return;
    flushPlanned = true;
    wire.defer(flush);
  }

  function flush(): void {
    flushPlanned = false;
    if (queue.length === 0) return;
    const batch = queue;
    queue = [];
    for (const frame of packFrames(batch)) wire.send(frame);
  }

  feed({ type: 'opened', hello: options.hello });
  wire.onClose((code, text) => feed({ type: 'wireClosed', reason: closeReasonOf(code), text }));
  wire.onText((text) => {
    const frame = decode(text);
    if (frame.tooLarge) feed({ type: 'frameTooLarge' });
    if (options.allows?.(frame.messages.length + frame.bad.length + frame.unknown.length) === false) {
      feed({ type: 'flood' });
      return;
    }
    for (const bad of frame.bad) {
      guarded(() => receivers.bad(bad));
      feed({ type: 'bad', reason: bad.type === null ? bad.reason : `${bad.type}: ${bad.reason}` });
    }
    for (const _ of frame.unknown) feed({ type: 'unknown' });
    for (const message of frame.messages) feed({ type: 'message', message });
  });

  return {
    send(message) {
      if (state.phase !== 'open' || state.version === null) return 'not_open';
      if (!knowsMessage(state.version, message.type)) return 'not_spoken';
      const encoded = encodeMessage(message);
      if (encoded.bytes > MAX_FRAME_BYTES) return 'too_large';
      enqueue(message.type, encoded);
      return 'queued';
    },
    decided: (answer) => feed({ type: 'decided', answer }),
    close: (reason, text) => feed({ type: 'close', reason, text }),
    get phase() {
      return state.phase;
    },
    get version() {
      return state.version;
    },
    get bufferedBytes() {
      return wire.bufferedBytes;
    },
  };
}

/** A close frame carries at most 123 bytes of text. */
function closeText(text: string): string {
  let short = text.slice(0, 120);
  while (utf8Length(short) > 120) short = short.slice(0, -1);
  return short;
}
