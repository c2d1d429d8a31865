/**
 * P10 One minor version either way. Version 1.0 is frozen in `testing/version-1-0`: its schemas, and frames that a server
 * and an agent of that version exchanged.
 */
import { readFileSync } from 'node:fs';
import type { DispatchId } from '@vaquita/core';
import { createManualClock } from '@vaquita/core/testing';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { decodeMasterFrame, decodeWorkerFrame } from './codec.ts';
import { createMasterSession } from './master-session.ts';
import type { MasterAnswer, MasterMessage, MasterReject, WorkerMessage } from './messages.ts';
import { createWirePair, sampleHello, sampleMasterMessages, sampleWorkerMessages } from './testing/index.ts';
import { masterSchemas10, workerSchemas10 } from './testing/version-1-0/schemas.ts';
import { negotiateVersion } from './versions.ts';
import { createWorkerSession } from './worker-session.ts';

interface RecordedFrame {
  readonly from: 'worker' | 'master';
  readonly frame: string;
}

const recorded: readonly RecordedFrame[] = JSON.parse(
  readFileSync(new URL('./testing/version-1-0/frames.json', import.meta.url), 'utf8'),
);
const framesFrom = (from: RecordedFrame['from']) => recorded.filter((one) => one.from === from).map((one) => one.frame);
const messagesIn = (frame: string): readonly { readonly type: string }[] => [JSON.parse(frame)].flat();

/** How a peer of 1.0 takes a message: what it read, `ignored` where it does not know the type, `bad` where it does not fit. */
function hearAs10(schemas: Readonly<Record<string, z.ZodMiniType>>, message: { readonly type: string }) {
  const schema = schemas[message.type];
  if (schema === undefined) return 'ignored';
  const read = schema.safeParse(message);
  return read.success ? read.data : 'bad';
}

describe('frames that a peer of 1.0 sent are understood as they were meant', () => {
  test.each(framesFrom('worker'))('from the worker: %.60s', (frame) => {
    expect(decodeWorkerFrame(frame)).toEqual({ messages: messagesIn(frame), bad: [], unknown: [], tooLarge: false });
  });

  test.each(framesFrom('master'))('from the master: %.60s', (frame) => {
    expect(decodeMasterFrame(frame)).toEqual({ messages: messagesIn(frame), bad: [], unknown: [], tooLarge: false });
  });

  test('every message of 1.0 is among them', () => {
    const types = (from: RecordedFrame['from']) =>
      new Set(
        framesFrom(from)
          .flatMap(messagesIn)
          .map((one) => one.type),
      );
    expect(types('worker')).toEqual(new Set(Object.keys(workerSchemas10)));
    expect(types('master')).toEqual(new Set(Object.keys(masterSchemas10)));
  });
});

describe('nothing that is said today is bad to a peer of 1.0', () => {
  test.each(Object.values<WorkerMessage>(sampleWorkerMessages))('$type to a master', (message) => {
    const heard = hearAs10(workerSchemas10, message);
    if (heard === 'ignored') expect(message.type).toBe('drainStatus');
    else expect(message).toMatchObject(heard as object);
  });

  test.each(Object.values<MasterMessage>(sampleMasterMessages))('$type to a worker', (message) => {
    const heard = hearAs10(masterSchemas10, message);
    const newer = ['takeOver', 'echo', 'drain', 'resume', 'configure', 'fault'];
    if (heard === 'ignored') expect(newer).toContain(message.type);
    else expect(message).toMatchObject(heard as object);
  });
});

function scene(options: { readonly workerVersions: readonly string[]; readonly answer: MasterAnswer }) {
  const clock = createManualClock(0);
  const pair = createWirePair(clock);
  const atWorker: string[] = [];
  const refused: MasterAnswer[] = [];
  const master = createMasterSession(pair.master, {
    clock,
    onHello: async (_, version) =>
      options.answer.type === 'welcome' ? { ...options.answer, version } : options.answer,
    onMessage: () => {},
    onHeartbeat: () => {},
    onClosed: () => {},
  });
  const worker = createWorkerSession(pair.worker, {
    clock,
    hello: { ...sampleHello, versions: options.workerVersions },
    onWelcome: () => {},
    onRefused: (answer) => refused.push(answer),
    onMessage: (message) => atWorker.push(message.type),
    readHeartbeat: () => sampleWorkerMessages.heartbeat,
    onClosed: () => {},
  });
  return { clock, pair, master, worker, atWorker, refused };
}

