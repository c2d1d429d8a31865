import { createManualClock, type ManualClock } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { LIVENESS_GRACE_MS, MAX_BAD_MESSAGES } from './constants.ts';
import { createMasterSession, type MasterSession } from './master-session.ts';
import type { MasterAnswer, MasterOrder, WorkerHello, WorkerReport } from './messages.ts';
import type { SessionEnd } from './session-machine.ts';
import {
  createWirePair,
  sampleHello,
  sampleMasterMessages,
  sampleWorkerMessages,
  type WirePair,
} from './testing/index.ts';
import { createWorkerSession, type WorkerSession } from './worker-session.ts';

interface Scene {
  readonly clock: ManualClock;
  readonly pair: WirePair;
  readonly master: MasterSession;
  readonly worker: WorkerSession;
  readonly atMaster: WorkerReport[];
  readonly atWorker: MasterOrder[];
  readonly refused: MasterAnswer[];
  readonly beats: number[];
  readonly masterEnds: SessionEnd[];
  readonly workerEnds: SessionEnd[];
  welcomed: number;
}

interface SceneOptions {
  readonly hello?: Partial<WorkerHello>;
  readonly answer?: (hello: WorkerHello, version: string) => Promise<MasterAnswer>;
  readonly onMasterMessage?: (message: WorkerReport) => void;
}

function createScene(options: SceneOptions = {}): Scene {
  const clock = createManualClock(1_000_000);
  const pair = createWirePair(clock);
  const scene = {
    clock,
    pair,
    atMaster: [] as WorkerReport[],
    atWorker: [] as MasterOrder[],
    refused: [] as MasterAnswer[],
    beats: [] as number[],
    masterEnds: [] as SessionEnd[],
    workerEnds: [] as SessionEnd[],
    welcomed: 0,
  };
  const master = createMasterSession(pair.master, {
    clock,
    onHello: options.answer ?? (async (_, version) => ({ ...sampleMasterMessages.welcome, version })),
    onMessage: (message) => {
      options.onMasterMessage?.(message);
      scene.atMaster.push(message);
    },
    onHeartbeat: (beat) => scene.beats.push(beat.seq),
    onClosed: (end) => scene.masterEnds.push(end),
  });
  const worker = createWorkerSession(pair.worker, {
    clock,
    hello: { ...sampleHello, ...options.hello },
    onWelcome: () => {
      scene.welcomed += 1;
    },
    onRefused: (answer) => scene.refused.push(answer),
    onMessage: (message) => scene.atWorker.push(message),
    readHeartbeat: () => sampleWorkerMessages.heartbeat,
    onClosed: (end) => scene.workerEnds.push(end),
  });
  return Object.assign(scene, { master, worker });
}

async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const scene = createScene(options);
  await scene.clock.advance(1);
  expect(scene.welcomed).toBe(1);
  return scene;
}

test('hello, welcome, and then orders and reports in both directions', async () => {
  const scene = await openScene();
  scene.master.send(sampleMasterMessages.dispatch);
  scene.worker.send(sampleWorkerMessages.ack);
  await scene.clock.advance(1);
  expect(scene.atWorker).toEqual([sampleMasterMessages.dispatch]);
  expect(scene.atMaster).toEqual([sampleWorkerMessages.ack]);
});

test('S1: neither side can send before the welcome', async () => {
  const scene = createScene({ answer: () => new Promise(() => {}) });
  await scene.clock.advance(1);
  expect(scene.master.send(sampleMasterMessages.kill)).toBe('not_open');
  expect(scene.worker.send(sampleWorkerMessages.ack)).toBe('not_open');
});

test('messages of one tick leave in one frame', async () => {
  const scene = await openScene();
  const before = scene.pair.toMaster.sent.length;
  for (let i = 0; i < 10; i++) scene.worker.send(sampleWorkerMessages.ack);
  await scene.clock.advance(1);
  expect(scene.pair.toMaster.sent.length - before).toBe(1);
  expect(scene.atMaster).toHaveLength(10);
});

test('D2: a heartbeat answer leaves before what already waits', async () => {
  const scene = await openScene();
  scene.worker.send(sampleWorkerMessages.ack);
  await scene.clock.advance(10_000);
  const frame = scene.pair.toMaster.sent.at(-1)!;
  expect(frame).toContain('heartbeat');
  expect(scene.beats).toEqual([1, 2]);
});

test('a heartbeat tells the worker’s clock and how long the one before took to be answered', async () => {
  const scene = await openScene();
  scene.pair.toWorker.fate(() => [40]);
  await scene.clock.advance(20_100);
  const heard = scene.pair.toMaster.sent.map((frame) => JSON.parse(frame)).filter(({ type }) => type === 'heartbeat');
  const first = heard[0].at;
  expect(heard.map(({ at, roundTripMs }) => [at - first, roundTripMs])).toEqual([
    [0, null],
    [10_000, 0],
    [20_000, 40],
  ]);
});

