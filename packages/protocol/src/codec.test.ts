import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMasterFrame, decodeWorkerFrame, encodeMessage, packFrames, utf8Length } from './codec.ts';
import { MAX_BAD_MESSAGES } from './constants.ts';
import type { WorkerMessage } from './messages.ts';
import { sampleDispatchId, sampleMasterMessages, sampleWorkerMessages } from './testing/index.ts';

function output(text: string): WorkerMessage {
  return { type: 'output', dispatchId: sampleDispatchId, stream: 'stdout', offset: 0, text };
}

test('whatever is packed comes out in the same order, in frames under the limit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', maxLength: 300 })),
      fc.integer({ min: 1, max: 5 }),
      (texts, maxBatchMessages) => {
        const messages = texts.map(output);
        const frames = packFrames(messages.map(encodeMessage), { maxFrameBytes: 4096, maxBatchMessages });
        for (const frame of frames) expect(new TextEncoder().encode(frame).length).toBeLessThanOrEqual(4096);
        expect(frames.flatMap((frame) => decodeWorkerFrame(frame).messages)).toEqual(messages);
      },
    ),
  );
});

test('counts UTF-8 bytes as an encoder does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
    }),
  );
});

test('one message is a bare object, two are an array', () => {
  expect(packFrames([encodeMessage(output('a'))])[0]).toMatch(/^\{/);
  expect(packFrames([encodeMessage(output('a')), encodeMessage(output('b'))])[0]).toMatch(/^\[/);
});

test('a message that no frame can carry is an error and not a broken frame', () => {
  expect(() => packFrames([encodeMessage(output('x'.repeat(2000)))], { maxFrameBytes: 1024 })).toThrow(
    /over the frame limit/,
  );
});

test('a frame over the limit is not read at all', () => {
  const frame = `[${JSON.stringify(sampleWorkerMessages.ack)}${' '.repeat(1000)}]`;
  expect(decodeWorkerFrame(frame, 1000)).toEqual({ messages: [], bad: [], unknown: [], tooLarge: true });
});

test('good messages of a frame survive bad neighbours, and each bad one is named with its field', () => {
  const frame = JSON.stringify([
    sampleWorkerMessages.ack,
    { type: 'started', dispatchId: sampleDispatchId, processId: 'x', at: 1 },
    7,
    { type: 'fromTheFuture', anything: true },
    sampleWorkerMessages.result,
  ]);
  const decoded = decodeWorkerFrame(frame);
  expect(decoded.messages).toEqual([sampleWorkerMessages.ack, sampleWorkerMessages.result]);
  expect(decoded.bad).toEqual([
    { type: 'started', reason: 'processId must be number' },
    { type: null, reason: 'a message must be an object with a text in "type"' },
  ]);
  expect(decoded.unknown).toEqual(['fromTheFuture']);
});

test('a frame of nothing but bad messages is not read to its end', () => {
  const decoded = decodeWorkerFrame(`[${'1,'.repeat(100_000)}1]`);
  expect(decoded.bad).toHaveLength(MAX_BAD_MESSAGES + 1);
});

test('a type named like a property of every object is unknown, not a crash', () => {
  expect(decodeWorkerFrame('[{"type":"constructor"},{"type":"__proto__"}]').unknown).toEqual([
    'constructor',
    '__proto__',
  ]);
});

test('a message of the other direction is unknown', () => {
  expect(decodeMasterFrame(JSON.stringify(sampleWorkerMessages.ack)).unknown).toEqual(['ack']);
  expect(decodeWorkerFrame(JSON.stringify(sampleMasterMessages.kill)).unknown).toEqual(['kill']);
});

test('fields that a newer version adds are dropped', () => {
  const frame = JSON.stringify({ ...sampleMasterMessages.kill, colour: 'red' });
  expect(decodeMasterFrame(frame).messages).toEqual([sampleMasterMessages.kill]);
});
