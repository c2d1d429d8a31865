/** Plugins of strangers, each run in a real process; what a test leaves running is stopped after it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListenerEvent, ListenerInstanceId, ListenerUse, RunningListener } from '@vaquita/core';
import { afterAll, afterEach, expect } from 'vitest';
import { MIB } from '../node/listeners/limits.ts';
import { createListenerHost } from '../node/listeners/listener-host.ts';
import { systemClock } from '../node/system.ts';

/** Long enough for every machine: what does answer is waited for. */
export const PATIENT_MS = 60_000;
/** For what never answers: it only says when the test goes on. */
export const SHORT_MS = 50;

const NONE_BUILT_IN = { names: [], module: '', exported: '', options: null };
export const scratch = mkdtempSync(join(tmpdir(), 'vaquita-listeners-'));
export const folder = join(scratch, 'empty');
export const host = createListenerHost({
  clock: systemClock,
  folder,
  builtin: NONE_BUILT_IN,
  limits: { startMs: PATIENT_MS, graceMs: SHORT_MS, memoryBytes: 160 * MIB },
});
export const quick = createListenerHost({
  clock: systemClock,
  folder,
  builtin: NONE_BUILT_IN,
  limits: { startMs: 2_000, graceMs: SHORT_MS, memoryBytes: 160 * MIB },
});

const running: RunningListener[] = [];
afterEach(() => Promise.all(running.splice(0).map((listener) => listener.stop())));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let instances = 0;
export function use(code: string, settings: ListenerUse['settings'] = {}, by = host) {
  instances += 1;
  const id = `instance-${instances}` as ListenerInstanceId;
  const listener = by.use({
    instance: { id, name: 'journal' },
    plugin: { kind: 'foreign', name: 'p', code },
    settings,
  });
  running.push(listener);
  return {
    ...listener,
    log: () => by.log(id),
    text: () =>
      by
        .log(id)
        .map((line) => line.text)
        .join('\n'),
  };
}

export function event(seq: number, data: ListenerEvent['data'] = {}): ListenerEvent {
  return {
    id: `event-${seq}`,
    seq,
    type: 'workflow.failed',
    version: 1,
    time: 0,
    project: null,
    subject: 'workflow/orders',
    data,
  };
}

/** A plugin whose events go to `body`, which is told how often it was called in this process. */
export function plugin(body: string, rest = ''): string {
  return `let calls = 0;
export default {
  name: 'sample', settings: { type: 'object' }, ${rest}
  async onEvent(event, context) { calls += 1; ${body} },
};`;
}

/** What it has written, once that is there. */
export async function logged(listener: { text(): string }, what: RegExp): Promise<string> {
  await expect.poll(listener.text).toMatch(what);
  return listener.text();
}