test('a worker of 1.0 is welcomed with 1.0 and sent nothing that it does not know', async () => {
  const { clock, master, atWorker, pair } = scene({ workerVersions: ['1.0'], answer: sampleMasterMessages.welcome });
  await clock.advance(1);
  expect(master.version).toBe('1.0');
  expect(master.send(sampleMasterMessages.echo)).toBe('not_spoken');
  expect(master.send(sampleMasterMessages.drain)).toBe('not_spoken');
  expect(master.send(sampleMasterMessages.kill)).toBe('queued');
  await clock.advance(1);
  expect(atWorker).toEqual(['kill']);
  for (const frame of pair.toWorker.sent) {
    for (const message of messagesIn(frame)) expect(hearAs10(masterSchemas10, message)).toBeTypeOf('object');
  }
});

test('a master of 1.0 welcomes a worker of today, which tells it nothing that it does not know', async () => {
  const clock = createManualClock(0);
  const pair = createWirePair(clock);
  const heard: unknown[] = [];
  // A master of 1.0: reads by its own schemas, takes the newest version it knows, answers heartbeats.
  pair.master.onText((frame) => {
    for (const message of messagesIn(frame)) {
      const read = hearAs10(workerSchemas10, message);
      heard.push(read === 'bad' || read === 'ignored' ? read : message.type);
      if (message.type === 'hello') {
        const version = negotiateVersion((message as typeof sampleHello).versions, ['1.0']);
        const welcome = framesFrom('master').find((frame) => frame.includes('"welcome"'))!;
        pair.master.send(JSON.stringify({ ...JSON.parse(welcome), version }));
      }
      if (message.type === 'heartbeat') pair.master.send(JSON.stringify({ type: 'heartbeatAck', seq: 1 }));
    }
  });
  const worker = createWorkerSession(pair.worker, {
    clock,
    hello: sampleHello,
    onWelcome: () => {},
    onRefused: () => {},
    onMessage: () => {},
    readHeartbeat: () => sampleWorkerMessages.heartbeat,
    onClosed: () => {},
  });
  await clock.advance(1);
  expect(worker.version).toBe('1.0');
  expect(worker.send(sampleWorkerMessages.drainStatus)).toBe('not_spoken');
  worker.send(sampleWorkerMessages.started);
  worker.send(sampleWorkerMessages.result);
  await clock.advance(60_000);
  expect(worker.phase).toBe('open');
  expect(new Set(heard)).toEqual(new Set(['hello', 'heartbeat', 'started', 'result']));
});

test('a worker of 1.0 hears a code that it knows, and one that it acts upon in the same way', async () => {
  const cases = { revoked: 'bad_token', evicted: 'name_in_use', bad_token: 'bad_token' } as const;
  for (const [code, heard] of Object.entries(cases)) {
    const answer: MasterReject = { type: 'reject', code: code as MasterReject['code'], text: 'for a person' };
    const old = scene({ workerVersions: ['1.0'], answer });
    const present = scene({ workerVersions: ['1.1', '1.0'], answer });
    await old.clock.advance(1);
    await present.clock.advance(1);
    expect(old.refused).toEqual([{ ...answer, code: heard }]);
    expect(present.refused).toEqual([answer]);
  }
});

test('what a newer minor adds is passed over: fields are dropped, messages are not bad, the session goes on', async () => {
  const { clock, master, worker, pair, atWorker } = scene({
    workerVersions: ['1.2', '1.1'],
    answer: sampleMasterMessages.welcome,
  });
  await clock.advance(1);
  expect(master.version).toBe('1.1');
  for (let i = 0; i < 100; i++) {
    pair.worker.send('{"type":"mood","dispatchId":7}');
    pair.master.send('{"type":"weather"}');
  }
  pair.master.send(JSON.stringify({ ...sampleMasterMessages.kill, dispatchId: 'd-1' as DispatchId, tone: 'kind' }));
  await clock.advance(1);
  expect(atWorker).toEqual(['kill']);
  expect([master.phase, worker.phase]).toEqual(['open', 'open']);
});