test('heartbeats keep an idle session open for hours', async () => {
  const scene = await openScene();
  await scene.clock.advance(3_600_000);
  expect(scene.master.phase).toBe('open');
  expect(scene.worker.phase).toBe('open');
  expect(scene.beats).toHaveLength(361);
});

test('S2: setting the wall clock forward or back a day ends nothing', async () => {
  const scene = await openScene();
  scene.clock.set(scene.clock.now() + 86_400_000);
  await scene.clock.advance(40_000);
  scene.clock.set(0);
  await scene.clock.advance(40_000);
  expect(scene.master.phase).toBe('open');
  expect(scene.worker.phase).toBe('open');
});

test('P6: of a dead line the worker finds out in time to be back, the master after the session timeout and no sooner', async () => {
  const scene = await openScene();
  scene.pair.blackhole();
  await scene.clock.advance(20_000);
  expect(scene.workerEnds).toEqual([]);
  // It waits for no answer to its close.
  await scene.clock.advance(LIVENESS_GRACE_MS + 1);
  expect(scene.workerEnds).toEqual([{ reason: 'session_timeout', text: 'no heartbeatAck for 20000 ms' }]);
  await scene.clock.advance(9_000);
  expect(scene.masterEnds).toEqual([]);
  await scene.clock.advance(1_000 + LIVENESS_GRACE_MS + 2_000);
  expect(scene.masterEnds.map((end) => end.reason)).toEqual(['session_timeout']);
});

test('P6: when only the worker hears nothing, the master takes its end for a lost connection', async () => {
  const scene = await openScene();
  scene.pair.toWorker.fate(() => []);
  await scene.clock.advance(20_000 + LIVENESS_GRACE_MS + 1);
  expect(scene.workerEnds.map((end) => end.reason)).toEqual(['session_timeout']);
  expect(scene.masterEnds.map((end) => end.reason)).toEqual(['abnormal']);
});

test('P6: output alone does not keep a session alive when heartbeats stop', async () => {
  const scene = await openScene();
  scene.pair.toMaster.fate((frame) => (frame.includes('"heartbeat"') ? [] : [0]));
  for (let i = 0; i < 31; i++) {
    scene.worker.send({ ...sampleWorkerMessages.output, offset: i });
    // Something else answers for the master, or the worker would be the first to give up.
    scene.pair.master.send(JSON.stringify(sampleMasterMessages.heartbeatAck));
    await scene.clock.advance(1_000);
  }
  await scene.clock.advance(2_000);
  expect(scene.masterEnds.map((end) => end.reason)).toEqual(['session_timeout']);
});

test('P6: heartbeats that arrive during the grace save the session', async () => {
  const scene = await openScene();
  // Held up, they come 100 ms after the timeout has passed; the worker has had an answer meanwhile.
  scene.pair.toMaster.fate((frame) => [frame.includes('"heartbeat"') ? 20_100 : 0]);
  await scene.clock.advance(15_000);
  scene.pair.master.send(JSON.stringify(sampleMasterMessages.heartbeatAck));
  await scene.clock.advance(15_200);
  expect(scene.master.phase).toBe('open');
});

test('P6: an answer that arrives during the grace saves the session', async () => {
  const scene = await openScene();
  // The one to the second heartbeat is held up and comes 100 ms after the wait for it has passed.
  scene.pair.toWorker.fate(() => [10_100]);
  await scene.clock.advance(20_200);
  scene.pair.toWorker.fate(() => [0]);
  await scene.clock.advance(60_000);
  expect(scene.worker.phase).toBe('open');
});

test('a rejected hello reaches the worker in words and ends both sides', async () => {
  const scene = createScene({ answer: async () => sampleMasterMessages.reject });
  await scene.clock.advance(10);
  expect(scene.refused).toEqual([sampleMasterMessages.reject]);
  expect(scene.workerEnds.map((end) => end.reason)).toEqual(['rejected']);
  expect(scene.masterEnds.map((end) => end.reason)).toEqual(['rejected']);
});

test('no version in common is rejected before the owner is asked', async () => {
  let asked = false;
  const scene = createScene({
    hello: { versions: ['9.0'] },
    answer: async () => {
      asked = true;
      return sampleMasterMessages.welcome;
    },
  });
  await scene.clock.advance(10);
  expect(asked).toBe(false);
  expect(scene.refused).toMatchObject([{ type: 'reject', code: 'version_unsupported' }]);
});

test('a newer agent that also speaks our version is welcomed with ours', async () => {
  const versions: string[] = [];
  await openScene({
    hello: { versions: ['1.3', '1.2'] },
    answer: async (_, version) => {
      versions.push(version);
      return { ...sampleMasterMessages.welcome, version };
    },
  });
  expect(versions).toEqual(['1.2']);
});

