import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  initialSession,
  type SessionInput,
  type SessionPhase,
  type SessionRole,
  type SessionTimer,
  stepSession,
} from './session-machine.ts';
import { sampleHello, sampleMasterMessages, sampleWorkerMessages } from './testing/index.ts';

const timers: SessionTimer[] = ['greeting', 'liveness', 'heartbeat', 'closing'];
const inputs: SessionInput[] = [
  { type: 'opened', hello: sampleHello },
  ...[...Object.values(sampleWorkerMessages), ...Object.values(sampleMasterMessages)].map(
    (message) => ({ type: 'message', message }) as const,
  ),
  { type: 'bad', reason: 'x' },
  { type: 'unknown' },
  { type: 'frameTooLarge' },
  { type: 'flood' },
  { type: 'decided', answer: sampleMasterMessages.welcome },
  { type: 'decided', answer: sampleMasterMessages.reject },
  ...timers.map((timer) => ({ type: 'timer', timer }) as const),
  { type: 'close', reason: 'normal', text: '' },
  { type: 'wireClosed', reason: 'abnormal', text: '' },
];

const FOLLOWS: Readonly<Record<SessionPhase, readonly SessionPhase[]>> = {
  connecting: ['connecting', 'greeting', 'closing', 'closed'],
  greeting: ['greeting', 'open', 'closing', 'closed'],
  open: ['open', 'closing', 'closed'],
  closing: ['closing', 'closed'],
  closed: ['closed'],
};

test('any order of inputs: phases only move forward, it ends once, and nothing is delivered out of turn', () => {
  const story = fc.tuple(
    fc.constantFrom<SessionRole>('worker', 'master'),
    fc.array(fc.constantFrom(...inputs), { maxLength: 60 }),
  );
  fc.assert(
    fc.property(story, ([role, steps]) => {
      let state = initialSession(role);
      let ends = 0;
      const armed = new Set<SessionTimer>();
      for (const input of steps) {
        const before = state.phase;
        if (input.type === 'timer') armed.delete(input.timer);
        const step = stepSession(state, input);
        state = step.state;
        expect(FOLLOWS[before]).toContain(state.phase);
        for (const output of step.outputs) {
          if (output.type === 'ended') ends += 1;
          if (output.type === 'arm') armed.add(output.timer);
          if (output.type === 'disarm') armed.delete(output.timer);
          if (output.type === 'deliver' && before !== 'open') {
            expect(['welcome', 'redirect', 'reject']).toContain(output.message.type);
          }
        }
        // A phase that can last has a timer that ends it.
        if (state.phase === 'greeting' && input.type === 'opened') expect(armed).toContain('greeting');
        if (state.phase === 'closed') expect(armed.size).toBe(0);
      }
      expect(ends).toBe(state.phase === 'closed' ? 1 : 0);
    }),
    { numRuns: 2_000 },
  );
});

test('S6: that the other side has waited long enough is a lost connection, and no session timeout of this one', () => {
  const opened = stepSession(initialSession('master'), { type: 'opened', hello: sampleHello }).state;
  const { end } = stepSession(opened, { type: 'wireClosed', reason: 'session_timeout', text: 'no answer' }).state;
  expect(end).toEqual({ reason: 'abnormal', text: 'no answer' });
});

test('S5: whatever the intervals, a worker waits longer than one heartbeat and gives up before its session is given up', () => {
  const times = fc
    .tuple(fc.integer({ min: 100, max: 600_000 }), fc.integer({ min: 2, max: 1_200_000 }))
    .map(([heartbeatIntervalMs, more]) => ({ heartbeatIntervalMs, sessionTimeoutMs: heartbeatIntervalMs + more }));
  fc.assert(
    fc.property(times, (interval) => {
      const hello = { ...sampleHello, ...interval };
      const greeting = stepSession(initialSession('worker'), { type: 'opened', hello }).state;
      const step = stepSession(greeting, { type: 'message', message: sampleMasterMessages.welcome });
      const armed = step.outputs.flatMap((output) => (output.type === 'arm' ? [[output.timer, output.delayMs]] : []));
      const { liveness } = Object.fromEntries(armed) as { liveness: number };
      expect(liveness).toBeGreaterThan(interval.heartbeatIntervalMs);
      expect(liveness).toBeLessThan(interval.sessionTimeoutMs);
    }),
  );
});

test('the first reason recorded is the one that stays', () => {
  let state = stepSession(initialSession('worker'), { type: 'opened', hello: sampleHello }).state;
  state = stepSession(state, { type: 'close', reason: 'going_away', text: 'stopping' }).state;
  state = stepSession(state, { type: 'wireClosed', reason: 'abnormal', text: 'reset' }).state;
  expect(state.end).toEqual({ reason: 'going_away', text: 'stopping' });
});
