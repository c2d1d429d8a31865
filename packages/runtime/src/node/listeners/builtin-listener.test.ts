/** Plugins that come with the server, each in a thread. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ListenerEvent, ListenerInstanceId } from '@vaquita/core';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../system.ts';
import { MIB } from './limits.ts';
import { createListenerHost } from './listener-host.ts';

const PATIENT_MS = 60_000;
const scratch = mkdtempSync(join(tmpdir(), 'vaquita-builtin-'));
const file = join(scratch, 'sample.mjs');
writeFileSync(
  file,
  `let calls = 0;
  export const create = (name, { greeting }) => name !== 'sample' ? null : {
    name: 'sample', settings: { type: 'object' },
    async onEvent(event, context) {
      calls += 1;
      console.log(greeting, context.instance.name, 'call', calls, JSON.stringify(process.env));
      const all = [];
      switch (event.subject) {
        case 'loop': for (;;);
        case 'fill': for (;;) all.push({ all: [all.length] });
        case 'negative': {
          setTimeout(() => {}, -5);
          // Node warns in a later turn than the one that sets the timer.
          await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
          return console.error('after');
        }
        case 'throw': throw new Error('no such file');
        case 'uncaught': setTimeout(() => { throw new Error('late') }); await new Promise(() => {});
      }
    },
  };`,
);
const module = pathToFileURL(file).href;
const host = createListenerHost({
  clock: systemClock,
  folder: join(scratch, 'empty'),
  builtin: { names: ['sample', 'absent'], module, exported: 'create', options: { greeting: 'hello' } },
  limits: { startMs: PATIENT_MS, graceMs: 50, memoryBytes: 64 * MIB },
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const id = 'i' as ListenerInstanceId;
const use = (name: string) =>
  host.use({ instance: { id, name: 'i' }, plugin: { kind: 'builtin', name }, settings: {} });
const event = (subject: string): ListenerEvent => ({
  id: 'e',
  seq: 1,
  type: 'task.failed',
  version: 1,
  time: 0,
  project: null,
  subject,
  data: {},
});

test('what loops, fills its heap or breaks down is ended, and the next try is a new thread', async () => {
  const listener = use('sample');
  expect(await listener.deliver(event('fine'), PATIENT_MS)).toEqual({ ok: true });
  expect(await listener.deliver(event('throw'), PATIENT_MS)).toMatchObject({ failure: 'failed' });
  await expect.poll(() => host.log(id).map(({ text }) => text)).toEqual(['hello i call 1 {}', 'hello i call 2 {}']);
  for (const [subject, failed] of [
    ['loop', { failure: 'timeout' }],
    ['fill', { failure: 'ended', reason: expect.stringContaining('more than 64 MiB') }],
    ['uncaught', { failure: 'ended', reason: expect.stringContaining('late') }],
  ] as const) {
    expect(await listener.deliver(event(subject), subject === 'loop' ? 50 : PATIENT_MS)).toMatchObject(failed);
    expect(await listener.deliver(event('fine'), PATIENT_MS)).toEqual({ ok: true });
  }
  await listener.stop();
});

test('its log says nothing of timers that are set for the past', async () => {
  const listener = use('sample');
  const said = () => host.log(id).map(({ text }) => text);
  expect(await listener.deliver(event('negative'), PATIENT_MS)).toEqual({ ok: true });
  await expect.poll(said).toContain('after');
  await listener.stop();
  expect(said().join()).not.toContain('Negative');
});

test('one that is not there is said to be', async () => {
  const reason = expect.stringContaining('none of this name');
  expect(await use('absent').deliver(event('fine'), PATIENT_MS)).toMatchObject({ failure: 'unusable', reason });
  expect(() => use('toString')).toThrow('No listener plugin "toString"');
});
