/**
 * The session as a pure machine, one for both sides: order of the greeting, liveness, limits on bad messages, and
 * why a session ended. It reads no clock and holds no socket: time comes in as timer inputs, deeds go out as data.
 *
 * S1 Nothing but the greeting is delivered or sent before `open`.
 * S2 (P6) Liveness is renewed by `heartbeat` (master) and `heartbeatAck` (worker) alone, and judged by timers, never by
 *    comparing two readings of a clock that may be set.
 * S3 (P9) Only a frame over the limit, more than the allowed number of bad messages, a flood, silence, a refused greeting, or
 *    the wish of either side ends a session.
 * S4 `closed` is reached exactly once and is final; its reason is the first one recorded.
 * S5 (P6) The worker gives a silent socket up before the master does, and does not wait for an answer to its close: what
 *    is left of the session timeout is for coming back.
 * S6 That the other side has heard nothing for too long says nothing of what this side has heard: it is a lost connection.
 */
import {
  CLOSE_TIMEOUT_MS,
  type CloseReason,
  FLOOD_BURST_MESSAGES,
  HELLO_TIMEOUT_MS,
  LIVENESS_GRACE_MS,
  MAX_BAD_MESSAGES,
  SUPPORTED_VERSIONS,
  WORKER_PATIENCE,
} from './constants.ts';
import type {
  MasterAnswer,
  MasterMessage,
  MasterRedirect,
  MasterReject,
  WorkerHello,
  WorkerMessage,
} from './messages.ts';
import { negotiateVersion, rejectFor } from './versions.ts';

export type SessionRole = 'worker' | 'master';
export type SessionPhase = 'connecting' | 'greeting' | 'open' | 'closing' | 'closed';
export type SessionTimer = 'greeting' | 'liveness' | 'heartbeat' | 'closing';

export interface SessionEnd {
  readonly reason: CloseReason;
  readonly text: string;
}

export interface SessionState {
  readonly role: SessionRole;
  readonly phase: SessionPhase;
  /** The hello sent (worker) or received (master); its intervals rule the session. */
  readonly hello: WorkerHello | null;
  /** What both speak, once the session is open. */
  readonly version: string | null;
  readonly badMessages: number;
  readonly unknownMessages: number;
  /** The session timeout has passed once; only the short grace is left. */
  readonly suspect: boolean;
  readonly end: SessionEnd | null;
}

export type SessionInput =
  | { readonly type: 'opened'; readonly hello: WorkerHello | null }
  | { readonly type: 'message'; readonly message: WorkerMessage | MasterMessage }
  | { readonly type: 'bad'; readonly reason: string }
  | { readonly type: 'unknown' }
  | { readonly type: 'frameTooLarge' }
  /** Master: more messages than a worker may send. */
  | { readonly type: 'flood' }
  | { readonly type: 'decided'; readonly answer: MasterAnswer }
  | { readonly type: 'timer'; readonly timer: SessionTimer }
  | { readonly type: 'close'; readonly reason: CloseReason; readonly text: string }
  | { readonly type: 'wireClosed'; readonly reason: CloseReason; readonly text: string };

export type SessionOutput =
  | { readonly type: 'send'; readonly message: WorkerMessage | MasterMessage }
  | { readonly type: 'deliver'; readonly message: WorkerMessage | MasterMessage }
  /** Master: decide about this hello and come back with `decided`. */
  | { readonly type: 'decide'; readonly hello: WorkerHello }
  /** Worker: time for a heartbeat. */
  | { readonly type: 'beat' }
  | { readonly type: 'arm'; readonly timer: SessionTimer; readonly delayMs: number }
  | { readonly type: 'disarm'; readonly timer: SessionTimer }
  | { readonly type: 'closeWire'; readonly end: SessionEnd }
  | { readonly type: 'terminateWire' }
  | { readonly type: 'ended'; readonly end: SessionEnd };

