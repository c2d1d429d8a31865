import type { LogLevel } from '@vaquita/protocol';
import { expect, test } from 'vitest';
import { createStanding } from './standing.ts';
import { silentLog } from './testing/test-agent.ts';

function create() {
  const levels: (LogLevel | null)[] = [];
  const standing = createStanding({
    slots: 4,
    labels: { zone: 'north' },
    log: silentLog,
    setLogLevel: (level) => levels.push(level),
  });
  return { standing, levels };
}

const AS_STARTED = { draining: false, slots: 4, labels: { zone: 'north' }, logLevel: null };

test('drain and resume, with the reason for whoever is refused', () => {
  const { standing } = create();
  expect(standing.drains).toBeNull();
  standing.drain('by ada: new disks');
  expect(standing.drains).toBe('this worker takes nothing new: by ada: new disks');
  expect(standing.read()).toEqual({ ...AS_STARTED, draining: true });
  standing.resume();
  expect(standing.drains).toBeNull();
});

test('what is absent in configure stays as it is', () => {
  const { standing, levels } = create();
  standing.configure({ slots: 9, logLevel: 'debug' });
  standing.configure({ labels: { gpu: 'true' } });
  expect(standing.read()).toEqual({ draining: false, slots: 9, labels: { gpu: 'true' }, logLevel: 'debug' });
  standing.configure({ logLevel: null });
  expect(standing.read().logLevel).toBeNull();
  expect(levels).toEqual(['debug', null]);
});

test('a new session begins as it was started: what still holds is said again', () => {
  const { standing, levels } = create();
  standing.drain('new disks');
  standing.configure({ slots: 9, labels: {}, logLevel: 'error' });
  standing.joined();
  expect(standing.read()).toEqual(AS_STARTED);
  expect(levels).toEqual(['error', null]);
});

test('one that stops takes nothing more, whatever a server says', () => {
  const { standing } = create();
  standing.stop();
  standing.resume();
  standing.joined();
  expect(standing.drains).toBe('this worker is stopping');
  expect(standing.read().draining).toBe(true);
});

test('where the log is not its own it does not say that it has changed it', () => {
  const standing = createStanding({ slots: 1, labels: {}, log: silentLog });
  standing.configure({ logLevel: 'debug' });
  expect(standing.read().logLevel).toBeNull();
});