test('a hello that does not parse is answered with the field that is wrong', async () => {
  const scene = createScene({ hello: { slots: 0 } });
  await scene.clock.advance(10);
  expect(scene.refused).toMatchObject([
    { code: 'bad_hello', text: expect.stringContaining('slots must be at least 1') },
  ]);
});

test('a master that never answers is left after the greeting timeout', async () => {
  const scene = createScene({ answer: () => new Promise(() => {}) });
  await scene.clock.advance(10_100);
  expect(scene.workerEnds.map((end) => end.reason)).toEqual(['greeting_timeout']);
});

test('P9: bad messages are borne up to the limit, one more ends the session', async () => {
  const scene = await openScene();
  for (let i = 0; i < MAX_BAD_MESSAGES; i++) scene.pair.worker.send('{"type":"ack"}');
  await scene.clock.advance(1);
  expect(scene.master.phase).toBe('open');
  scene.pair.worker.send('garbage');
  await scene.clock.advance(1);
  expect(scene.masterEnds.map((end) => end.reason)).toEqual(['bad_messages']);
});

test('P9: any number of unknown message types ends nothing', async () => {
  const scene = await openScene();
  for (let i = 0; i < 1_000; i++) scene.pair.worker.send('{"type":"fromTheFuture"}');
  await scene.clock.advance(1);
  expect(scene.master.phase).toBe('open');
});

test('P9: a frame over the limit ends the session with that reason', async () => {
  const scene = await openScene();
  scene.pair.worker.send(' '.repeat(1_048_577));
  await scene.clock.advance(1);
  expect(scene.masterEnds.map((end) => end.reason)).toEqual(['frame_too_large']);
});

test('P9: a flood ends the session with that reason, and nothing of the frame that was too much is handled', async () => {
  const scene = await openScene();
  const frame = JSON.stringify(Array.from({ length: 5_001 }, () => sampleWorkerMessages.ack));
  for (let i = 0; i < 4; i++) scene.pair.worker.send(frame);
  await scene.clock.advance(1);
  expect(scene.masterEnds).toMatchObject([{ reason: 'flooded', text: expect.stringContaining('pack output') }]);
  expect(scene.workerEnds.map((end) => end.reason)).toEqual(['flooded']);
  expect(scene.atMaster).toHaveLength(15_003);
});

test('P9: what follows from dispatches is no flood, however many they are, and time makes up for the rest', async () => {
  const scene = await openScene();
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 3_000; i++) scene.master.send(sampleMasterMessages.dispatch);
    for (let i = 0; i < 12_000; i++) scene.worker.send(sampleWorkerMessages.ack);
    await scene.clock.advance(1);
  }
  await scene.clock.advance(10_000);
  for (let i = 0; i < 20_000; i++) scene.worker.send(sampleWorkerMessages.ack);
  await scene.clock.advance(1);
  expect(scene.master.phase).toBe('open');
  expect(scene.atMaster).toHaveLength(140_000);
});

test('a message that no frame can carry is refused to the sender and the session goes on', async () => {
  const scene = await openScene();
  const outcome = scene.worker.send({ ...sampleWorkerMessages.output, text: 'ü'.repeat(600_000) });
  expect(outcome).toBe('too_large');
  expect(scene.worker.phase).toBe('open');
});

test('what was sent before a close still arrives', async () => {
  const scene = await openScene();
  scene.worker.send(sampleWorkerMessages.goodbye);
  scene.worker.close('going_away', 'stopping');
  await scene.clock.advance(10);
  expect(scene.atMaster).toEqual([sampleWorkerMessages.goodbye]);
  expect(scene.masterEnds.map((end) => end.reason)).toEqual(['going_away']);
  expect(scene.workerEnds.map((end) => end.reason)).toEqual(['going_away']);
});

test('D3: a receiver that throws ends its session and nothing else', async () => {
  const scene = await openScene({
    onMasterMessage: () => {
      throw new Error('a bug');
    },
  });
  scene.worker.send(sampleWorkerMessages.ack);
  await scene.clock.advance(10);
  expect(scene.masterEnds).toEqual([{ reason: 'internal_error', text: 'a receiver failed: a bug' }]);
});

test('S4: a cut line ends each side once and leaves no timer behind', async () => {
  const scene = await openScene();
  scene.pair.cut();
  scene.pair.cut();
  await scene.clock.advance(1);
  scene.worker.close('normal', 'late');
  await scene.clock.advance(60_000);
  expect(scene.masterEnds).toHaveLength(1);
  expect(scene.workerEnds).toHaveLength(1);
  expect(scene.clock.pending).toBe(0);
});