export interface SessionStep {
  readonly state: SessionState;
  readonly outputs: readonly SessionOutput[];
}

export function initialSession(role: SessionRole): SessionState {
  return {
    role,
    phase: 'connecting',
    hello: null,
    version: null,
    badMessages: 0,
    unknownMessages: 0,
    suspect: false,
    end: null,
  };
}

type Handler<Type extends SessionInput['type']> = (
  state: SessionState,
  input: Extract<SessionInput, { type: Type }>,
) => SessionStep;
type Row = { readonly [Type in SessionInput['type']]: Handler<Type> };

const ignore = (state: SessionState): SessionStep => ({ state, outputs: [] });

const TABLE: { readonly [Phase in SessionPhase]: Row } = {
  connecting: {
    opened: onOpened,
    message: ignore,
    bad: ignore,
    unknown: ignore,
    frameTooLarge: ignore,
    flood: ignore,
    decided: ignore,
    timer: ignore,
    close: (state, input) => beginClose(state, input.reason, input.text),
    wireClosed: onWireClosed,
  },
  greeting: {
    opened: ignore,
    message: onGreeting,
    bad: onBadGreeting,
    unknown: countUnknown,
    frameTooLarge: onFrameTooLarge,
    flood: onFlood,
    decided: onDecided,
    timer: (state, input) =>
      input.timer === 'greeting'
        ? beginClose(state, 'greeting_timeout', 'the greeting was not finished in time')
        : ignore(state),
    close: (state, input) => beginClose(state, input.reason, input.text),
    wireClosed: onWireClosed,
  },
  open: {
    opened: ignore,
    message: onMessage,
    bad: countBad,
    unknown: countUnknown,
    frameTooLarge: onFrameTooLarge,
    flood: onFlood,
    decided: ignore,
    timer: onOpenTimer,
    close: (state, input) => beginClose(state, input.reason, input.text),
    wireClosed: onWireClosed,
  },
  closing: {
    opened: ignore,
    message: ignore,
    bad: ignore,
    unknown: ignore,
    frameTooLarge: ignore,
    flood: ignore,
    decided: ignore,
    timer: (state, input) =>
      input.timer === 'closing'
        ? finish(state, { reason: 'abnormal', text: 'the close was not answered' }, [{ type: 'terminateWire' }])
        : ignore(state),
    close: ignore,
    wireClosed: onWireClosed,
  },
  closed: {
    opened: ignore,
    message: ignore,
    bad: ignore,
    unknown: ignore,
    frameTooLarge: ignore,
    flood: ignore,
    decided: ignore,
    timer: ignore,
    close: ignore,
    wireClosed: ignore,
  },
};

/** One step of a session. Never throws; an input that means nothing in this phase changes nothing. */
export function stepSession(state: SessionState, input: SessionInput): SessionStep {
  // The table's type ties each column to its input; TypeScript cannot follow that through one look-up.
  const handler = TABLE[state.phase][input.type] as (state: SessionState, input: SessionInput) => SessionStep;
  return handler(state, input);
}

function onOpened(state: SessionState, input: { readonly hello: WorkerHello | null }): SessionStep {
  const outputs: SessionOutput[] = [{ type: 'arm', timer: 'greeting', delayMs: HELLO_TIMEOUT_MS }];
  if (state.role === 'worker' && input.hello !== null) outputs.push({ type: 'send', message: input.hello });
  return { state: { ...state, phase: 'greeting', hello: input.hello }, outputs };
}

