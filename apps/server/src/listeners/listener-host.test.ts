/** The listeners that the server comes with, in their threads, as the server starts them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListenerInstanceId } from '@vaquita/core';
import { sampleEvent } from '@vaquita/plugins/testing';
import { systemClock } from '@vaquita/runtime/node/server';
import { expect, onTestFinished, test } from 'vitest';
import { createServerListenerHost } from './listener-host.ts';

test('a built-in listener does its work in a thread of its own', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'vaquita-listener-host-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const host = createServerListenerHost({
    clock: systemClock,
    dataDir,
    builtIn: { version: '1.0.0', outboundAllow: [], outboundProxy: null, trust: [], folder: dataDir },
  });
  const listener = host.use({
    instance: { id: 'journal' as ListenerInstanceId, name: 'journal' },
    plugin: { kind: 'builtin', name: 'log-file' },
    settings: { file: 'runs.jsonl', source: 'https://vaquita.example' },
  });
  for (const seq of [1, 2]) expect(await listener.deliver(sampleEvent(seq), 60_000)).toEqual({ ok: true });
  await listener.stop();
  const lines = readFileSync(join(dataDir, 'runs.jsonl'), 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).id)).toEqual([sampleEvent(1).id, sampleEvent(2).id]);
  const taken = 'export default { name: "log-file", settings: { type: "object" }, onEvent() {} };';
  expect(await host.inspect(taken)).toMatchObject({ ok: false, problem: expect.stringContaining('comes with') });
});
