/**
 * P10 The versions before this one. Each is frozen in a folder of its own, such as `testing/version-1-0`: its schemas, and
 * frames that a server and an agent of that version exchanged.
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
import { masterSchemas11, workerSchemas11 } from './testing/version-1-1/schemas.ts';
import { negotiateVersion } from './versions.ts';
import { createWorkerSession } from './worker-session.ts';

interface RecordedFrame {
  readonly from: 'worker' | 'master';
  readonly frame: string;
}

type Schemas = Readonly<Record<string, z.ZodMiniType>>;

/** A version that came before, and which messages it does not know. */
interface Older {
  readonly version: string;
  readonly recorded: readonly RecordedFrame[];
  readonly worker: Schemas;
  readonly master: Schemas;
  readonly unknown: readonly string[];
}

const framesOf = (folder: string): readonly RecordedFrame[] =>
  JSON.parse(readFileSync(new URL(`./testing/${folder}/frames.json`, import.meta.url), 'utf8'));
const since12 = ['look', 'looked'];
const since11 = ['drainStatus', 'takeOver', 'echo', 'drain', 'resume', 'configure', 'fault'];
const OLDER: readonly Older[] = [
  {
    ...{ version: '1.0', recorded: framesOf('version-1-0'), unknown: [...since11, ...since12] },
    ...{ worker: workerSchemas10, master: masterSchemas10 },
  },
  {
    ...{ version: '1.1', recorded: framesOf('version-1-1'), unknown: since12 },
    ...{ worker: workerSchemas11, master: masterSchemas11 },
  },
];
const framesFrom = ({ recorded }: Older, from: RecordedFrame['from']) =>
  recorded.filter((one) => one.from === from).map((one) => one.frame);
const messagesIn = (frame: string): readonly { readonly type: string }[] => [JSON.parse(frame)].flat();

/** How an older peer takes a message: what it read, `ignored` where it does not know the type, `bad` where it does not fit. */
function hearAs(schemas: Schemas, message: { readonly type: string }) {
  const schema = schemas[message.type];
  if (schema === undefined) return 'ignored';
  const read = schema.safeParse(message);
  return read.success ? read.data : 'bad';
}

describe.each(OLDER)('what a peer of $version says', (older) => {
  test.each(framesFrom(older, 'worker'))('is understood as it was meant, from the worker: %.60s', (frame) => {
    expect(decodeWorkerFrame(frame)).toEqual({ messages: messagesIn(frame), bad: [], unknown: [], tooLarge: false });
  });

  test.each(framesFrom(older, 'master'))('is understood as it was meant, from the master: %.60s', (frame) => {
    expect(decodeMasterFrame(frame)).toEqual({ messages: messagesIn(frame), bad: [], unknown: [], tooLarge: false });
  });

  test('has every message of that version among what was recorded', () => {
    const types = (from: RecordedFrame['from']) =>
      new Set(
        framesFrom(older, from)
          .flatMap(messagesIn)
          .map((one) => one.type),
      );
    expect(types('worker')).toEqual(new Set(Object.keys(older.worker)));
    expect(types('master')).toEqual(new Set(Object.keys(older.master)));
  });
});

describe.each(OLDER)('nothing that is said today is bad to a peer of $version', ({ worker, master, unknown }) => {
  test.each([
    ...Object.values<WorkerMessage>(sampleWorkerMessages).map((message) => [message.type, message, worker] as const),
    ...Object.values<MasterMessage>(sampleMasterMessages).map((message) => [message.type, message, master] as const),
  ])('%s', (type, message, schemas) => {
    const heard = hearAs(schemas, message);
    if (unknown.includes(type)) expect(heard).toBe('ignored');
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

describe.each(OLDER)('beside a peer of $version', (older) => {
  const { version, unknown } = older;

  test('a worker is welcomed with its version and sent nothing that it does not know', async () => {
    const { clock, master, atWorker, pair } = scene({
      workerVersions: [version],
      answer: sampleMasterMessages.welcome,
    });
    await clock.advance(1);
    expect(master.version).toBe(version);
    const { look, echo, drain, kill } = sampleMasterMessages;
    const sent: string[] = [];
    for (const order of [look, echo, drain, kill]) if (master.send(order) === 'queued') sent.push(order.type);
    expect(sent).toEqual(['look', 'echo', 'drain', 'kill'].filter((type) => !unknown.includes(type)));
    await clock.advance(1);
    expect(atWorker).toEqual(sent);
    for (const frame of pair.toWorker.sent) {
      for (const message of messagesIn(frame)) expect(hearAs(older.master, message)).toBeTypeOf('object');
    }
  });

  test('a master welcomes a worker of today, which tells it nothing that it does not know', async () => {
    const clock = createManualClock(0);
    const pair = createWirePair(clock);
    const heard: unknown[] = [];
    // A master of then: reads by its own schemas, takes the newest version it knows, answers heartbeats.
    const known = ['1.0', '1.1'].filter((one) => one <= version);
    pair.master.onText((frame) => {
      for (const message of messagesIn(frame)) {
        const read = hearAs(older.worker, message);
        heard.push(read === 'bad' || read === 'ignored' ? read : message.type);
        if (message.type === 'hello') {
          const agreed = negotiateVersion((message as typeof sampleHello).versions, known);
          const welcome = framesFrom(older, 'master').find((one) => one.includes('"welcome"'))!;
          pair.master.send(JSON.stringify({ ...JSON.parse(welcome), version: agreed }));
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
    expect(worker.version).toBe(version);
    const { looked, drainStatus, started, result } = sampleWorkerMessages;
    const sent: string[] = [];
    for (const report of [looked, drainStatus, started, result])
      if (worker.send(report) === 'queued') sent.push(report.type);
    expect(sent).toEqual(['looked', 'drainStatus', 'started', 'result'].filter((type) => !unknown.includes(type)));
    await clock.advance(60_000);
    expect(worker.phase).toBe('open');
    expect(new Set(heard)).toEqual(new Set(['hello', 'heartbeat', ...sent]));
  });
});

test('a worker of 1.0 hears a code that it knows, and one that it acts upon in the same way', async () => {
  const cases = { revoked: 'bad_token', evicted: 'name_in_use', bad_token: 'bad_token' } as const;
  for (const [code, heard] of Object.entries(cases)) {
    const answer: MasterReject = { type: 'reject', code: code as MasterReject['code'], text: 'for a person' };
    const old = scene({ workerVersions: ['1.0'], answer });
    const present = scene({ workerVersions: ['1.2', '1.1', '1.0'], answer });
    await old.clock.advance(1);
    await present.clock.advance(1);
    expect(old.refused).toEqual([{ ...answer, code: heard }]);
    expect(present.refused).toEqual([answer]);
  }
});

test('what a newer minor adds is passed over: fields are dropped, messages are not bad, the session goes on', async () => {
  const { clock, master, worker, pair, atWorker } = scene({
    workerVersions: ['1.3', '1.2'],
    answer: sampleMasterMessages.welcome,
  });
  await clock.advance(1);
  expect(master.version).toBe('1.2');
  for (let i = 0; i < 100; i++) {
    pair.worker.send('{"type":"mood","dispatchId":7}');
    pair.master.send('{"type":"weather"}');
  }
  pair.master.send(JSON.stringify({ ...sampleMasterMessages.kill, dispatchId: 'd-1' as DispatchId, tone: 'kind' }));
  await clock.advance(1);
  expect(atWorker).toEqual(['kill']);
  expect([master.phase, worker.phase]).toEqual(['open', 'open']);
});