function onGreeting(state: SessionState, input: { readonly message: WorkerMessage | MasterMessage }): SessionStep {
  const { message } = input;
  if (state.role === 'master') {
    if (message.type !== 'hello' || state.hello !== null) return countBad(state);
    const version = negotiateVersion(message.versions);
    const known = { ...state, hello: message };
    if (version !== null) return { state: known, outputs: [{ type: 'decide', hello: message }] };
    const spoken = `This server speaks version ${SUPPORTED_VERSIONS.join(', ')} of the worker protocol, this agent ${message.versions.join(', ')}.`;
    const text = `${spoken} Use an agent of the same release as the server.`;
    return refuseGreeting(known, { type: 'reject', code: 'version_unsupported', text });
  }
  switch (message.type) {
    case 'welcome': {
      if (state.hello === null || !state.hello.versions.includes(message.version)) return countBad(state);
      return open(state, state.hello, { type: 'deliver', message }, message.version);
    }
    case 'redirect':
      return endGreeting(state, message, { reason: 'redirected', text: message.url ?? 'try another server' });
    case 'reject':
      return endGreeting(state, message, { reason: 'rejected', text: `${message.code}: ${message.text}` });
    default:
      return countBad(state);
  }
}

function onDecided(state: SessionState, input: { readonly answer: MasterAnswer }): SessionStep {
  if (state.role !== 'master' || state.hello === null) return ignore(state);
  const { answer } = input;
  if (answer.type === 'welcome') return open(state, state.hello, { type: 'send', message: answer }, answer.version);
  return refuseGreeting(state, answer);
}

function open(state: SessionState, hello: WorkerHello, first: SessionOutput, version: string): SessionStep {
  const outputs: SessionOutput[] = [
    { type: 'disarm', timer: 'greeting' },
    { type: 'arm', timer: 'liveness', delayMs: patienceMs(state.role, hello) },
  ];
  // The first heartbeat does not wait an interval: the master wants the load before it sends tasks. But it comes after
  // whoever hears of the welcome had a chance to leave again.
  if (state.role === 'worker') outputs.push({ type: 'arm', timer: 'heartbeat', delayMs: 0 });
  outputs.push(first);
  return { state: { ...state, phase: 'open', hello, version }, outputs };
}

/** A hello that cannot be read is answered in words; a person waits on the other side. */
function onBadGreeting(state: SessionState, input: { readonly reason: string }): SessionStep {
  if (state.role !== 'master' || state.hello !== null) return countBad(state);
  return refuseGreeting(state, {
    type: 'reject',
    code: 'bad_hello',
    text: `the first message is wrong: ${input.reason}`,
  });
}

function refuseGreeting(state: SessionState, refusal: MasterReject | MasterRedirect): SessionStep {
  const version = negotiateVersion(state.hello?.versions ?? []);
  const answer = refusal.type === 'reject' ? rejectFor(version, refusal) : refusal;
  const closing =
    answer.type === 'reject'
      ? beginClose(state, 'rejected', answer.code)
      : beginClose(state, 'redirected', answer.url ?? 'try another server');
  return { state: closing.state, outputs: [{ type: 'send', message: answer }, ...closing.outputs] };
}

function endGreeting(state: SessionState, message: MasterReject | MasterRedirect, end: SessionEnd): SessionStep {
  const closing = beginClose(state, end.reason, end.text);
  return { state: closing.state, outputs: [{ type: 'deliver', message }, ...closing.outputs] };
}

function onMessage(state: SessionState, input: { readonly message: WorkerMessage | MasterMessage }): SessionStep {
  const { message } = input;
  switch (message.type) {
    case 'hello':
    case 'welcome':
    case 'redirect':
    case 'reject':
      return countBad(state);
    case 'heartbeat':
      return alive(state, [
        { type: 'send', message: { type: 'heartbeatAck', seq: message.seq } },
        { type: 'deliver', message },
      ]);
    case 'heartbeatAck':
      return alive(state, [{ type: 'deliver', message }]);
    default:
      return { state, outputs: [{ type: 'deliver', message }] };
  }
}

/**
 * How long a side waits for a sign of life. The worker gives a silent socket up before the master gives the worker up, so
 * that it can be back in time with all that it runs.
 */
function patienceMs(role: SessionRole, { heartbeatIntervalMs, sessionTimeoutMs }: WorkerHello): number {
  if (role === 'master') return sessionTimeoutMs;
  return Math.round(heartbeatIntervalMs + WORKER_PATIENCE * (sessionTimeoutMs - heartbeatIntervalMs));
}

function alive(state: SessionState, outputs: readonly SessionOutput[]): SessionStep {
  if (state.hello === null) return ignore(state);
  const rearm: SessionOutput = { type: 'arm', timer: 'liveness', delayMs: patienceMs(state.role, state.hello) };
  return { state: { ...state, suspect: false }, outputs: [rearm, ...outputs] };
}

function onOpenTimer(state: SessionState, input: { readonly timer: SessionTimer }): SessionStep {
  if (input.timer === 'heartbeat' && state.hello !== null) {
    const again: SessionOutput = { type: 'arm', timer: 'heartbeat', delayMs: state.hello.heartbeatIntervalMs };
    return { state, outputs: [again, { type: 'beat' }] };
  }
  if (input.timer !== 'liveness' || state.hello === null) return ignore(state);
  if (!state.suspect) {
    const grace: SessionOutput = { type: 'arm', timer: 'liveness', delayMs: LIVENESS_GRACE_MS };
    return { state: { ...state, suspect: true }, outputs: [grace] };
  }
  const waitedMs = patienceMs(state.role, state.hello);
  if (state.role === 'master') return beginClose(state, 'session_timeout', `no heartbeat for ${waitedMs} ms`);
  // S5
  const end: SessionEnd = { reason: 'session_timeout', text: `no heartbeatAck for ${waitedMs} ms` };
  return finish(state, end, [{ type: 'closeWire', end }, { type: 'terminateWire' }]);
}

function countBad(state: SessionState): SessionStep {
  const badMessages = state.badMessages + 1;
  const counted = { ...state, badMessages };
  if (badMessages <= MAX_BAD_MESSAGES) return { state: counted, outputs: [] };
  return beginClose(counted, 'bad_messages', `more than ${MAX_BAD_MESSAGES} messages were not understood`);
}

function countUnknown(state: SessionState): SessionStep {
  return { state: { ...state, unknownMessages: state.unknownMessages + 1 }, outputs: [] };
}

function onFrameTooLarge(state: SessionState): SessionStep {
  return beginClose(state, 'frame_too_large', 'a frame was over the limit');
}

function onFlood(state: SessionState): SessionStep {
  return beginClose(
    state,
    'flooded',
    `more messages at once than ${FLOOD_BURST_MESSAGES}: pack output, and say things once`,
  );
}

function beginClose(state: SessionState, reason: CloseReason, text: string): SessionStep {
  const end = { reason, text };
  return {
    state: { ...state, phase: 'closing', end },
    outputs: [
      { type: 'disarm', timer: 'greeting' },
      { type: 'disarm', timer: 'liveness' },
      { type: 'disarm', timer: 'heartbeat' },
      { type: 'arm', timer: 'closing', delayMs: CLOSE_TIMEOUT_MS },
      { type: 'closeWire', end },
    ],
  };
}

function onWireClosed(
  state: SessionState,
  input: { readonly reason: CloseReason; readonly text: string },
): SessionStep {
  // S6
  const reason = input.reason === 'session_timeout' ? 'abnormal' : input.reason;
  return finish(state, { reason, text: input.text }, []);
}

function finish(state: SessionState, fallback: SessionEnd, outputs: readonly SessionOutput[]): SessionStep {
  const end = state.end ?? fallback;
  return {
    state: { ...state, phase: 'closed', end },
    outputs: [
      { type: 'disarm', timer: 'greeting' },
      { type: 'disarm', timer: 'liveness' },
      { type: 'disarm', timer: 'heartbeat' },
      { type: 'disarm', timer: 'closing' },
      ...outputs,
      { type: 'ended', end },
    ],
  };
}
